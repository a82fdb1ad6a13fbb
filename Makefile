# The commands of a newcomer and of a developer. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# Modules are compiled once, as in an installed package, and not again for each of the thousands of calls.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check lint format bench docs lock packages clean

help: ## list these targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 10

# Two stamps: the demo needs the programs only, the tests also the tools that check them.
$(VENV)/.made:
	@.ci/venv $(PYTHON) $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock pyproject.toml
	@$(BIN)/pip install -q --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

# An environment for every Python here that the package says it runs on; tests install the wheel beside each.
$(VENV)/.pythons: $(VENV)/.dev .ci/pythons
	@.ci/pythons $(BIN) $(VENV)/pythons
	@touch $@

demo: $(VENV)/.runtime ## scan sample_data and show what the tool says of it
	@.ci/demo $(BIN) $(DEMO)

packages: ## install the Debian packages that the tests need (root; no service is started or enabled)
	@.ci/packages

test: $(VENV)/.pythons packages ## set up everything and run every test
	@.ci/pytest $(BIN)

check: $(VENV)/.dev ## the quick run: no mounts, no servers, no root
	@$(BIN)/pytest -q -n auto --dist loadgroup -m 'not integration and not bench'

lint: $(VENV)/.dev ## ruff, mypy strict, import-linter, generated docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python docs/generate.py --check

format: $(VENV)/.dev ## put the code into the house format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure; nothing is judged
	@for script in tests/bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: $(VENV)/.dev ## write the generated pages of docs/, and the man pages
	@$(BIN)/python docs/generate.py

lock: $(VENV)/.dev ## resolve the dependencies anew and write the lock files
	@.ci/lock $(BIN)

clean: ## remove what make made
	@rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis
