/*
 * figures: the numbers of each picture of a run, as tables.
 *
 * A picture is for a glance; its table is for exact figures, and for readers who cannot see it. A kind of table belongs
 * to a kind of picture. All are of one mode, and of the servers in the order of the findings.
 */
#ifndef HARNESS_REPORT_FIGURES_H
#define HARNESS_REPORT_FIGURES_H

#include "harness/lib/err.h"
#include "harness/report/findings.h"
#include "harness/text/data_table.h"

enum figures_kind {
	FIGURES_RATE,       /* requests per second, by level */
	FIGURES_SHAPE,      /* the same relative to each server's own maximum */
	FIGURES_VERDICT,    /* the shape of each curve, its class, and why */
	FIGURES_LATENCY,    /* percentiles, by server and level */
	FIGURES_COST,       /* server CPU per request, by level, and memory per connection */
	FIGURES_ERRORS,     /* failures by kind, and connections open in the server, by server and level */
	FIGURES_OPEN_LOOP,  /* latency at rates */
	FIGURES_SEQUENTIAL, /* one at a time against many at once */
	FIGURES_KINDS
};

/* Makes such a table, which may be empty. Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int figures_table(const struct findings *findings, enum figures_kind kind, struct data_table *table, struct err *err);

#endif
