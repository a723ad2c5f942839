# Two commands: `make run` and `make test`. Everything they need is installed here, beside the code.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV = .venv
BIN = $(VENV)/bin

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)

.PHONY: run test lint bench faults catalogue clean

run: $(VENV)/product node_modules/product
	@exec $(BIN)/python -m duty.run up

test: $(VENV)/tools node_modules/tools
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --maxprocesses 4 $(ARGS)

lint: $(VENV)/tools node_modules/tools
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	@$(BIN)/python -m duty.run servers -- $(BIN)/python manage.py makemigrations --check --dry-run -v 0

bench: $(VENV)/tools node_modules/tools
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

faults: $(VENV)/tools node_modules/tools
	@$(BIN)/python -m bench.faults $(if $(ONLY),--only $(ONLY)) $(if $(BAD),--bad)

# Extract the texts, merge them into the catalogues, compile.
catalogue: $(VENV)/tools
	@$(BIN)/python manage.py catalogue

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is: make run PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "  … a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/product: requirements.txt | $(VENV)/bin/python
	@echo "  … Python packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/tools: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "  … Python packages, with the test tools"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/product

node_modules/product: package-lock.json $(VENV)/product
	@echo "  … front-end packages"
	@$(BIN)/npm ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

node_modules/tools: package-lock.json $(VENV)/tools
	@echo "  … front-end packages, with the test browser"
	@$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@ node_modules/product

clean:
	@rm -rf $(VENV) node_modules var
