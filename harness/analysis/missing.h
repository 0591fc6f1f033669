/*
 * missing: what it takes for a verdict to be settled.
 */
#ifndef HARNESS_ANALYSIS_MISSING_H
#define HARNESS_ANALYSIS_MISSING_H

#include <stdbool.h>

#include "harness/analysis/judgement.h"

/* Whether nothing is missing; else `missing` and `launches_help` of the verdict say what. */
bool missing_is_none(struct judgement *judgement);

#endif
