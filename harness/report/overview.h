/*
 * overview: the table that summarises a mode, with one line per server.
 *
 * Columns of loads that were not offered stay empty, and data_table_trim() removes them.
 */
#ifndef HARNESS_REPORT_OVERVIEW_H
#define HARNESS_REPORT_OVERVIEW_H

#include "harness/lib/err.h"
#include "harness/report/findings.h"
#include "harness/text/data_table.h"

/* The table. Returns 0, or -1 with err set where memory is out. Release it in both cases. */
int overview_table(const struct findings *findings, struct data_table *table, struct err *err);

#endif
