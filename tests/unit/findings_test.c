/* What a page says first: the finding, and the line of each server. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/report/command.h"
#include "harness/report/figures.h"
#include "harness/report/findings.h"
#include "harness/report/headline.h"
#include "harness/report/overview.h"
#include "harness/report/sentence.h"

#define LAUNCHES 3

static const uint64_t levels[] = { 1, 64, 128, 256 };

static void launch_add(struct document *doc, const char *server, const double *rates, uint64_t block)
{
	for (size_t i = 0; i < LENGTH(levels); i++) {
		struct cell cell;
		assert_int_equal(cell_init(&cell, server, "epoll", "close", levels[i], block), 0);
		cell.rate_rps = rates[i];
		cell.ok = 1000;
		cell.valid = true;
		cell.client_cpu_busiest = 0.5;
		cell.ceiling_rps = 1e6;
		cell.server_cpu_us_per_request = levels[i] == 128 ? 20 : 30;
		cell.latency_ns.p99 = 1e6 * (double)levels[i];
		cell.open_mean = 10;
		if (rates[i] > 900e3) {
			cell.valid = false;
			cell.invalid = 1u << INVALID_CLIENT_BOUND;
		}
		if (isnan(rates[i])) {
			cell.valid = false;
			cell.invalid = 1u << INVALID_FAILED;
			cell_set_text(&cell.error, "it died");
		}
		assert_int_equal(document_add_cell(doc, &cell), 0);
	}
}

static void curve_add(struct document *doc, const char *server, const double *rates)
{
	for (uint64_t block = 1; block <= LAUNCHES; block++)
		launch_add(doc, server, rates, block);
}

static struct findings findings_of(const struct document *doc)
{
	struct findings findings;
	struct err err;

	assert_int_equal(findings_fill(&findings, doc, "close", &err), 0);
	return findings;
}

static void check_finding(const char *name, const struct document *doc, const char *right)
{
	struct findings findings = findings_of(doc);
	struct err err;
	char *finding = sentence_finding(&findings, &err);

	check_text(name, finding, right);
	free(finding);
	findings_release(&findings);
}

static void finding_names_each_server_once(void **state)
{
	struct document doc = { 0 };

	(void)state;
	curve_add(&doc, "control", (double[]){ 1e4, 9e5, 9e5, 9e5 });
	check_finding("control alone", &doc, "No server was measured besides the control server.");
	curve_add(&doc, "steady", (double[]){ 1e4, 2e4, 2e4, 2e4 });
	check_finding(
		"one", &doc,
		"From 1 to 256 connections, in 3 launches, steady keeps up: at 256 connections 100 % of its maximum rate.");
	curve_add(&doc, "weary", (double[]){ 1e4, 2e4, 1.8e4, 1.5e4 });
	check_finding(
		"two", &doc,
		"Of 2 servers from 1 to 256 connections, in 3 launches, 1 keeps up (steady), and 1 sags (weary [waits]).");
	curve_add(&doc, "brave", (double[]){ 1e4, 3e4, 3e4, 3e4 });
	curve_add(&doc, "cold", (double[]){ 1e4, 2e4, 2e4, 1e4 });
	curve_add(&doc, "dead", (double[]){ 1e4, 2e4, NAN, NAN });
	curve_add(&doc, "fast", (double[]){ 1e4, 95e4, 95e4, 95e4 });
	check_finding(
		"all", &doc,
		"Of 6 servers from 1 to 256 connections, in 3 launches, 2 keep up (brave and steady), 1 is as fast as the client, "
		"so that its own limit was not reached (fast), 1 sags (weary [waits]), 1 falls off a cliff (cold [works more]), and 1 fails "
		"(dead).");

	struct findings findings = findings_of(&doc);
	struct err err;
	char *gist = sentence_gist(&findings, &err);
	check_text("in a line", gist, "2 keep up, 1 as fast as the client, 1 sags, 1 falls off a cliff, 1 fails");
	free(gist);
	findings_release(&findings);

	char title[HEADLINE_TITLE];
	check_text("title", headline_title(title, &doc), "6 servers from 1 to 256 connections");
	document_release(&doc);
}

static const char *text_at(const struct data_table *table, size_t row, const char *heading)
{
	for (size_t column = 0; column < table->text.columns; column++)
		if (strcmp(text_table_item(&table->text, 0, column)->text, heading) == 0)
			return text_table_item(&table->text, row + 1, column)->text;
	return "no such column";
}

static void lines_say_what_was_measured(void **state)
{
	struct document doc = { 0 };
	struct data_table table;
	struct err err;

	(void)state;
	curve_add(&doc, "weary", (double[]){ 1e4, 2e4, 1.8e4, 1.5e4 });
	curve_add(&doc, "dead", (double[]){ 1e4, 2.5e4, NAN, NAN });
	curve_add(&doc, "control", (double[]){ 1e4, 2e4, 2e4, 2e4 });
	struct findings findings = findings_of(&doc);
	assert_int_equal(findings.near_level, 128); /* nearer to 100 than 64 is */
	assert_int_equal(overview_table(&findings, &table, &err), 0);
	check_text("ceiling first", text_at(&table, 0, "Server"), "control (ceiling)");
	check_text("then the fastest", text_at(&table, 1, "Server"), "dead");
	check_text("failed", text_at(&table, 1, "At 128"), "failed");
	check_text("failed at last", text_at(&table, 1, "At 256 of that"), "failed");
	check_text("errors", text_at(&table, 1, "Errors from"), "128");
	check_text("verdict", text_at(&table, 1, "Verdict"), "fails from 128 (3 of 3 launches)");
	check_text("maximum", text_at(&table, 2, "Maximum"), "20,000");
	check_text("where", text_at(&table, 2, "reached at"), "64");
	check_text("cost, of the level near 100", text_at(&table, 2, "CPU µs/request at 128"), "20.0");
	check_text("share", text_at(&table, 2, "At 256 of that"), "75\u00a0%");
	check_text("p99", text_at(&table, 2, "p99 there"), "256ms");
	check_text("not measured", text_at(&table, 2, "One by one"), "-");
	data_table_release(&table);

	/* Each kind of table has a line a server at least, but those of what was not measured. */
	for (enum figures_kind kind = 0; kind < FIGURES_KINDS; kind++) {
		assert_int_equal(figures_table(&findings, kind, &table, &err), 0);
		assert_true(kind == FIGURES_OPEN_LOOP ? !data_table_rows(&table) : data_table_rows(&table) >= 3);
		data_table_release(&table);
	}
	findings_release(&findings);
	document_release(&doc);
}

