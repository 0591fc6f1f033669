/*
 * file: small files, read whole and written whole.
 *
 * A write can fail as late as fclose(3), where the disk is full or over quota; so a file that was written is closed by
 * file_close() or file_replaced(), which say so.
 */
#ifndef HARNESS_LIB_FILE_H
#define HARNESS_LIB_FILE_H

#include <stdio.h>

#include "harness/lib/err.h"

/*
 * Opens a file for reading, closed on exec. A FIFO, which would wait for a writer forever, is refused. NULL with err
 * set.
 */
FILE *file_open(const char *path, struct err *err);

/* Reads all of a file as text, up to its first NUL. Freed by the caller; NULL with err set. */
char *file_read(const char *path, struct err *err);

/*
 * Opens a file for writing, from empty; closed on exec. A symbolic link is not followed, other than those in /dev, and a FIFO is
 * refused. NULL with err set. */
FILE *file_create(const char *path, struct err *err);

/* Closes what was written. Returns 0, or -1 with err set: not all of it could be written. Closed in both cases. */
int file_close(FILE *file, const char *path, struct err *err);

/*
 * A file that is replaced as a whole: a reader, or a crash at any time, meets the old content or the new one. It is written
 * beside its place and renamed (rename(2)). What is no regular file, or is a symbolic link, is not replaced: it is an error.
 *
 *     if (file_replace(&file, path, err))
 *         return -1;
 *     result = print(file.out);
 *     return file_replaced(&file, result, err);
 */
struct file_replacement {
	FILE *out;
	char *path, *temporary; /* owned */
};

/* Begins. Returns 0; or -1 with err set, and nothing is left to be released. */
int file_replace(struct file_replacement *file, const char *path, struct err *err);

/*
 * Ends: with result 0 the content goes to the disk and into its place, else it is thrown away. Returns 0, or -1: err is
 * set here where result was 0, else it is the caller's. What `file` holds is released in any case.
 */
int file_replaced(struct file_replacement *file, int result, struct err *err);

/* Replaces a file by a text; NULL stands for a text that memory had no room for. Returns 0, or -1 with err set. */
int file_write(const char *path, const char *text, struct err *err);

#endif
