/*
 * activity: the other activity on this machine, seen over a short time.
 *
 * It is the difference between two readings of the kernel's counts of CPU time (proc_stat(5), proc_pid_stat(5)). They
 * count in hundredths of a second, so a short time gives a coarse result.
 */
#ifndef HARNESS_HOST_ACTIVITY_H
#define HARNESS_HOST_ACTIVITY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/lib/err.h"

struct activity_process {
	pid_t pid;
	uint64_t ticks; /* user and system */
	char name[64];  /* printable */
};

/* One look. */
struct activity_look {
	unsigned cpus;
	uint64_t all, busy, steal;          /* ticks of all CPUs since boot; busy is without steal */
	struct activity_process *processes; /* the processes visible from here; owned */
	size_t count;
};

struct activity {
	double others;     /* CPUs that other processes used */
	double steal;      /* fraction of the CPU time that the hypervisor gave to other guests */
	double steal_boot; /* the same since boot, as a fraction of the time in which something wanted to run */
	struct activity_process busiest; /* of the others; ticks in between; pid 0 where none was seen to run */
};

/*
 * Reads the counts, below root (see procfile.h). Returns 0, or -1 with err set: out of memory. Release the reading in
 * both cases.
 */
int activity_look(struct activity_look *look, const char *root, struct err *err);

/* The difference between two readings; `self` is this process. */
struct activity activity_between(const struct activity_look *before, const struct activity_look *after, pid_t self);

void activity_release(struct activity_look *look);

#endif
