#include "harness/analysis/notes.h"

#include <stdio.h>

#include "harness/lib/units.h"

#define SYN_NS      0.9e9 /* a SYN is sent again after a second */
#define SYN_SHARE   0.001
#define HOST_TOLD   0.02 /* the host's share is told from here on */
#define FOLLOW_TOLD 0.005

static bool is_scaled(const struct launch_point *point)
{
	return point->scaled;
}

static void syn_note(const struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	const struct launch_point *worst = NULL;
	uint64_t level = 0;
	char shown[UNITS_TEXT], time[UNITS_TEXT];

	for (size_t i = 0; i < launches->count * launches->levels_count; i++) {
		const struct launch_point *point = &launches->points[i];
		if (!(point->connect_p99_ns >= SYN_NS) || !(point->syn_share > SYN_SHARE) ||
		    (worst && point->connect_p99_ns <= worst->connect_p99_ns))
			continue;
		worst = point;
		level = launches->levels[i % launches->levels_count];
	}
	if (worst)
		verdict_note(judgement->verdict,
			     "connections wait outside the server, SYNs are sent again: p99 %s to connect, at %s",
			     units_show_latency(time, units_whole(worst->connect_p99_ns)),
			     units_show_count(shown, level));
}

/* The number of connections beyond which the server takes in none, where it fails so. */
static void shut_out_note(const struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	const struct launch_point *fullest = NULL;
	char most[UNITS_TEXT];

	for (size_t i = 0; i < launches->count * launches->levels_count; i++) {
		const struct launch_point *point = &launches->points[i];
		if (point->shut_out > 0 && (!fullest || point->open_max > fullest->open_max))
			fullest = point;
	}
	if (fullest)
		verdict_note(judgement->verdict, "it takes in %s connections at most, and serves the others never",
			     units_show_count(most, (uint64_t)fullest->open_max));
}

static void unsteady_note(const struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	char shared[VERDICT_TEXT] = "";

	if (launches->follows >= FOLLOW_TOLD)
		snprintf(shared, sizeof shared, ", of which %.0f\u00a0%% shows here too and is taken out",
			 100 * launches->follows);
	verdict_note(judgement->verdict,
		     "the machine was unsteady: the control server's rate scatters by %.0f\u00a0%%%s",
		     100 * launches->unsteady, shared);
}

void notes_find(struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	struct verdict *verdict = judgement->verdict;
	char level[UNITS_TEXT];
	unsigned scaled = 0;

	if (verdict->fall.value <= JUDGEMENT_CLIFF && !judgement->is_cliff)
		verdict_note(verdict,
			     "dip at %s connections: %.0f\u00a0%% of the rate before it, and back to %.0f\u00a0%%",
			     units_show_count(level, verdict->fall_to), 100 * verdict->fall.value,
			     100 * judgement->come_back.value);
	if (verdict->failing && verdict->leans != VERDICT_FAILS)
		verdict_note(verdict, "failures in %u launch of %zu: %.2g\u00a0%% of the requests", verdict->failing,
			     launches->count, 100 * verdict->failure_share);
	if (verdict->remains.value - verdict->retention.value > HOST_TOLD)
		verdict_note(
			verdict,
			"the rate keeps %.0f\u00a0%%; what the host takes from every server is the rest to %.0f\u00a0%%",
			100 * verdict->retention.value, 100 * verdict->remains.value);
	shut_out_note(judgement);
	syn_note(judgement);
	for (size_t i = 0; i < launches->levels_count; i++)
		scaled += launches_most(launches, i, is_scaled);
	if (scaled)
		verdict_note(verdict, "at %u of %zu levels measured at a part of a CPU, and scaled", scaled,
			     launches->levels_count);
	if (launches->unsteady > 0)
		unsteady_note(judgement);
}
