# The index of habits. `make` alone lists them.
# Everything is installed inside this folder (.venv, node_modules, build); only python >= 3.11, make and git are asked for.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
UV_VERSION := 0.13.9
NODE_WHEEL_VERSION := 24.19.0

export PATH := $(CURDIR)/build/bin:$(PATH)
export UV_PYTHON_DOWNLOADS := never
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20,21
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/build/jsii-cache
export CDK_HOME := $(CURDIR)/build/cdk-home
export CDK_DISABLE_CLI_TELEMETRY := true
export PYTHONDONTWRITEBYTECODE := 1
export PYTHONPATH := $(CURDIR)/layers/permanence/python

UV := build/bootstrap/bin/uv
RUN := .venv/bin/python
CDK := node_modules/.bin/cdk
BENCH_PATH := layers/permanence/python:functions:build/layers/contract/python:build/layers/static/python
STAMPS := build/stamps

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

##### What the project stands on

.PHONY: setup
setup: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/lambda-python $(STAMPS)/node_modules $(STAMPS)/browser ## Install everything the other targets need

$(STAMPS)/prerequisites:
	@infra/prerequisites.sh "$(PYTHON)"
	@mkdir -p $(STAMPS) && touch $@

$(UV): $(STAMPS)/prerequisites
	@echo "setup: uv $(UV_VERSION) into build/bootstrap"
	@"$(PYTHON)" -m venv build/bootstrap
	@build/bootstrap/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(STAMPS)/python: uv.lock pyproject.toml $(UV)
	@echo "setup: Python packages into .venv"
	@UV_PYTHON=build/bootstrap/bin/python $(UV) sync --frozen --quiet
	@touch $@

$(STAMPS)/engine: uv.lock pyproject.toml $(UV)
	@echo "setup: the local AWS engine into build/engine-venv"
	@UV_PYTHON=build/bootstrap/bin/python UV_PROJECT_ENVIRONMENT=build/engine-venv $(UV) sync --frozen --quiet --only-group engine
	@touch $@

$(STAMPS)/lambda-python: $(STAMPS)/python
	@echo "setup: the same packages for the functions' Python, where it is found"
	@$(RUN) -m infra.lambda_python --prepare
	@touch $@

$(STAMPS)/node: $(UV)
	@infra/node.sh $(NODE_WHEEL_VERSION)
	@touch $@

$(STAMPS)/node_modules: package.json package-lock.json $(STAMPS)/node
	@echo "setup: npm packages into node_modules"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/browser: $(STAMPS)/prerequisites
	@infra/browser.sh
	@touch $@

##### Habits

.PHONY: demo
demo: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Play "Saturday 23 h 12" on this machine, or SCENARIO=bad-night; stays up until Ctrl-C (DEMO_EXIT=1 leaves)
	@$(RUN) -m local.scenarios.demo

.PHONY: code
code: ## The one-time code of a demo user: make code WHO=lea.marchand
	@$(RUN) -m local.scenarios.code "$(WHO)"

.PHONY: up
up: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Start the whole system here; addresses in build/local/outputs.json
	@$(RUN) -m local.engine up

.PHONY: mail
mail: $(STAMPS)/python ## Send files to the system that is up, by mail: make mail FROM=patrimoine@habitat70.example FILES="Patrimoine.xlsx"
	@$(RUN) -m local.send_mail "$(FROM)" $(FILES)

.PHONY: down
down: $(STAMPS)/python ## Stop it and leave nothing behind
	@$(RUN) -m local.engine down

.PHONY: test
test: setup ## All tests, on all processors; what ships once more under the functions' Python, where it is found
	@$(RUN) -m pytest --numprocesses=auto --maxprocesses=4
	@$(RUN) -m infra.lambda_python

.PHONY: runtime
runtime: setup ## What ships, under the functions' Python alone (PARTS="domain failures": these folders of tests)
	@$(RUN) -m infra.lambda_python $(PARTS)

