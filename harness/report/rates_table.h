/*
 * rates_table: the table of a run's open loops: how long requests take at the rates that a server was offered.
 *
 * One row a server, mode and rate: what was offered and the result, the percentiles of latency, the client's own lag
 * (its 99th percentile; it is part of the latency), and how many requests waited for a connection. Figures are medians
 * over the launches (rates.h), except the maximum latency. A server that does not keep up with a rate is marked, and
 * the note under the table says what that means.
 *
 * CSV has no notes, always the same columns, and times in nanoseconds.
 */
#ifndef HARNESS_REPORT_RATES_TABLE_H
#define HARNESS_REPORT_RATES_TABLE_H

#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"
#include "harness/text/text_table.h"

/*
 * Writes the table; where the run has no open loop, only the heading of CSV. `apart`: after an empty line, since
 * something precedes it. Returns 0, or -1 with err set: memory is out, or `out` cannot be written.
 */
int rates_table_print(const struct document *document, bool apart, enum table_format format, FILE *out,
		      struct err *err);

#endif
