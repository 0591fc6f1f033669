/*
 * table: the table of 2010, from a run.
 *
 * It has one row per server, the control server first. Parallel is the rate at one level of the sweep, which the
 * heading names; Sequential is the rate of the client `seq`, one request at a time; further columns are the server's
 * CPU time per request, for each mode of the run, the memory per connection, if a crowd was measured
 * (summary_memory()), and, where they are not those offered, the connections open inside the server. Figures are
 * medians over the launches (summary.h). A figure that can't be relied on is marked, and a note under the table says
 * why; what was not measured is `-`. A run of the preset 2010 has the figures of 2010 beside its own.
 *
 * CSV has no heading and no notes, names its columns so that they stay the same from run to run, and has numbers as
 * measured, with a column `state` for each rate: valid, invalid, failed, or empty where nothing was measured.
 */
#ifndef HARNESS_REPORT_TABLE_H
#define HARNESS_REPORT_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"
#include "harness/text/text_table.h"

/*
 * Writes the table. at_level 0 is the measured level nearest FIGURES_2010_LEVEL; another must have been measured.
 * Returns 0, or -1 with err set: no such level (the message names the nearest), out of memory, or `out` cannot be
 * written.
 */
int table_print(const struct document *doc, uint64_t at_level, enum table_format format, FILE *out, struct err *err);

#endif
