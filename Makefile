# One target a wish. Each sets up what it needs; the machine has to have Python 3.10+, git and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_PYTHON ?= $(PYTHON)
UV := .tools/bin/uv
BIN := .venv/bin
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

setup: .venv/.synced  ## make .venv with everything that development needs

demo: setup  ## train real models, record everything, show it in the terminal
	$(BIN)/runstone demo

test: setup .tools/mlflow/.synced  ## run all tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup  ## formatting, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## rewrite files to the house format
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

snapshots: setup  ## rewrite the reviewed snapshot files (public API, CLI help, dependencies)
	$(BIN)/pytest tests/api --update-snapshots

bench: setup  ## measure ours, the peers and the floor; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup  ## regenerate the reference pages
	$(BIN)/python docs/generate.py

lock: .tools/bin/uv  ## resolve uv.lock anew
	$(UV) lock --upgrade

.PHONY: help setup demo test lint format snapshots bench docs lock
