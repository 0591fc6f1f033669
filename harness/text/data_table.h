/*
 * data_table: a table of figures, as a page shows it and as programs read it.
 *
 * It is a text table (text_table.h) with the numbers that its texts were made from, so that a browser sorts by the
 * numbers and CSV has them as measured. The first column names the line. An unknown item is "-" in the text table and
 * empty in CSV.
 */
#ifndef HARNESS_TEXT_DATA_TABLE_H
#define HARNESS_TEXT_DATA_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/text/text_table.h"

#define DATA_TABLE_NAME 64 /* holds the name of a column */

/* The format of an item, and the type of its field. */
enum data_kind {
	DATA_TEXT,       /* const char *, at the left; all others are at the right */
	DATA_NUMBER,     /* double: a whole number, with thousands separators */
	DATA_COUNT,      /* uint64_t, with thousands separators */
	DATA_LEVEL,      /* the same, where 0 is unknown */
	DATA_PLAIN,      /* double: a whole number, without thousands separators */
	DATA_TENTHS,     /* double, with one decimal */
	DATA_HUNDREDTHS, /* double, with two decimals */
	DATA_NS,         /* double: a duration */
	DATA_SHARE,      /* double: percent of 1 */
};

/* The offset of a column that is no field: its items are set one by one. */
#define DATA_APART SIZE_MAX

struct data_column {
	const char *heading; /* for people */
	const char *name;    /* in CSV */
	enum data_kind kind;
	size_t offset; /* of the field in the struct that a row comes from, or DATA_APART */
};

struct data_table {
	struct text_table text;         /* line 0: the headings */
	double *numbers;                /* of each item, NAN where it is a text; owned */
	struct data_column *columns;    /* owned; only their kinds and offsets are in use */
	char (*names)[DATA_TABLE_NAME]; /* of the columns in CSV; owned */
};

/* A table with these columns, whose items are all unknown. Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int data_table_init(struct data_table *table, size_t rows, const struct data_column *columns, size_t count,
		    struct err *err);

void data_table_release(struct data_table *table);

/* The number of lines below the headings. */
size_t data_table_rows(const struct data_table *table);

/*
 * Names a column for people and, where `name` is not NULL, in CSV: for columns that depend on the run. The texts are
 * copied.
 */
void data_table_rename(struct data_table *table, size_t column, const char *heading, const char *name);

/* Sets the items of a row that are fields of the struct at `from`. Rows count from 0. */
void data_table_fill(struct data_table *table, size_t row, const void *from);

/* Sets an item to a text, sanitized; NULL or "" is unknown. */
void data_table_set_text(struct data_table *table, size_t row, size_t column, const char *text);

/* Sets an item to a number and its text; NAN is unknown. */
void data_table_set_number(struct data_table *table, size_t row, size_t column, double number, const char *shown);

/* Sets an item to a number, shown as its column says; NAN is unknown. */
void data_table_set(struct data_table *table, size_t row, size_t column, double number);

/* Whether an item has a number. */
bool data_table_is_known(const struct data_table *table, size_t row, size_t column);

/* Adds a mark after an item: TEXT_TABLE_INVALID, TEXT_TABLE_ERRORS, TEXT_TABLE_PARTIAL. */
void data_table_add_mark(struct data_table *table, size_t row, size_t column, const char *mark);

/* Leaves out a column. */
void data_table_drop(struct data_table *table, size_t column);

/*
 * Removes the columns, except the first, in which every item is unknown or 0. CSV, whose columns stay the same from run
 * to run, is written before.
 */
void data_table_trim(struct data_table *table);

/* As HTML: a region that scrolls, so that a wide one does not widen the page. `caption` names it. */
void data_table_html(const struct data_table *table, const char *caption, FILE *out);

/* As CSV (RFC 4180), with the names of the columns. */
void data_table_csv(const struct data_table *table, FILE *out);

#endif
