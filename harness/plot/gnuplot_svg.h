/*
 * gnuplot_svg: an SVG written by gnuplot, prepared for a page.
 */
#ifndef HARNESS_PLOT_GNUPLOT_SVG_H
#define HARNESS_PLOT_GNUPLOT_SVG_H

#include "harness/lib/err.h"

/*
 * Gives it a title and a description, for readers who do not see it, fonts to fall back on, and ids with the stem in them, so
 * that several pictures can stand in one page. `from` and `to` may be the same file. Returns 0, or -1 with err set.
 */
int gnuplot_svg_finish(const char *from, const char *to, const char *stem, const char *title, const char *description,
		       struct err *err);

#endif
