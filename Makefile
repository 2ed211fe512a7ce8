# The front door. Meson does the work; see docs/development.md.
BUILD ?= build
HOST ?= 127.0.0.1
PORT ?= 8080
# Warnings are kept at zero on Debian 12; another compiler may know more of them.
WERROR ?= $(shell grep -qs '^VERSION_ID="12"' /etc/os-release && echo true || echo false)
# Options and arguments for the program that a target runs: make run ARGS='--port 9000'
ARGS ?=
COMPOSE = build-aux/compose -f deploy/compose.yaml

.DEFAULT_GOAL := build
.PHONY: build run run-ingestion migrate test drill lint generate bench bench-canvas bench-ingest screenshots health docker-up docker-down docker-logs clean help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: deps-build compile ## compile build/productgraph and build/productgraphd (the default)

run: deps-run compile ## install what is missing, build, start the desktop app (without a display: the collector)
	$(BUILD)/productgraph $(ARGS)

run-ingestion: deps-run compile ## the same without the desktop: productgraphd serve
	$(BUILD)/productgraphd serve $(ARGS)

migrate: deps-run compile ## bring the database of DATABASE_URL (or the embedded one) to the newest schema
	$(BUILD)/productgraphd migrate $(ARGS)

test: deps-test compile ## install what is missing, build, run every suite
	@rm -f $(BUILD)/meson-logs/testlog.json
	@meson test -C $(BUILD) --no-rebuild --timeout-multiplier 3; build-aux/test-summary $(BUILD)

drill: deps-test compile ## kill, cut off, fill the disk and set the clock for many rounds (PDG_DRILL=20 times as many as the tests)
	PDG_DRILL=$${PDG_DRILL:-20} meson test -C $(BUILD) --no-rebuild --suite drill --timeout-multiplier 60 --verbose $(ARGS)

lint: deps-test compile ## the checks of tests/lint alone: layers, formatting, static analysis, data files
	@rm -f $(BUILD)/meson-logs/testlog.json
	@meson test -C $(BUILD) --no-rebuild --suite lint; build-aux/test-summary $(BUILD) lint

generate: deps-build compile ## refresh the generated parts of README.md and docs/ from the programs themselves
	build-aux/generate $(BUILD)

bench: deps-bench compile ## run the benchmarks and print their figures
	meson test -C $(BUILD) --no-rebuild --benchmark --verbose $(ARGS)

bench-ingest: deps-bench compile ## only events a second: COPY itself, productgraphd, others; fails below its targets
	meson test -C $(BUILD) --no-rebuild --benchmark --verbose bench-ingest

bench-canvas: deps-bench compile ## only the canvas: CPU of its frames off screen, then the app beside React Flow; fails below its targets
	meson test -C $(BUILD) --no-rebuild --benchmark --verbose bench-canvas bench-canvas-peer

screenshots: deps-test compile ## draw docs/images anew, on a display of their own
	build-aux/screenshots $(BUILD) docs/images

health: ## ask a running server how it is
	@curl -sS --fail-with-body http://$(HOST):$(PORT)/health && echo
	@curl -sS --fail-with-body http://$(HOST):$(PORT)/ready && echo

docker-up: ## start the shared PostgreSQL of deploy/compose.yaml
	@$(COMPOSE) up --detach --wait
	@echo 'Ready. To use it: export DATABASE_URL=postgresql://productgraph:productgraph@127.0.0.1:5432/productgraph'

docker-down: ## stop it; its data stays in the volume
	@$(COMPOSE) down

docker-logs: ## follow its log
	@$(COMPOSE) logs --follow

clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: compile deps-build deps-run deps-test deps-bench
deps-build deps-run deps-test deps-bench:
	@build-aux/install-deps $(@:deps-%=%)

compile:
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) -Dwerror=$(WERROR)
	@ninja -C $(BUILD) $(if $(CI),--quiet)

# The prerequisites above stand in their order.
.NOTPARALLEL:
