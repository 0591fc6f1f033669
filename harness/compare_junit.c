/*
 * The gate as JUnit XML, which CI systems show as tests. A test case is a figure of the gate, or a cliff: what has
 * regressed is a failure, what says nothing is skipped.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/compare_lines.h"
#include "harness/compare_outputs.h"
#include "harness/picture.h"

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

static const char *escaped(char out[4096], const char *text)
{
	return picture_escape_xml(out, 4096, text);
}

static void case_print(const struct compare_line *line, FILE *out)
{
	char xml[4096], name[400], at[COMPARE_AT], words[2 * COMPARE_WORDS];

	fprintf(out, "    <testcase classname=\"%s\"", escaped(xml, line->row->server));
	snprintf(name, sizeof name, "%.60s %.60s %s %s%s", line->row->client, line->row->mode,
		 compare_show_at(at, line->row), compare_measure_names[line->measure], line->is_gate ? "" : " cliff");
	fprintf(out, " name=\"%s\"", escaped(xml, name));
	if (is_failure(line)) {
		fprintf(out, ">\n      <failure type=\"regression\" message=\"%s\"/>\n    </testcase>\n",
			escaped(xml, compare_show_line(words, line)));
	} else if (is_skipped(line)) {
		fprintf(out, ">\n      <skipped message=\"%s\"/>\n    </testcase>\n",
			escaped(xml, compare_show_verdict(words, compare_line_figure(line), line->measure)));
	} else {
		fputs("/>\n", out);
	}
}

static void suite_print(const struct comparison *comparison, const struct compare_line *const lines[2],
			const size_t counts[2], FILE *out)
{
	size_t tests = 0, failures = 0, skipped = 0;
	char xml[4096], whole[2000];

	for (int part = 0; part < 2; part++)
		for (size_t i = 0; i < counts[part]; i++)
			if (is_case(&lines[part][i])) {
				tests++;
				failures += is_failure(&lines[part][i]);
				skipped += is_skipped(&lines[part][i]);
			}
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"benchctl compare\" "
		     "tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", tests, failures, skipped);
	for (int part = 0; part < 2; part++)
		for (size_t i = 0; i < counts[part]; i++)
			if (is_case(&lines[part][i]))
				case_print(&lines[part][i], out);
	fprintf(out, "    <system-out>%s</system-out>\n  </testsuite>\n</testsuites>\n",
		escaped(xml, compare_show_whole(whole, sizeof whole, comparison)));
}

int compare_print_junit(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL;
	size_t counts[2] = { 0, 0 };

	(void)titles;
	int result = compare_lines(&gate, &counts[0], comparison, true, err) ||
		     compare_lines(&cells, &counts[1], comparison, false, err) ? -1 : 0;
	if (!result)
		suite_print(comparison, (const struct compare_line *const[]){ gate, cells }, counts, out);
	free(gate);
	free(cells);
	return result;
}
