/*
 * quota: a share of the CPU for a server and its descendants. that costs less CPU a request than the client cannot be
 * met by a client that has one CPU itself. Given a known share of its CPU, it is the limit again. The kernel's CFS
 * bandwidth control does that (cgroups(7); Documentation/scheduler/sched-bwc.rst): in each period the processes of a
 * control group may run for a quota of CPU time, and wait for the next period once it is used up.
 *
 * The group is made below our own, or below the nearest one above it that has the controller and that we may write to,
 * in version 2 (cpu.max) or in version 1 (cpu.cfs_quota_us). No other group is changed.
 */
#ifndef HARNESS_SERVER_QUOTA_H
#define HARNESS_SERVER_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/host/procfile.h"
#include "harness/lib/err.h"

struct quota {
	bool is_v2;
	char folder[PROCFILE_PATH]; /* the group's; "" where there is none */
};

/* Statistics of the periods since the group was made (cpu.stat). */
struct quota_use {
	uint64_t periods;      /* periods in which a process of the group could run */
	uint64_t throttled;    /* of these, in which the quota was used up */
	uint64_t throttled_ns; /* of waiting for the next period, all CPUs together */
};

/* Makes a group without a limit. Returns 0; or -1 with err set, and nothing to close. */
int quota_open(struct quota *quota, struct err *err);

/*
 * Lets the group have `cpus` CPUs at most: 0.25 is a quarter of one. The quota of each period_ns (1 ms to 1 s) is at
 * least 1 ms. INFINITY removes the limit. Returns 0, or -1 with err set.
 */
int quota_set(const struct quota *quota, double cpus, uint64_t period_ns, struct err *err);

/*
 * A descriptor, close-on-exec: a process that writes "0" to it moves itself into the group, and what it forks is born
 * there. The caller's to close. -1 with err set.
 */
int quota_door(const struct quota *quota, struct err *err);

/* Reads the statistics of the periods. Returns 0, or -1 with err set. */
int quota_read(const struct quota *quota, struct quota_use *use, struct err *err);

/* Removes the group, which must have no process left. Returns 0, also for a closed one; or -1 with err set. */
int quota_close(struct quota *quota, struct err *err);

#endif
