/*
 * cpus: which CPUs the client and the servers run on, so that neither takes time from the other.
 */
#ifndef HARNESS_HOST_CPUS_H
#define HARNESS_HOST_CPUS_H

#include <sched.h>
#include <stdbool.h>

#include "harness/lib/err.h"

struct cpus {
	cpu_set_t client, server;
};

/*
 * Divides the CPUs that this process may use. Either side can be given as a list ("0-1,3"); NULL: automatic. The
 * servers get one CPU (one process, one thread is their contract), the client one of each other core: two hardware threads
 * of a core take time from each other. Where there is one core the client has the rest of it, where there is one CPU both
 * have it. Returns 0, or -1 with err set.
 */
int cpus_divide(struct cpus *cpus, const char *client, const char *server, struct err *err);

/* The same for the CPUs `all`, whose cores are those of the tree below root (procfile.h). */
int cpus_divide_all(struct cpus *cpus, const char *root, const cpu_set_t *all, const char *client, const char *server,
		    struct err *err);

/* Whether a client's CPU is a hardware thread of a core that a server runs on. */
bool cpus_share_core(const struct cpus *cpus);

/* The number of CPUs in such a list; 0 where it is not a list. */
unsigned cpus_count(const char *list);

/* Writes a set as a list ("0-1,3") into out; returns out. */
char *cpus_show(const cpu_set_t *set, char out[128]);

#endif
