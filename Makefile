# Two commands matter: `make demo` shows the main job on the documents that ship, `make test` runs every check.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The release of torch that everything was tested with. Another build (CPU only, CUDA, ROCm): see README, "CPU or GPU".
TORCH  ?= torch==2.13.0

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench accuracy train lock clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready  ## make .venv with the command .venv/bin/parkbond

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "parkbond needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.11 (or newer).")'
	@echo "Installing into $(VENV) (about 3 GB, a few minutes) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check $(TORCH)
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --config-settings editable_mode=compat --editable .
	@$(BIN)/python -W ignore -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true  # on all cores, pip takes one
	@touch $@

demo: setup  ## read the samples, rank their parks, answer a question with quoted evidence
	@$(BIN)/parkbond demo

lint: setup  ## formatting, types, direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: lint  ## every check and test
	@$(BIN)/python tests

bench: setup  ## figures of speed and memory beside named peers, with the machine
	@$(BIN)/python tests/bench

accuracy: setup  ## precision, recall, F1 of extraction on labelled documents (ARGS="--extractor fast FILE…")
	@$(BIN)/python tests/gold $(ARGS)

train: setup  ## make the weights of the extractor `tagger` anew (an hour), then their figures on the labelled documents
	@$(BIN)/parkbond train build/weights
	@cp build/weights/reader.safetensors build/weights/card.json ingest/extract/neural/
	@$(BIN)/python tests/gold --extractor tagger --without-errors

lock: setup  ## write requirements.lock from what is installed: names and versions only
	@$(BIN)/python -m pip freeze --exclude-editable \
	  | sed -E 's/\+cpu$$//' | grep -vE '^(nvidia|triton|cuda)' > requirements.lock

clean:  ## remove what was built; keeps your graphs
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
