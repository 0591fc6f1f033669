/*
 * data: the files that come with the program: bench.conf, the templates.
 *
 * They are found from the place of the program itself, so that a checkout, and an installation under any prefix, can be called
 * from any folder and moved: in the folders above the program, of a checkout (build/benchctl and bench.conf have the same
 * parent) or of an installation (bin/benchctl and lib/benchctl/bench.conf).
 */
#ifndef HARNESS_CMD_DATA_H
#define HARNESS_CMD_DATA_H

#include "harness/lib/err.h"

#define DATA_PATH 4096

/* Writes the path of a file or folder, as "bench.conf", into out and returns it; NULL with err set: there is none. */
char *data_find(char out[DATA_PATH], const char *name, struct err *err);

#endif
