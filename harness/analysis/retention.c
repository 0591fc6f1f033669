#include "harness/analysis/retention.h"

#include <math.h>

/* How much of the host's taking is in the fall between two points: a server whose CPU is full loses rate by it. */
double retention_host_factor(const struct launches *launches, const struct launch_point *from,
			     const struct launch_point *to)
{
	double rise_us = to->control_cost_us - from->control_cost_us;
	bool is_full = to->cores >= LAUNCHES_CPU_FULL * launches->cpus;

	return rise_us > 0 && from->cost_us > 0 && is_full ? (from->cost_us + rise_us) / from->cost_us : 1;
}

/* What a launch keeps of its rate from one level to another, as measured or without the host's share; NAN unknown. */
double retention_kept(const struct launches *launches, size_t launch, size_t from, size_t to, bool own)
{
	const struct launch_point *a = launches_at(launches, launch, from), *b = launches_at(launches, launch, to);

	if (!a->counts || !b->counts)
		return NAN;
	return b->rate_rps / a->rate_rps * (own ? retention_host_factor(launches, a, b) : 1);
}

/*
 * What is left after one doubling, where a rate went from one level to another: of several doublings at least one must
 * have left so little. Of less than one, it is what was left.
 */
double retention_of_doubling(const struct launches *launches, double left, size_t from, size_t to)
{
	double doublings = log2((double)launches->levels[to] / (double)launches->levels[from]);

	return doublings > 1 ? pow(left, 1 / doublings) : left;
}

size_t retention_best(const struct launches *launches, size_t launch)
{
	size_t best = launches->levels_count;
	double best_rps = 0;

	for (size_t level = 0; level < launches->levels_count; level++) {
		double rate = launches_rate(launches, level, launch);
		if (launch < launches->count && !launches_at(launches, launch, level)->counts)
			continue;
		if (rate > best_rps) {
			best_rps = rate;
			best = level;
		}
	}
	return best;
}

/* The level of the best rate for a launch, chosen by the others, where there are others. */
size_t retention_best_for(const struct launches *launches, size_t launch)
{
	size_t best = retention_best(launches, launch);

	return best < launches->levels_count ? best : retention_best(launches, launches->count);
}

size_t retention_levels(const struct launches *launches)
{
	size_t count = 0;

	for (size_t level = 0; level < launches->levels_count; level++)
		count += !isnan(launches_rate(launches, level, launches->count));
	return count;
}
