#!/bin/sh
# Says in one sentence what `make test-services` needs when it is not given.
if [ -z "${DATABASE_URL:-}" ] || [ -z "${REDIS_URL:-}" ]; then
    echo "make test-services needs PostgreSQL and Redis: set DATABASE_URL=postgresql://user@127.0.0.1:5432/name and REDIS_URL=redis://127.0.0.1:6379/1." >&2
    exit 1
fi
case "$DATABASE_URL" in
    postgres://* | postgresql://*) ;;
    *)
        echo "make test-services runs on PostgreSQL: DATABASE_URL should begin with postgresql://." >&2
        exit 1
        ;;
esac
