/*
 * decision: whether a figure moved, of launches as they are and launches with one limit changed.
 *
 * The effect is the ratio of the changed launches to the others: Hodges and Lehmann's shift of the logarithms, with its exact
 * interval (harness/lib/rank.h). An experiment says beforehand beyond which ratio the suspect is the cause. The interval is
 * beyond it: yes. It is not, as a whole: no. It contains it: undecided, and how many launches would tell is said. So
 * "no" is never the mere lack of evidence, and "yes" needs significance and size.
 */
#ifndef HARNESS_WHY_DECISION_H
#define HARNESS_WHY_DECISION_H

#include <stddef.h>

#include "harness/record/cause.h"

struct decision {
	enum cause_moved moved;
	double effect;    /* NAN where a side has no value */
	double low, high; /* of the effect, with confidence 1 - alpha; NAN where there are too few launches */
	double p;         /* two-sided, of the hypothesis that the effect is the size and no more */
	size_t needed; /* undecided: launches a side that would tell, by the scatter seen; 0: not known, or very many */
};

/*
 * Decides. before, after: one figure above 0 a launch, NAN where it has none. `size` is the ratio beyond which the suspect is
 * the cause: above it, or `below` it. Returns 0, or -1 where memory is out.
 */
int decision_make(struct decision *decision, const double *before, size_t n, const double *after, size_t m, double size,
		  int below, double alpha);

/*
 * Launches a side with which a test can be significant at all when `tests` of them share alpha.
 */
size_t decision_launches(size_t tests, double alpha);

#endif
