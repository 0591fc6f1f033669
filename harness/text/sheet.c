#include "harness/text/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/text/html.h"

#define UNKNOWN "-"

static size_t place(const struct sheet *sheet, size_t row, size_t column)
{
	return row * sheet->grid.columns + column;
}

static struct grid_item *item_of(const struct sheet *sheet, size_t row, size_t column)
{
	return grid_item(&sheet->grid, row + 1, column);
}

int sheet_init(struct sheet *sheet, size_t rows, size_t columns, struct err *err)
{
	*sheet = (struct sheet){ 0 };
	if (grid_init(&sheet->grid, rows + 1, columns, err))
		return -1;
	sheet->numbers = calloc(rows * columns + 1, sizeof *sheet->numbers);
	sheet->names = calloc(columns + 1, sizeof *sheet->names);
	if (!sheet->numbers || !sheet->names)
		return err_set(err, "out of memory");
	for (size_t row = 0; row < rows; row++)
		for (size_t column = 0; column < columns; column++) {
			sheet->numbers[place(sheet, row, column)] = NAN;
			strcpy(item_of(sheet, row, column)->text, UNKNOWN);
		}
	return 0;
}

void sheet_release(struct sheet *sheet)
{
	grid_release(&sheet->grid);
	free(sheet->numbers);
	free(sheet->names);
	*sheet = (struct sheet){ 0 };
}

size_t sheet_rows(const struct sheet *sheet)
{
	return sheet->grid.lines ? sheet->grid.lines - 1 : 0;
}

void sheet_column(struct sheet *sheet, size_t column, const char *heading, const char *name, bool left)
{
	text_plain(grid_item(&sheet->grid, 0, column)->text, GRID_TEXT, heading);
	text_plain(sheet->names[column], SHEET_NAME, name);
	sheet->grid.left[column] = left;
}

void sheet_set_text(struct sheet *sheet, size_t row, size_t column, const char *text)
{
	struct grid_item *item = item_of(sheet, row, column);

	text_plain(item->text, sizeof item->text, text && *text ? text : UNKNOWN);
}

void sheet_set_number(struct sheet *sheet, size_t row, size_t column, double number, const char *shown)
{
	if (isnan(number))
		return;
	sheet->numbers[place(sheet, row, column)] = number;
	sheet_set_text(sheet, row, column, shown);
}

void sheet_set_count(struct sheet *sheet, size_t row, size_t column, double number)
{
	char text[UNITS_TEXT];

	sheet_set_number(sheet, row, column, number, units_show_count(text, units_whole(number + 0.5)));
}

void sheet_set_decimals(struct sheet *sheet, size_t row, size_t column, double number, int decimals)
{
	char text[GRID_TEXT];

	snprintf(text, sizeof text, "%.*f", decimals, number);
	sheet_set_number(sheet, row, column, number, text);
}

void sheet_set_ns(struct sheet *sheet, size_t row, size_t column, double ns)
{
	char text[UNITS_TEXT];

	sheet_set_number(sheet, row, column, ns, units_show_latency(text, units_whole(ns)));
}

void sheet_set_share(struct sheet *sheet, size_t row, size_t column, double share)
{
	char text[GRID_TEXT];

	snprintf(text, sizeof text, "%.0f\u00a0%%", 100 * share);
	sheet_set_number(sheet, row, column, share, text);
}

void sheet_add_mark(struct sheet *sheet, size_t row, size_t column, const char *mark)
{
	struct grid_item *item = item_of(sheet, row, column);

	strncat(item->mark, mark, sizeof item->mark - 1 - strlen(item->mark));
}

static bool says_something(const struct sheet *sheet, size_t column)
{
	for (size_t row = 0; row < sheet_rows(sheet); row++) {
		double number = sheet->numbers[place(sheet, row, column)];
		const char *text = item_of(sheet, row, column)->text;
		if (isnan(number) ? strcmp(text, UNKNOWN) != 0 : number != 0)
			return true;
	}
	return !sheet_rows(sheet);
}

