/*
 * gnuplot: the program that draws.
 */
#ifndef HARNESS_PLOT_GNUPLOT_H
#define HARNESS_PLOT_GNUPLOT_H

#include <signal.h>

#include "harness/lib/err.h"

/*
 * Runs gnuplot on scripts (NULL-terminated), in their folder and without the user's own start-up files, and waits for
 * its end, or until *stop is set (stop may be NULL); then, and where this program ends, it is killed. Returns 0, or -1
 * with err set: not installed (the message names the package), what it wrote to stderr, or "interrupted".
 */
int gnuplot_run(const char *folder, const char *const *scripts, const volatile sig_atomic_t *stop, struct err *err);

#endif
