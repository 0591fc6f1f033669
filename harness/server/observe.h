/*
 * observe: the resources that a server's processes use under load, from /proc (proc(5)).
 *
 * An observation costs a few system calls per process, so that it can be repeated every 20 ms of a window without
 * affecting it. All figures are of the whole process tree below a root, which is not itself counted.
 */
#ifndef HARNESS_SERVER_OBSERVE_H
#define HARNESS_SERVER_OBSERVE_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OBSERVE_PROCESSES 256
#define OBSERVE_TABLES    256

/* The processes of a tree and their file tables, as of the last scan. */
struct observe {
	pid_t root;
	size_t count;
	pid_t pids[OBSERVE_PROCESSES];
	size_t tables_count;
	struct observe_table {
		pid_t pid, thread; /* a thread that uses the table */
	} tables[OBSERVE_TABLES];
};

/*
 * Finds the processes below root, and their file tables: threads that don't share their process's table have their own
 * (kcmp(2)).
 */
void observe_find(struct observe *observe, pid_t root);

/* The same for a process and what is below it. */
void observe_find_with(struct observe *observe, pid_t process);

/* CPU time of the tree so far, user and system together, in ns (clock_getcpuclockid(3)). */
uint64_t observe_cpu_ns(const struct observe *observe);

/* What the processes of a tree have used so far, and their present state. */
struct observe_usage {
	uint64_t cpu_ns;                   /* user and system together, exact */
	uint64_t user_ticks, system_ticks; /* the same in the kernel's clock ticks: only their proportion is used */
	uint64_t switches_voluntary, switches_involuntary; /* of all threads that still run */
	uint64_t threads, processes;
	uint64_t rss_bytes;      /* memory that processes share is counted for each */
	uint64_t peak_rss_bytes; /* the sum of the peaks of all processes, whenever each was */
	uint64_t files_limit;    /* the smallest soft limit of open files among the processes */
	cpu_set_t cpus;          /* where any of the threads may run: their affinity in force */
};

/*
 * One thorough observation: about ten system calls per process and three per thread. Twice a cell, not during a window.
 */
void observe_use(const struct observe *observe, struct observe_usage *usage);

/* Open file descriptors of the tree: each table counted once. */
uint64_t observe_fds(const struct observe *observe);

#endif
