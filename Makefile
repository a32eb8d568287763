# One command each: `make demo` shows it, `make test` proves it, `make bench` measures it.
#
#   PORT=8123 make demo      another port            make demo DB=postgres   bundled PostgreSQL, Valkey
#   make test-fast           the short suite         make bench ONLY=F1      one figure
#   make soak                the long races, kills and fuzzing of the tests, half an hour or so
#
# Needs Python 3.11-3.13 and, for the tests, Node 20; everything else comes from packages.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
PORT ?= 8000
DB ?= sqlite
ONLY ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NODE_OPTIONS :=
# Compiled files stay: without them each process of the tests compiles every module again.
export PYTHONDONTWRITEBYTECODE :=

# Asked, not just looked for: version managers put names on the PATH that only print an error.
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,\
	$(shell $(name) -c '$(SUITABLE)' >/dev/null 2>&1 && echo $(name))))

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast soak test-sqlite test-postgres lint bench clean constraints

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -7

demo: $(VENV)/demo.stamp
	@PORT=$(PORT) DB=$(DB) $(BIN)/python manage.py demo

test: lint test-sqlite test-postgres

test-fast: lint test-sqlite

# Everything that needs no server and takes no seconds, at most two minutes with two processes on
# two cores; tests/lengths.py says how much shorter the long ones are here.
test-sqlite: $(VENV)/dev.stamp
	$(PYTEST) -n 2 -m "not slow and not soak and not browser and not services and not postgres"

# The whole suite again, on what production runs on.
test-postgres: $(VENV)/dev.stamp node_modules/.package-lock.json
	TEST_DATABASE=postgres $(PYTEST) -n 2 --dist loadgroup -m "not soak"

# Races, kills and fuzzing at the length that takes minutes each: half an hour or so, before a release.
soak: $(VENV)/dev.stamp node_modules/.package-lock.json
	TEST_DATABASE=postgres $(PYTEST) -m soak

lint: $(VENV)/dev.stamp node_modules/.package-lock.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy clm_plugin demo_shop tests $(wildcard benchmarks)
	$(BIN)/lint-imports
	node_modules/.bin/tsc --project tsconfig.json
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks $(ONLY:%=--only %)

clean:
	rm -rf .cache build dist htmlcov .coverage .mypy_cache .pytest_cache .ruff_cache
	rm -rf .import_linter_cache .hypothesis test-results *.egg-info node_modules $(VENV) var

# Takes the newest versions that pyproject.toml allows; run the tests before you commit them.
constraints:
	@rm -rf .cache/constraints && $(PYTHON) -m venv .cache/constraints
	@.cache/constraints/bin/pip install --quiet '.[dev,insights,anymail,push,metrics]'
	@{ sed -n 's/^#/#/p' constraints.txt; \
	  .cache/constraints/bin/pip freeze --exclude clm-plugin; } > .cache/constraints.txt
	@mv .cache/constraints.txt constraints.txt && rm -rf .cache/constraints

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
	  echo "No Python 3.11, 3.12 or 3.13 found. Install one, or name it: make demo PYTHON=/path/to/python3"; \
	  exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make virtual environments: on Debian and Ubuntu install python3-venv."; \
	  exit 1; }

# A stamp each, so that the second start installs nothing. The tools include the demo.
$(VENV)/demo.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the demo into $(VENV): about a minute"
	@$(BIN)/pip install --quiet -e '.[demo]' -c constraints.txt
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the demo and the tools into $(VENV): about two minutes"
	@$(BIN)/pip install --quiet -e '.[dev]' -c constraints.txt
	@touch $(VENV)/demo.stamp $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@
