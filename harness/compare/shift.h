/*
 * shift: a server whose verdict (harness/analysis/verdict.h) is another one in NEW than in BASE: it held, and falls off a cliff.
 *
 * Only settled verdicts are compared. Those of a side with several runs must be settled in each, and be the same. A shift is
 * told and gates nothing: what the gate rests on are the rates.
 */
#ifndef HARNESS_COMPARE_SHIFT_H
#define HARNESS_COMPARE_SHIFT_H

#include "harness/compare/comparison.h"

/* Fills in the shifts of a comparison. Returns 0, or -1 with err set where memory is out. */
int shifts_find(struct comparison *comparison, const struct compare_side *const sides[SIDES], struct err *err);

/* "tornado, close: was 'holds', is 'cliff'". Returns out. */
#define SHIFT_TEXT 512
char *shift_show(char out[SHIFT_TEXT], const struct compare_shift *shift);

#endif
