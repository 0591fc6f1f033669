/*
 * svg: a drawing made fit to stand inside a page.
 *
 * What holds in a file of its own need not hold inside a page: ids are those of the whole page, and a script or a
 * reference to elsewhere would work there. So each id gets a prefix, in what refers to it too; the XML declaration,
 * comments and whatever reaches outside are left out. Elements that have no place in a drawing are an error.
 *
 * One drawing serves a light and a dark page: the colours of the light palette become variables of the page's style, which
 * has them in both. And it is made smaller by what no eye can see: places in pixels have one decimal.
 */
#ifndef HARNESS_REPORT_SVG_H
#define HARNESS_REPORT_SVG_H

#include <stdio.h>

#include "harness/lib/err.h"

/*
 * Writes an SVG as an element for a page. `prefix` makes its ids unique, `label` says what it shows. Returns 0, or -1
 * with err set: it is no SVG, or has what no drawing needs.
 */
int svg_inline(FILE *out, const char *svg, const char *prefix, const char *label, struct err *err);

/* Writes these variables as rules of a style: light, dark where the reader prefers that, and light again in print. */
void svg_style(FILE *out);

#endif
