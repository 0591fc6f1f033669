/*
 * rows: a panel whose y is no scale: each row of marks has its name next to it, in as many lines as it takes.
 */
#ifndef HARNESS_PLOT_ROWS_H
#define HARNESS_PLOT_ROWS_H

#include "harness/plot/chart.h"

#define ROWS_LINES 4 /* maximum of a name */
/* Pixels by which rows begin above other panels: their y axis has no title. */
#define ROWS_RISE 24.0

struct row {
	char lines[ROWS_LINES][TYPESET_LINE];
	size_t count;
	bool is_muted, is_bold;
	double y; /* of its middle, in pixels from the top of the first row */
};

struct rows {
	struct row *all; /* owned */
	size_t count, room;
	double height, width; /* of all rows; of the longest line of a name */
};

void rows_release(struct rows *rows);

/* Adds a row below the others. Returns it, until the next one is added; NULL where memory is out. */
struct row *rows_add(struct rows *rows, const char *name);

/* The same, in bold. */
struct row *rows_add_heading(struct rows *rows, const char *heading);

/* The left end of a panel that leaves room for the names. */
double rows_left(const struct rows *rows);

/* Adds the panel, from `top` on, with the names; its y is that of rows_y(). Returns its number. */
size_t rows_panel(struct chart *chart, const struct rows *rows, double top);

/* The y of a row's marks. */
double rows_y(const struct rows *rows, size_t row);

#endif
