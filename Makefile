# Three commands for a new user: `make up`, `make demo` and `make test`. Each makes the virtual environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Prefect's server starts three times as fast from compiled files (docs/decisions/0005-prefect.md).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up demo test check tables faults bench tamper clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.11"; exit 2; }
	@echo "setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: on Debian, apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test,pgtest,lint]"
	@touch $(STAMP)

up: $(STAMP)  ## pages and flows on this machine, with an invented caseload to try
	@$(BIN)/npm-cases up --sandbox

demo: $(STAMP)  ## a fresh sandbox, real recommendations, two simulated years, a report
	@$(BIN)/npm-cases demo

test: $(STAMP)  ## the whole test suite (DATABASE=postgresql: every installation in it on PostgreSQL)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --database=$(or $(DATABASE),sqlite)

check: $(STAMP)  ## format, lint, types, layers, tables up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

tables: $(STAMP)  ## write docs/tables anew from the code
	@$(BIN)/python -m state_machines.printed docs/tables
	@$(BIN)/python -m npm_cases.cli.bounds_tables docs/tables
	@$(BIN)/python -m npm_cases.cli.access_matrix docs/access.md
	@$(BIN)/python -m npm_cases.cli.vocabulary_tables docs/vocabularies.md

tamper: $(STAMP)  ## every cell of every table changed, and programs of edits (ten minutes)
	@$(BIN)/python -m tests.audit.cells

faults: $(STAMP)  ## every fault in its long form, with its figures in docs/reliability.md (hours; SOAK=60 minutes)
	@mkdir -p var
	@$(BIN)/python -m pytest --long --minutes $(or $(SOAK),60) --faults --notes=var/faults.jsonl --figures=docs/reliability.md -v -p no:cacheprovider

bench: $(STAMP)  ## every benchmark, one after the other
	@for f in benchmarks/*.py; do echo "== $$f"; $(BIN)/python $$f || exit 1; done

clean:  ## remove the virtual environment and the sandbox
	rm -rf $(VENV) var
