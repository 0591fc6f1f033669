/*
 * gnuplot: the program that draws.
 */
#ifndef HARNESS_PLOT_GNUPLOT_H
#define HARNESS_PLOT_GNUPLOT_H

#include "harness/lib/err.h"

/*
 * Runs gnuplot on scripts (NULL-terminated), in their folder and without the user's own start-up files, and waits for
 * its end.
 * Returns 0, or -1 with err set: not installed (the message names the package), or what it wrote to stderr.
 */
int gnuplot_run(const char *folder, const char *const *scripts, struct err *err);

#endif
