# Two commands matter: `make run` and `make test`. Both begin with `make setup`, which needs Python ≥ 3.11 and make alone.
PYTHON ?= python3
BIN := .venv/bin
TOOLS := portal scheduling notifications migrations tests bench

.PHONY: help run test setup check bench lock clean
.DEFAULT_GOAL := help

help: ## say what the targets do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: setup .env ## serve the portal with the demo planning on http://127.0.0.1:8000
	@$(BIN)/portal migrate
	@$(BIN)/portal demo
	@exec $(BIN)/portal run

test: setup browser ## run the whole suite
	$(BIN)/pytest

check: setup browser ## what CI runs: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: setup ## benchmarks, as ratios beside their peers
	$(BIN)/python -m bench

setup: .venv/.ready .venv/.assets .venv/.translations ## the virtual environment with the portal command, and the built assets

lock: .venv/.ready ## pin the newest allowed dependencies by hash
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--upgrade --extra dev pyproject.toml --output-file requirements.lock
	cd frontend && PATH="$(abspath $(BIN)):$$PATH" npm update

clean: ## remove what the other targets made, except the database and .env
	rm -rf .venv portal/static frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: browser
browser: setup
	@$(BIN)/python -m tests.browser.chromium

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with make PYTHON=…"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.assets: .venv/.ready frontend/package-lock.json $(shell find frontend -not -path '*/node_modules*' -type f)
	cd frontend && PATH="$(abspath $(BIN)):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	cd frontend && PATH="$(abspath $(BIN)):$$PATH" npm run --silent build
	@touch $@

.venv/.translations: .venv/.ready $(shell find portal/translations -name '*.po')
	$(BIN)/pybabel -q compile --directory portal/translations
	@touch $@

.env:
	@$(BIN)/portal keys rotate
	@printf '%s\n' '# Show messages instead of sending them; "live" sends (docs/settings.md).' 'PORTAL_CHANNELS=console' >> .env
