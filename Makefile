# Every check and measurement of the project. `make test` is the gate: it
# needs Go and a C compiler (for the race detector), and nothing else.

# Version pins. Modules that are linked are pinned in go.mod and go.sum; the
# tools below are run, not linked, and are pinned here and nowhere else.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c

GO       ?= go
FUZZTIME ?= 20s
PACKAGES := ./...

.PHONY: build test format vet staticcheck vulnerabilities unit generated bench corpora oracle fuzz picture

build:
	$(GO) build -o bin/remit ./cmd/remit

test: format vet staticcheck unit generated vulnerabilities
	@echo "test: all checks passed"

format:
	@changed="$$(gofmt -l cmd examples internal)"; \
	if [ -n "$$changed" ]; then echo "format: run gofmt -w on:"; echo "$$changed"; exit 1; fi

vet:
	$(GO) vet $(PACKAGES)

staticcheck:
	$(GO) run $(STATICCHECK) $(PACKAGES)

# The import directions and the other rules of the house are tests too
# (internal/archtest).
unit:
	CGO_ENABLED=1 $(GO) test -race -timeout 15m $(PACKAGES)

# Generated files are as their generators write them.
generated:
	@GO="$(GO)" .ci/generated

# Known vulnerabilities in what is linked; needs the network.
vulnerabilities:
	@GO="$(GO)" GOVULNCHECK="$(GOVULNCHECK)" .ci/vulnerabilities

# Benchmarks at three sizes: cost must grow in step with the input.
bench:
	$(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

# Real applications. Their folders are named by the environment: REMIT_DVSA,
# REMIT_SAM_CORPUS, REMIT_PATTERNS, REMIT_CORPUS (docs/testing.md). A test
# whose folder is not named says so and is skipped.
corpora:
	$(GO) test -count=1 -v -timeout 30m -run 'Corpus' $(PACKAGES) | grep -v -e 'no tests to run' -e 'no test files' -e '^PASS' -e '^=== '

# The IAM evaluator against another one: on the cases that REMIT_IAM_CASES names,
# and on generated ones by its npm package where that can be installed. Exact
# questions about policies against Z3, where the program z3 is at hand. What
# remit makes of services against what the framework's open fork makes of them.
oracle:
	REMIT_ORACLE=1 $(GO) test -count=1 -v -timeout 30m -run 'Simulator|Oracle' $(PACKAGES) | grep -v -e 'no tests to run' -e 'no test files' -e '^PASS' -e '^=== '

# Every fuzz target for FUZZTIME.
fuzz:
	@GO="$(GO)" FUZZTIME="$(FUZZTIME)" .ci/fuzz

# The README's picture, drawn again from a real run.
picture:
	$(GO) test ./cmd/remit -run TestPicture -update
