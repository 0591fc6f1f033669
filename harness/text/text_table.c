#include "harness/text/text_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"

const char *const table_format_names[] = { "text", "markdown", "csv", NULL };

int text_table_init(struct text_table *table, size_t lines, size_t columns, struct err *err)
{
	*table = (struct text_table){
		.lines = lines,
		.columns = columns,
		.items = calloc(lines * columns + 1, sizeof *table->items),
		.left = calloc(columns + 1, sizeof *table->left),
	};
	return table->items && table->left ? 0 : err_set(err, "out of memory");
}

void text_table_release(struct text_table *table)
{
	free(table->items);
	free(table->left);
	*table = (struct text_table){ 0 };
}

struct text_table_item *text_table_item(const struct text_table *table, size_t line, size_t column)
{
	return &table->items[line * table->columns + column];
}

static void spaces(FILE *out, size_t count)
{
	fprintf(out, "%*s", (int)count, "");
}

/* The widths of a column: of its texts, and of the marks after them. */
struct widths {
	size_t text, mark;
};

static struct widths widths_of(const struct text_table *table, size_t column)
{
	struct widths widths = { 0, 0 };

	for (size_t line = 0; line < table->lines; line++) {
		const struct text_table_item *item = text_table_item(table, line, column);
		if (line && strlen(item->mark) > widths.mark)
			widths.mark = strlen(item->mark);
	}
	for (size_t line = 0; line < table->lines; line++) {
		/* A heading may extend over the marks. */
		size_t width = text_width(text_table_item(table, line, column)->text);
		width = line ? width : width > widths.mark ? width - widths.mark : 0;
		if (width > widths.text)
			widths.text = width;
	}
	return widths;
}

static void text_write(const struct text_table *table, FILE *out)
{
	for (size_t line = 0; line < table->lines; line++) {
		size_t total = 0;
		for (size_t i = 0; i < table->columns; i++) {
			const struct text_table_item *item = text_table_item(table, line, i);
			struct widths widths = widths_of(table, i);
			size_t width = widths.text + widths.mark;
			size_t used = text_width(item->text);
			size_t after = line ? widths.mark : 0;
			fputs(i ? "  " : "", out);
			if (!table->left[i])
				spaces(out, width - after - used);
			fputs(item->text, out);
			fputs(item->mark, out);
			if (table->left[i])
				spaces(out, width - used);
			else if (i + 1 < table->columns)
				spaces(out, after - strlen(item->mark));
			total += width + (i ? 2 : 0);
		}
		fputc('\n', out);
		for (size_t i = 0; !line && i < total; i++)
			fputc('-', out);
		fputs(line ? "" : "\n", out);
	}
}

/* Text that Markdown (GitHub's, in a table) shows literally. */
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

static void markdown_write(const struct text_table *table, FILE *out)
{
	for (size_t line = 0; line < table->lines; line++) {
		for (size_t i = 0; i < table->columns; i++) {
			const struct text_table_item *item = text_table_item(table, line, i);
			fputs("| ", out);
			markdown_put(item->text, out);
			markdown_put(item->mark, out);
			fputs(i + 1 < table->columns ? " " : " |\n", out);
		}
		if (line)
			continue;
		for (size_t i = 0; i < table->columns; i++)
			fputs(table->left[i] ? "| :--- " : "| ---: ", out);
		fputs("|\n", out);
	}
}

void text_table_write(const struct text_table *table, enum table_format format, FILE *out)
{
	if (format == TABLE_MARKDOWN)
		markdown_write(table, out);
	else
		text_write(table, out);
}

void text_table_line(enum table_format format, const char *line, FILE *out)
{
	if (format == TABLE_MARKDOWN)
		markdown_put(line, out);
	else
		fputs(line, out);
	fputc('\n', out);
}

void text_table_add(char *line, size_t room, const char *separator, const char *item)
{
	char plain[TEXT_TABLE_TEXT];
	size_t used = strlen(line);

	if (!*text_plain(plain, sizeof plain, item))
		return;
	snprintf(line + used, room - used, "%s%s", used ? separator : "", plain);
}

void text_table_note(enum table_format format, const char *line, bool *first, FILE *out)
{
	/* In Markdown each note is a paragraph: lines would flow into one. */
	fputs(*first || format == TABLE_MARKDOWN ? "\n" : "", out);
	*first = false;
	text_table_line(format, line, out);
}

/* CSV: RFC 4180, with its line ends. */

/* Whether the whole text is a decimal number. */
static bool is_number(const char *text)
{
	char *end;

	strtod(text, &end);
	return end > text && !*end && strspn(text, "+-.0123456789eE") == strlen(text);
}

void text_table_csv_text(const char *text, FILE *out)
{
	char plain[TEXT_TABLE_TEXT];

	text_plain(plain, sizeof plain, text);
	/*
	 * A spreadsheet takes such a cell for a formula; a quote before it makes it a text ("CSV injection", OWASP). A number is
	 * none, whatever its sign.
	 */
	if (plain[0] && plain[1] && strchr("=+-@", plain[0]) && !is_number(plain)) {
		memmove(plain + 1, plain, sizeof plain - 2);
		plain[0] = '\'';
		plain[sizeof plain - 1] = 0;
	}
	if (!strpbrk(plain, ",\"")) {
		fputs(plain, out);
		return;
	}
	fputc('"', out);
	for (const char *at = plain; *at; at++)
		fprintf(out, "%s%c", *at == '"' ? "\"" : "", *at);
	fputc('"', out);
}

void text_table_csv_number(double number, FILE *out)
{
	fputc(',', out);
	if (!isnan(number))
		fprintf(out, "%.15g", number);
}
