/*
 * observe: what a server's processes use while they are under load, by /proc (proc(5)).
 *
 * One look costs a few system calls a process, so that it can be repeated every 20 ms of a window without
 * showing up in it. All figures are of the whole process tree below a root, which is not itself counted.
 */
#ifndef HARNESS_OBSERVE_H
#define HARNESS_OBSERVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OBSERVE_PROCESSES 256
#define OBSERVE_TABLES 256

/* The processes of a tree and their file tables, as they were when last looked for. */
struct observe {
	pid_t root;
	size_t count;
	pid_t pids[OBSERVE_PROCESSES];
	size_t tables_count;
	struct observe_table {
		pid_t pid, thread;	/* a thread that uses the table */
	} tables[OBSERVE_TABLES];
};

/*
 * Looks for the processes below root, and for their file tables: threads that share none with their process
 * have tables of their own (kcmp(2)).
 */
void observe_find(struct observe *observe, pid_t root);

/* CPU time of the tree so far, user and system together, in ns (clock_getcpuclockid(3)). */
uint64_t observe_cpu_ns(const struct observe *observe);

/* Open file descriptors of the tree: each table counted once. */
uint64_t observe_fds(const struct observe *observe);

/* Resident memory of the tree in bytes; what processes share is counted for each. */
uint64_t observe_rss_bytes(const struct observe *observe);

#endif
