/*
 * procfile: the small files of /proc and /sys.
 *
 * Paths are below a root: "" is this host; a test names a folder with files of its own.
 */
#ifndef HARNESS_HOST_PROCFILE_H
#define HARNESS_HOST_PROCFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PROCFILE_PATH 4096

/* Opens a file for reading; NULL where that can't be done. */
FILE *procfile_open(const char *root, const char *path);

/* Reads the first line, without its end; "" where there is none. Returns whether the file could be opened. */
bool procfile_line(const char *root, const char *path, char *out, size_t room);

/* The whole number that a file begins with; `fallback` where there is no such file or no number in it. */
uint64_t procfile_number(const char *root, const char *path, uint64_t fallback);

#endif
