SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install build image controlplane demo test lint unit e2e node bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.package-lock.json: package-lock.json package.json crds/package.json syncer-runtime/package.json operator/package.json e2e/package.json
	npm ci --no-audit --no-fund
	@touch $@

install: node_modules/.package-lock.json ## install the npm packages

build: install ## generate, compile and bundle
	npm run --silent build

IMAGE ?= kcp-syncer:$(shell awk '/^appVersion:/ { print $$2 }' charts/kcp-syncer/Chart.yaml)

image: ## build the operator's image, under the name that the chart expects (needs a Docker daemon; IMAGE=name:tag)
	@docker info >/dev/null 2>&1 || { echo 'error: no Docker daemon answers (docker info): start one, or build the Dockerfile with another tool' >&2; exit 1; }
	docker build --tag $(IMAGE) .

controlplane: install ## build kcp and the cluster's binaries, once
	npx --no-install tsc -b e2e
	node e2e/dist/harness/build-main.js

demo: build controlplane ## start kcp and a cluster, connect them and deploy the examples (ONCE=1 ends by itself)
	node e2e/dist/demo/main.js

test: build controlplane lint unit e2e node ## lint, type check, unit, integration and end-to-end tests
	@node .ci/summary.mjs

lint: build ## eslint, prettier, dead code, stale generated files
	npm run --silent lint

unit: build ## tests that need no server
	@mkdir -p coverage
	npx --no-install jest --selectProjects unit --json --outputFile=coverage/unit.json

# How many test files run at once; they wait more than they compute.
WORKERS ?= 2

e2e: build controlplane ## tests on a real kcp and a real cluster
	node e2e/dist/harness/build-main.js helm
	@mkdir -p coverage
	npx --no-install jest --selectProjects servers e2e --maxWorkers=$(WORKERS) --json --outputFile=coverage/e2e.json

# install: packages that are missing are installed, and a node that cannot run is a failure.
NODE ?= if-possible

node: build controlplane ## the chart on a real node: containers, no player (Linux, root; NODE=install adds packages)
	@rm -f coverage/node.json; mkdir -p coverage; \
	node e2e/dist/node/check-main.js $(if $(filter install,$(NODE)),--install); code=$$?; \
	if [ $$code -eq 3 ]; then exit 0; elif [ $$code -ne 0 ]; then exit $$code; fi; \
	node e2e/dist/harness/build-main.js kubelet kube-proxy pause helm && \
	npx --no-install jest --selectProjects node --runInBand --json --outputFile=coverage/node.json

RUNS ?= 3
MINUTES ?= 30
OUTPUT ?= table

bench: build controlplane ## measure beside a bare client (ONLY=cold-1000,idle RUNS=3 MINUTES=30 OUTPUT=table|json)
	node e2e/dist/bench/main.js --only=$(ONLY) --runs=$(RUNS) --minutes=$(MINUTES) --output=$(OUTPUT) \
		$(if $(ONLY),,--document=docs/performance.md)

clean: ## remove what was built here; the binaries stay in the user's cache
	rm -rf coverage */dist .demo
