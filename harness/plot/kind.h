/*
 * kind: a kind of picture.
 *
 * A kind that shows figures against connections is a row of a table (level_chart.h). Any other one is a function that
 * fills a chart, and sets `is_skipped` in it where the run has nothing of that kind. Files and gnuplot are in plot.c.
 */
#ifndef HARNESS_PLOT_KIND_H
#define HARNESS_PLOT_KIND_H

#include "harness/analysis/rates.h"
#include "harness/lib/err.h"
#include "harness/plot/chart.h"
#include "harness/plot/level_chart.h"
#include "harness/plot/plot_data.h"

/* What the pictures of one mode are made from. */
struct plot_source {
	const struct document *doc;
	const char *mode;
	bool is_first;                   /* of the modes */
	struct plot_data data;           /* of closed loops; without levels where there are none */
	const struct rate_point *points; /* of open loops, server by server */
	size_t points_count;
};

/* Each returns 0, or -1 with err set. The picture of the chart is an empty one of that kind and mode. */
typedef int plot_fill(struct chart *chart, const struct plot_source *source, struct err *err);

plot_fill plot_answer;     /* answer.c */
plot_fill plot_panels;     /* server_panels.c */
plot_fill plot_failures;   /* failures.c */
plot_fill plot_open_loop;  /* open_loop.c */
plot_fill plot_sequential; /* sequential.c */

/* level_panels.c */
extern const struct level_kind level_hero, level_preview, level_shape, level_percentiles, level_cost;

#endif
