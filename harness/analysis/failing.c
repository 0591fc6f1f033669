#include "harness/analysis/failing.h"

#include <math.h>

#include "harness/analysis/summary.h"

#define ERRORS 0.001
/* Standard deviations of a count of failures: the one end of INTERVAL_CONFIDENCE. */
#define COUNT_ERROR 2.24

static bool is_failing(const struct launch_point *point)
{
	return point->measured && (point->died || point->shut_out > ERRORS ||
				   point->failed - COUNT_ERROR * sqrt(point->failed) > ERRORS * point->requests);
}

/* The first level at which a launch fails; levels_count where it fails at none. */
size_t failing_first(const struct launches *launches, size_t launch)
{
	size_t level = 0;

	while (level < launches->levels_count && !is_failing(launches_at(launches, launch, level)))
		level++;
	return level;
}

static unsigned failing_at(const struct launches *launches, size_t level)
{
	unsigned count = 0;

	for (size_t i = 0; i < launches->count; i++)
		count += is_failing(launches_at(launches, i, level));
	return count;
}

/* The lowest level at which at least half of the launches fail; where there is none, the lowest at which any does. */
static size_t failing_place(const struct launches *launches)
{
	size_t any = launches->levels_count;

	for (size_t level = 0; level < launches->levels_count; level++) {
		unsigned failing = failing_at(launches, level);
		if (failing && 2 * failing >= launches_measured(launches, level))
			return level;
		if (failing && any == launches->levels_count)
			any = level;
	}
	return any;
}

/* How many launches fail, where, and how much. Returns the place of the level; levels_count where none does. */
size_t failing_find(struct verdict *verdict, const struct launches *launches)
{
	size_t level = failing_place(launches), known = 0;
	double shares[launches->count + 1];

	if (level == launches->levels_count)
		return level;
	verdict->failing_level = launches->levels[level];
	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *point = launches_at(launches, i, level);
		verdict->failing += failing_first(launches, i) < launches->levels_count;
		if (is_failing(point))
			shares[known++] = point->died ? 1 : fmax(point->failed / point->requests, point->shut_out);
	}
	verdict->failure_share = summary_median(shares, known);
	return level;
}
