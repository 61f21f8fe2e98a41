# Every command a person needs; `make` alone prints them.

# One that was compiled with optimizations, as a distribution's is, where there is one: it takes a sixth less time.
OPTIMIZED := import ensurepip, sys, sysconfig; \
	sys.exit(sys.version_info < (3, 11) or not (sys.base_prefix == "/usr" \
	or "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")))
PYTHON ?= $(shell for python in python3 /usr/bin/python3; do \
	$$python -c '$(OPTIMIZED)' 2>/dev/null && echo $$python && exit; done; echo python3)
WORKERS ?= 2
TESTS ?=
N ?= 200
SEED ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
ENV := $(BIN)/python -m devtools.env
SUITE = $(BIN)/python -m devtools.suite -n $(WORKERS) --dist worksteal
COMPILE := $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help browser screenshots run test test-slow check check-types check-all-else mutants bench-ledger story story-ask chaos chaos-proof security format migrate shell requirements bench-slots bench-anonymous bench-asks bench-calendars states messages mails

help: ## print this
	@echo "Fairhour. Usage: make COMMAND"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Settings come from the environment or from .env; .env.example lists them."

run: $(READY) ## run everything on this machine, with demo people, until Ctrl-C (PORT=8000)
	@exec $(BIN)/python -m devtools.run

test: $(READY) ## run the tests (COVERAGE=1: measured, and refused where it fell; TESTS="tests/ledger -k split": some)
ifeq ($(strip $(TESTS)),)
	@exec $(SUITE) $(if $(COVERAGE),--measured) -m "not slow"
else
	@exec $(SUITE) $(TESTS)
endif

# One process more than there are cores: sites and pages are waited for.
test-slow: $(READY) ## run what takes long: whole sites started, killed and measured, every change of clocks
	@exec $(SUITE) -n $$(($(WORKERS) + 1)) -m "slow and not whole_site"

browser: $(READY) ## examine every page of every person in Chromium (PAGES=coaches: those addresses alone)
	@PAGES='$(value PAGES)' exec $(SUITE) $(or $(TESTS),tests/browser)

screenshots: $(READY) ## picture every page into instance/screenshots (WHO=mentee PAGES=coaches LANGUAGES="en-GB de" WIDTHS=390 THEMES=dark SHOWN=rich)
	@WHO="$(WHO)" PAGES='$(value PAGES)' LANGUAGES="$(LANGUAGES)" WIDTHS="$(WIDTHS)" THEMES="$(THEMES)" SHOWN="$(SHOWN)" exec $(SUITE) tests/browser/screenshots.py

check: $(READY) ## check format, lint, types, import contracts, migrations and translations
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-all-else

check-types:
	$(BIN)/mypy

check-all-else:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m devtools.messages --check
	$(ENV) --only-database --scratch sh -c '$(BIN)/alembic upgrade head && $(BIN)/alembic check'
	$(ENV) $(BIN)/flask openapi | $(BIN)/openapi-spec-validator -

.PHONY: weight
weight: $(READY) ## weigh every page of every person: kB cold and warm, requests, largest paint, shift (PAGES=coaches WIDTHS=390)
	@PAGES='$(value PAGES)' WIDTHS="$(WIDTHS)" $(SUITE) tests/browser/weight.py -q; status=$$?; cat instance/weight.txt; exit $$status

.PHONY: bench-pages
bench-pages: $(READY) ## time the pages of a coach of 100,000 sessions over HTTP (KEEP=1 keeps its database)
	@exec $(BIN)/python -m bench.pages $(if $(KEEP),--keep)

bench-slots: $(READY) ## measure free times, search and claims in a large town, as ratios (KEEP=1 keeps its database)
	@exec $(BIN)/python -m bench.slots $(if $(KEEP),--keep)

bench-anonymous: $(READY) ## measure the dearest requests of strangers in a large town (KEEP=1 keeps its database)
	@exec $(BIN)/python -m bench.anonymous_requests $(if $(KEEP),--keep)

story: $(READY) ## drive the running site from sign-up to payout, from outside; starts one if none runs
	@exec $(BIN)/python -m devtools.story

story-ask: $(READY) ## the same from an ask to the coach's year: asked by a stranger, quoted, paid, held, counted
	@exec $(BIN)/python -m devtools.story_ask

bench-calendars: $(READY) ## read calendars of two megabytes that are made to be much work
	@exec $(BIN)/python -m bench.calendars

bench-asks: $(READY) ## time every page of a coach with 10,000 asks, and of an asker (KEEP=1 keeps its database)
	@exec $(BIN)/python -m bench.asks $(if $(KEEP),--keep)

bench-ledger: $(READY) ## time the ledger on ten million rows; the last line is JSON (ROWS=10000000)
	@exec $(ENV) --scratch $(BIN)/python -m bench.ledger $(if $(ROWS),--rows $(ROWS))

chaos: $(READY) ## many people at once while everything breaks, then every cent is looked for (N=200 SEED=any)
	@exec $(BIN)/python -W ignore -m devtools.chaos --operations $(N) $(if $(SEED),--seed $(SEED))

chaos-proof: $(READY) ## five sabotages, each in a copy of the source, have to be named by chaos
	@exec $(BIN)/python -W ignore -m devtools.chaos.proof

security: $(READY) ## call all of the API in ways that nobody would, as nobody, mentee, coach and admin (EXAMPLES=20)
	@exec $(BIN)/python -m devtools.security $(if $(EXAMPLES),--examples $(EXAMPLES))

mutants: $(READY) ## change the rules of money in every small way; each must be noticed by a test (DOMAINS="ledger payments")
	@exec $(BIN)/python -m devtools.mutants $(DOMAINS) --workers $(WORKERS)

.PHONY: personal-data
personal-data: $(READY) ## write what is decided about each table's personal data into docs/personal-data.md
	@exec $(BIN)/python -m devtools.personal_data

states: $(READY) ## draw the state machines into docs/states.md
	@exec $(BIN)/python -m devtools.states

messages: $(READY) ## collect sentences for translation into marketplace/languages/catalogues
	@exec $(BIN)/python -m devtools.messages

mails: $(READY) ## render every mail in every language, as text and HTML, into instance/mails
	@exec $(BIN)/python -m devtools.mails

format: $(READY) ## put every file in the house's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

migrate: $(READY) ## bring the database to the newest schema
	@exec $(ENV) $(BIN)/flask migrate

shell: $(READY) ## a Python shell inside the application
	@exec $(ENV) $(BIN)/flask shell

requirements: $(READY) ## compile the pins anew from pyproject.toml (UPGRADE=1 for newer versions)
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Fairhour needs Python 3.11 or newer as $(PYTHON). Name another: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module does not work here; on Debian: apt install python3-venv"; exit 1; }
	@echo "Installing what requirements-dev.txt names…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@
