/*
 * verdict: the verdicts of a comparison, once all tests are known and can be adjusted for their number.
 */
#ifndef HARNESS_COMPARE_VERDICT_H
#define HARNESS_COMPARE_VERDICT_H

#include "harness/compare/comparison.h"
#include "harness/compare/figure.h"

/*
 * Sets the verdicts of the gate, of the cells and of the whole. The bases are those of the rows, in their order.
 * Returns 0, or -1 with err set where memory is out.
 */
int verdict_give(struct comparison *comparison, struct figure_basis (*gate)[COMPARE_MEASURES],
		 struct figure_basis (*cells)[COMPARE_MEASURES], struct err *err);

/*
 * The minimum number of launches a side with which a rate or a CPU time can have a verdict, in a gate of so many tests:
 * with fewer, the minimum p would not be below alpha after Holm's adjustment. 0: more than COMPARE_MORE_MAX.
 */
size_t verdict_min_launches(size_t tests, double alpha);

#endif
