# The compiled servers: build/servers/NAME from servers/NAME/. `make servers` makes those whose toolchain is here.

SERVERS := control
SERVERS += $(if $(shell $(PKG_CONFIG) --exists st 2>/dev/null && echo yes),state_threads)

servers: $(SERVERS:%=build/servers/%)

build/servers/control: servers/control/server.c servers/common/bench.h
	@mkdir -p $(@D)
	$(CC) $(SERVER_FLAGS) -pthread -o $@ $<

build/servers/state_threads: servers/state_threads/server.c servers/common/bench.h
	@mkdir -p $(@D)
	$(CC) $(SERVER_FLAGS) -o $@ $< $$($(PKG_CONFIG) --cflags --libs st)
