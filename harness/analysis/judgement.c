#include "harness/analysis/judgement.h"

#include <math.h>

#include "harness/analysis/retention.h"
#include "harness/analysis/summary.h"

/* The same of all launches, in `ratios`; their median. */
double judgement_kept(struct judgement *judgement, size_t from, size_t to)
{
	double room[judgement->launches->count + 1];

	for (size_t i = 0; i < judgement->launches->count; i++)
		room[i] = judgement->ratios[i] = retention_kept(judgement->launches, i, from, to, true);
	return summary_median(room, judgement->launches->count);
}

static bool is_bounded(const struct launch_point *point)
{
	return point->bounded;
}

/* What each launch keeps at the highest level of its best, of launches in which the harness is not the limit there. */
void judgement_retention(struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	struct verdict *verdict = judgement->verdict;
	double raw[launches->count + 1];
	size_t pooled = retention_best(launches, launches->count);

	if (pooled < launches->levels_count)
		verdict->best_level = launches->levels[pooled];
	for (size_t level = 0; level < launches->levels_count; level++)
		judgement->best_bounded |= launches_most(launches, level, is_bounded);
	judgement->last_bounded = launches_most(launches, judgement->last, launches_is_harness_limit);
	for (size_t i = 0; i < launches->count; i++) {
		size_t best = retention_best_for(launches, i);
		bool known = best < launches->levels_count &&
			     (judgement->last_bounded ||
			      !launches_is_harness_limit(launches_at(launches, i, judgement->last)));
		raw[i] = known ? retention_kept(launches, i, best, judgement->last, false) : NAN;
		judgement->ratios[i] = known ? retention_kept(launches, i, best, judgement->last, true) : NAN;
	}
	verdict->retention = interval_of(raw, launches->count, judgement->prior);
	verdict->remains = interval_of(judgement->ratios, launches->count, judgement->prior);
}

/* The best rate above a level, of the rate at `from`: where it is, and how much. */
static double come_back_to(struct judgement *judgement, size_t from, size_t above, size_t *where)
{
	double best = 0;

	*where = 0;
	for (size_t level = above + 1; level < judgement->launches->levels_count; level++) {
		double left = judgement_kept(judgement, from, level);
		if (left > best) {
			best = left;
			*where = level;
		}
	}
	return best;
}

/* The worst fall; where there are cliffs, the worst of these. */
void judgement_fall(struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	double worst = 1;
	size_t back;

	for (size_t from = 0; from < launches->levels_count; from++) {
		bool is_next = true;
		for (size_t to = from + 1; to < launches->levels_count; to++) {
			double left = judgement_kept(judgement, from, to);
			if (isnan(left))
				continue;
			if (!is_next && launches->levels[to] > 2 * launches->levels[from])
				break;
			is_next = false;
			left = retention_of_doubling(launches, left, from, to);
			if (!(left < 1) || launches_most(launches, to, launches_is_harness_limit))
				continue;
			bool is_cliff = left <= JUDGEMENT_CLIFF &&
					come_back_to(judgement, from, to, &back) < JUDGEMENT_COME_BACK;
			if (is_cliff < judgement->is_cliff || (is_cliff == judgement->is_cliff && left >= worst))
				continue;
			worst = left;
			judgement->is_cliff = is_cliff;
			judgement->fall_from = from;
			judgement->fall_to = to;
		}
	}
	if (!judgement->fall_to)
		return;
	come_back_to(judgement, judgement->fall_from, judgement->fall_to, &judgement->back);
	if (judgement->back) {
		judgement->verdict->back_level = launches->levels[judgement->back];
		judgement_kept(judgement, judgement->fall_from, judgement->back);
		judgement->come_back = interval_of(judgement->ratios, launches->count, judgement->prior);
	}
	judgement_kept(judgement, judgement->fall_from, judgement->fall_to);
	for (size_t i = 0; i < launches->count; i++)
		judgement->ratios[i] = retention_of_doubling(launches, judgement->ratios[i], judgement->fall_from,
							     judgement->fall_to);
	judgement->verdict->fall = interval_of(judgement->ratios, launches->count, judgement->prior);
	judgement->verdict->fall_from = launches->levels[judgement->fall_from];
	judgement->verdict->fall_to = launches->levels[judgement->fall_to];
}

enum verdict_class judgement_class(double remains)
{
	return isnan(remains)               ? VERDICT_UNKNOWN
	       : remains >= JUDGEMENT_HOLDS ? VERDICT_HOLDS
	       : remains >= JUDGEMENT_SAGS  ? VERDICT_SAGS
					    : VERDICT_COLLAPSES;
}
