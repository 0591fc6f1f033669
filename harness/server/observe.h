/*
 * observe: what a server's processes use while they are under load, by /proc (proc(5)).
 *
 * One look costs a few system calls a process, so that it can be repeated every 20 ms of a window without
 * showing up in it. All figures are of the whole process tree below a root, which is not itself counted.
 */
#ifndef HARNESS_SERVER_OBSERVE_H
#define HARNESS_SERVER_OBSERVE_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OBSERVE_PROCESSES 256
#define OBSERVE_TABLES    256

/* The processes of a tree and their file tables, as they were when last looked for. */
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
 * Looks for the processes below root, and for their file tables: threads that share none with their process
 * have tables of their own (kcmp(2)).
 */
void observe_find(struct observe *observe, pid_t root);

/* The same for a process and what is below it. */
void observe_find_with(struct observe *observe, pid_t process);

/* CPU time of the tree so far, user and system together, in ns (clock_getcpuclockid(3)). */
uint64_t observe_cpu_ns(const struct observe *observe);

/* What the processes of a tree have used so far, and are now. */
struct observe_usage {
	uint64_t cpu_ns;                                   /* user and system together, exact */
	uint64_t user_ticks, system_ticks;                 /* the same in the kernel's clock ticks: their proportion */
	uint64_t switches_voluntary, switches_involuntary; /* of all threads that still run */
	uint64_t threads, processes;
	uint64_t rss_bytes;      /* what processes share is counted for each */
	uint64_t peak_rss_bytes; /* the peaks of all processes, wherever in time each was */
	uint64_t files_limit;    /* the smallest soft limit of open files among the processes */
	cpu_set_t cpus;          /* where any of the threads may run: their affinity in force */
};

/* One thorough look: some ten system calls a process and three a thread. Twice a cell, not during a window. */
void observe_use(const struct observe *observe, struct observe_usage *usage);

/* Open file descriptors of the tree: each table counted once. */
uint64_t observe_fds(const struct observe *observe);

#endif
