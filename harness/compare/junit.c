/*
 * The gate as JUnit XML, which CI systems show as tests. A test case is a figure of the gate, or a cliff: what has
 * regressed is a failure, what says nothing is skipped.
 */
#include <stdlib.h>

#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/text/html.h"

/* Whether there is a test case of it. */
static bool is_case(const struct compare_line *line)
{
	return line->is_gate || compare_line_figure(line)->cliff;
}

static bool is_skipped(const struct compare_line *line)
{
	enum compare_verdict verdict = compare_line_figure(line)->verdict;

	return verdict == COMPARE_INCONCLUSIVE || verdict == COMPARE_INCOMPARABLE || verdict == COMPARE_INVALID;
}

static bool is_failure(const struct compare_line *line)
{
	return compare_line_figure(line)->verdict == COMPARE_REGRESSED;
}

static void element_print(const char *begin, const char *message, FILE *out)
{
	fprintf(out, ">\n      %s message=\"", begin);
	html_text(out, message);
	fputs("\"/>\n    </testcase>\n", out);
}

static void case_print(const struct compare_line *line, FILE *out)
{
	char at[COMPARE_AT], words[2 * COMPARE_TEXT];

	fputs("    <testcase classname=\"", out);
	html_text(out, line->row->server);
	fputs("\" name=\"", out);
	html_text(out, line->row->client);
	fputc(' ', out);
	html_text(out, line->row->mode);
	fprintf(out, " %s %s%s\"", compare_show_at(at, line->row), compare_measures[line->measure].name,
		line->is_gate ? "" : " cliff");
	if (is_failure(line))
		element_print("<failure type=\"regression\"", compare_show_line(words, line), out);
	else if (is_skipped(line))
		element_print("<skipped", compare_show_verdict(words, compare_line_figure(line), line->measure), out);
	else
		fputs("/>\n", out);
}

static void suite_print(const struct comparison *comparison, const struct compare_line *const lines[2],
			const size_t counts[2], FILE *out)
{
	size_t tests = 0, failures = 0, skipped = 0;
	char whole[4096];

	for (int part = 0; part < 2; part++)
		for (size_t i = 0; i < counts[part]; i++)
			if (is_case(&lines[part][i])) {
				tests++;
				failures += is_failure(&lines[part][i]);
				skipped += is_skipped(&lines[part][i]);
			}
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"benchctl compare\" "
		"tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		tests, failures, skipped);
	for (int part = 0; part < 2; part++)
		for (size_t i = 0; i < counts[part]; i++)
			if (is_case(&lines[part][i]))
				case_print(&lines[part][i], out);
	fputs("    <system-out>", out);
	html_text(out, compare_show_whole(whole, sizeof whole, comparison));
	fputs("</system-out>\n  </testsuite>\n</testsuites>\n", out);
}

int compare_print_junit(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL;
	size_t counts[2] = { 0, 0 };

	(void)titles;
	int result = compare_lines(&gate, &counts[0], comparison, true, err) ||
				     compare_lines(&cells, &counts[1], comparison, false, err)
			     ? -1
			     : 0;
	if (!result)
		suite_print(comparison, (const struct compare_line *const[]){ gate, cells }, counts, out);
	free(gate);
	free(cells);
	return result;
}
