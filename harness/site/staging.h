/*
 * staging: a temporary folder in which the files of a site are made before they are put where the site lies.
 *
 * Paths are those of the site, below the folder. Beside the files there is a list: which of them are to be put, and in which
 * order.
 */
#ifndef HARNESS_SITE_STAGING_H
#define HARNESS_SITE_STAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/site/site.h"

#define STAGING_PATH    4096
#define STAGING_SCRATCH "scratch" /* its folder for what does not belong to the site */

struct staging {
	char *folder; /* NULL: it was not made; owned */
	int fd;       /* of the folder, locked: a folder that nobody holds was left by a process that was killed */
	char (*paths)[SITE_PATH_MAX + 1]; /* the list; owned */
	size_t count, room;
	struct site_files kept; /* files of the site that stay as they are; owned */
};

/* Makes the folder, with those of runs and servers; removes what killed processes of the same user have left beside it. Returns 0, or -1 with err set. Remove it in both cases. */
int staging_make(struct staging *staging, struct err *err);

/* Removes the folder with all that is in it, and releases the list. */
void staging_remove(struct staging *staging);

/* The local path of a file. Returns out. */
char *staging_path(char out[STAGING_PATH], const struct staging *staging, const char *path);

/* Makes a folder; removes one with all that is in it. Making returns 0, or -1 with err set. */
int staging_folder_make(const struct staging *staging, const char *path, struct err *err);
void staging_folder_remove(const struct staging *staging, const char *path);

/* Opens a file to be written; NULL with err set. It is closed by file_close(). */
FILE *staging_create(const struct staging *staging, const char *path, struct err *err);

/* Notes that a file of the site stays as it is. Returns 0, or -1 with err set: memory is out. */
int staging_keep(struct staging *staging, const char *path, struct err *err);

/* Whether the site has a file of that path: it is made anew, or stays. */
bool staging_has(const struct staging *staging, const char *path);

/* Adds a path to the list. Returns 0, or -1 with err set: memory is out. */
int staging_list(struct staging *staging, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
