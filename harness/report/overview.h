/*
 * overview: the table that sums up a mode, each server in one line.
 *
 * What was not offered leaves its columns without a figure, and data_table_trim() leaves them out.
 */
#ifndef HARNESS_REPORT_OVERVIEW_H
#define HARNESS_REPORT_OVERVIEW_H

#include "harness/lib/err.h"
#include "harness/report/findings.h"
#include "harness/text/data_table.h"

/* The table. Returns 0, or -1 with err set where memory is out. Release it in both cases. */
int overview_table(const struct findings *findings, struct data_table *table, struct err *err);

#endif
