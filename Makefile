# The doors of docs/setup.md. Needs Python 3.11 with venv, and make; brings the rest.
#   make run            Scrutin with its demonstration at http://127.0.0.1:8000 (PORT=8001 for another port)
#   make test           the whole suite on the embedded stack
#   make test-services  the same on PostgreSQL and Redis: DATABASE_URL, REDIS_URL
.PHONY: setup run test test-services test-client bench fmt check messages lock

PYTHON ?=
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_ARGS ?=
JOBS ?= 2

export PYTHON
SETUP := sh scripts/python.sh scripts/setup.py
BIN := .venv/bin/python
PYTEST := $(BIN) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder

setup:
	@$(SETUP)

run:
	@SCRUTIN_DEMO=$${SCRUTIN_DEMO:-1} $(SETUP) --no-data
	@SCRUTIN_DEMO=$${SCRUTIN_DEMO:-1} $(BIN) manage.py serve --host $(HOST) --port $(PORT)

test:
	@$(SETUP) --dev --no-data
	@env -u DATABASE_URL -u REDIS_URL $(BIN) manage.py prepare --only static
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) -m "not services and not fault" $(PYTEST_ARGS)
	@$(MAKE) --no-print-directory test-client

test-client:
	@$(BIN) scripts/node.py npm test --silent

test-services:
	@sh scripts/services.sh
	@$(SETUP) --dev --no-data
	@$(PYTEST) $(PYTEST_ARGS)

bench:
	@$(SETUP) --dev --no-data
	@$(BIN) -m bench

fmt:
	@$(SETUP) --dev --no-data
	@$(BIN) -m ruff check --fix --quiet . || true
	@$(BIN) -m ruff format --quiet .
	@for pass in 1 2; do $(BIN) -m djlint --reformat --quiet . || true; done

check:
	@$(SETUP) --dev --no-data
	@$(BIN) scripts/check.py

# The catalogue: new sentences into locale/*/LC_MESSAGES/django.po, to be translated there.
messages:
	@$(SETUP) --dev --no-data
	@$(BIN) scripts/messages.py extract

# New versions: edit requirements/*.in, then this. The locks name no registry.
lock:
	@for name in base dev; do $(BIN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header requirements/$$name.in -o requirements/$$name.txt; done
