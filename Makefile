# Everything a learner or a contributor does, from a bare checkout. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
KIT := $(VENV)/kit.tar

.DEFAULT_GOAL := help
.PHONY: help run setup engine tools test test-fast test-engines fuzz check format bench pictures proto clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup ## Set everything up and open the tutor
	@$(BIN)/diamol-tutor doctor --fix || true # lessons play recorded builds where there is no engine
	@$(BIN)/diamol-tutor

setup: $(READY)
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

engine: setup ## Make sure a Docker engine and the base images are there
	@$(BIN)/diamol-tutor doctor --fix --yes

tools: ## What the tests drive besides the tutor: a terminal, a browser, curl; networks and disks of their own
	@missing=""; for tool in tmux chromium curl ip:iproute2 mount; do \
	  command -v $${tool%:*} >/dev/null || missing="$$missing $${tool#*:}"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "The tests need$$missing: install them first (sudo apt-get install$$missing)." >&2; exit 2; fi; \
	fi

test: setup tools engine ## All tests, the live ones included
	$(BIN)/pytest

test-fast: setup ## The tests that need no engine, side by side
	$(BIN)/pytest -n auto -m 'not engine'

test-engines: setup tools engine ## The live tests on Docker 20.10, 26.1, 28.5 and 28.5 with the containerd store (root; hours)
	$(BIN)/diamol-tutor bases save $(KIT)
	$(BIN)/python -m tests.releases $(ENGINES) -- sh -c '$(BIN)/diamol-tutor bases load $(KIT) && exec $(BIN)/pytest -m engine tests/engine tests/e2e'
	rm $(KIT)

fuzz: setup engine ## Forecasts against the engine, 3,000 pairs of builds (half an hour); FORECAST_SEED=N for others
	FORECAST_PAIRS=$${FORECAST_PAIRS:-3000} $(BIN)/pytest -s tests/engine/test_forecast.py

check: setup ## Style, types, rooms, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/diamol-tutor check

format: setup ## Put the code in its common shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup engine ## Speed and memory, as ratios measured side by side; writes bench.json
	$(BIN)/python -m tests.bench

pictures: setup engine ## Make the README's pictures again: the app itself, on a live engine
	$(BIN)/python -m tests.pictures pictures

proto: ## Make the protobuf code from trace.proto again (needs grpcio-tools)
	$(PYTHON) -m grpc_tools.protoc -I. --python_out=. --pyi_out=. tutor/engines/trace.proto

clean: ## Remove what these targets made; the engine's things: diamol-tutor clean
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench.json
