# The commands of this checkout. `make` alone lists them.
NODE := .tools/node/bin/node
RUN := $(NODE) --conditions=berth-source

.DEFAULT_GOAL := help
.PHONY: help setup demo drill failover soak kube-apiserver kubelet bundle test lint format generate bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: distribution packages, Node, npm modules
	@bash tools/setup.sh

demo: setup ## the field story on a real three-node OVN, with packets
	@bin/berth demo

drill: setup ## the conformance matrix: predictions against packets; ARGS="--results FILE" goes on later, "--topology n3g2v1" plays a part, "--opinion trace" asks switches
	@$(RUN) tools/drill.ts $(ARGS)
	@test -n "$(ARGS)" || $(RUN) tools/failover/main.ts

failover: setup ## every scenario of failing gateways, by OVN alone and with a controller; ARGS="--only uplink" for a part
	@$(RUN) tools/failover/main.ts $(ARGS)

soak: setup ## wishes, damage in NB, broken nodes and killed controllers at random, checked with packets after each round; ARGS="--minutes 60 --seed 2"
	@$(RUN) tools/soak.ts $(ARGS)

kube-apiserver: ## build the kube-apiserver and etcd of tests and labs, once for this machine
	@bash tools/kube-apiserver/build.sh

kubelet: setup ## a real kubelet and containerd on a lab's node, with a pod that has a floating IP: builds both once, installs runc and busybox
	@command -v runc busybox >/dev/null || bash tools/setup/install-packages.sh runc busybox-static
	@bash tools/kubelet/build.sh >/dev/null
	@$(RUN) tools/test/main.ts kube-build kubelet

bundle: setup ## each program as one file that plain Node runs, in dist/
	@$(RUN) tools/bundle.ts

test: setup ## every check and test; STAGES="lint unit" runs only those
	@$(RUN) tools/test/main.ts $(STAGES)

lint: setup ## format, lint and types
	@$(RUN) tools/test/main.ts lint types

format: setup ## format the sources and apply safe lint fixes
	@$(NODE) node_modules/@biomejs/biome/bin/biome check --write .

generate: setup ## write the generated files again
	@$(RUN) tools/generate.ts

bench: setup ## measure what the project promises to be fast
	@$(RUN) tools/bench.ts

clean: ## remove what set-up put into the checkout
	rm -rf dist node_modules packages/*/node_modules apps/*/node_modules packages/*/dist apps/*/dist .tools
