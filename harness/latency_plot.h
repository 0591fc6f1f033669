/*
 * latency_plot: how long requests take at the rates that servers were offered, as a picture.
 *
 * Both axes are logarithmic. A server has a thick line for its 99th percentile and a thin one for the median; where
 * there are at most two servers, those of the 90th and of the 99.9th too. A point that is not valid is hollow, one
 * with failed requests has a cross, and a ring marks where the server did not keep up: from there on latency says how
 * long the load lasted.
 */
#ifndef HARNESS_LATENCY_PLOT_H
#define HARNESS_LATENCY_PLOT_H

#include "harness/document.h"
#include "harness/lib/err.h"
#include "harness/rates.h"

/*
 * Draws `latency-MODE.svg` and `.png` from the points of one mode, at least one, which stand server by server as
 * rates_points() has them. Returns 0, or -1 with err set.
 */
int latency_plot_draw(const struct document *doc, const struct rate_point *points, size_t count, const char *folder,
		      const char *template, struct err *err);

#endif
