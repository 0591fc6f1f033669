/* The comparison as a comment under a merge request. */
#include <stdlib.h>

#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/compare/sentence.h"
#include "harness/compare/shift.h"
#include "harness/host/build.h"
#include "harness/lib/text.h"

#define NAME_ROOM 200 /* of a comparison, with its NUL */

/* A comment of GitHub has 65536 characters at most. */
#define SHOWN_MAX  60
#define FOLDED_MAX 50

static int lines_print(const struct compare_line *lines, size_t count, size_t max, FILE *out, struct err *err)
{
	struct text_table table;

	if (compare_table(&table, lines, count < max ? count : max, err))
		return -1;
	text_table_write(&table, TABLE_MARKDOWN, out);
	text_table_release(&table);
	if (count > max)
		fprintf(out, "\nand %zu more\n", count - max);
	return 0;
}

/* The lines of groups `first` to `last`, of the gate and then of the cells. Returns how many. */
static size_t lines_of(struct compare_line *to, const struct compare_line *const lines[2], const size_t counts[2],
		       enum line_group first, enum line_group last)
{
	size_t used = 0;

	for (int part = 0; part < 2; part++)
		for (size_t i = 0; i < counts[part]; i++) {
			enum line_group group = compare_line_group(&lines[part][i]);
			if (group >= first && group <= last)
				to[used++] = lines[part][i];
		}
	return used;
}

/* The changed lines, and then, folded, a list of each other group. */
static int lists_print(const struct compare_line *const lines[2], const size_t counts[2], FILE *out, struct err *err)
{
	static const struct {
		enum line_group first, last;
		const char *title; /* NULL: not folded */
	} lists[] = {
		{ LINES_CHANGED, LINES_CHANGED, NULL },
		{ LINES_SUSPECT, LINES_INCONCLUSIVE,
		  "inconclusive: the launches are too few or scatter too much to tell" },
		{ LINES_NOT_COMPARED, LINES_NOT_COMPARED, "not compared" },
		{ LINES_EQUIVALENT, LINES_EQUIVALENT, "that did not change" },
	};
	struct compare_line *of = calloc(counts[0] + counts[1] + 1, sizeof *of);
	int result = of ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; i < sizeof lists / sizeof *lists && !result; i++) {
		size_t count = lines_of(of, lines, counts, lists[i].first, lists[i].last);
		if (!count)
			continue;
		if (lists[i].title)
			fprintf(out, "\n<details>\n<summary>%zu figure%s %s</summary>\n\n", count,
				count == 1 ? "" : "s", lists[i].title);
		result = lines_print(of, count, lists[i].title ? FOLDED_MAX : SHOWN_MAX, out, err);
		if (lists[i].title)
			fputs("\n</details>\n", out);
	}
	free(of);
	return result;
}

/*
 * The line by which a bot finds its comment again, to change it instead of writing another. Each comparison of a change has
 * its own. A name can't end the HTML comment.
 */
static void marker_print(const char *name, FILE *out)
{
	fputs("<!-- benchctl-compare ", out);
	for (; name && *name; name++)
		fputc(*name == '<' || *name == '>' || *name == '"' || *name == '\\' ? '_' : *name, out);
	fprintf(out, "%s-->\n", name ? " " : "");
}

/* What the comment says first: which comparison, and what came of it. */
static void headline_print(const struct comparison *comparison, const char *name, FILE *out)
{
	char whole[SENTENCE_TEXT], line[SENTENCE_TEXT + NAME_ROOM + 2];

	snprintf(line, sizeof line, "%s%s%s", name ? name : "", name ? ": " : "",
		 compare_show_whole(whole, comparison));
	fputs("**benchctl:** ", out);
	text_table_line(TABLE_MARKDOWN, line, out);
}

int compare_print_markdown(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			   struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL;
	size_t counts[2] = { 0, 0 };
	char line[SENTENCE_TEXT], title[COMPARE_TITLE], plain[NAME_ROOM], shift[SHIFT_TEXT];
	int result = -1;

	if (compare_lines(&gate, &counts[0], comparison, true, err) ||
	    compare_lines(&cells, &counts[1], comparison, false, err))
		goto out;
	const char *name = titles->comparison && *titles->comparison
				   ? text_plain(plain, sizeof plain, titles->comparison)
				   : NULL;
	marker_print(name, out);
	headline_print(comparison, name, out);
	fputc('\n', out);
	if (lists_print((const struct compare_line *const[]){ gate, cells }, counts, out, err))
		goto out;
	for (size_t i = 0; i < comparison->shifts_count; i++) {
		snprintf(line, sizeof line, "The verdict changed: %s", shift_show(shift, &comparison->shifts[i]));
		fputs("\n- ", out);
		text_table_line(TABLE_MARKDOWN, line, out);
	}
	fputc('\n', out);
	line[0] = 0;
	text_table_add(line, sizeof line, "", "BASE: ");
	text_table_add(line, sizeof line, "", compare_show_title(title, titles, SIDE_BASE));
	text_table_add(line, sizeof line, "", ". NEW: ");
	text_table_add(line, sizeof line, "", compare_show_title(title, titles, SIDE_NEW));
	text_table_add(line, sizeof line, "",
		       ". Ratios are NEW to BASE; p is adjusted for the number of tests. benchctl ");
	text_table_add(line, sizeof line, "", build_version);
	text_table_line(TABLE_MARKDOWN, line, out);
	result = 0;
out:
	free(gate);
	free(cells);
	return result;
}
