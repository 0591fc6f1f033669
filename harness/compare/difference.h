/*
 * difference: the conditions in which two runs differ.
 *
 * The host, the CPUs, benchctl itself and the options that the figures depend on (docs/method.md, "Comparing two
 * versions"). Figures of runs that differ in any of them are not compared, and the noise of a host counts only for runs
 * measured under the same conditions.
 */
#ifndef HARNESS_COMPARE_DIFFERENCE_H
#define HARNESS_COMPARE_DIFFERENCE_H

#include <stddef.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"

struct difference {
	const char *field;        /* "CPU model", "kernel", "duration", ...; static */
	char base[128], new[128]; /* "": unknown */
};

/* A list of differences, zeroed before its first use; each field once. */
struct differences {
	struct difference *items; /* owned */
	size_t count;
};

/* Adds a difference, unless that field is listed; its name is static. Returns 0, or -1 with err set: memory is out. */
int differences_add(struct differences *differences, const char *field, const char *base, const char *new,
		    struct err *err);

/*
 * Adds all conditions in which two runs differ. Returns 0, or -1 with err set: memory is out. Release it in both cases.
 */
int differences_find(struct differences *differences, const struct document *base, const struct document *new,
		     struct err *err);

void differences_release(struct differences *differences);

#endif