void sheet_trim(struct sheet *sheet)
{
	struct grid *grid = &sheet->grid;
	size_t columns = grid->columns, kept = 0;

	for (size_t column = 0; column < columns; column++) {
		/* Kept columns move to the front: an item never moves behind one that is still to be read. */
		if (column && !says_something(sheet, column))
			continue;
		for (size_t line = 0; line < grid->lines && kept != column; line++)
			*grid_item(grid, line, kept) = *grid_item(grid, line, column);
		for (size_t row = 0; row < sheet_rows(sheet) && kept != column; row++)
			sheet->numbers[place(sheet, row, kept)] = sheet->numbers[place(sheet, row, column)];
		memmove(sheet->names[kept], sheet->names[column], SHEET_NAME);
		grid->left[kept++] = grid->left[column];
	}
	/* Then the lines move up, to their new width. */
	for (size_t line = 1; line < grid->lines; line++)
		memmove(&grid->items[line * kept], &grid->items[line * columns], kept * sizeof *grid->items);
	for (size_t row = 1; row < sheet_rows(sheet); row++)
		memmove(&sheet->numbers[row * kept], &sheet->numbers[row * columns], kept * sizeof *sheet->numbers);
	grid->columns = kept;
}

static void row_html(const struct sheet *sheet, size_t row, FILE *out)
{
	html_open(out, "tr", NULL);
	for (size_t column = 0; column < sheet->grid.columns; column++) {
		const struct grid_item *item = item_of(sheet, row, column);
		double number = sheet->numbers[place(sheet, row, column)];
		char sort[GRID_TEXT] = "";
		if (!isnan(number))
			snprintf(sort, sizeof sort, "%.9g", number);
		fputs(column ? "<td" : "<th scope=\"row\"", out);
		if (!sheet->grid.left[column])
			fprintf(out, " class=\"n\" data-n=\"%s\"", sort);
		fputc('>', out);
		html_text(out, item->text);
		html_text(out, item->mark);
		fputs(column ? "</td>" : "</th>", out);
	}
	fputs("</tr>\n", out);
}

void sheet_html(const struct sheet *sheet, const char *caption, FILE *out)
{
	html_open(out, "div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label", caption, NULL);
	html_open(out, "table", NULL);
	html_open(out, "caption", NULL);
	html_leaf(out, "span", caption, NULL);
	html_close(out, "caption");
	html_open(out, "thead", NULL);
	html_open(out, "tr", NULL);
	for (size_t column = 0; column < sheet->grid.columns; column++)
		html_leaf(out, "th", grid_item(&sheet->grid, 0, column)->text, "scope", "col", "class",
			  sheet->grid.left[column] ? "l" : "n", NULL);
	html_close(out, "tr");
	html_close(out, "thead");
	html_open(out, "tbody", NULL);
	for (size_t row = 0; row < sheet_rows(sheet); row++)
		row_html(sheet, row, out);
	html_close(out, "tbody");
	html_close(out, "table");
	html_close(out, "div");
}

void sheet_csv(const struct sheet *sheet, FILE *out)
{
	for (size_t column = 0; column < sheet->grid.columns; column++) {
		fputs(column ? "," : "", out);
		grid_csv_text(sheet->names[column], out);
	}
	fputs("\r\n", out);
	for (size_t row = 0; row < sheet_rows(sheet); row++) {
		for (size_t column = 0; column < sheet->grid.columns; column++) {
			const char *text = item_of(sheet, row, column)->text;
			if (!sheet->grid.left[column] && column) {
				grid_csv_number(sheet->numbers[place(sheet, row, column)], out);
				continue;
			}
			fputs(column ? "," : "", out);
			grid_csv_text(strcmp(text, UNKNOWN) == 0 ? "" : text, out);
		}
		fputs("\r\n", out);
	}
}
