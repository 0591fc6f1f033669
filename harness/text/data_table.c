#include "harness/text/data_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/text/html.h"

#define UNKNOWN "-"

static size_t place(const struct data_table *table, size_t row, size_t column)
{
	return row * table->text.columns + column;
}

static struct text_table_item *item_of(const struct data_table *table, size_t row, size_t column)
{
	return text_table_item(&table->text, row + 1, column);
}

int data_table_init(struct data_table *table, size_t rows, size_t columns, struct err *err)
{
	*table = (struct data_table){ 0 };
	if (text_table_init(&table->text, rows + 1, columns, err))
		return -1;
	table->numbers = calloc(rows * columns + 1, sizeof *table->numbers);
	table->names = calloc(columns + 1, sizeof *table->names);
	if (!table->numbers || !table->names)
		return err_set(err, "out of memory");
	for (size_t row = 0; row < rows; row++)
		for (size_t column = 0; column < columns; column++) {
			table->numbers[place(table, row, column)] = NAN;
			strcpy(item_of(table, row, column)->text, UNKNOWN);
		}
	return 0;
}

void data_table_release(struct data_table *table)
{
	text_table_release(&table->text);
	free(table->numbers);
	free(table->names);
	*table = (struct data_table){ 0 };
}

size_t data_table_rows(const struct data_table *table)
{
	return table->text.lines ? table->text.lines - 1 : 0;
}

void data_table_column(struct data_table *table, size_t column, const char *heading, const char *name, bool left)
{
	text_plain(text_table_item(&table->text, 0, column)->text, TEXT_TABLE_TEXT, heading);
	text_plain(table->names[column], DATA_TABLE_NAME, name);
	table->text.left[column] = left;
}

void data_table_set_text(struct data_table *table, size_t row, size_t column, const char *text)
{
	struct text_table_item *item = item_of(table, row, column);

	text_plain(item->text, sizeof item->text, text && *text ? text : UNKNOWN);
}

void data_table_set_number(struct data_table *table, size_t row, size_t column, double number, const char *shown)
{
	if (isnan(number))
		return;
	table->numbers[place(table, row, column)] = number;
	data_table_set_text(table, row, column, shown);
}

void data_table_set_count(struct data_table *table, size_t row, size_t column, double number)
{
	char text[UNITS_TEXT];

	data_table_set_number(table, row, column, number, units_show_count(text, units_whole(number + 0.5)));
}

void data_table_set_decimals(struct data_table *table, size_t row, size_t column, double number, int decimals)
{
	char text[TEXT_TABLE_TEXT];

	snprintf(text, sizeof text, "%.*f", decimals, number);
	data_table_set_number(table, row, column, number, text);
}

void data_table_set_ns(struct data_table *table, size_t row, size_t column, double ns)
{
	char text[UNITS_TEXT];

	data_table_set_number(table, row, column, ns, units_show_latency(text, units_whole(ns)));
}

void data_table_set_share(struct data_table *table, size_t row, size_t column, double share)
{
	char text[TEXT_TABLE_TEXT];

	snprintf(text, sizeof text, "%.0f\u00a0%%", 100 * share);
	data_table_set_number(table, row, column, share, text);
}

void data_table_add_mark(struct data_table *table, size_t row, size_t column, const char *mark)
{
	struct text_table_item *item = item_of(table, row, column);

	strncat(item->mark, mark, sizeof item->mark - 1 - strlen(item->mark));
}

static bool says_something(const struct data_table *table, size_t column)
{
	for (size_t row = 0; row < data_table_rows(table); row++) {
		double number = table->numbers[place(table, row, column)];
		const char *text = item_of(table, row, column)->text;
		if (isnan(number) ? strcmp(text, UNKNOWN) != 0 : number != 0)
			return true;
	}
	return !data_table_rows(table);
}

void data_table_trim(struct data_table *table)
{
	struct text_table *text = &table->text;
	size_t columns = text->columns, kept = 0;

	for (size_t column = 0; column < columns; column++) {
		/* Kept columns move to the front: an item never moves behind one that is still to be read. */
		if (column && !says_something(table, column))
			continue;
		for (size_t line = 0; line < text->lines && kept != column; line++)
			*text_table_item(text, line, kept) = *text_table_item(text, line, column);
		for (size_t row = 0; row < data_table_rows(table) && kept != column; row++)
			table->numbers[place(table, row, kept)] = table->numbers[place(table, row, column)];
		memmove(table->names[kept], table->names[column], DATA_TABLE_NAME);
		text->left[kept++] = text->left[column];
	}
	/* Then the lines move up, to their new width. */
	for (size_t line = 1; line < text->lines; line++)
		memmove(&text->items[line * kept], &text->items[line * columns], kept * sizeof *text->items);
	for (size_t row = 1; row < data_table_rows(table); row++)
		memmove(&table->numbers[row * kept], &table->numbers[row * columns], kept * sizeof *table->numbers);
	text->columns = kept;
}

static void row_html(const struct data_table *table, size_t row, FILE *out)
{
	html_open(out, "tr", NULL);
	for (size_t column = 0; column < table->text.columns; column++) {
		const struct text_table_item *item = item_of(table, row, column);
		double number = table->numbers[place(table, row, column)];
		char sort[TEXT_TABLE_TEXT] = "";
		if (!isnan(number))
			snprintf(sort, sizeof sort, "%.9g", number);
		fputs(column ? "<td" : "<th scope=\"row\"", out);
		if (!table->text.left[column])
			fprintf(out, " class=\"n\" data-n=\"%s\"", sort);
		fputc('>', out);
		html_text(out, item->text);
		html_text(out, item->mark);
		fputs(column ? "</td>" : "</th>", out);
	}
	fputs("</tr>\n", out);
}

void data_table_html(const struct data_table *table, const char *caption, FILE *out)
{
	html_open(out, "div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label", caption, NULL);
	html_open(out, "table", NULL);
	html_open(out, "caption", NULL);
	html_leaf(out, "span", caption, NULL);
	html_close(out, "caption");
	html_open(out, "thead", NULL);
	html_open(out, "tr", NULL);
	for (size_t column = 0; column < table->text.columns; column++)
		html_leaf(out, "th", text_table_item(&table->text, 0, column)->text, "scope", "col", "class",
			  table->text.left[column] ? "l" : "n", NULL);
	html_close(out, "tr");
	html_close(out, "thead");
	html_open(out, "tbody", NULL);
	for (size_t row = 0; row < data_table_rows(table); row++)
		row_html(table, row, out);
	html_close(out, "tbody");
	html_close(out, "table");
	html_close(out, "div");
}

void data_table_csv(const struct data_table *table, FILE *out)
{
	for (size_t column = 0; column < table->text.columns; column++) {
		fputs(column ? "," : "", out);
		text_table_csv_text(table->names[column], out);
	}
	fputs("\r\n", out);
	for (size_t row = 0; row < data_table_rows(table); row++) {
		for (size_t column = 0; column < table->text.columns; column++) {
			const char *text = item_of(table, row, column)->text;
			if (!table->text.left[column] && column) {
				text_table_csv_number(table->numbers[place(table, row, column)], out);
				continue;
			}
			fputs(column ? "," : "", out);
			text_table_csv_text(strcmp(text, UNKNOWN) == 0 ? "" : text, out);
		}
		fputs("\r\n", out);
	}
}
