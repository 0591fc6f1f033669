/*
 * lever: limits of a server that runs already, changed from outside and with nothing else changed.
 *
 * A listening socket is fetched from the server (pidfd_getfd(2)): listen(2) again sets its backlog, and the connections that it
 * accepts from then on inherit TCP_NODELAY from it. prlimit(2) sets limits of its processes, and /proc/PID/timerslack_ns by how
 * much their timers may be late (prctl(2), PR_SET_TIMERSLACK). All of it is the server's own and ends with it.
 */
#ifndef HARNESS_WHY_LEVER_H
#define HARNESS_WHY_LEVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/lib/err.h"

/* 0 or false: stays as it is. */
struct levers {
	unsigned backlog;      /* of its listening sockets, bounded by net.core.somaxconn of their network */
	bool nodelay;          /* its connections send at once, without waiting for an acknowledgement */
	uint64_t files;        /* RLIMIT_NOFILE of each process */
	uint64_t memory_bytes; /* RLIMIT_AS: address space beyond what each process has now */
	uint64_t slack_ns;     /* by which a timer of any of its threads may be late */
};

/* Pulls them on all processes below `root`. Returns 0, or -1 with err set: one of them can't be pulled here. */
int levers_pull(const struct levers *levers, pid_t root, struct err *err);

#endif
