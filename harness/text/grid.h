/*
 * grid: a table as people read it, in text or Markdown, and the parts of one in CSV.
 *
 * A grid is lines of items, the first line being the headings. In text each column is as wide as its widest item. An
 * item is a text and a mark, which says that the text is to be read with care; notes under the grid tell why. All
 * texts are shown as they are, whatever stands in them: they are escaped for the format.
 */
#ifndef HARNESS_GRID_H
#define HARNESS_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_CSV };

extern const char *const table_format_names[]; /* "text", "markdown", "csv", NULL */

/* What a figure is to be read with. */
#define GRID_INVALID "*"
#define GRID_ERRORS  "!"

#define GRID_TEXT 256

struct grid_item {
	char text[GRID_TEXT];
	char mark[4];
};

struct grid {
	size_t lines, columns;
	struct grid_item *items; /* owned */
	bool *left;              /* columns that begin at the left, owned */
};

/* A grid of empty items. Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int grid_init(struct grid *grid, size_t lines, size_t columns, struct err *err);

void grid_release(struct grid *grid);

struct grid_item *grid_item(const struct grid *grid, size_t line, size_t column);

/* Writes it as text or Markdown. */
void grid_write(const struct grid *grid, enum table_format format, FILE *out);

/* One line of words above or under a grid. */
void grid_line(enum table_format format, const char *line, FILE *out);

/* The same as a note under a grid, apart from it where it is the *first. */
void grid_note(enum table_format format, const char *line, bool *first, FILE *out);

/* Adds words to a line, behind a separator where it is not the first; control characters are left out. */
void grid_add(char *line, size_t room, const char *separator, const char *words);

/* CSV (RFC 4180): a text; a comma and a number, nothing where it is unknown. */
void grid_csv_text(const char *text, FILE *out);
void grid_csv_number(double number, FILE *out);

#endif
