#include "harness/text/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"

const char *const table_format_names[] = { "text", "markdown", "csv", NULL };

int grid_init(struct grid *grid, size_t lines, size_t columns, struct err *err)
{
	*grid = (struct grid){
		.lines = lines,
		.columns = columns,
		.items = calloc(lines * columns + 1, sizeof *grid->items),
		.left = calloc(columns + 1, sizeof *grid->left),
	};
	return grid->items && grid->left ? 0 : err_set(err, "out of memory");
}

void grid_release(struct grid *grid)
{
	free(grid->items);
	free(grid->left);
	*grid = (struct grid){ 0 };
}

struct grid_item *grid_item(const struct grid *grid, size_t line, size_t column)
{
	return &grid->items[line * grid->columns + column];
}

static void spaces(FILE *out, size_t count)
{
	fprintf(out, "%*s", (int)count, "");
}

/* The widths of a column: of its texts, and of the marks behind them. */
struct widths {
	size_t text, mark;
};

static struct widths widths_of(const struct grid *grid, size_t column)
{
	struct widths widths = { 0, 0 };

	for (size_t line = 0; line < grid->lines; line++) {
		const struct grid_item *item = grid_item(grid, line, column);
		if (line && strlen(item->mark) > widths.mark)
			widths.mark = strlen(item->mark);
	}
	for (size_t line = 0; line < grid->lines; line++) {
		/* A heading may stand over the marks. */
		size_t width = text_width(grid_item(grid, line, column)->text);
		width = line ? width : width > widths.mark ? width - widths.mark : 0;
		if (width > widths.text)
			widths.text = width;
	}
	return widths;
}

static void text_write(const struct grid *grid, FILE *out)
{
	for (size_t line = 0; line < grid->lines; line++) {
		size_t total = 0;
		for (size_t i = 0; i < grid->columns; i++) {
			const struct grid_item *item = grid_item(grid, line, i);
			struct widths widths = widths_of(grid, i);
			size_t width = widths.text + widths.mark;
			size_t used = text_width(item->text);
			size_t behind = line ? widths.mark : 0;
			fputs(i ? "  " : "", out);
			if (!grid->left[i])
				spaces(out, width - behind - used);
			fputs(item->text, out);
			fputs(item->mark, out);
			if (grid->left[i])
				spaces(out, width - used);
			else if (i + 1 < grid->columns)
				spaces(out, behind - strlen(item->mark));
			total += width + (i ? 2 : 0);
		}
		fputc('\n', out);
		for (size_t i = 0; !line && i < total; i++)
			fputc('-', out);
		fputs(line ? "" : "\n", out);
	}
}

/* Text that Markdown (GitHub's, in a table) shows as it is. */
static void markdown_put(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else
			fprintf(out, "%s%c", strchr("|`\\*_[]~!#", *text) ? "\\" : "", *text);
	}
}

static void markdown_write(const struct grid *grid, FILE *out)
{
	for (size_t line = 0; line < grid->lines; line++) {
		for (size_t i = 0; i < grid->columns; i++) {
			const struct grid_item *item = grid_item(grid, line, i);
			fputs("| ", out);
			markdown_put(item->text, out);
			markdown_put(item->mark, out);
			fputs(i + 1 < grid->columns ? " " : " |\n", out);
		}
		if (line)
			continue;
		for (size_t i = 0; i < grid->columns; i++)
			fputs(grid->left[i] ? "| :--- " : "| ---: ", out);
		fputs("|\n", out);
	}
}

void grid_write(const struct grid *grid, enum table_format format, FILE *out)
{
	if (format == TABLE_MARKDOWN)
		markdown_write(grid, out);
	else
		text_write(grid, out);
}

void grid_line(enum table_format format, const char *line, FILE *out)
{
	if (format == TABLE_MARKDOWN)
		markdown_put(line, out);
	else
		fputs(line, out);
	fputc('\n', out);
}

void grid_add(char *line, size_t room, const char *separator, const char *words)
{
	char plain[GRID_TEXT];
	size_t used = strlen(line);

	if (!*text_plain(plain, sizeof plain, words))
		return;
	snprintf(line + used, room - used, "%s%s", used ? separator : "", plain);
}

void grid_note(enum table_format format, const char *line, bool *first, FILE *out)
{
	/* In Markdown each note is a paragraph: lines would flow into one. */
	fputs(*first || format == TABLE_MARKDOWN ? "\n" : "", out);
	*first = false;
	grid_line(format, line, out);
}

/* CSV: RFC 4180, with its line ends. */

void grid_csv_text(const char *text, FILE *out)
{
	char plain[GRID_TEXT];

	text_plain(plain, sizeof plain, text);
	if (!strpbrk(plain, ",\"")) {
		fputs(plain, out);
		return;
	}
	fputc('"', out);
	for (const char *at = plain; *at; at++)
		fprintf(out, "%s%c", *at == '"' ? "\"" : "", *at);
	fputc('"', out);
}

void grid_csv_number(double number, FILE *out)
{
	fputc(',', out);
	if (!isnan(number))
		fprintf(out, "%.15g", number);
}
