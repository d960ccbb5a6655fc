# Everything a person or CI runs. Needs Python 3.11+, git and make; the rest it makes itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CLIENTS := $(VENV)/clients/.installed
NODE_CLIENTS := tests/clients/node/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-extended test-clients check lint types docs lock clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(STAMP) ## Create .venv with the locked dependencies

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Planogram needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

$(NODE_CLIENTS): tests/clients/node/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/clients/node --ignore-scripts --no-audit --no-fund --silent; \
		else echo "There is no npm: tests with clients for Node are skipped"; fi

$(CLIENTS): requirements/clients.txt $(STAMP)
	$(PYTHON) -m venv $(VENV)/clients
	$(VENV)/clients/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/clients.txt
	@touch $(CLIENTS)

demo: $(STAMP) ## Plan, apply, plan again and find drift, on the embedded sandboxes
	@$(BIN)/planogram demo

test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not extended and not clients"

test-extended: $(STAMP) ## Run the tests that take longer: further turns of the loop on GitHub
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m extended

test-clients: $(STAMP) $(CLIENTS) $(NODE_CLIENTS) ## Run the tests with clients that nobody here wrote
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m clients

check: lint types test ## Lint, types, tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress --quiet .github action.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml

types: $(STAMP)
	$(BIN)/mypy

docs: $(STAMP) ## Write the reference pages and schemas anew
	$(BIN)/planogram docs

lock: ## Resolve the dependencies anew (needs uv); hashes, and no addresses
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra dev --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements/dev.txt
	$(BIN)/uv pip compile requirements/build.in --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements/build.txt
	$(BIN)/uv pip compile requirements/clients.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements/clients.txt

clean: ## Remove what was made here
	rm -rf $(VENV) .planogram build dist *.egg-info
