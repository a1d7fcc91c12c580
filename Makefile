# `make demo` and `make test` set up everything they need in .venv: only Python 3.11 or newer and make must be there.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The exact versions that are tested; pyproject.toml has the ranges that are allowed.
LOCK := requirements.lock
WORKERS ?= 2

.PHONY: demo test lint types unit coverage mutants bench format lock clean

demo: $(VENV)/.installed
	$(BIN)/mockserver demo
	$(BIN)/conformance demo

test: lint types coverage

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.installed-for-tests
	$(BIN)/mypy

unit: $(VENV)/.installed-for-tests
	$(BIN)/python -m pytest -n $(WORKERS) -q

coverage: $(VENV)/.installed-for-tests
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) -q --cov --cov-branch --cov-report=term --cov-fail-under=90

mutants: $(VENV)/.installed-for-tests
	$(BIN)/python -m tests.mutants --page docs/mutants.md
	$(BIN)/python -m tests.mutants.integrations

bench: $(VENV)/.installed-for-tests
	$(BIN)/python -m benchmarks all

format: $(VENV)/.installed-for-tests
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/.installed-for-tests
	$(BIN)/python -m pip freeze --exclude-editable --exclude stockproof --exclude pip --exclude setuptools > $(LOCK)

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Stockproof needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) --editable .
	touch $@

$(VENV)/.installed-for-tests: $(VENV)/bin/python pyproject.toml $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) --editable '.[test]'
	touch $@ $(VENV)/.installed
