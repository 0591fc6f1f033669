/*
 * retention: what launches keep of their rate from one level to another.
 *
 * What the host takes is not the server's: by as much as the control server's CPU per request rises between two levels, in
 * the same block, every server's does. Where the server's CPU is full, that costs rate.
 */
#ifndef HARNESS_ANALYSIS_RETENTION_H
#define HARNESS_ANALYSIS_RETENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/launches.h"

/* The factor by which the host alone raised the CPU per request between two points; 1 where the server's CPU is not full. */
double retention_host_factor(const struct launches *launches, const struct launch_point *from,
			     const struct launch_point *to);

/* What a launch keeps of its rate from a level to another, as measured or without the host's share (own); NAN: unknown. */
double retention_kept(const struct launches *launches, size_t launch, size_t from, size_t to, bool own);

/*
 * What is left after one doubling, where `left` is left from one level to another: of several doublings at least one must
 * have left so little. Of less than a doubling it is `left` itself.
 */
double retention_of_doubling(const struct launches *launches, double left, size_t from, size_t to);

/* The level of the best rate, over all launches but `without` (launches->count: all); levels_count where there is none. */
size_t retention_best(const struct launches *launches, size_t without);

/* The level of the best rate for a launch, chosen by the others, where there are others; levels_count: none. */
size_t retention_best_for(const struct launches *launches, size_t launch);

/* How many levels have a rate. */
size_t retention_levels(const struct launches *launches);

#endif
