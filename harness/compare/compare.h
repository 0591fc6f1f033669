/*
 * compare: whether NEW is slower than BASE, with evidence.
 *
 * Each side is a number of launches of the same servers, in one or more runs. A launch gives one figure for a server,
 * client, mode and level; what happened within one launch never counts as several samples. The two sets of launches are
 * compared by the exact rank test and shift of harness/lib/rank.h, on logarithms, so that a shift is a ratio.
 * docs/method.md, "Comparing two versions", has the rules and the reasons for them.
 *
 * Nothing is read, printed or measured here. `ab` and `calibrate` compare the arms of one run: then both sides are the
 * same document, and `server` names the arm.
 */
#ifndef HARNESS_COMPARE_COMPARE_H
#define HARNESS_COMPARE_COMPARE_H

#include "harness/compare/comparison.h"

/*
 * Compares two sides, which must outlive the comparison. Returns 0: release it then. Or -1 with err set, and nothing to
 * release: the sides have no cell in common, a run has a cell twice or was given twice, or memory is out.
 */
int compare_sides(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  const struct compare_settings *settings, struct err *err);

#endif
