/*
 * trend_plot: a server's trend as a picture: its rates over the runs, oldest at the left, in a light and a dark SVG.
 *
 * Runs are evenly spaced, whatever the time between them, since otherwise a day of many runs would be crowded. gnuplot
 * is started once for all pictures of a site, which may be hundreds.
 */
#ifndef HARNESS_SITE_TREND_PLOT_H
#define HARNESS_SITE_TREND_PLOT_H

#include "harness/lib/err.h"
#include "harness/site/trends.h"

#define TREND_PLOT_RUNS_MAX 60 /* the newest */

/* One picture to be drawn. */
struct trend_plot {
	const char *server; /* name, as it is shown */
	const struct site_trend *trend;
	char stem[SITE_PATH_MAX]; /* of its files in the folder: STEM.svg, STEM-dark.svg */
};

/* Whether there is a line to draw: two runs with a figure. */
bool trend_plot_is_due(const struct site_trend *trend);

/* A description of the picture. Returns out. */
#define TREND_PLOT_DESCRIPTION 600
char *trend_plot_description(char out[TREND_PLOT_DESCRIPTION], const struct trend_plot *plot);

/*
 * Draws them all into a folder that exists. `scratch` is another one, for what gnuplot reads; nothing there is removed.
 * Returns 0, or -1 with err set: a file cannot be written, gnuplot is missing or failed.
 */
int trend_plot_draw(const struct trend_plot *plots, size_t count, const char *folder, const char *scratch,
		    const char *templates, const volatile sig_atomic_t *stop, struct err *err);

#endif
