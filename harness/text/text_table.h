/*
 * text_table: a table for people, in text or Markdown, and the parts of a table in CSV.
 *
 * A table is lines of items, the first line being the headings. In text each column is as wide as its widest item. An
 * item is a text and a mark, which says that the text is to be read with care; notes under the table tell why. All
 * texts are escaped for the format, so that they are shown as they are.
 */
#ifndef HARNESS_TEXT_TEXT_TABLE_H
#define HARNESS_TEXT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_CSV };

extern const char *const table_format_names[]; /* "text", "markdown", "csv", NULL */

/* The marks of a figure that needs care. */
#define TEXT_TABLE_INVALID "*"
#define TEXT_TABLE_ERRORS  "!"
#define TEXT_TABLE_PARTIAL "~"

#define TEXT_TABLE_TEXT 256

struct text_table_item {
	char text[TEXT_TABLE_TEXT];
	char mark[4];
};

struct text_table {
	size_t lines, columns;
	struct text_table_item *items; /* owned */
	bool *left;                    /* columns that begin at the left, owned */
};

/* A table of empty items. Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int text_table_init(struct text_table *table, size_t lines, size_t columns, struct err *err);

void text_table_release(struct text_table *table);

struct text_table_item *text_table_item(const struct text_table *table, size_t line, size_t column);

/* Writes it as text or Markdown. */
void text_table_write(const struct text_table *table, enum table_format format, FILE *out);

/* A line above or below a table. */
void text_table_line(enum table_format format, const char *line, FILE *out);

/* The same as a note under a table, separated from the table where it is the *first. */
void text_table_note(enum table_format format, const char *line, bool *first, FILE *out);

/* Adds an item to a line, after a separator where it is not the first; control characters are left out. */
void text_table_add(char *line, size_t room, const char *separator, const char *item);

/* CSV (RFC 4180): a text; a comma and a number, nothing where it is unknown. */
void text_table_csv_text(const char *text, FILE *out);
void text_table_csv_number(double number, FILE *out);

#endif
