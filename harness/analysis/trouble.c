#include "harness/analysis/trouble.h"

#include <math.h>

#include "harness/analysis/retention.h"
#include "harness/analysis/summary.h"

#define STOLEN 0.05

/* The first level from which on less than 90 % is left for good; the levels' count where there is none. */
static size_t loss_level(struct judgement *judgement, size_t best)
{
	size_t first = judgement->launches->levels_count;

	for (size_t level = judgement->last; level > best; level--) {
		double left = judgement_kept(judgement, best, level);
		if (left >= JUDGEMENT_HOLDS)
			break;
		if (!isnan(left))
			first = level;
	}
	return first;
}

/* What a figure becomes between two levels, in the middle of the launches. */
static double change_of(const struct judgement *judgement, size_t from, size_t to, bool cores)
{
	const struct launches *launches = judgement->launches;
	double room[launches->count + 1];

	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *a = launches_at(launches, i, from), *b = launches_at(launches, i, to);
		room[i] = !a->counts || !b->counts ? NAN
			  : cores                  ? b->cores / a->cores
						   : b->cost_us / (a->cost_us * retention_host_factor(launches, a, b));
	}
	return summary_median(room, launches->count);
}

/* Whether others take the CPU at a level: the hypervisor, or tasks that are neither client nor server. */
static bool is_taken(const struct launches *launches, size_t level)
{
	double stolen[launches->count + 1], pressed[launches->count + 1];

	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *point = launches_at(launches, i, level);
		bool is_full = point->cores >= LAUNCHES_CPU_FULL * launches->cpus;
		stolen[i] = point->steal_share;
		pressed[i] = is_full ? 0 : point->pressure_share; /* a full server's threads wait for each other */
	}
	return summary_median(stolen, launches->count) > STOLEN ||
	       summary_median(pressed, launches->count) > LAUNCHES_PRESSED;
}

static void kind_find(struct judgement *judgement, size_t from, size_t to)
{
	double cores = change_of(judgement, from, to, true), cost = change_of(judgement, from, to, false);

	if (isnan(cores) || isnan(cost))
		return;
	if (cost >= 1 / cores)
		judgement->verdict->kind = VERDICT_WORKS_MORE;
	else
		judgement->verdict->kind = is_taken(judgement->launches, to) ? VERDICT_CPU_TAKEN : VERDICT_WAITS;
}

/* The level at which a cliff begins, where levels in between were measured: the first with no more than what is left after it. */
static size_t cliff_level(struct judgement *judgement)
{
	for (size_t level = judgement->fall_from + 1; level < judgement->fall_to; level++)
		if (judgement_kept(judgement, judgement->fall_from, level) <= JUDGEMENT_CLIFF)
			return level;
	return judgement->fall_to;
}

/* The next lower level that was measured, by any launch. */
static uint64_t level_before(const struct launches *launches, size_t level)
{
	while (level-- > 0)
		if (launches_measured(launches, level))
			return launches->levels[level];
	return 0;
}

void trouble_find(struct judgement *judgement, size_t failing)
{
	const struct launches *launches = judgement->launches;
	struct verdict *verdict = judgement->verdict;
	size_t best = retention_best(launches, launches->count), level = launches->levels_count;

	if (verdict->leans == VERDICT_FAILS) {
		level = failing;
	} else if (verdict->leans == VERDICT_CLIFF) {
		level = cliff_level(judgement);
		kind_find(judgement, judgement->fall_from, judgement->fall_to);
	} else if (verdict->leans == VERDICT_SAGS || verdict->leans == VERDICT_COLLAPSES) {
		level = loss_level(judgement, best);
		kind_find(judgement, best, judgement->last);
	}
	if (level == launches->levels_count)
		return;
	verdict->from_level = launches->levels[level];
	verdict->before_level = level_before(launches, level);
}
