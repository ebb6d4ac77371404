# Needs make and Python 3.11 or newer. uv is used where it is installed (make UV= does without).

VENV := .venv
PY := $(VENV)/bin/python
FLASK := $(PY) -m flask --app app
UV := $(shell command -v uv 2>/dev/null)
ARGS :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint types check chaos soak bench screenshots static lock clean

help: ## This list
	@echo 'Daybook. `make run` starts it; everything else is for working on it.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'ARGS goes to the tool behind a target: make test ARGS="-k embargo"'

# On a terminal the shell gives Ctrl-C to the server alone (set -m), so that make has nothing to complain of;
# without one the server takes the shell's place, so that a signal sent to make reaches it. How to sign in to the
# demo is told by the server.
run: $(VENV)/.runtime ## Install Daybook here, make a demo newsroom if there is no log yet, and serve it
	@if [ -t 0 ]; then set -m; serve=; else serve=exec; fi; \
	log=$$($(PY) -c 'from cms.settings import load_settings; s = load_settings(); print("" if s.events_url else s.events)' 2>/dev/null); \
	if [ -n "$$log" ] && [ ! -e "$$log" ]; then \
		$(FLASK) demo >/dev/null || { \
			test ! -e "$$log" || echo "The demo is not finished. Delete $$(dirname "$$log") to begin again." >&2; \
			exit 1; \
		}; \
	fi; \
	$$serve $(FLASK) serve $(ARGS) || [ $$? -eq 130 ]

test: $(VENV)/.dev ## Run every test (ARGS: pytest's); browser tests skip where there is no Chromium
	@$(PY) -m pytest -n auto --maxprocesses 8 --dist loadfile $(ARGS)

lint: $(VENV)/.dev ## Find faults in the code, and imports that break the house's rules
	@$(PY) -m ruff check .
	@$(PY) $(VENV)/bin/lint-imports --no-logo

types: $(VENV)/.dev ## Check the types
	@$(PY) -m mypy

check: lint types test ## lint, types and test: what to run before a commit

chaos: $(VENV)/.dev ## Kill writers, servers and the power hundreds of times, and count what was lost (ARGS="ROUNDS SEED")
	@$(PY) -m tests.chaos $(ARGS)

soak: $(VENV)/.dev ## Let a real server work for ten minutes through two rebuilds, one killed (ARGS="SECONDS SEED")
	@$(PY) -m tests.soak $(ARGS)

bench: $(VENV)/.dev ## Measure, against limits and peers, in one run (ARGS=--json for machines)
	@$(PY) -m bench $(ARGS)

screenshots: $(VENV)/.dev ## Photograph the pages of a demo newsroom into docs/screens (needs Chromium)
	@$(PY) -m tests.screenshots $(ARGS)

static: ## Build static/ from static/src (needs Node; what is built is committed)
	npm ci --ignore-scripts --no-audit --no-fund
	npm run --silent build

lock: $(VENV)/.dev ## Write requirements*.txt anew from requirements*.in (ARGS=--upgrade for newer versions)
	@UV_CUSTOM_COMPILE_COMMAND='make lock' $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes $(ARGS) requirements.in --output-file requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND='make lock' $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes $(ARGS) --constraints requirements.txt requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove what make installed and what tools cached; var/, the newsroom itself, stays
	rm -rf $(VENV) node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp stands for an installation that went through, so that the next make starts at once.
$(VENV)/.runtime: requirements.txt $(PY)
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt $(PY)
	$(call install,requirements-dev.txt)
	@touch $(VENV)/.runtime $@

ifdef UV
$(PY):
	@rm -f $(VENV)/.runtime $(VENV)/.dev
	@"$(UV)" venv --quiet --allow-existing --python '$(or $(PYTHON),>=3.11)' $(VENV)

define install
	@echo 'Installing $(1) into $(VENV) with uv.'
	@"$(UV)" pip install --quiet --python $(PY) --compile-bytecode --require-hashes --requirement $(1)
endef
else
$(PY):
	@rm -f $(VENV)/.runtime $(VENV)/.dev
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null && exec "$$python" -m venv $(VENV); \
		bare=$$python; \
	done; \
	if [ "$$bare" ]; then \
		echo "$$bare cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; \
	else \
		echo 'Daybook needs Python 3.11 or newer, and none was found. Say where it is: make PYTHON=/path/to/python'; \
	fi >&2; exit 1

define install
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@echo 'Installing $(1) into $(VENV) with pip: half a minute to two minutes the first time.'
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(1)
endef
endif
