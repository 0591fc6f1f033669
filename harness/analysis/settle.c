#include "harness/analysis/settle.h"

#include <math.h>

/* From here on a fall is looked at. */
#define FALL_SEEN 0.85
#define NEAR      1.1

const unsigned settle_looks[SETTLE_LOOKS] = { 3, 5, 8, 12 };

bool settle_is_over(const struct verdict *verdict)
{
	if (!verdict->launches_help && !verdict->settled)
		return true;
	for (size_t i = 0; i < SETTLE_LOOKS; i++)
		if (verdict->launches == settle_looks[i] && verdict->settled)
			return true;
	return verdict->launches >= settle_looks[SETTLE_LOOKS - 1];
}

void settle_level_add(uint64_t *levels, size_t *count, size_t room, uint64_t level)
{
	size_t at = *count;

	if (!level || *count == room)
		return;
	for (size_t i = 0; i < *count; i++)
		if (levels[i] == level)
			return;
	for (; at > 0 && levels[at - 1] > level; at--)
		levels[at] = levels[at - 1];
	levels[at] = level;
	++*count;
}

static void level_add(uint64_t levels[SETTLE_LEVELS], size_t *count, uint64_t level)
{
	settle_level_add(levels, count, SETTLE_LEVELS, level);
}

/* The better of the two levels beside the best one: the maximum of what scatters may be next to it. */
static uint64_t neighbour_of(const struct launches *launches, uint64_t best)
{
	size_t place = 0;

	while (place < launches->levels_count && launches->levels[place] != best)
		place++;
	double below = place ? launches_rate(launches, place - 1, launches->count) : NAN;
	double above = place + 1 < launches->levels_count ? launches_rate(launches, place + 1, launches->count) : NAN;
	if (above > below || (isnan(below) && !isnan(above)))
		return launches->levels[place + 1];
	return isnan(below) ? 0 : launches->levels[place - 1];
}

size_t settle_levels(uint64_t levels[SETTLE_LEVELS], const struct launches *launches, const struct verdict *verdict)
{
	size_t count = 0;

	if (verdict->best_level) {
		level_add(levels, &count, verdict->best_level);
		level_add(levels, &count, neighbour_of(launches, verdict->best_level));
	}
	level_add(levels, &count, verdict->last_level);
	if (verdict->fall.value < FALL_SEEN) {
		level_add(levels, &count, verdict->fall_from);
		level_add(levels, &count, verdict->fall_to);
		level_add(levels, &count, verdict->back_level);
	}
	if (verdict->failing) {
		level_add(levels, &count, verdict->failing_level);
		if (verdict->leans == VERDICT_FAILS)
			level_add(levels, &count, verdict->before_level);
	}
	return count;
}

uint64_t settle_between(const struct verdict *verdict)
{
	double from = (double)verdict->from_level, before = (double)verdict->before_level;

	if ((verdict->leans != VERDICT_FAILS && verdict->leans != VERDICT_CLIFF) || !(before > 0) ||
	    from <= NEAR * before)
		return 0;
	return (uint64_t)lround(sqrt(from * before));
}
