# The compiled servers: build/servers/NAME from servers/NAME/. `make servers` makes those whose toolchain is here.

SERVER_CFLAGS := -std=gnu11 -O2 -Wall -Wextra -D_GNU_SOURCE -I.
SERVER_CXXFLAGS := -std=c++20 -fcoroutines -O2 -Wall -Wextra -I.
CARGO := /usr/bin/cargo

# NAME TEST: the server, and a command that succeeds where it can be built.
server_if = $(if $(shell ($(2)) >/dev/null 2>&1 && echo yes),$(1))

SERVERS := control
SERVERS += $(call server_if,state_threads,$(PKG_CONFIG) --exists st)
SERVERS += $(call server_if,libuv,$(PKG_CONFIG) --exists libuv)
SERVERS += $(call server_if,libevent,$(PKG_CONFIG) --exists libevent)
SERVERS += $(call server_if,pth,command -v pth-config)
SERVERS += $(call server_if,asio_coroutine,command -v $(CXX) && test -e /usr/include/boost/asio/awaitable.hpp)
SERVERS += $(call server_if,go,command -v go)
SERVERS += $(call server_if,tokio,test -x $(CARGO) && test -x /usr/bin/rustc && ls -d /usr/share/cargo/registry/hyper-0.14*)

servers: $(SERVERS:%=build/servers/%)

build/servers/%: servers/%/server.c servers/common/bench.h
	@mkdir -p $(@D)
	$(CC) $(SERVER_CFLAGS) -o $@ $< $(SERVER_LIBRARIES)

build/servers/control: SERVER_LIBRARIES = -pthread
build/servers/state_threads: SERVER_LIBRARIES = $(shell $(PKG_CONFIG) --cflags --libs st)
build/servers/libuv: SERVER_LIBRARIES = $(shell $(PKG_CONFIG) --cflags --libs libuv)
build/servers/libevent: SERVER_LIBRARIES = $(shell $(PKG_CONFIG) --cflags --libs libevent)
build/servers/pth: SERVER_LIBRARIES = $(shell pth-config --cflags --ldflags --libs)

build/servers/asio_coroutine: servers/asio_coroutine/server.cc servers/common/bench.h
	@mkdir -p $(@D)
	$(CXX) $(SERVER_CXXFLAGS) -o $@ $< -pthread

build/servers/go: servers/go/server.go servers/go/go.mod
	@mkdir -p $(@D)
	cd servers/go && GOCACHE=$(CURDIR)/build/servers/go.cache CGO_ENABLED=0 \
		go build -trimpath -buildvcs=false -o $(CURDIR)/$@ .

# Cargo writes beside its Cargo.toml, so that the crate is built from a copy.
build/servers/tokio: servers/tokio/server.rs servers/tokio/Cargo.toml servers/tokio/cargo-config.toml
	@mkdir -p $@.crate
	cp servers/tokio/Cargo.toml servers/tokio/server.rs $@.crate/
	CARGO_HOME=$(CURDIR)/$@.crate/home CARGO_TARGET_DIR=$(CURDIR)/$@.crate/target $(CARGO) build --release --quiet \
		--config servers/tokio/cargo-config.toml --manifest-path $@.crate/Cargo.toml
	cp $@.crate/target/release/tokio $@
