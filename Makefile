.DEFAULT_GOAL := help
.PHONY: help demo test check bench plan-score fuzz audit clean

help:           ## Says what there is to do
	@grep -E '^[a-z-]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

demo:           ## Builds, makes the demonstration bureau in ./demo-data and serves it
	@scripts/need cargo node npm
	cargo build --release --locked -p luoshi
	target/release/luoshi demo --data ./demo-data

test:           ## Runs every test, on both databases and in a real browser
	@scripts/need cargo node npm
	scripts/test

check:          ## Format, lints and documentation
	@scripts/need cargo node npm
	scripts/check

bench:          ## Measures speed and memory; scripts/bench says how for 1,000,000 tasks and for PostgreSQL
	@scripts/need cargo node npm
	scripts/bench

plan-score:     ## Scores the plan reader against hand-made gold, where it is present
	cargo build --release --locked -p luoshi
	scripts/plan-score target/release/luoshi

fuzz:           ## Feeds odd input to the readers, where cargo-fuzz is installed
	scripts/fuzz

audit:          ## Licences, advisories, unused dependencies and spelling, where the tools are installed
	scripts/audit

clean:          ## Removes what was built
	cargo clean
	rm -rf web/node_modules
