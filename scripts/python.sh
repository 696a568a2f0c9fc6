#!/bin/sh
# Runs its arguments with the first Python of at least 3.11: $PYTHON, python3, then python3.14 down to python3.11.
found=""
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$candidate" "$@"
    fi
    found="$found $candidate ($("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null || echo broken))"
done
if [ -n "$found" ]; then
    echo "Scrutin needs Python 3.11 or newer; found only$found. Install one, or name it: make run PYTHON=/path/to/python3.11." >&2
else
    echo "Scrutin needs Python 3.11 or newer and found none; install it (Debian: apt install python3 python3-venv), or name it: make run PYTHON=/path/to/python3.11." >&2
fi
exit 1
