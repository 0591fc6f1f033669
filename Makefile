# benchctl. `make` builds the program, `make bench` measures and draws, `make check` tests; `make help` lists all.
#
#   SANITIZE=address,undefined   a variant of its own under build/; also SANITIZE=thread
#   DEPS=skip                    only check for the Debian packages, install nothing
#   CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR as usual

PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
SANITIZE ?=
comma := ,
BUILD := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
PKG_CONFIG ?= pkg-config
PACKAGES := jansson libcurl inih

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
ALL_CPPFLAGS := -I. -D_GNU_SOURCE $(CPPFLAGS)
ALL_CFLAGS := -std=gnu11 $(WARNINGS) -pthread $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
ALL_LDFLAGS := -pthread $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

LIB_SOURCES := $(wildcard harness/lib/*.c clients/*.c) $(filter-out harness/main.c harness/build.c,$(wildcard harness/*.c))
PROGRAM_SOURCES := harness/main.c $(wildcard harness/cmd/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*_test.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/harness/build.o
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:%.c=$(BUILD)/%.o)
UNITS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
PROGRAM := $(BUILD)/benchctl

.PHONY: all servers bench bench-peers check check-units install clean deps deps-all man help FORCE
.DELETE_ON_ERROR:
.SECONDARY: $(UNITS:%=%.o)

all: $(PROGRAM) $(if $(SANITIZE),,benchctl)

help:
	@echo 'make              the program, at build/benchctl'
	@echo 'make bench        set-up, a sweep of every server from 1 to 65536, the graph and the table'
	@echo 'make check        set-up, all tests'
	@echo 'make bench-peers  our client against ab and wrk, in turn'
	@echo 'make servers      the compiled servers whose toolchain is here'
	@echo 'make deps-all     the packages of all servers'
	@echo 'make install, make clean, make man'

benchctl:
	ln -s build/benchctl $@

$(PROGRAM): $(PROGRAM_OBJECTS) $(BUILD)/libbenchctl.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBRARIES) -lm

$(BUILD)/libbenchctl.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

# What a result says of its making. Built anew when the commit or the flags change.
COMMIT := $(shell git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
STAMP = -DBUILD_COMMIT='"$(COMMIT)"' -DBUILD_COMPILER='"$(shell $(CC) --version | head -n 1)"' \
	-DBUILD_FLAGS='"$(strip $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE)))"' -DBUILD_DATA='"$(PREFIX)/share/benchctl"'
$(BUILD)/stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(STAMP))' | cmp -s - $@ || echo '$(subst ','\'',$(STAMP))' >$@
FORCE:

$(BUILD)/harness/build.o: harness/build.c $(BUILD)/stamp
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

# For LD_PRELOAD, so without a sanitizer in it whatever the program has.
build/tests/helper/fail.so: tests/helper/fail.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -std=gnu11 $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $<

-include $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d) $(UNITS:%=%.d)

# Asked for only where something is compiled, so that `make deps` and `make clean` need no package.
PACKAGE_CFLAGS = $(call package,--cflags)
LIBRARIES = $(call package,--libs)
package = $(shell $(PKG_CONFIG) $(1) $(PACKAGES) || echo "missing-packages: run 'make deps'")

# The compiled servers.
include servers/build.mk

deps:
	.ci/deps build

deps-all:
	.ci/deps build bench check peers panel

NAME ?= bench-$(shell date +%Y%m%d-%H%M%S)
bench:
	.ci/deps build bench
	$(MAKE) all servers
	./benchctl run --out $(NAME) --max-ramp 5s --max-window 5s --servers $(BENCH_SERVERS)
	./benchctl plot results/$(NAME)/run.json
BENCH_SERVERS := control,state_threads,eventlet,eventlet_wsgi,tornado,node_js

bench-peers:
	.ci/deps build peers
	$(MAKE) all servers
	tests/bench/peers

check:
	.ci/deps build bench check peers panel
	$(MAKE) all servers check-units build/tests/helper/fail.so
	$(MAKE) SANITIZE=address,undefined all check-units
	$(MAKE) SANITIZE=thread all
	prove --timer build/tests/unit build/address-undefined/tests/unit tests/e2e tests/revival_test.py

check-units: $(UNITS)

# The manual page is generated; a test compares it with what the program says.
man: all
	./benchctl help --man >docs/benchctl.1

install: all servers
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/benchctl
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/benchctl
	install -m 644 bench.conf $(DESTDIR)$(PREFIX)/share/benchctl/bench.conf
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/benchctl.1 $(DESTDIR)$(PREFIX)/share/man/man1/benchctl.1
	cp -R --parents plots/templates servers build/servers $(DESTDIR)$(PREFIX)/share/benchctl/

clean:
	rm -rf build benchctl
