/*
 * directory: where files are to be written, made where it is missing.
 */
#ifndef HARNESS_LIB_DIRECTORY_H
#define HARNESS_LIB_DIRECTORY_H

#include "harness/lib/err.h"

/* Makes a folder, and those that it is in. Returns 0, also where it is there; or -1 with err set. */
int directory_make(const char *folder, struct err *err);

#endif
