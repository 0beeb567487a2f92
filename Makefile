# Everything is a target of this file; `make` alone lists them.
#
# Variables: PYTHON (default python3) makes the environment VENV (default .venv), for instance
#   make test PYTHON=python3.13 VENV=.venv313

PYTHON ?= python3
VENV ?= .venv
SCENARIO ?= scenarios/investai-2025.json
OUT ?= build/investai-2025.result.json
PYTEST_ARGS ?= -n auto --dist worksteal --durations 25
LOCK_ARGS ?=
ROUNDS ?= 5
SCENARIOS ?= 500
N ?= 2000
BENCH_ARGS ?=
BENCH_VENV ?= .venv-bench
ASSURE_VENV ?= .venv-assurance
MUTANTS ?=
OF ?= optimiser/solve
SAMPLE ?= 300
SEED ?= 1
COVERAGE_OF ?= tests
EXAMPLES ?= 100
CONNECTIONS ?= 64
SECONDS ?= 60

BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK_TOOLS := build/lock-tools

# Tests start many processes, each of which would compile the project anew.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
PIP_INSTALL := -m pip install --quiet --progress-bar off

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint types imports pytest serve mutate-rules mutate mutate-sample coverage soak soak-properties contract load bench bench-steps \
	audit deps sbom licences docs catalogue lock clean new-python

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(READY) ## allocate the 2025 scenario, print the allocation and where it is saved
	@mkdir -p $(dir $(OUT))
	@$(BIN)/investai allocate $(SCENARIO) --out $(OUT)

test: lint types imports pytest ## check everything: style, types, architecture, tests

lint: $(READY) ## check style and format
	@$(BIN)/python -V
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## check types
	$(BIN)/mypy

imports: $(READY) ## check that imports follow the architecture
	$(BIN)/lint-imports --no-logo

pytest: $(READY) ## run the tests (PYTEST_ARGS adds options)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

serve: $(READY) ## start the HTTP service on this machine
	$(BIN)/investai serve

mutate-rules: $(READY) ## break every rule of the model and see that the tests notice
	$(BIN)/python tests/mutate_rules.py

soak: $(READY) ## kill the service at random while it works through batches (ROUNDS, SCENARIOS)
	$(BIN)/python tests/soak/endurance.py --rounds $(ROUNDS) --scenarios $(SCENARIOS)

soak-properties: $(READY) ## look for scenarios that break a property: N new ones for each
	PROPERTY_PROFILE=searching PROPERTY_EXAMPLES=$(N) $(BIN)/python -m pytest tests/properties $(PYTEST_ARGS) \
		--hypothesis-show-statistics

mutate: $(ASSURE_VENV)/.ready ## change solve and certificate line by line and see that tests notice (MUTANTS=optimiser.certificate.ledger*)
	$(ASSURE_VENV)/bin/mutmut run --max-children 2 $(MUTANTS)
	$(ASSURE_VENV)/bin/mutmut export-cicd-stats && cat mutants/mutmut-cicd-stats.json

mutate-sample: $(ASSURE_VENV)/.ready ## which share of the mutants of solve the tests notice, by a random sample (SAMPLE, SEED, OF=optimiser/certificate)
	$(ASSURE_VENV)/bin/python assurance/sample.py $(OF) $(SAMPLE) --seed $(SEED)

coverage: $(ASSURE_VENV)/.ready ## branch coverage of the library (COVERAGE_OF="tests/rules tests/certificate" takes a part)
	$(ASSURE_VENV)/bin/python -m pytest $(PYTEST_ARGS) --cov --cov-report=term:skip-covered $(COVERAGE_OF)

audit: $(ASSURE_VENV)/.ready ## known vulnerabilities of the locked packages; says so where advisories cannot be reached
	$(ASSURE_VENV)/bin/python assurance/vulnerabilities.py

deps: $(ASSURE_VENV)/.ready ## imports without a declared dependency, dependencies without an import
	$(ASSURE_VENV)/bin/deptry .

sbom: $(ASSURE_VENV)/.ready $(READY) ## bill of materials of the environment (CycloneDX): build/sbom.json
	@mkdir -p build
	$(ASSURE_VENV)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml \
		--output-format JSON --output-reproducible --output-file build/sbom.json

licences: $(READY) ## write docs/licences.md from what is installed
	$(BIN)/python assurance/licences.py
