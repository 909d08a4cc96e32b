# Every command there is; `make` alone prints them.

SHELL := /bin/sh
BIN := .venv/tools/bin
RUN := PYTHONPATH=functions:. $(BIN)/python
STAMPS := .venv/stamps
STAGE ?= dev
# pip for the venv before it: quiet, and nothing that the lock's hashes don't vouch for. Of aws-cdk-lib's 700 modules a
# third is used: what is compiled ahead is what gets imported.
PIP := -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile
COMPILED := env -u PYTHONDONTWRITEBYTECODE PYTHONPATH=functions:.

.DEFAULT_GOAL := help
.PHONY: help setup installed demo up down logs test quick soak check fix bench synth deploy layer events new-dialect docs pictures voices train-speech coverage mutate lock clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install everything, once: four Python environments, the CDK CLI, the layers
	@$(MAKE) --no-print-directory -j4 installed

demo: setup ## one real job, end to end: a portrait speaks, then is dubbed; see out/
	@$(RUN) -m infra.local.demo

up: setup ## keep the platform running on loopback; prints base URL and API key (LIPWIRE_VOICES=folder: your voices)
	@$(RUN) -m infra.local.up

down: ## stop it; KEEP=1 keeps its state for the next `make up`
	@$(RUN) -m infra.local.down

logs: ## follow every function's and render's log in one stream
	@$(RUN) -m infra.local.logs

test: setup ## every check and every test, as CI runs them
	@$(BIN)/python tests/run.py test

quick: setup ## the checks and tests that need no emulator and no video
	@$(BIN)/python tests/run.py quick

soak: setup ## the long tests: minutes of video, thousands of examples, races (tests/soak)
	@$(BIN)/python tests/run.py soak

check: setup ## formatting, lint, types, import contracts, house rules
	@$(BIN)/python tests/run.py check

fix: setup ## format, and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: setup ## what things cost, measured; writes out/bench.json
	@$(RUN) -m infra.local.up
	@$(RUN) -m benchmarks

synth: setup ## the CloudFormation templates of STAGE, into cdk.out/
	@node_modules/.bin/cdk synth --quiet --context stage=$(STAGE)

deploy: setup ## deploy STAGE to the AWS account of your credentials, and build its images there
	@$(RUN) -m infra.deploy $(STAGE)

layer: $(STAMPS)/layers ## build the Lambda layers for this machine and for AWS

events: setup ## regenerate the event schemas and their catalogue
	@$(RUN) -m events.generate

new-dialect: $(STAMPS)/tools ## a new vendor's wire format from the template: make new-dialect NAME=acme
	@$(RUN) -m tools.new_dialect "$(NAME)"

docs: setup ## check that the docs' links, commands and routes are true
	@$(BIN)/python -m pytest -q tests/house/test_docs.py

pictures: setup ## draw the pictures of docs/architecture/03-engines.md anew
	@mkdir -p build/pictures
	@$(BIN)/python -c "import shutil, importlib.util as u; \
		shutil.copy(u.find_spec('skimage').submodule_search_locations[0] + '/data/astronaut.png', 'build/pictures')"
	@echo "Maybe Pam may bring my apple home." | $(RUN) -m infra.local.voice en-us build/pictures/voice.wav
	@PYTHONPATH=functions:. .venv/inference/bin/python -m tools.draw_pictures \
		build/pictures/astronaut.png build/pictures/voice.wav docs/architecture/pictures

voices: setup ## have every voice of a folder say a sentence, into out/voices: make voices FROM=folder
	@PYTHONPATH=functions:.:build/layers/speech-local/python .venv/inference/bin/python -m tools.try_voices "$(FROM)"

train-speech: $(STAMPS)/training ## train the network that hears mouth shapes (needs flite, festival; an hour)
	@PYTHONPATH=functions:. .venv/training/bin/python -m training.speech

coverage: setup ## lines and branches of money, limits, keys and idempotency that their tests reach
	@PYTHONPATH=functions:. $(BIN)/coverage run -m pytest -q tests/unit/domain tests/unit/idempotency tests/unit/limits \
		tests/unit/money tests/unit/speech/test_lives.py \
		tests/unit/usecases/test_key_commands.py tests/unit/usecases/test_key_lives.py \
		tests/unit/usecases/test_workflow_steps.py \
		--deselect tests/unit/money/test_machine.py --deselect tests/unit/money/test_kill_points.py
	@$(BIN)/coverage report

mutate: $(STAMPS)/mutate ## change the code of money in one place at a time, and count what no test notices
	@$(BIN)/python -m tools.mutate

lock: $(STAMPS)/python ## resolve requirements/*.in and package.json anew into hashed locks that name no host
	@sh tools/lock.sh "$$(cat $<)"

clean: ## remove what was built and installed (`make down` first)
	rm -rf .venv node_modules build cdk.out out .lipwire

