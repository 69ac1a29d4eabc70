# make dashboards   compile the definitions into dist/
# make test         every test; those that need Prometheus are skipped where it is not installed
# make check        what CI runs: format, lint, types, tests

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help setup dashboards test check format bench demo clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(INSTALLED) ## install everything into .venv

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev,demo]'
	@touch $@

dashboards: $(INSTALLED) ## compile the definitions into dist/
	$(BIN)/tailboard build --format api --format import --format provisioning

test: $(INSTALLED) ## run every test
	$(BIN)/pytest

check: $(INSTALLED) ## format, lint, types, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

format: $(INSTALLED) ## rewrite the code in the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(INSTALLED) ## measure tailboard beside its peers
	$(BIN)/python -m benchmarks

demo: dashboards ## run the demo with the binaries that this machine has
	$(BIN)/python -m demo.run

clean: ## remove what was installed and generated
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache
