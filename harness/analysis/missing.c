#include "harness/analysis/missing.h"

#include <math.h>

#include "harness/lib/units.h"

/* The share of all launches that must fail at least, by its interval; launches from which on a single failure is a note. */
#define FAILS_OFTEN  0.10
#define FAILS_EXCUSE 5
/* Launches that scatter by more than this, as standard deviation, do not tell which level is the best. */
#define SCATTER_MAX 0.25

/* Whether the interval of what is left lies in one class; else what is missing. */
static bool share_is_known(struct verdict *verdict)
{
	if (verdict->remains.scatter > SCATTER_MAX) {
		verdict_miss(verdict, true, "a steadier machine: what a launch keeps scatters by %.0f\u00a0%%",
			     100 * verdict->remains.scatter);
		return false;
	}
	enum verdict_class low = judgement_class(verdict->remains.low), high = judgement_class(verdict->remains.high);

	if (low == high)
		return true;
	verdict_miss(verdict, true,
		     "more launches: what it keeps, %.0f to %.0f\u00a0%%, may be that of '%s' or of '%s'",
		     100 * verdict->remains.low, 100 * verdict->remains.high, verdict_names[low], verdict_names[high]);
	return false;
}

/* Whether the worst fall is surely a cliff, or surely none. */
static bool fall_is_known(struct judgement *judgement)
{
	struct verdict *verdict = judgement->verdict;
	bool may_stay = !judgement->back || !(judgement->come_back.low >= JUDGEMENT_COME_BACK);
	char from[UNITS_TEXT], to[UNITS_TEXT];

	if (judgement->is_cliff ? verdict->fall.high <= JUDGEMENT_CLIFF &&
					  (!judgement->back || judgement->come_back.high < JUDGEMENT_COME_BACK)
				: !judgement->fall_to || verdict->fall.low > JUDGEMENT_CLIFF || !may_stay)
		return true;
	/* What holds at the end has come back, whatever was in between. */
	if (!judgement->is_cliff && verdict->leans == VERDICT_HOLDS)
		return true;
	if (isnan(verdict->fall.low)) {
		verdict_miss(
			verdict, true,
			"more launches that have both %s and %s connections: from the one to the other %.0f\u00a0%% is left",
			units_show_count(from, verdict->fall_from), units_show_count(to, verdict->fall_to),
			100 * verdict->fall.value);
		return false;
	}
	verdict_miss(
		verdict, true,
		"more launches: from %s to %s connections %.0f to %.0f\u00a0%% is left, which may be a cliff or none",
		units_show_count(from, verdict->fall_from), units_show_count(to, verdict->fall_to),
		100 * verdict->fall.low, 100 * verdict->fall.high);
	return false;
}

static bool failures_are_known(struct verdict *verdict)
{
	if (verdict->leans == VERDICT_FAILS) {
		if (interval_share_low(verdict->agree, verdict->launches) > FAILS_OFTEN)
			return true;
	} else if (!verdict->failing || verdict->launches >= FAILS_EXCUSE) {
		return true;
	}
	verdict_miss(verdict, true, "more launches: it failed in %u of %u", verdict->failing, verdict->launches);
	return false;
}

static bool has_client_short(const struct launches *launches, uint64_t *level)
{
	for (size_t i = 0; i < launches->count * launches->levels_count; i++)
		if (launches->points[i].client_short) {
			*level = launches->levels[i % launches->levels_count];
			return true;
		}
	return false;
}

/* Whether the client gave up requests that only waited for their turn; then says so. */
static bool was_impatient(const struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	char level[UNITS_TEXT], round[UNITS_TEXT];

	for (size_t i = 0; i < launches->count * launches->levels_count; i++) {
		const struct launch_point *point = &launches->points[i];
		if (!point->impatient)
			continue;
		verdict_miss(judgement->verdict, false,
			     "a longer --timeout: at %s connections a response takes %s, at the server's best rate",
			     units_show_count(level, launches->levels[i % launches->levels_count]),
			     units_show_latency(round, units_whole(point->round_s * 1e9)));
		return true;
	}
	return false;
}

/* Why there is nothing to lean to. */
static void unknown_say(const struct judgement *judgement)
{
	struct verdict *verdict = judgement->verdict;
	char level[UNITS_TEXT];

	units_show_count(level, verdict->last_level);
	if (!verdict->launches)
		verdict_miss(verdict, false, "it was not measured");
	else if (judgement->launches->levels_count < 2)
		verdict_miss(verdict, false, "a second level: one level says nothing of a shape");
	else if (isnan(verdict->retention.value))
		verdict_miss(verdict, false, "a valid figure at %s connections", level);
	else
		verdict_miss(verdict, false, "its best rate, which may be higher: the client was the limit there");
}

bool missing_is_none(struct judgement *judgement)
{
	struct verdict *verdict = judgement->verdict;
	char level[UNITS_TEXT];
	uint64_t short_level;

	if (verdict->leans != VERDICT_FAILS && has_client_short(judgement->launches, &short_level)) {
		verdict_miss(verdict, false, "local ports or descriptors of the client, at %s connections",
			     units_show_count(level, short_level));
		return false;
	}
	if (verdict->leans != VERDICT_FAILS && was_impatient(judgement))
		return false;
	if (verdict->leans == VERDICT_UNKNOWN) {
		unknown_say(judgement);
		return false;
	}
	if (verdict->launches < VERDICT_LAUNCHES) {
		verdict_miss(verdict, true, "%u of the %d launches that it takes, at %s connections",
			     VERDICT_LAUNCHES - verdict->launches, VERDICT_LAUNCHES,
			     units_show_count(level, verdict->last_level));
		return false;
	}
	if (!failures_are_known(verdict))
		return false;
	if (verdict->leans != VERDICT_FAILS && verdict->leans != VERDICT_CLIENT &&
	    (!fall_is_known(judgement) || (verdict->leans != VERDICT_CLIFF && !share_is_known(verdict))))
		return false;
	if (2 * verdict->agree > verdict->launches)
		return true;
	verdict_miss(verdict, true, "launches that agree: only %u of %u show '%s'", verdict->agree, verdict->launches,
		     verdict_names[verdict->leans]);
	return false;
}
