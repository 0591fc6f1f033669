/*
 * settle: which launches would settle a verdict, and when it is looked at.
 *
 * Looking after each launch and stopping once it pleases would inflate certainty. So there are SETTLE_LOOKS looks, at fixed
 * numbers of launches; each errs in 1.25 % of the cases at a bound of a class (interval.h), all together in 5 % at most. That
 * they do is simulated in tests/unit/settle_test.c. A run whose time is over has its last look then.
 *
 * A launch need not measure what does not decide: the levels are those of the best rate and its better neighbour, the highest,
 * both sides of the worst fall, where the rate comes back, and the first failure with the level before it.
 */
#ifndef HARNESS_ANALYSIS_SETTLE_H
#define HARNESS_ANALYSIS_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/launches.h"
#include "harness/analysis/verdict.h"

#define SETTLE_LOOKS  4
#define SETTLE_LEVELS 12

/* The numbers of launches at which a verdict is looked at. */
extern const unsigned settle_looks[SETTLE_LOOKS];

/* Whether nothing more is to be launched: settled at a look, no look left, or not for want of launches. */
bool settle_is_over(const struct verdict *verdict);

/* Puts a level in its place among rising ones, where there is room and it is not among them. 0 is no level. */
void settle_level_add(uint64_t *levels, size_t *count, size_t room, uint64_t level);

/* The levels that another launch is to measure, rising. Returns how many. */
size_t settle_levels(uint64_t levels[SETTLE_LEVELS], const struct launches *launches, const struct verdict *verdict);

/*
 * The level at which to look next for where a cliff or the failures begin: between from_level and before_level, by their ratio;
 * 0 where these are within a tenth, or there is neither.
 */
uint64_t settle_between(const struct verdict *verdict);

#endif
