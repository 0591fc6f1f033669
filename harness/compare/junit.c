/*
 * The gate as JUnit XML, which CI systems show as tests. A test case is a figure of the gate, or a cliff: what has
 * regressed is a failure, what is inconclusive is skipped. What the gate could not see is an error: that nothing could be
 * compared, what NEW lacks, and rates that were not compared.
 */
#include <stdlib.h>

#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/compare/sentence.h"
#include "harness/lib/text.h"
#include "harness/text/html.h"

enum outcome { PASSED, FAILED, SKIPPED, ERROR, OUTCOMES };

static const char *const elements[OUTCOMES] = {
	[FAILED] = "<failure type=\"regression\"",
	[SKIPPED] = "<skipped",
	[ERROR] = "<error type=\"not_compared\"",
};

/* The cases, which are printed before their numbers are known. */
struct suite {
	FILE *out;
	size_t tests, outcomes[OUTCOMES];
};

static void case_print(struct suite *suite, const char *class, const char *name, enum outcome outcome,
		       const char *message)
{
	suite->tests++;
	suite->outcomes[outcome]++;
	fputs("    <testcase classname=\"", suite->out);
	html_text(suite->out, class);
	fputs("\" name=\"", suite->out);
	html_text(suite->out, name);
	if (outcome == PASSED) {
		fputs("\"/>\n", suite->out);
		return;
	}
	fprintf(suite->out, "\">\n      %s message=\"", elements[outcome]);
	html_text(suite->out, message);
	fputs("\"/>\n    </testcase>\n", suite->out);
}

/* A name of a case, of which the parts are of any length. */
static int name_print(struct suite *suite, const char *server, const char *client, const char *mode, const char *rest,
		      enum outcome outcome, const char *message)
{
	char *name = NULL;

	if (asprintf(&name, "%s %s %s", client, mode, rest) < 0)
		return -1;
	case_print(suite, server, name, outcome, message);
	free(name);
	return 0;
}

/* A gate that does not pass for want of seeing is an error, also where no single part of it is. */
static void gate_print(struct suite *suite, const struct comparison *comparison)
{
	char message[160];

	if (comparison_suffices(comparison) || suite->outcomes[ERROR])
		return;
	if (comparison->too_few)
		snprintf(message, sizeof message,
			 "too few launches for any verdict: it takes at least %zu of each side",
			 comparison->launches_needed);
	else
		snprintf(message, sizeof message, "%s",
			 comparison->base_interrupted || comparison->new_interrupted
				 ? "a run was interrupted, and the gate is strict"
				 : "a part of the gate is inconclusive, and the gate is strict");
	case_print(suite, "benchctl", "gate", ERROR, message);
}

static int lines_print(struct suite *suite, const struct compare_line *lines, size_t count)
{
	static const enum outcome outcomes[COMPARE_VERDICTS] = {
		[COMPARE_REGRESSED] = FAILED,     [COMPARE_INCONCLUSIVE] = SKIPPED, [COMPARE_INCOMPARABLE] = SKIPPED,
		[COMPARE_NOT_COMPARED] = SKIPPED, [COMPARE_INVALID] = SKIPPED,      [COMPARE_IMPROVED] = PASSED,
		[COMPARE_EQUIVALENT] = PASSED,
	};
	char at[COMPARE_AT], rest[COMPARE_AT + 40], message[2 * COMPARE_TEXT];

	for (size_t i = 0; i < count; i++) {
		const struct compare_line *line = &lines[i];
		const struct compare_figure *figure = compare_line_figure(line);
		if (!line->is_gate && !figure->cliff)
			continue;
		snprintf(rest, sizeof rest, "%s %s%s", compare_show_at(at, line->row->min_level, line->row->max_level),
			 compare_measures[line->measure].name, line->is_gate ? "" : " cliff");
		if (figure->verdict == COMPARE_REGRESSED)
			compare_show_line(message, line);
		else
			compare_show_verdict(message, figure, line->measure);
		if (name_print(suite, line->row->server, line->row->client, line->row->mode, rest,
			       outcomes[figure->verdict], message))
			return -1;
	}
	return 0;
}

/* What kept the gate from deciding. */
static int errors_print(struct suite *suite, const struct comparison *comparison)
{
	char at[COMPARE_AT], rest[COMPARE_AT + 40], message[100], whole[SENTENCE_TEXT];

	if (comparison->verdict == COMPARE_INVALID || comparison->verdict == COMPARE_INCOMPARABLE)
		case_print(suite, "benchctl", "comparison", ERROR, compare_show_whole(whole, comparison));
	for (size_t i = 0; i < comparison->gone_count; i++) {
		const struct compare_gone *gone = &comparison->gone[i];
		snprintf(rest, sizeof rest, "%s missing", compare_show_at(at, gone->min_level, gone->max_level));
		snprintf(message, sizeof message, "NEW lacks %zu level%s that BASE has", gone->levels,
			 gone->levels == 1 ? "" : "s");
		if (name_print(suite, gone->server, gone->client, gone->mode, rest,
			       comparison->settings.allow_missing ? SKIPPED : ERROR, message))
			return -1;
	}
	for (size_t i = 0; i < comparison->gate_count; i++) {
		const struct compare_row *row = &comparison->gate[i];
		if (!row->lost && !row->not_compared)
			continue;
		snprintf(rest, sizeof rest, "%s not compared", compare_show_at(at, row->min_level, row->max_level));
		snprintf(message, sizeof message, "the rate of %zu level%s was not compared",
			 row->lost + row->not_compared, row->lost + row->not_compared == 1 ? "" : "s");
		if (name_print(suite, row->server, row->client, row->mode, rest, ERROR, message))
			return -1;
	}
	return 0;
}

static void suite_print(const struct suite *suite, const struct comparison *comparison,
			const struct compare_titles *titles, const char *cases, FILE *out)
{
	char whole[SENTENCE_TEXT], title[COMPARE_TITLE];

	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"benchctl compare\" "
		"tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n%s    <system-out>",
		suite->tests, suite->outcomes[FAILED], suite->outcomes[ERROR], suite->outcomes[SKIPPED], cases);
	html_text(out, compare_show_whole(whole, comparison));
	fputs("\nBASE: ", out);
	html_text(out, compare_show_title(title, titles, SIDE_BASE));
	fputs("\nNEW: ", out);
	html_text(out, compare_show_title(title, titles, SIDE_NEW));
	fputs("</system-out>\n  </testsuite>\n</testsuites>\n", out);
}

int compare_print_junit(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL;
	size_t gate_count, cells_count, bytes;
	char *cases = NULL;
	struct suite suite = { .out = open_memstream(&cases, &bytes) };
	int result = suite.out ? 0 : -1;

	result = result || compare_lines(&gate, &gate_count, comparison, true, err) ||
		 compare_lines(&cells, &cells_count, comparison, false, err) || errors_print(&suite, comparison) ||
		 lines_print(&suite, gate, gate_count) || lines_print(&suite, cells, cells_count);
	if (!result)
		gate_print(&suite, comparison);
	if (suite.out && text_close(suite.out, &cases))
		result = -1;
	if (result)
		err_set(err, "out of memory");
	else
		suite_print(&suite, comparison, titles, cases, out);
	free(cases);
	free(gate);
	free(cells);
	return result ? -1 : 0;
}
