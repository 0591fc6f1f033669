/*
 * verdict: what the figures of a comparison say, once all tests are known and can be adjusted for their number.
 */
#ifndef HARNESS_COMPARE_VERDICT_H
#define HARNESS_COMPARE_VERDICT_H

#include "harness/compare/comparison.h"
#include "harness/compare/figure.h"

/*
 * Gives the verdicts of the gate, of the cells and of the whole. The bases are those of the rows, in their order. Returns
 * 0, or -1 with err set where memory is out.
 */
int verdict_give(struct comparison *comparison, struct figure_basis (*gate)[COMPARE_MEASURES],
		 struct figure_basis (*cells)[COMPARE_MEASURES], struct err *err);

/*
 * The launches a side below which no rate and no CPU time can have a verdict, where a gate makes so many tests: its smallest
 * p would not be below alpha after Holm's adjustment. 0: more than COMPARE_MORE_MAX.
 */
size_t verdict_min_launches(size_t tests, double alpha);

#endif
