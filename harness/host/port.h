/*
 * port: who listens on a port of this host.
 */
#ifndef HARNESS_HOST_PORT_H
#define HARNESS_HOST_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "harness/lib/err.h"

struct port_holder {
	pid_t pid;     /* 0 where it can't be seen from here */
	char name[64]; /* the process's name; printable */
};

/*
 * Whether a TCP socket listens on the port (IPv4 or IPv6, any address); then fills in its holder. By
 * /proc/net/tcp and tcp6 and the descriptors of all processes (proc(5)).
 */
bool port_is_held(unsigned port, struct port_holder *holder);

/* A port of 127.0.0.1 that nothing listens on now. Returns it, or -1 with err set. */
int port_find_free(struct err *err);

#endif
