/*
 * verdict: what the figures of a comparison say, once all tests are known and can be adjusted for their number.
 */
#ifndef HARNESS_COMPARE_VERDICT_H
#define HARNESS_COMPARE_VERDICT_H

#include "harness/compare/compare.h"

/* What the verdict of a figure rests on beside the figure itself. */
struct verdict_basis {
	double spread;   /* standard deviation of the launches; NAN: unknown */
	bool is_certain; /* failures: most launches of one side have them, and none of the other */
	bool is_new;     /* failures: a kind of them that is new, beyond chance */
};

/*
 * Gives the verdicts of the gate, of the cells and of the whole. The bases are those of the rows, in their order. Returns
 * 0, or -1 with err set where memory is out.
 */
int verdict_give(struct comparison *comparison, struct verdict_basis (*gate)[COMPARE_MEASURES],
		 struct verdict_basis (*cells)[COMPARE_MEASURES], struct err *err);

#endif
