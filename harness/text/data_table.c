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

int data_table_init(struct data_table *table, size_t rows, const struct data_column *columns, size_t count,
		    struct err *err)
{
	*table = (struct data_table){ 0 };
	if (text_table_init(&table->text, rows + 1, count, err))
		return -1;
	table->numbers = calloc(rows * count + 1, sizeof *table->numbers);
	table->columns = calloc(count + 1, sizeof *table->columns);
	table->names = calloc(count + 1, sizeof *table->names);
	if (!table->numbers || !table->columns || !table->names)
		return err_set(err, "out of memory");
	for (size_t column = 0; column < count; column++) {
		table->columns[column] = columns[column];
		table->text.left[column] = columns[column].kind == DATA_TEXT;
		data_table_rename(table, column, columns[column].heading, columns[column].name);
		for (size_t row = 0; row < rows; row++) {
			table->numbers[place(table, row, column)] = NAN;
			strcpy(item_of(table, row, column)->text, UNKNOWN);
		}
	}
	return 0;
}

void data_table_release(struct data_table *table)
{
	text_table_release(&table->text);
	free(table->numbers);
	free(table->columns);
	free(table->names);
	*table = (struct data_table){ 0 };
}

size_t data_table_rows(const struct data_table *table)
{
	return table->text.lines ? table->text.lines - 1 : 0;
}

void data_table_rename(struct data_table *table, size_t column, const char *heading, const char *name)
{
	text_plain(text_table_item(&table->text, 0, column)->text, TEXT_TABLE_TEXT, heading);
	if (name)
		text_plain(table->names[column], DATA_TABLE_NAME, name);
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

static const char *show_ns(char *out, double ns)
{
	return units_show_latency(out, units_whole(ns));
}

static const char *show_count(char *out, double number)
{
	return units_show_count(out, units_whole(number + 0.5));
}

void data_table_set(struct data_table *table, size_t row, size_t column, double number)
{
	/* How a number is shown: by a function, or after a factor in a format. */
	static const struct {
		const char *(*show)(char *out, double number);
		const char *format;
		double factor;
	} kinds[] = {
		[DATA_NUMBER] = { .show = show_count },
		[DATA_COUNT] = { .show = show_count },
		[DATA_LEVEL] = { .show = show_count },
		[DATA_NS] = { .show = show_ns },
		[DATA_PLAIN] = { .format = "%.0f", .factor = 1 },
		[DATA_TENTHS] = { .format = "%.1f", .factor = 1 },
		[DATA_HUNDREDTHS] = { .format = "%.2f", .factor = 1 },
		[DATA_SHARE] = { .format = "%.0f\u00a0%%", .factor = 100 },
	};
	enum data_kind kind = table->columns[column].kind;
	char text[TEXT_TABLE_TEXT];

	if (isnan(number))
		return;
	if (kinds[kind].show)
		kinds[kind].show(text, number);
	else
		snprintf(text, sizeof text, kinds[kind].format, kinds[kind].factor * number);
	data_table_set_number(table, row, column, number, text);
}

void data_table_fill(struct data_table *table, size_t row, const void *from)
{
	for (size_t column = 0; column < table->text.columns; column++) {
		const struct data_column *of = &table->columns[column];
		if (of->offset == DATA_APART)
			continue;
		const char *field = (const char *)from + of->offset;
		if (of->kind == DATA_TEXT)
			data_table_set_text(table, row, column, *(const char *const *)field);
		else if (of->kind != DATA_COUNT && of->kind != DATA_LEVEL)
			data_table_set(table, row, column, *(const double *)field);
		else if (of->kind == DATA_COUNT || *(const uint64_t *)field)
			data_table_set(table, row, column, (double)*(const uint64_t *)field);
	}
}

bool data_table_is_known(const struct data_table *table, size_t row, size_t column)
{
	return !isnan(table->numbers[place(table, row, column)]);
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

void data_table_drop(struct data_table *table, size_t column)
{
	struct text_table *text = &table->text;
	size_t columns = text->columns, kept = 0, after = columns - column - 1;

	for (size_t i = 0; i < text->lines * columns; i++) {
		if (i % columns == column)
			continue;
		if (i >= columns)
			table->numbers[kept - (columns - 1)] = table->numbers[i - columns];
		text->items[kept++] = text->items[i];
	}
	memmove(&table->columns[column], &table->columns[column + 1], after * sizeof *table->columns);
	memmove(&table->names[column], &table->names[column + 1], after * sizeof *table->names);
	memmove(&text->left[column], &text->left[column + 1], after * sizeof *text->left);
	text->columns--;
}

void data_table_trim(struct data_table *table)
{
	for (size_t column = table->text.columns; column-- > 1;)
		if (!says_something(table, column))
			data_table_drop(table, column);
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
		(column ? html_text : html_name)(out, item->text);
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
