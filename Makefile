# benchctl. `make` builds the program, `make bench` measures and draws, `make check` tests; `make help` lists all.
#
#   SANITIZE=address,undefined   a variant of its own under build/; also SANITIZE=thread
#   DEPS=skip                    only check for the Debian packages, install nothing
#   CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR as usual

# On all CPUs, unless told otherwise.
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
SANITIZE ?=
comma := ,
BUILD := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
PKG_CONFIG ?= pkg-config
PACKAGES := jansson libcurl inih liburing libmnl nettle libxml-2.0 gsl openssl zlib

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
ALL_CPPFLAGS := -I. -D_GNU_SOURCE $(CPPFLAGS)
# A sanitizer's finding ends the program; otherwise a test would overlook it.
SANITIZE_CFLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Allows a struct to embed another's members by its tag alone, as struct cell does those of load_figures.
DIALECT := -std=gnu11 -fms-extensions -Wno-microsoft-anon-tag
ALL_CFLAGS := $(DIALECT) $(WARNINGS) -pthread $(CFLAGS) $(SANITIZE_CFLAGS)
ALL_LDFLAGS := -pthread $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

LIB_SOURCES := $(wildcard clients/*.c) $(filter-out harness/cmd/%.c harness/host/build.c,$(wildcard harness/*/*.c))
PROGRAM_SOURCES := $(wildcard harness/cmd/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*_test.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/*_fuzz.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/harness/host/build.o
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:%.c=$(BUILD)/%.o)
UNITS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
# For each fuzz target: the fuzzer itself, and the program that replays its corpus as a test.
FUZZERS := $(FUZZ_SOURCES:%.c=$(BUILD)/%)
REPLAYS := $(FUZZERS:%_fuzz=%_test)
# The programs that the benches under tests/bench/ run beside benchctl.
BENCHES := $(BUILD)/tests/bench/floor $(BUILD)/tests/bench/hot
PROGRAM := $(BUILD)/benchctl

.PHONY: all servers originals history bench reference bench-peers cross-check share-bias regression gate check check-all check-units fuzz fuzzers clean deps deps-all man format compile_commands help FORCE
.DELETE_ON_ERROR:
.SECONDARY: $(UNITS:%=%.o) $(BENCHES:%=%.o) $(FUZZERS:%=%.o)

all: $(PROGRAM) $(if $(SANITIZE),,benchctl build/servers/control)

help:
	@echo 'make              all that a first run needs: the program, at build/benchctl, and the control server'
	@echo 'make bench        set-up, a sweep of every server from 1 to 65536, the table, and a page with the graphs'
	@echo 'make check        set-up, the tests that take minutes; make check-all: all of them, half an hour'
	@echo 'make soak         random kills, stops and resumes of runs, SOAK_SECONDS long (an hour)'
	@echo 'make fuzz         made-up input for what reads files and answers: FUZZ_SECONDS each of FUZZ_TARGETS'
	@echo 'make reference    the servers of 2010, or REFERENCE_SERVERS=: what the README shows (what is cut short goes on)'
	@echo 'make history      the table of 2010, on its own libraries and on our revivals, into docs/history.md'
	@echo 'make bench-peers  our clients against six others, in turn, into docs/performance.md (half an hour)'
	@echo 'make cross-check  our figures against ab, wrk, h2load and curl, into docs/cross-check.md'
	@echo 'make share-bias   how far rates scaled from a share of a CPU are from those of a whole one, into docs/method.md'
	@echo 'make regression   is this commit slower than its base, or BASE=COMMIT?'
	@echo 'make gate         how often the regression check errs, into docs/ci.md'
	@echo 'make verdicts     do ten runs agree? A piece of ten minutes a call, 13 in all, into docs/method.md'
	@echo 'make limits       does `why` name limits that are known? into docs/inherent.md (an hour)'
	@echo 'make servers      the compiled servers whose toolchain is here'
	@echo 'make originals    the libraries of 2010 on their own interpreters, from source: SOURCES=FOLDER, or by git'
	@echo 'make deps-all     the packages of all servers'
	@echo 'make format       lays out the C code; make compile_commands: compile_commands.json'
	@echo 'make install      into PREFIX (/usr/local), below DESTDIR: program, servers, docs, manual pages, completions; make uninstall'
	@echo 'make deb          a Debian package in build/; make dist: a release tarball, the same whenever it is made'
	@echo 'make clean, make man'

benchctl: | $(PROGRAM)
	ln -sf build/benchctl $@

$(PROGRAM): $(PROGRAM_OBJECTS) $(BUILD)/libbenchctl.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBRARIES) -lm

$(BUILD)/libbenchctl.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

# A release tarball has both in files; elsewhere the version is that of the last tag.
COMMIT := $(shell cat COMMIT 2>/dev/null || git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
VERSION := $(patsubst v%,%,$(shell cat VERSION 2>/dev/null || git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || echo 0.1.0))
# The build information in each result. Rebuilt when the commit or the flags change.
STAMP = -DBUILD_COMMIT='"$(COMMIT)"' -DBUILD_COMPILER='"$(shell $(CC) --version | head -n 1)"' \
	-DBUILD_FLAGS='"$(strip $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE)))"' -DBUILD_VERSION='"$(VERSION)"'
$(BUILD)/stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(STAMP))' | cmp -s - $@ || echo '$(subst ','\'',$(STAMP))' >$@
FORCE:

$(BUILD)/harness/host/build.o: harness/host/build.c $(BUILD)/stamp
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(STAMP) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(PACKAGE_CFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' >$@

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libbenchctl.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBRARIES) -lm

$(BUILD)/tests/fuzz/%_test: $(BUILD)/tests/fuzz/%_fuzz.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/libbenchctl.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBRARIES) -lm

$(BUILD)/tests/fuzz/%_fuzz: $(BUILD)/tests/fuzz/%_fuzz.o $(BUILD)/libbenchctl.a
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBRARIES) -lm

$(BENCHES): $(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libbenchctl.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBRARIES) -lm

# For LD_PRELOAD, so without a sanitizer even where the program has one.
build/tests/helper/fail.so: tests/helper/fail.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -std=gnu11 $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $<

-include $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d) $(UNITS:%=%.d) $(FUZZERS:%=%.d) $(BUILD)/tests/fuzz/replay.d

# Queried only where something is compiled, so that `make deps` and `make clean` need no package.
PACKAGE_CFLAGS = $(call package,--cflags)
LIBRARIES = $(call package,--libs)
package = $(shell $(PKG_CONFIG) $(1) $(PACKAGES) || echo "missing-packages: run 'make deps'")

# The compiled servers.
include servers/build.mk

# The libraries of 2010 on the interpreters of 2010, into build/originals/: about five minutes. SOURCES: the folder with their archives.
SOURCES ?=
originals:
	.ci/deps originals
	servers/originals/build.py --sources "$(SOURCES)"

deps:
	.ci/deps build

deps-all:
	.ci/deps build bench check peers panel originals

NAME ?= bench-$(shell date +%Y%m%d-%H%M%S)
# Read once, so that all lines mean the same run.
NAME := $(NAME)
bench:
	.ci/deps build bench
	$(MAKE) --no-print-directory all servers
	./benchctl run --out $(NAME) --until-known --budget 9m --servers $(BENCH_SERVERS)
	./benchctl report results/$(NAME)/run.json
BENCH_SERVERS := control,state_threads,eventlet,eventlet_wsgi,tornado,node_js

# The run whose table and graphs README and docs/history.md show: the servers of 2010, half an hour; all that can run here with
# REFERENCE_SERVERS= and a larger REFERENCE_BUDGET. It may be interrupted (^C): the next call resumes it.
REFERENCE_RUN ?= reference-run
REFERENCE_SERVERS ?= $(BENCH_SERVERS),syncless,syncless_wsgi,concurrence,concurrence_wsgi,concurrence_greenlet,concurrence_wsgi_greenlet
REFERENCE_MODES ?= close
REFERENCE_BUDGET ?= 30m
REFERENCE_OPTIONS ?= --client auto --concurrency 1,4,16,64,256,1024,4096,16384,65536 --duration 500ms --warmup 100ms --max-window 4s \
	--max-ramp 5s --ready 5s
reference: originals
	.ci/deps build bench check panel
	$(MAKE) all servers
	if [ -e results/$(REFERENCE_RUN)/run.json ]; then \
		./benchctl run --resume $(REFERENCE_RUN) >/dev/null; \
	else \
		./benchctl run --out $(REFERENCE_RUN) --mode $(REFERENCE_MODES) --until-known --budget $(REFERENCE_BUDGET) \
			$(if $(REFERENCE_SERVERS),--servers $(REFERENCE_SERVERS)) $(REFERENCE_OPTIONS) >/dev/null; \
	fi
	mkdir -p results/reference
	cp results/$(REFERENCE_RUN)/run.json results/reference/run.json
	./benchctl report results/reference/run.json --format svg
	./benchctl table results/reference/run.json --markdown | tests/bench/into README.md reference
	tests/bench/history --sweep results/reference/run.json --into docs/history.md

# The table of 2010 with its libraries of 2010: half an hour.
HISTORY_OPTIONS ?=
history: originals
	.ci/deps build bench panel
	$(MAKE) all servers
	./benchctl run --out $(NAME)-preset --preset 2010 $(HISTORY_OPTIONS) --repeat 3 >/dev/null
	tests/bench/history results/$(NAME)-preset/run.json --into docs/history.md

# In one go, or in several calls: PEERS='--levels 100 --modes close'. What is in PEERS_DATA is not measured again.
PEERS ?=
PEERS_DATA ?= results/peers.jsonl
bench-peers:
	.ci/deps build peers
	$(MAKE) all servers $(BENCHES) build/tests/helper/fail.so
	tests/bench/peers --data $(PEERS_DATA) --into docs/performance.md --picture docs/peers $(PEERS)
	tests/bench/instructions --into docs/performance.md

# On a quiet machine: about seven minutes.
cross-check:
	.ci/deps build peers
	$(MAKE) all servers
	tests/bench/cross_check --into docs/cross-check.md

# How far scaled rates are from those of a whole CPU: half an hour, or with BIAS_OPTIONS a part of it.
BIAS_OPTIONS ?=
share-bias:
	.ci/deps build
	$(MAKE) all build/servers/control
	tests/bench/share_bias $(BIAS_OPTIONS) --into docs/method.md

# Two minutes. Where counted instructions have risen for good reason: tests/bench/instructions --baseline FILE --update
BASE ?=
regression:
	.ci/deps build peers
	$(MAKE) all build/servers/control $(BENCHES) build/tests/helper/fail.so
	tests/bench/regression $(BASE)

# How often the gate of `compare` errs, on a quiet machine: a quarter of an hour.
gate:
	.ci/deps build
	$(MAKE) all build/servers/control
	tests/bench/gate --into docs/ci.md

# Do two runs agree, and is the host's share of a loss not blamed on the server? One piece per call, of at most VERDICTS_BUDGET and half
# a minute, on a quiet machine: ten identical runs of the base servers, and one run per mode of servers without a limit, 13 calls in all.
.PHONY: verdicts
VERDICTS_BUDGET ?= 8m
VERDICTS_RUNS ?= 10
verdicts:
	.ci/deps build bench
	$(MAKE) all servers $(LIMITED)
	tests/bench/verdicts measure --budget $(VERDICTS_BUDGET) --runs $(VERDICTS_RUNS)
	tests/bench/verdicts tables --runs $(VERDICTS_RUNS) --into docs/method.md

# Does `why` name known limits? An hour on a quiet machine; what is in LIMITS_DATA is not measured again.
.PHONY: limits
LIMITS_DATA ?= results/limits.jsonl
LIMITS_REPEAT ?= 3
limits:
	.ci/deps build
	$(MAKE) all build/servers/control $(LIMITED)
	mkdir -p $(dir $(LIMITS_DATA))
	tests/limits/matrix --data $(LIMITS_DATA) --repeat $(LIMITS_REPEAT) | tests/bench/into docs/inherent.md limits
LIMITED := build/tests/limits/limited
$(LIMITED): tests/limits/limited.c servers/common/bench.h
	@mkdir -p $(@D)
	$(CC) $(SERVER_CFLAGS) -o $@ $< -pthread

# A few minutes: to be run before each commit.
check:
	.ci/deps build bench check
	$(MAKE) all $(CHECK_SERVERS:%=build/servers/%) check-units build/tests/helper/fail.so $(BENCHES) $(LIMITED)
	tests/run quick
CHECK_SERVERS := $(filter control state_threads,$(SERVERS))

# Everything: all servers, each call that can fail, sanitizers, a browser, WebDAV and SFTP. What CI runs.
check-all:
	.ci/deps build bench check peers panel originals
	.ci/modules tests/browser
	$(MAKE) all servers check-units build/tests/helper/fail.so $(BENCHES) $(LIMITED)
	$(MAKE) SANITIZE=address,undefined all check-units
	$(MAKE) SANITIZE=thread all
	tests/run all

# Random kills, stops and resumes of runs; check-all does so for two minutes.
SOAK_SECONDS ?= 3600
.PHONY: soak
soak:
	.ci/deps build check
	$(MAKE) all build/servers/control
	SOAK_SECONDS=$(SOAK_SECONDS) python3 tests/e2e/soak_test.py

check-units: $(UNITS) $(REPLAYS)

# libFuzzer is part of clang, whatever compiler builds the program.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := $(FUZZ_SOURCES:tests/fuzz/%_fuzz.c=%)
FUZZ_BUILD := build/fuzz
fuzz:
	.ci/deps build fuzz
	$(MAKE) CC=clang BUILD=$(FUZZ_BUILD) SANITIZE=address,undefined,float-cast-overflow,fuzzer-no-link fuzzers
	tests/fuzz/run $(FUZZ_BUILD) $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzzers: $(FUZZERS)

# Another version of clang-format would lay out some lines differently.
FORMATTED := $(wildcard clients/*.[ch] harness/*/*.[ch] servers/*/*.[ch] tests/*/*.[ch])
format:
	.ci/deps format
	@clang-format-14 -i $(FORMATTED)

# For editors and clang-tidy: how each source is compiled.
compile_commands:
	@separator='['; for file in $(LIB_SOURCES) harness/host/build.c $(PROGRAM_SOURCES) $(UNIT_SOURCES); do \
		printf '%s\n {"directory": "%s", "file": "%s", "command": "%s"}' "$$separator" '$(CURDIR)' $$file \
			"$(CC) $(ALL_CPPFLAGS) $(PACKAGE_CFLAGS) $(ALL_CFLAGS) -c $$file"; separator=,; \
	done >compile_commands.json; printf '\n]\n' >>compile_commands.json

# The manual page is generated; a test compares it with what the program says.
man: all
	./benchctl help --man >docs/benchctl.1

include packaging/install.mk

clean:
	rm -rf build benchctl
