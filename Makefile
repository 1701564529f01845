# The commands of this project. Each prepares what it needs by itself (tools/setup.sh), so `make book` and
# `make test` are all that a fresh clone asks for. PYTHON=... chooses the Python.
.DEFAULT_GOAL := help
.PHONY: help book html pdf test test-book test-all lab check style clean bench lock

PYTHON_HERE := .venv/bin/python

# Someone's own module path must not stand before the pinned packages.
unexport PYTHONPATH PYTHONHOME

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

book: ## build the HTML and the PDF into _build/html (without Pango: the HTML alone)
	@sh tools/setup.sh book
	@$(PYTHON_HERE) -m analysis book

html: ## build the HTML only
	@sh tools/setup.sh html
	@$(PYTHON_HERE) -m analysis html

pdf: ## build both, and fail if the PDF cannot be made
	@sh tools/setup.sh pdf
	@$(PYTHON_HERE) -m analysis pdf

test: ## run the fast tests, in about a minute and a half
	@sh tools/setup.sh test
	@$(PYTHON_HERE) -m pytest -m "not book and not slow"

test-book: ## run these and the tests of the built book and its pages, in some minutes
	@sh tools/setup.sh test
	@$(PYTHON_HERE) -m pytest -m "not slow"

test-all: ## run every test, the slow ones too
	@sh tools/setup.sh test
	@$(PYTHON_HERE) -m pytest

lab: ## open the notebooks in JupyterLab
	@sh tools/setup.sh html
	@cd book && ../$(PYTHON_HERE) -m jupyterlab

check: ## check all that a build reads: tables, notebooks, pages; a few seconds
	@sh tools/setup.sh html
	@$(PYTHON_HERE) -m analysis check

style: ## lint and format the code
	@sh tools/setup.sh html
	@$(PYTHON_HERE) -m ruff check --fix .
	@$(PYTHON_HERE) -m ruff format .

clean: ## remove _build; .venv stays
	rm -rf _build

bench: ## time builds and tables, beside plain Jupyter Book; takes half an hour (BENCH_FLAGS="--runs 1" less)
	@sh tools/setup.sh html
	@$(PYTHON_HERE) benchmarks/bench.py $(BENCH_FLAGS)

# For maintainers. Versions already in requirements.txt stay; LOCK_FLAGS=--upgrade moves all that requirements.in allows.
lock: ## write requirements.txt anew from requirements.in (needs uv)
	@uv --version >/dev/null 2>&1 || { echo "make lock needs uv, which only maintainers use: pipx install uv" >&2; exit 1; }
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet $(LOCK_FLAGS) requirements.in --output-file requirements.txt
