/*
 * kind: what each kind of picture says of itself.
 *
 * A function of a kind fills a chart, and sets `is_skipped` in it where the run has nothing of that kind. What is the
 * same for all, the files and gnuplot, is in plot.c.
 */
#ifndef HARNESS_PLOT_KIND_H
#define HARNESS_PLOT_KIND_H

#include "harness/analysis/rates.h"
#include "harness/lib/err.h"
#include "harness/plot/chart.h"
#include "harness/plot/plot_data.h"

/* What the pictures of one mode are made from. */
struct plot_source {
	const struct document *doc;
	const char *mode;
	bool is_first;   /* of the modes */
	bool has_levels; /* cells of closed loops, of which `data` is */
	struct plot_data data;
	const struct rate_point *points; /* of open loops, server by server */
	size_t points_count;
};

/* Each returns 0, or -1 with err set. The picture of the chart is an empty one of that kind and mode. */
typedef int plot_fill(struct chart *chart, const struct plot_source *source, struct err *err);

plot_fill plot_hero, plot_preview, plot_panels, plot_shape; /* server_panels.c */
plot_fill plot_percentiles, plot_cost, plot_errors;         /* level_panels.c */
plot_fill plot_latency;                                     /* open_loop.c */
plot_fill plot_sequential;                                  /* sequential.c */

/* Shared by those that draw levels: the notes below, the keys of points that are not valid or had errors. */
void plot_notes(struct chart *chart, const struct plot_data *data, const struct curves *curves);
void plot_key_errors(struct chart *chart, const struct plot_data *data);
void plot_key_invalid(struct chart *chart, const struct plot_data *data, const struct curves *curves);

#define PLOT_CONNECTIONS "concurrent connections offered" /* title of the axis of levels */

/* The value of a server at a level; NAN: none. */
typedef double plot_value(const struct plot_data *data, const struct curve *curve, size_t level);

/*
 * Adds the lines of all curves to a panel: the control server, contexts, those named, with a mark for what is not valid
 * or had errors. `value` gives y.
 */
void plot_curves(struct chart *chart, size_t panel, const struct plot_data *data, const struct curves *curves,
		 plot_value *value);

/* One line: the values of a curve. Returns how many points it has. */
size_t plot_line(struct chart *chart, size_t panel, enum chart_role role, const struct plot_data *data,
		 const struct curve *curve, plot_value *value);

/* Labels at the line ends of those named; and, when the axes are there, their places: where the last value stands. */
void plot_ends(struct chart *chart, const struct plot_data *data, const struct curves *curves, bool with_rate);
void plot_ends_place(struct chart *chart, size_t panel, const struct plot_data *data, const struct curves *curves,
		     plot_value *value);

/* The same labels as a list beside several panels. */
void plot_list_place(struct chart *chart);

/* The least and greatest value of all curves. Where there is none: least > most. */
void plot_range(const struct plot_data *data, const struct curves *curves, plot_value *value, double *least,
		double *most);

#endif
