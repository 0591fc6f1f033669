/*
 * judgement: a verdict while it is worked out: what is kept at the highest level, and the worst fall.
 */
#ifndef HARNESS_ANALYSIS_JUDGEMENT_H
#define HARNESS_ANALYSIS_JUDGEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/interval.h"
#include "harness/analysis/launches.h"
#include "harness/analysis/verdict.h"

/* The bounds of the classes. */
#define JUDGEMENT_HOLDS     0.90
#define JUDGEMENT_SAGS      0.50
#define JUDGEMENT_CLIFF     0.70 /* at most this is left after a doubling */
#define JUDGEMENT_COME_BACK 0.85 /* of the rate before the fall: then it was a dip */

struct judgement {
	struct verdict *verdict;
	const struct launches *launches;
	double *ratios;                        /* room for a number a launch */
	size_t last, fall_from, fall_to, back; /* levels by place; `back`: the best one above the fall, or 0 */
	bool is_cliff, best_bounded, last_bounded;
	struct interval come_back; /* the rate at `back`, of that before the fall */
	struct interval_prior prior;
};

/* What all launches keep between two levels without the host's share, into ratios. Returns their median. */
double judgement_kept(struct judgement *judgement, size_t from, size_t to);

/*
 * What each launch keeps at the highest level of its best, of launches in which the harness is not the limit there: retention,
 * remains and best_level of the verdict.
 */
void judgement_retention(struct judgement *judgement);

/* The worst fall; where there are cliffs, the worst of these. */
void judgement_fall(struct judgement *judgement);

/* The class by what remains alone; VERDICT_UNKNOWN for NAN. */
enum verdict_class judgement_class(double remains);

#endif
