/*
 * trouble: where a server's loss begins, and of what kind it is.
 */
#ifndef HARNESS_ANALYSIS_TROUBLE_H
#define HARNESS_ANALYSIS_TROUBLE_H

#include <stddef.h>

#include "harness/analysis/judgement.h"

/* Fills in from_level, before_level and kind, by what the verdict leans to; `failing` is what failing_find() returned. */
void trouble_find(struct judgement *judgement, size_t failing);

#endif