# ---------------------------------------------------------------- installation, one stamp for each part

installed: $(STAMPS)/tools $(STAMPS)/runtime $(STAMPS)/inference $(STAMPS)/clients $(STAMPS)/node $(STAMPS)/layers

# Holds the interpreter that everything is made with. 3.11 comes first: pocketsphinx has no wheel for 3.12, which then
# needs a C compiler.
$(STAMPS)/python:
	@mkdir -p $(STAMPS) build
	@for one in $(or $(PYTHON),python3.11 python3.12 python3); do \
		"$$one" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
			2>/dev/null && { echo "$$one" > $@; break; }; done; \
	test -s $@ || { rm -f $@; echo "Lipwire needs Python 3.11 or 3.12 with venv (Debian: python3-venv);" \
		"name one with: make PYTHON=/path/to/python3.11 setup" >&2; exit 1; }
	@"$$(cat $@)" -c 'import platform, sys; sys.exit(platform.system() == "Linux" and platform.machine() != "x86_64")' || \
		{ rm -f $@; echo "MediaPipe, which finds the faces, has no wheel for Linux on this processor: use x86-64" >&2; exit 1; }
	@node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null || \
		{ rm -f $@; echo "Lipwire needs Node.js 20 or newer with npm, for the CDK CLI" >&2; exit 1; }

$(STAMPS)/tools: requirements/tools.txt requirements/demo.txt | $(STAMPS)/python
	@echo "installing tools: CDK, emulator, tests, linters"
	@"$$(cat $(STAMPS)/python)" -m venv --clear .venv/tools
	@.venv/tools/bin/python $(PIP) -r requirements/tools.txt
	@.venv/tools/bin/python $(PIP) --no-deps -r requirements/demo.txt
	@-$(COMPILED) .venv/tools/bin/python -c 'import cdk_nag, hypothesis, pytest, infra.system, infra.local.up' 2>/dev/null
	@touch $@

$(STAMPS)/runtime: requirements/runtime.txt | $(STAMPS)/python
	@echo "installing the functions' runtime: boto3"
	@"$$(cat $(STAMPS)/python)" -m venv --clear .venv/runtime
	@.venv/runtime/bin/python $(PIP) -r requirements/runtime.txt
	@touch $@

$(STAMPS)/inference: containers/inference/install.sh requirements/inference.txt requirements/inference-nodeps.txt \
		requirements/inference-test.txt | $(STAMPS)/python
	@echo "installing the renderer: what its image holds, and pytest"
	@"$$(cat $(STAMPS)/python)" -m venv --clear .venv/inference
	@PIP_NO_COMPILE=1 sh containers/inference/install.sh .venv/inference/bin/python requirements
	@.venv/inference/bin/python $(PIP) -r requirements/inference-test.txt
	@-$(COMPILED) .venv/inference/bin/python -c 'from lipwire import engines; engines.load("retarget").setup()' 2>/dev/null
	@touch $@

# Vendors' SDKs stand apart: nothing of theirs may be importable where the server's code runs.
$(STAMPS)/clients: requirements/clients.txt | $(STAMPS)/python
	@echo "installing the vendors' SDKs that tests drive the platform with"
	@"$$(cat $(STAMPS)/python)" -m venv --clear .venv/clients
	@.venv/clients/bin/python $(PIP) -r requirements/clients.txt
	@touch $@

# Not part of `make setup`: PyTorch is large and only training needs it.
$(STAMPS)/training: requirements/training.txt | $(STAMPS)/python
	@for one in flite festival; do command -v $$one >/dev/null || \
		{ echo "training needs $$one: docs/models/visemes.md lists what to install" >&2; exit 1; }; done
	@echo "installing what trains: PyTorch"
	@"$$(cat $(STAMPS)/python)" -m venv --clear .venv/training
	@.venv/training/bin/python $(PIP) -r requirements/training.txt
	@touch $@

# Not part of `make setup`: only `make mutate` needs it.
$(STAMPS)/mutate: requirements/mutate.txt | $(STAMPS)/python
	@echo "installing what mutates: mutmut"
	@"$$(cat $(STAMPS)/python)" -m venv --clear .venv/mutate
	@.venv/mutate/bin/python $(PIP) -r requirements/mutate.txt
	@touch $@

$(STAMPS)/node: package-lock.json .npmrc | $(STAMPS)/python
	@echo "installing the CDK CLI"
	@npm ci --loglevel=error
	@touch $@

# Layers hold wheels for one Python each: the local ones follow the runtime's.
$(STAMPS)/layers: requirements/layer-api.txt requirements/layer-media.txt requirements/layer-networks.txt requirements/layer-pages.txt \
		requirements/layer-speech.txt tools/build_layers.py | $(STAMPS)/runtime
	@echo "building the functions' layers"
	@.venv/runtime/bin/python -m tools.build_layers
	@touch $@
