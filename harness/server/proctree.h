/*
 * proctree: a process with all its descendants, by /proc (proc(5)).
 */
#ifndef HARNESS_SERVER_PROCTREE_H
#define HARNESS_SERVER_PROCTREE_H

#include <stddef.h>
#include <sys/types.h>

/* The maximum number of descendants. */
#define PROCTREE_MAX 1024

/* Stores the descendants of root, without root itself, parents first; at most `room`. Returns their number. */
size_t proctree_list(pid_t root, pid_t *pids, size_t room);

/* Sends a signal to each descendant of root that is not in the process group `but`; not to root. */
void proctree_signal(pid_t root, int number, pid_t but);

#endif
