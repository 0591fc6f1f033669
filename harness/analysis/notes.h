/*
 * notes: what the launches show beside the class.
 */
#ifndef HARNESS_ANALYSIS_NOTES_H
#define HARNESS_ANALYSIS_NOTES_H

#include "harness/analysis/judgement.h"

void notes_find(struct judgement *judgement);

#endif
