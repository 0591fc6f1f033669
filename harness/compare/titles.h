/*
 * titles: the names of the two sides of a comparison.
 */
#ifndef HARNESS_COMPARE_TITLES_H
#define HARNESS_COMPARE_TITLES_H

#include "harness/compare/comparison.h"

/*
 * What was compared, by side: the names of the files, or the command; its commit, and the commit of the benchctl that
 * measured it, NULL where unknown.
 */
struct compare_titles {
	const char *comparison; /* its own name, by which its comment is told from others; NULL: none */
	const char *name[SIDES], *commit[SIDES], *benchctl[SIDES];
};

/* The title of a side, as all outputs for people show it: "build/server (commit 1a2b3c)", "new.json (measured by
 * benchctl 4d5e6f)". Returns out. */
#define COMPARE_TITLE 1200
char *compare_show_title(char out[COMPARE_TITLE], const struct compare_titles *titles, enum side side);

#endif