.PHONY: bench
bench: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Measure the figures of docs/benchmarks.md (PART=event: one of them; WRITE=1: refresh the page)
	@PYTHONPATH=$(BENCH_PATH) $(RUN) -m bench $(PART) $(if $(WRITE),--write)

.PHONY: check
check: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Format, lint, types, import contracts, templates of pages and of the cloud, one part of the bench
	@echo "check: format"; $(RUN) -m ruff format --check --quiet
	@echo "check: lint"; $(RUN) -m ruff check --quiet
	@echo "check: types"; $(RUN) -m mypy layers functions infra deployment local bench
	@echo "check: import contracts"; PYTHONPATH=layers/permanence/python:functions .venv/bin/lint-imports --no-logo
	@echo "check: page templates"; $(RUN) -m djlint --quiet --lint layers functions
	@echo "check: one part of the bench"; $(MAKE) --no-print-directory bench PART=event
	@echo "check: cloud template"; $(MAKE) --no-print-directory synth && .venv/bin/cfn-lint cdk.out/*.template.json

.PHONY: specimens
specimens: $(STAMPS)/python ## Write the specimens of the reports into docs/specimens
	@PYTHONPATH=layers/permanence/python:functions:. POWERTOOLS_LOG_LEVEL=WARNING $(RUN) -m tests.docs.specimens

.PHONY: file-pages
file-pages: $(STAMPS)/python ## Write docs/fichiers: for Habitat 70, how each file is prepared
	@PYTHONPATH=layers/permanence/python:functions:. $(RUN) -m tests.docs.file_pages

.PHONY: synth
synth: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Synthesize the AWS template into cdk.out: of the specimen, or of STAGE=recette
	@rm -rf cdk.out
	@AWS_REGION=$${AWS_REGION:-eu-west-3} $(CDK) synth --quiet -c stage=$(or $(STAGE),specimen)

.PHONY: lasting
lasting: synth ## List what deployments must find again, in infra/lasting.json: adds what is new, and nothing else
	@$(RUN) -m infra.lasting

.PHONY: bootstrap
bootstrap: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Prepare an AWS account for CDK, once, with the credentials at hand
	@AWS_REGION=$${AWS_REGION:-eu-west-3} $(CDK) bootstrap -c stage=$(or $(STAGE),specimen) $(ARGS)

.PHONY: preflight
preflight: $(STAMPS)/python ## Ask an account for all that a deployment needs, and change nothing: make preflight STAGE=recette
	@AWS_REGION=$${AWS_REGION:-eu-west-3} $(RUN) -m deployment.preflight $(STAGE)

.PHONY: check-telephony
check-telephony: $(STAMPS)/python ## Ask the telephony provider's account and its numbers what they lack, and change nothing: make check-telephony STAGE=recette
	@AWS_REGION=$${AWS_REGION:-eu-west-3} $(RUN) -m deployment.check_telephony $(STAGE)

.PHONY: fallback-twiml
fallback-twiml: $(STAMPS)/python ## Print what the telephony provider keeps for when nothing of ours answers: make fallback-twiml STAGE=recette; NUMBERS='+33… +33…' are those approved since
	@$(RUN) -m deployment.fallback_twiml $(STAGE) $(NUMBERS)

.PHONY: deploy
deploy: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node_modules ## Deploy a stage to AWS (eu-west-3), with the credentials at hand: make deploy STAGE=recette; ARGS go to cdk
	@AWS_REGION=$${AWS_REGION:-eu-west-3} $(RUN) -m deployment.deploy $(STAGE) -- $(ARGS)

.PHONY: check-deployed
check-deployed: $(STAMPS)/python ## Ask what is deployed whether it answers, with one mail and one call as tests: make check-deployed STAGE=recette
	@AWS_REGION=$${AWS_REGION:-eu-west-3} $(RUN) -m deployment.check_deployed $(STAGE)