/* Requests that an invalid cell could not see do not make another cell's latency a lower bound. */
static void only_cells_that_count_are_censored(void **state)
{
	struct document doc = { 0 };

	(void)state;
	for (uint64_t block = 1; block <= 2; block++)
		launch_add(&doc, "weary", (double[]){ 1e4, 2e4, 1.8e4, 1.5e4 }, block);
	for (size_t i = 0; i < LENGTH(levels); i++) {
		doc.cells[i].valid = false;
		doc.cells[i].invalid = 1u << INVALID_LITTLE;
		doc.cells[i].latency_censored = true;
		doc.cells[LENGTH(levels) + i].failed[LOAD_RESET] = 3;
	}
	struct findings findings = findings_of(&doc);
	assert_false(findings.rows[0].last_censored);
	assert_int_equal(findings.rows[0].last.ok, 2000);
	assert_int_equal(findings.rows[0].last.failures[LOAD_RESET], 3);
	findings_release(&findings);
	doc.cells[doc.cells_count - 1].latency_censored = true;
	findings = findings_of(&doc);
	assert_true(findings.rows[0].last_censored);
	findings_release(&findings);
	document_release(&doc);
}

static void option_add(struct document *doc, const char *name, const char *value)
{
	doc->options = realloc(doc->options, (doc->options_count + 1) * sizeof *doc->options);
	doc->options[doc->options_count++] = (struct document_option){ strdup(name), strdup(value) };
}

static void command_has_what_differs_from_the_defaults(void **state)
{
	struct document doc = { 0 };
	struct err err;

	(void)state;
	option_add(&doc, "mode", "close");
	option_add(&doc, "repeat", "5");
	option_add(&doc, "rate", "");
	option_add(&doc, "insecure", "no"); /* a flag, which takes no value in a command */
	option_add(&doc, "until-known", "yes");
	option_add(&doc, "servers", "a b,it's $(x) `y`\n;\x1b[31m");
	option_add(&doc, "--evil; rm", "x");
	char *command = command_again(&doc, &err);
	check_text("command", command, "benchctl run --repeat 5 --until-known --servers 'a b,it'\\''s $(x) `y` ;[31m'");
	free(command);
	document_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finding_names_each_server_once),
		cmocka_unit_test(lines_say_what_was_measured),
		cmocka_unit_test(only_cells_that_count_are_censored),
		cmocka_unit_test(command_has_what_differs_from_the_defaults),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
