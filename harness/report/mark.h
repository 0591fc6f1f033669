/*
 * mark: what stands after a rate in a table and says that it is to be read with care.
 *
 * TEXT_TABLE_INVALID, TEXT_TABLE_ERRORS and TEXT_TABLE_PARTIAL, as many as apply. Notes under each table tell what they mean.
 */
#ifndef HARNESS_REPORT_MARK_H
#define HARNESS_REPORT_MARK_H

#include "harness/analysis/summary.h"

#define MARK_TEXT 4

/* The marks of a summary's rate. Returns out. */
char *mark_of(char out[MARK_TEXT], const struct summary *summary);

#endif