contract: $(READY) ## make many requests from the service's own description and see that it keeps it (EXAMPLES)
	INVESTAI_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -q tests/api/test_api_contract.py

load: $(READY) ## load the service with many connections: no failure, no lost job, memory flat (CONNECTIONS, SECONDS)
	$(BIN)/python tests/soak/load.py --connections $(CONNECTIONS) --seconds $(SECONDS)

bench: $(BENCH_VENV)/.ready ## compare with peers: the same work, the same values (BENCH_ARGS="--write docs/benchmarks.md")
	$(BENCH_VENV)/bin/python benchmarks/compare.py $(BENCH_ARGS)

bench-steps: $(READY) ## measure what stands around the solver, step by step
	$(BIN)/python benchmarks/run.py

docs: $(READY) ## write the generated pages of the documentation
	$(BIN)/python docs/make_docs.py

catalogue: $(READY) ## bring the translations up to date with the English texts (optimiser/messages/*.po)
	$(BIN)/python docs/catalogue.py

lock: ## resolve requirements.lock anew, keeping pins that still fit (LOCK_ARGS=--upgrade lifts them)
	@$(PYTHON) -m venv $(LOCK_TOOLS)
	@$(LOCK_TOOLS)/bin/python $(PIP_INSTALL) uv
	@$(LOCK_TOOLS)/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-emit-find-links --extra dev --extra build $(LOCK_ARGS) \
		pyproject.toml --output-file requirements.lock
	@echo "requirements.lock is up to date"

clean: ## remove the environment, the builds and the caches
	@rm -rf build dist mutants .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -path ./.git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
	@if [ -f "$(VENV)/pyvenv.cfg" ]; then rm -rf "$(VENV)"; fi
	@if [ -f "$(BENCH_VENV)/pyvenv.cfg" ]; then rm -rf "$(BENCH_VENV)"; fi
	@if [ -f "$(ASSURE_VENV)/pyvenv.cfg" ]; then rm -rf "$(ASSURE_VENV)"; fi

# Tools that look at the project from outside are pinned, and no part of it.
$(ASSURE_VENV)/.ready: requirements.lock assurance/requirements.txt
	@echo "Preparing $(ASSURE_VENV) with tools of assurance: once, some minutes ..."
	@$(PYTHON) -m venv --clear "$(ASSURE_VENV)"
	@$(ASSURE_VENV)/bin/python $(PIP_INSTALL) --only-binary :all: --require-hashes --requirement requirements.lock
	@$(ASSURE_VENV)/bin/python $(PIP_INSTALL) --only-binary :all: --requirement assurance/requirements.txt
	@$(ASSURE_VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Peers live apart from the project: their packages are many, and none of its own.
$(BENCH_VENV)/.ready: requirements.lock benchmarks/peers/requirements.txt
	@echo "Preparing $(BENCH_VENV) with the peers: once, some minutes ..."
	@$(PYTHON) -m venv --clear "$(BENCH_VENV)"
	@$(BENCH_VENV)/bin/python $(PIP_INSTALL) --only-binary :all: --require-hashes --requirement requirements.lock
	@$(BENCH_VENV)/bin/python $(PIP_INSTALL) --only-binary :all: --no-deps --requirement benchmarks/peers/requirements.txt
	@$(BENCH_VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The environment is made anew when the lock, the project's metadata or the Python changes. Every package
# is pinned and checked by its hash; the project itself is linked, so that edits need no installation.
PYTHON_NOW := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
PYTHON_THEN := $(shell cat $(READY) 2>/dev/null)
ifneq ($(PYTHON_NOW),$(PYTHON_THEN))
$(READY): new-python
endif

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed and '$(PYTHON)' is not: set PYTHON=" >&2; exit 1; }
	@if [ -e "$(VENV)" ] && [ ! -f "$(VENV)/pyvenv.cfg" ]; then \
		echo "'$(VENV)' exists and is no virtual environment: set VENV=" >&2; exit 1; fi
	@echo "Preparing $(VENV) with Python $(PYTHON_NOW): once, about a minute ..."
	@$(PYTHON) -m venv --clear "$(VENV)"
	@$(BIN)/python $(PIP_INSTALL) --only-binary :all: --require-hashes --requirement requirements.lock
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@echo "$(PYTHON_NOW)" > $@
