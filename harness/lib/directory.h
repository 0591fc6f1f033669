/*
 * directory: folders for files to be written, made where they are missing.
 */
#ifndef HARNESS_LIB_DIRECTORY_H
#define HARNESS_LIB_DIRECTORY_H

#include "harness/lib/err.h"

/* Makes a folder, and its parents. Returns 0, also if it exists; or -1 with err set. */
int directory_make(const char *folder, struct err *err);

#endif
