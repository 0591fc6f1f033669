/*
 * failing: the launches in which a server fails, from which level on, and how much.
 *
 * A launch fails at a level where the server itself does, or more than 0.1 % of the requests, beyond what counting so few could
 * err; or where more than that of the connections are shut out (launches.h).
 */
#ifndef HARNESS_ANALYSIS_FAILING_H
#define HARNESS_ANALYSIS_FAILING_H

#include <stddef.h>

#include "harness/analysis/launches.h"
#include "harness/analysis/verdict.h"

/* The first level at which a launch fails; levels_count where it fails at none. */
size_t failing_first(const struct launches *launches, size_t launch);

/*
 * Fills in failing, failing_level and failure_share. Returns the place of that level: the lowest at which at least half of the
 * launches fail, else the lowest at which any does; levels_count where none does.
 */
size_t failing_find(struct verdict *verdict, const struct launches *launches);

#endif
