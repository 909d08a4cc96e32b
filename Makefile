# Every command there is; `make` alone prints them.

PYTHON ?= $(shell command -v python3.12 || command -v python3.11 || command -v python3)
BIN := .venv/tools/bin
RUN := PYTHONPATH=functions:. $(BIN)/python
STAMPS := .venv/stamps
STAGE ?= dev

.DEFAULT_GOAL := help
.PHONY: help setup check fix quick test up down logs demo bench deploy synth layers events lock clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/tools $(STAMPS)/runtime $(STAMPS)/inference $(STAMPS)/node $(STAMPS)/layers ## install everything, once: three Python environments, the CDK CLI, the layers

demo: setup ## one real job, end to end: a portrait speaks, then is dubbed; see out/
	@$(RUN) -m infra.local.demo

up: setup ## keep the platform running on loopback; prints base URL and API key
	@$(RUN) -m infra.local.up

down: ## stop it; KEEP=1 keeps its state for the next `make up`
	@$(RUN) -m infra.local.down

logs: ## follow every function's and render's log in one stream
	@$(RUN) -m infra.local.logs

test: setup ## every check and test, as CI runs them
	@$(MAKE) --no-print-directory check
	@$(BIN)/python tests/run.py test

quick: setup ## checks and tests that need no emulator and no video
	@$(MAKE) --no-print-directory check
	@$(BIN)/python tests/run.py quick

check: setup ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary functions infra containers tools
	@PYTHONPATH=functions $(BIN)/lint-imports --no-cache > build/imports.log || (cat build/imports.log; exit 1)

fix: setup ## format, and mend what the linter can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix .

bench: setup ## what things cost, measured; writes out/bench.json
	@$(RUN) -m infra.local.up
	@$(RUN) -m benchmarks

synth: setup ## the CloudFormation templates of STAGE, into cdk.out/
	@npx --no-install cdk synth --quiet --all -c stage=$(STAGE)

deploy: setup ## deploy STAGE to the AWS account of your credentials, and build its images there
	@$(RUN) -m infra.deploy $(STAGE)

layers: $(STAMPS)/layers ## build the Lambda layers for this machine and for AWS

events: setup ## regenerate the event schemas and their catalogue
	@$(RUN) -m events.generate

lock: ## resolve requirements/*.in anew into hashed locks that name no host
	@sh tools/lock.sh $(PYTHON)

clean: ## remove what was built and installed
	rm -rf .venv node_modules build cdk.out out .lipwire

$(STAMPS)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 12)))' 2>/dev/null || \
		{ echo "Lipwire needs Python 3.11 or 3.12; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null || \
		{ echo "Lipwire needs Node.js 20 or newer for the CDK CLI"; exit 1; }
	@mkdir -p $(STAMPS) build && touch $@

$(STAMPS)/tools: requirements/tools.txt | $(STAMPS)/python
	@echo "installing tools ..."
	@$(PYTHON) -m venv .venv/tools
	@.venv/tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(STAMPS)/runtime: requirements/runtime.txt | $(STAMPS)/python
	@echo "installing the functions' runtime ..."
	@$(PYTHON) -m venv .venv/runtime
	@.venv/runtime/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(STAMPS)/inference: requirements/inference.txt requirements/inference-test.txt requirements/inference-nodeps.txt | $(STAMPS)/python
	@echo "installing the renderer ..."
	@$(PYTHON) -m venv .venv/inference
	@sh containers/inference/install.sh .venv/inference/bin/python requirements
	@.venv/inference/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/inference-test.txt
	@touch $@

$(STAMPS)/node: package-lock.json | $(STAMPS)/python
	@echo "installing the CDK CLI ..."
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(STAMPS)/layers: requirements/layer-api.txt requirements/layer-media.txt tools/build_layers.py | $(STAMPS)/tools
	@echo "building layers ..."
	@$(BIN)/python -m tools.build_layers
	@touch $@
