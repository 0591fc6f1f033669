/*
 * plot: a run as pictures.
 *
 * A picture is drawn by gnuplot from three things: a template (plots/templates/rate.gp), which has the looks; a
 * head of numbers and texts, which has everything that depends on the run; and a table of points. Head and
 * template become `rate-MODE.gp`, the points `rate-MODE.dat`, and both stay beside the pictures: they are their
 * source, and `gnuplot rate-MODE.gp` in that folder draws them again (without the SVG's title and description,
 * which are added afterwards).
 *
 * What needs thought is decided here and not in the template, where it could not be tested: which servers are
 * named (the fastest; the rest are thin grey lines), where the names at the line ends stand so that none covers
 * another, what the axes are labelled with, which keys a reader needs. Texts from outside reach gnuplot with every
 * character escaped that could have a meaning, and with its markup switched off.
 */
#ifndef HARNESS_PLOT_H
#define HARNESS_PLOT_H

#include <stddef.h>

#include "harness/document.h"
#include "harness/lib/err.h"

/* The most names at line ends of one picture, that of the control server among them. */
#define PLOT_NAMES_MAX 8

/*
 * Draws the pictures of a run into a folder, which is made where it is missing: for each mode `rate-MODE.svg` and
 * `rate-MODE.png`, with their sources. A mode of which every cell failed has a picture that says so. Returns 0, or
 * -1 with err set: no cells to draw, folder or template not accessible, gnuplot missing or failed (with what it
 * said).
 */
int plot_write(const struct document *doc, const char *folder, const char *templates_folder, struct err *err);

/*
 * Spreads labels on a vertical axis so that none overlaps another, moving them as little as possible (least
 * squares). Label i wants its centre at at[i] and is height[i] high; at[i] becomes where it goes. The order of the
 * wanted places is kept, and all stay between low and high as long as they fit there; otherwise they start at low.
 * Both arrays have `count` elements, at most PLOT_LABELS_MAX.
 */
#define PLOT_LABELS_MAX 64
void plot_spread_labels(double *at, const double *height, size_t count, double low, double high);

/*
 * A text in double quotes, as gnuplot reads it back: without control characters, and every ASCII character that
 * is not a letter, a digit, a blank or harmless punctuation as \ooo. So there is no backquote, which would run a
 * command, and no single quotes are used: gnuplot 5.4 does not read '' as a quote everywhere. Writes at most `room`
 * (at least 3) bytes with the closing quote; cut between characters. Returns out.
 */
char *plot_quote(char *out, size_t room, const char *text);

/* A text as XML content or attribute value: without control characters, & < > " ' escaped. Returns out. */
char *plot_escape_xml(char *out, size_t room, const char *text);

/* A round step (1, 2, 2.5 or 5 times a power of ten) that divides 0..most into at most `parts`. most > 0. */
double plot_step(double most, unsigned parts);

#endif
