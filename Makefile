# `make` alone lists what one can do.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MINUTES ?= 30
RUNS ?= 1000000
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/runtime: requirements/build.txt requirements/runtime.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing edid and what it runs on (pinned, hash-checked) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/test: $(VENV)/runtime requirements/test.txt
	@echo "installing what the tests need (pinned, hash-checked) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

.PHONY: install
install: $(VENV)/runtime ## Create the environment in .venv

.PHONY: demo
demo: $(VENV)/runtime ## See it work: drop folder to SFTP partner and back, on embedded defaults
	@$(BIN)/edid demo

.PHONY: test
test: $(VENV)/test ## Run all checks and tests
	@tests/partners/install.sh
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2

.PHONY: faults
faults: $(VENV)/test ## Kill and fail every system call that changes something, restart, count (FAULTS=--help)
	@tests/partners/install.sh
	$(BIN)/python -m tests.faults.campaign $(FAULTS)

$(VENV)/fuzz: $(VENV)/test requirements/fuzz.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

.PHONY: fuzz
fuzz: $(VENV)/fuzz ## Feed every parser with hostile bytes and count (RUNS=1000000, FUZZ=--help)
	$(BIN)/python -m tests.fuzz.campaign --runs $(RUNS) $(FUZZ)

.PHONY: soak
soak: $(VENV)/test ## Random drops, faults and restarts against two partners, reckoned at the end (MINUTES=30)
	@tests/partners/install.sh
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

.PHONY: lint
lint: $(VENV)/test ## Style, types and the layers of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(VENV)/test ## Put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(VENV)/test ## Measure against what a user would script (prints a table)
	@tests/partners/install.sh
	$(BIN)/python benchmarks/exchange.py
	$(BIN)/python benchmarks/validation.py
	$(BIN)/python benchmarks/lifecycle.py

.PHONY: conformance
conformance: $(VENV)/test ## Compare verdicts with the official rules (needs EDID_CORPUS)
	$(BIN)/python benchmarks/conformance.py

.PHONY: config
config: $(VENV)/runtime ## Write the sample configuration and its reference from the models
	$(BIN)/python -m edid.config.sample

.PHONY: wheel
wheel: $(VENV)/runtime ## Build the wheel in dist/
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps -w dist .

.PHONY: pin
pin: ## Renew the pinned requirement files (needs pip-tools)
	$(BIN)/python requirements/pin.py

.PHONY: clean
clean: ## Remove what make made
	rm -rf $(VENV) dist .demo .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis
