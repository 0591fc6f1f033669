/*
 * data_table: a table of figures, as a page shows it and as programs read it.
 *
 * It is a text table (text_table.h) with the numbers that its texts were made from, so that a browser sorts by the numbers and CSV
 * has them as measured. The first column names the line. What is not known is "-" in the one and nothing in the other.
 */
#ifndef HARNESS_TEXT_DATA_TABLE_H
#define HARNESS_TEXT_DATA_TABLE_H

#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/text/text_table.h"

#define DATA_TABLE_NAME 64

struct data_table {
	struct text_table text;         /* line 0: the headings */
	double *numbers;                /* of each item, NAN where it is a text; owned */
	char (*names)[DATA_TABLE_NAME]; /* of the columns in CSV; owned */
};

/* A table whose items are all unknown. Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int data_table_init(struct data_table *table, size_t rows, size_t columns, struct err *err);

void data_table_release(struct data_table *table);

/* The number of lines below the headings. */
size_t data_table_rows(const struct data_table *table);

/* Names a column: for people, and in CSV. Its numbers stand at the right, or its texts at the left. */
void data_table_column(struct data_table *table, size_t column, const char *heading, const char *name, bool left);

/* Sets an item to a text, made plain. Rows count from 0. */
void data_table_set_text(struct data_table *table, size_t row, size_t column, const char *text);

/* Sets an item to a number and how it is shown; NAN is unknown. */
void data_table_set_number(struct data_table *table, size_t row, size_t column, double number, const char *shown);

/* The same with thousands apart; with so many decimals; as a duration, of ns; as a share, in per cent. */
void data_table_set_count(struct data_table *table, size_t row, size_t column, double number);
void data_table_set_decimals(struct data_table *table, size_t row, size_t column, double number, int decimals);
void data_table_set_ns(struct data_table *table, size_t row, size_t column, double ns);
void data_table_set_share(struct data_table *table, size_t row, size_t column, double share);

/* Adds a mark behind an item: TEXT_TABLE_INVALID, TEXT_TABLE_ERRORS. */
void data_table_add_mark(struct data_table *table, size_t row, size_t column, const char *mark);

/*
 * Leaves out the columns, but the first, that say nothing: in which every item is unknown or 0. CSV, whose columns stay the
 * same from run to run, is written before.
 */
void data_table_trim(struct data_table *table);

/* As HTML: a region that scrolls, so that a wide one does not widen the page. `caption` names it. */
void data_table_html(const struct data_table *table, const char *caption, FILE *out);

/* As CSV (RFC 4180), with the names of the columns. */
void data_table_csv(const struct data_table *table, FILE *out);

#endif
