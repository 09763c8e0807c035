# `make` lists the targets. Everything is installed into .venv, from locks with hashes, by pip.

PYTHON ?= python3
TEST_WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
TEST := $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-dev demo test test-browser lint check format bench known-truths \
	risk-long mutation faults soak streams live-orders live-risk alerts-black-hole alerts-pictures \
	paper-check strategies-table walk-forward notebooks coverage docs lock clean \
	dashboard-load dashboard-pictures

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## Candles, votes, two backtests, a table and an HTML report; the place to start
	$(BIN)/proratio demo

walk-forward: install ## The walk forward of docs/walk-forward.md on stored candles of Binance; minutes
	$(BIN)/proratio walk-forward AIEnhancedTrend --param fast_candles=10:30:5 \
		--param slow_candles=40:80:10 --param rsi_high=65:75:5 --train 365 --test 86 --trials 50 \
		--timerange 20220101-20251101 --profile offline --compare-ungated

install: $(VENV)/.installed ## Make .venv and install Proratio; does nothing when it is up to date

install-dev: $(VENV)/.installed-dev ## The same with the tools for tests and checks

test: install-dev ## Run all tests but those in a browser
	$(TEST) --ignore=tests/browser

test-browser: install-dev ## Look at every page of the dashboard in a real Chromium
	$(TEST) --dist loadfile tests/browser

dashboard-load: install-dev ## Fifty visitors look at the dashboard for five minutes; memory, queries, the loop
	$(BIN)/python -W ignore -m tests.bench.bench_dashboard --load

dashboard-pictures: install-dev ## Take the pictures of docs/dashboard.md again; then look at them
	$(BIN)/python -m tests.browser.pictures docs/pictures

lint: install-dev ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## The same, and the tests of the architecture
	$(BIN)/python -m pytest -q tests/architecture

format: install-dev ## Rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install-dev ## Measure speed against the usual ways; medians, printed as ratios
	@status=0; for file in tests/bench/bench_*.py; do \
		$(BIN)/python -W ignore -m tests.bench.$$(basename $$file .py) || status=1; done; \
		exit $$status

known-truths: install-dev ## Ask the statistics what is known; the answers go into the docs
	$(BIN)/python -W ignore -m tests.truths.known_truths

risk-long: install-dev ## Some 30,000 random fills, prices, errors and restarts around the risk engine
	$(BIN)/python -W ignore -m tests.tradehub.risk.long_run

mutation: install-dev ## Change the risk package in some 1,800 ways; the tests have to notice 90%
	rm -rf mutants
	nice -n 10 $(BIN)/mutmut run --max-children $(TEST_WORKERS) || true
	$(BIN)/mutmut export-cicd-stats
	$(BIN)/python -m tests.tradehub.risk.mutation_score

faults: install-dev ## Thousands of seeded LLM, Redis and database faults; SEED=n, ONLY=round replays
	$(BIN)/python -W ignore -m tests.faults --seed $(SEED) --faults $(FAULTS) $(if $(ONLY),--only $(ONLY))

soak: install-dev ## A simulated year of a live bot with faults, and kill -9; SEED, DAYS, KILLS, ONLY=round
	$(BIN)/python -W ignore -m tests.soak --seed $(SEED) --days $(DAYS) --kills $(KILLS) $(if $(ONLY),--only $(ONLY))

streams: install-dev ## An hour of virtual market, its WebSockets cut 50 times, twice; two minutes
	$(BIN)/python -W ignore -m tests.core.streaming.long_run

live-orders: install-dev ## Orders with random faults and deaths in live mode; SEED=n replays a session
	$(BIN)/python -W ignore -m tests.live_orders

live-risk: install-dev ## A real Freqtrade on paper while halts, database and rules are broken; minutes
	$(BIN)/python -W ignore -m tests.live_risk

paper-check: install-dev ## Two weeks of 5m candles through Freqtrade's worker, beside the backtest; an hour
	$(BIN)/python -W ignore -m tests.paper_check

SEED ?= 20261127
FAULTS ?= 4000
DAYS ?= 365
KILLS ?= 200

alerts-black-hole: install-dev ## The trading loop while Telegram answers nothing for ten minutes; twenty-two minutes
	$(BIN)/python -W ignore -m tests.bench.bench_black_hole

alerts-pictures: install-dev ## Photograph the messages as Telegram shows them; docs/pictures, needs Chromium
	$(BIN)/python -W ignore -m tests.docs.alert_pictures

strategies-table: install ## Backtest the whole library and write the table of docs/strategies.md
	$(BIN)/python scripts/strategies_table.py --write docs/strategies.md

notebooks: install-dev ## Run the notebooks of docs/notebooks; build/notebooks/*.ipynb, about a minute
	$(BIN)/python scripts/run_notebooks.py

coverage: install-dev ## Run all tests and fail below 90% of lines
	$(TEST) --cov --cov-report=term:skip-covered --cov-fail-under=90

docs: install-dev ## Run the commands README and docs show and write down what they print
	$(BIN)/python -m tests.docs.examples

lock: install ## Resolve the dependencies again and rewrite both locks
	$(PIP) install --quiet uv
	echo 'setuptools>=77' | $(BIN)/uv pip compile $(LOCK_FLAGS) pyproject.toml - -o requirements.lock
	echo 'setuptools>=77' | $(BIN)/uv pip compile $(LOCK_FLAGS) pyproject.toml - --group dev \
		-c requirements.lock -o requirements-dev.lock

LOCK_FLAGS := --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock' --quiet

clean: ## Remove .venv, caches and build output; candles, votes and results stay
	rm -rf $(VENV) build dist *.egg-info .coverage* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Proratio needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
		"Name another one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	@echo "Installing into $(VENV): 1.2 GB, a minute or more"
	$(PIP) install --quiet --require-hashes --no-deps -r requirements.lock
	$(PIP) install --quiet --no-deps --no-index --no-build-isolation \
		--config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(PIP) install --quiet --require-hashes --no-deps -r requirements-dev.lock
	@touch $@
