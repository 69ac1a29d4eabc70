# Everything is installed into .venv by the first target that needs it.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
TOOLS := .venv/.installed-dev
DEMO_TOOLS := .venv/.installed-demo
# What starts servers and waits for them has the machine to itself.
ALONE := tests/live tests/demo
# Tests start many processes, each of which would compile all modules.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup dashboards test test-slow test-rules test-rules-long lint check format bench bench-report demo pictures clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: $(INSTALLED) $(TOOLS) ## install everything into .venv

$(INSTALLED): pyproject.toml
	@echo "Installing tailboard into .venv"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --editable .
	@touch $@

$(TOOLS): $(INSTALLED)
	@echo "Installing what development needs into .venv"
	$(BIN)/pip install --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(DEMO_TOOLS): $(INSTALLED)
	@echo "Installing what the demo needs into .venv"
	$(BIN)/pip install --disable-pip-version-check --editable '.[demo,preview]'
	@touch $@

dashboards: $(INSTALLED) ## compile the definitions into dist/
	$(BIN)/tailboard build

test: $(TOOLS) ## run the tests, three minutes on two cores
	$(BIN)/pytest -n auto --dist worksteal $(ALONE:%=--ignore=%)
	$(BIN)/pytest -n 2 $(ALONE)

test-slow: $(TOOLS) ## run what `make test` leaves out: alerts over hours, more examples, every live application
	$(BIN)/pytest -n auto --dist worksteal -m 'slow or hypothesis' --hypothesis-profile=thorough $(ALONE:%=--ignore=%)
	$(BIN)/pytest -m slow $(ALONE)

test-rules: dashboards ## try the alert rules of the definitions on their unit tests
	promtool check rules dist/rules/*.rules.yaml
	promtool test rules dist/rules/*.rules.test.yaml

test-rules-long: dashboards ## the same over hours and days
	promtool test rules dist/rules/*.rules.long.test.yaml

lint: $(TOOLS) ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test ## what CI runs: format, lint, types, tests

format: $(TOOLS) ## rewrite the code in the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(TOOLS) ## measure tailboard beside its peers (15 minutes)
	$(BIN)/python -m benchmarks

bench-report: $(TOOLS) ## the same, written to BENCHMARKS.md
	$(BIN)/python -m benchmarks --markdown > BENCHMARKS.new
	mv BENCHMARKS.new BENCHMARKS.md

# Alerts link to the demo's Grafana.
demo: export GRAFANA_URL ?= http://localhost:3000
demo: dashboards $(DEMO_TOOLS) ## run the demo with the binaries that this machine has
	$(BIN)/python -m demo.run

pictures: dashboards $(TOOLS) ## take docs/images/ from a demo that runs, in its Grafana if it has one
	$(BIN)/python -m demo.pictures

clean: ## remove what was installed and generated
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache
