/*
 * plot: a run as pictures: requests per second against connections, and latency against the rate offered.
 *
 * What needs thought is decided here and not in a template (see picture.h), where it could not be tested: which servers
 * are named (the fastest; the rest are thin grey lines), where the names at the line ends stand so that none covers
 * another, what the axes are labelled with, which keys a reader needs.
 */
#ifndef HARNESS_PLOT_H
#define HARNESS_PLOT_H

#include <stddef.h>

#include "harness/document.h"
#include "harness/lib/err.h"

/*
 * Draws the pictures of a run into a folder, which is made where it is missing: for each mode `rate-MODE.svg` and
 * `rate-MODE.png`, and where the run has open loops `latency-MODE.svg` and `.png`, with their sources. A mode of which every cell failed has a picture that says so. Returns 0, or
 * -1 with err set: no cells to draw, folder or template not accessible, gnuplot missing or failed (with what it
 * said).
 */
int plot_write(const struct document *doc, const char *folder, const char *templates_folder, struct err *err);

/* A round step (1, 2, 2.5 or 5 times a power of ten) that divides 0..most into at most `parts`. most > 0. */
double plot_step(double most, unsigned parts);

#endif
