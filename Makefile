# The commands of Anju. Every target sets up what it needs; `make` alone prints the list.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Compiled files halve the time every command takes to start.
unexport PYTHONDONTWRITEBYTECODE

PYTHON = $(shell for each in python3 python3.13 python3.12 python3.11 python3.14; do \
  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$each; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps --no-compile
RUN := .venv/run.stamp
DEV := .venv/dev.stamp
WORDS := app/translations/zh/LC_MESSAGES/messages.mo
PARTS := $(wildcard app/translations/parts/*.po)

T ?=
M ?=
SEEDS ?= 200
ARGS ?=
# Two processes suit two cores; a single file or test is faster in one.
PARALLEL = $(if $(T),,-n 2 --dist worksteal)

.PHONY: help setup run demo test check bars walk bench simulate screenshots \
        lint types layers format messages migration check-migrations locks bom clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

setup: $(RUN) ## make the virtual environment in .venv from the lock file

run: $(RUN) $(WORDS) ## serve the hall at http://127.0.0.1:8080 (PORT=… overrides)
	@exec $(BIN)/python run.py

demo: $(RUN) $(WORDS) ## make people and cases to click through: ARGS="--applications 1000"
	$(BIN)/flask anju demo $(ARGS)

test: $(DEV) $(WORDS) ## run every day's sample of the tests, all with ANJU_TESTS=all, or those of T=tests/domain
	$(BIN)/python -m pytest -q $(PARALLEL) $(T)

check: $(DEV) $(WORDS) ## everything that must hold before a change lands
	@$(MAKE) --jobs 2 --output-sync=line lint types layers check-migrations messages-complete test

bars: $(DEV) $(WORDS) ## the reliability bars at full numbers (hours; figures in benchmarks/results)
	ANJU_BARS=full $(BIN)/python -m pytest -q -m bar --timeout 0 tests

walk: $(DEV) $(WORDS) ## walk over every page in a real browser
	ANJU_WALK=full $(BIN)/python -m pytest -q $(PARALLEL) -m browser --timeout 0 $(or $(T),tests/browser)

bench: $(DEV) $(WORDS) ## the benchmarks; figures in benchmarks/results
	$(BIN)/python -m benchmarks $(ARGS)

simulate: $(DEV) $(WORDS) ## whole halls at random: SEEDS=200 or 70123-70140; KEEP=FILE goes on later; DATABASE=postgresql
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) $(if $(KEEP),--keep $(KEEP)) $(if $(DATABASE),--database $(DATABASE))

screenshots: $(DEV) $(WORDS) ## the README's pictures, from the real pages
	$(BIN)/python -m tests.browser.screenshots

format: $(DEV) ## lay out code and imports
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

lint: $(DEV) ## look for faults in code and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet app/templates

types: $(DEV) ## check the types
	$(BIN)/mypy

layers: $(DEV) ## check that no layer reaches to its left
	$(BIN)/lint-imports

messages: $(DEV) ## list the words that are not translated yet, compile the others
	$(BIN)/python -m app.translations --list

messages-complete: $(DEV)
	$(BIN)/python -m app.translations --complete

migration: $(DEV) ## write a migration from the models: M="add the seal of a case"
	@test -n "$(M)" || { echo 'Say what it does: make migration M="add the seal of a case"'; exit 2; }
	$(BIN)/flask db migrate -m "$(M)"

check-migrations: $(DEV) $(WORDS) ## see that models and migrations agree
	$(BIN)/python -m pytest -q tests/conventions/test_migrations.py

locks: $(DEV) ## resolve the lock files again from pyproject.toml (needs the network and uv)
	.ci/locks

bom: ## write the bill of materials (CycloneDX) of a lock file: LOCK=requirements-grown.lock
	@$(PYTHON) deploy/bom.py $(LOCK)

clean: ## remove what the commands have made, but not the data in var
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Anju needs Python 3.11 or newer; none was found."; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "The venv module of $(PYTHON) is missing. On Debian: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv .venv

$(RUN): requirements.lock | .venv/bin/python
	$(PIP) -r requirements.lock
	@ln -sf ../../app/anju_verify.py $(BIN)/anju-verify
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	$(PIP) -r requirements-dev.lock
	@touch $@

$(WORDS): $(PARTS) app/translations/__main__.py | $(RUN)
	$(BIN)/python -m app.translations
