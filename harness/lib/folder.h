/*
 * folder: a folder of files that are replaced together.
 *
 * The new files are written into a staged folder, .NAME.benchctl-new beside the target NAME. At the end the two are exchanged by
 * one rename (renameat2(2), RENAME_EXCHANGE), so that a reader, or SIGKILL at any time, meets all old files or all new ones. What
 * else lies in the target stays: its files are linked into the staged folder before, its folders are moved after. A lock
 * (lock.h) lets one process at a time replace a folder, and what a killed process has left is removed by the next.
 *
 * Where the two can't be exchanged (the target is a mount point or the current folder, or the file system can't), the files are
 * renamed into the target one by one, the one that refers to the others last.
 *
 *     if (folder_replace(&folder, path, err))
 *         return -1;
 *     result = write_files(folder.staged, err);
 *     return folder_replaced(&folder, "index.html", result, err);
 */
#ifndef HARNESS_LIB_FOLDER_H
#define HARNESS_LIB_FOLDER_H

#include <stdbool.h>

#include "harness/lib/err.h"
#include "harness/lib/lock.h"

struct folder_replacement {
	char *staged; /* where to write; owned */
	char *target; /* as it was given; owned */
	char *real;   /* the target without links; owned */
	int staged_fd, target_fd;
	bool is_beside; /* the staged folder lies beside the target */
	bool is_new;    /* the target did not exist before */
	struct lock lock;
};

/*
 * Begins: makes the target where it is missing, and the staged folder. Returns 0; or -1 with err set, and nothing is left to be
 * released: the target can't be written to, or another process is replacing it.
 */
int folder_replace(struct folder_replacement *folder, const char *target, struct err *err);

/*
 * Ends: with result 0 the staged files take their places, `last` (or NULL) after all others, else they are thrown away. A name
 * that is a symbolic link, a folder or a device in the target is not replaced: it is an error, and nothing is. Returns 0, or -1:
 * err is set here where result was 0, else it is the caller's. What `folder` holds is released in any case.
 */
int folder_replaced(struct folder_replacement *folder, const char *last, int result, struct err *err);

#endif
