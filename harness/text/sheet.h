/*
 * sheet: a table of figures, as a page shows it and as programs read it.
 *
 * It is a grid (grid.h) of texts with the numbers that they were made from, so that a browser sorts by the numbers and CSV
 * has them as measured. The first column names the line. What is not known is "-" in the one and nothing in the other.
 */
#ifndef HARNESS_SHEET_H
#define HARNESS_SHEET_H

#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/text/grid.h"

#define SHEET_NAME 64

struct sheet {
	struct grid grid;          /* line 0: the headings */
	double *numbers;           /* of each item, NAN where it is a text; owned */
	char (*names)[SHEET_NAME]; /* of the columns in CSV; owned */
};

/* A sheet whose items are all unknown. Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int sheet_init(struct sheet *sheet, size_t rows, size_t columns, struct err *err);

void sheet_release(struct sheet *sheet);

/* The number of lines below the headings. */
size_t sheet_rows(const struct sheet *sheet);

/* Names a column: for people, and in CSV. Its numbers stand at the right, or its texts at the left. */
void sheet_column(struct sheet *sheet, size_t column, const char *heading, const char *name, bool left);

/* Sets an item to a text, made plain. Rows count from 0. */
void sheet_set_text(struct sheet *sheet, size_t row, size_t column, const char *text);

/* Sets an item to a number and how it is shown; NAN is unknown. */
void sheet_set_number(struct sheet *sheet, size_t row, size_t column, double number, const char *shown);

/* The same with thousands apart; with so many decimals; as a duration, of ns; as a share, in per cent. */
void sheet_set_count(struct sheet *sheet, size_t row, size_t column, double number);
void sheet_set_decimals(struct sheet *sheet, size_t row, size_t column, double number, int decimals);
void sheet_set_ns(struct sheet *sheet, size_t row, size_t column, double ns);
void sheet_set_share(struct sheet *sheet, size_t row, size_t column, double share);

/* Adds a mark behind an item: GRID_INVALID, GRID_ERRORS. */
void sheet_add_mark(struct sheet *sheet, size_t row, size_t column, const char *mark);

/*
 * Leaves out the columns, but the first, that say nothing: in which every item is unknown or 0. CSV, whose columns stay the
 * same from run to run, is written before.
 */
void sheet_trim(struct sheet *sheet);

/* As HTML: a region that scrolls, so that a wide one does not widen the page. `caption` names it. */
void sheet_html(const struct sheet *sheet, const char *caption, FILE *out);

/* As CSV (RFC 4180), with the names of the columns. */
void sheet_csv(const struct sheet *sheet, FILE *out);

#endif
