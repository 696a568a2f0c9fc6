"""`make check`: every tool that needs no test run, each told once, all failures at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
CHECKS: list[tuple[str, list[str]]] = [
    ("ruff", [*PYTHON, "ruff", "check", "--quiet", "."]),
    ("ruff format", [*PYTHON, "ruff", "format", "--check", "--quiet", "."]),
    ("import-linter", [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("django check", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("templates", [*PYTHON, "djlint", "--check", "--quiet", "."]),
    ("template rules", [*PYTHON, "djlint", "--lint", "--quiet", "."]),
    ("catalogue", [sys.executable, "scripts/messages.py", "check"]),
    ("names", [sys.executable, "scripts/lint_names.py"]),
    ("types", [*PYTHON, "mypy"]),
    ("client types", [sys.executable, "scripts/node.py", "npm", "run", "--silent", "typecheck"]),
]


def main(chosen: list[str]) -> int:
    """Run all checks, or those named; 1 when any fails."""
    failed = []
    for name, command in CHECKS:
        if chosen and name not in chosen:
            continue
        started = time.monotonic()
        result = subprocess.run(command, cwd=ROOT, env={**os.environ, "COLUMNS": "160"}, capture_output=True, text=True, check=False)
        print(f"{'ok    ' if result.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - started:.0f} s)", flush=True)
        if result.returncode:
            failed.append(name)
            lines = (result.stdout + result.stderr).strip().splitlines()
            print("\n".join(lines[:200]), flush=True)
    if failed:
        print(f"Not passed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
