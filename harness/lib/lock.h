/*
 * lock: a folder that one process at a time writes to, also where several hosts share it.
 *
 * The lock is flock(2) on a file "lock" in the folder: the kernel releases it when the process ends, however it ends.
 * The file holds the process id and the host of its holder, so that an error can name them; the file of a killed holder
 * is taken over.
 */
#ifndef HARNESS_LIB_LOCK_H
#define HARNESS_LIB_LOCK_H

#include "harness/lib/err.h"

struct lock {
	int fd;
	char *path; /* owned; NULL: not held */
};

/* Takes the lock of a folder, without waiting. Returns 0; or -1 with err set, which names the holder, and nothing is held. */
int lock_take(struct lock *lock, const char *folder, struct err *err);

/* Releases the lock and removes its file; a zeroed struct too. */
void lock_release(struct lock *lock);

#endif
