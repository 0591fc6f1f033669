/*
 * local: a server that benchctl has not started, where it is a process of this machine that can be seen.
 *
 * `benchctl load` measures any URL. Only of an address of loopback it looks for the process, by the port: elsewhere, in another
 * network namespace, or where /proc does not show the descriptors of other users, nothing is known of it, and nothing is said.
 */
#ifndef HARNESS_SERVER_LOCAL_H
#define HARNESS_SERVER_LOCAL_H

#include <sched.h>
#include <stdbool.h>

#include "clients/target.h"
#include "harness/host/port.h"

struct local {
	struct port_holder holder;
	cpu_set_t cpus; /* where any of its threads may run: the affinity in force */
};

/* Looks for the process that listens at the target's address. Returns whether it was found. */
bool local_find(struct local *local, const struct target *target);

#endif
