# ShopFlow: the commands for people. `make help` lists them.
# Needs Python 3.11, 3.12 or 3.13 and make; everything else is fetched.

PYTHON ?= python3
SHOPFLOW := .venv/bin/shopflow
LINTED := local_stack shopflow_cli shop_simulator shopflow_assets spark_jobs tests

.DEFAULT_GOAL := setup
TIERS := unit spark gold road platform
PARTS := $(or $(TIER),$(TIERS))
$(if $(filter-out $(TIERS),$(PARTS)),$(error TIER is one of: $(TIERS)))
PYTEST := .venv/bin/pytest $(if $(DOMAIN),--domain $(DOMAIN))

.PHONY: help setup engines up down demo test lint bench format sources docs screenshots lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Run each time: make's time stamps cannot tell that the checkout was moved.
setup: ## Put the locked packages and the shopflow command into .venv (the default)
	@$(PYTHON) local_stack/bootstrap.py

# A target of its own: building MinIO must not count towards the time limit of a test.
engines: setup ## Fetch the engines that are not in the cache
	@$(SHOPFLOW) fetch

demo: setup ## Start everything, carry seven simulated days to gold, show the numbers
	@$(SHOPFLOW) demo

up: setup ## Start everything and print the addresses
	@$(SHOPFLOW) up

down: setup ## Stop everything; the data stays
	@$(SHOPFLOW) down

# Unit tests get a process of their own: they set environment variables of a stack that does not exist.
test: $(if $(TIER)$(DOMAIN),setup,lint) $(if $(filter-out unit,$(PARTS)),engines) ## Lint and all tests; only a part with TIER=unit, spark, gold, road or platform, or with DOMAIN=ecommerce
	$(if $(filter unit,$(PARTS)),$(PYTEST) tests/unit -n 2)
	$(if $(filter-out unit,$(PARTS)),$(PYTEST) $(addprefix tests/,$(filter-out unit,$(PARTS))))

lint: setup ## Style, formatting and types
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/ty check $(LINTED)
	.venv/bin/sqlfluff lint dbt_gold

bench: engines ## Measure what runs cost; ONLY="warm tables": these parts of warm, thirty, million, shop and tables
	.venv/bin/python -m tests.bench $(addprefix --only ,$(ONLY))

format: setup ## Format the Python code with ruff
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

sources: setup ## Write what dbt knows from the contracts: silver's tables, and the shop's tables of versions
	.venv/bin/python -m shopflow_assets.descriptions.dbt_sources
	.venv/bin/python -m shopflow_assets.descriptions.dbt_versions

docs: setup ## Write docs/data_dictionary.md from the contracts and dbt
	.venv/bin/python -m shopflow_assets.descriptions.data_dictionary

screenshots: setup ## Take the pictures of Dagster for README and docs from the running stack, in headless Chromium
	.venv/bin/python -m shopflow_cli.screenshots docs/images

lock: setup ## Resolve pyproject.toml into requirements.lock again, with hashes
	@uv=$$(command -v uv || ls -d $${SHOPFLOW_CACHE:-$$HOME/.cache/shopflow}/uv-*/bin/uv | tail -1); \
	$$uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --group dev pyproject.toml -o requirements.lock
