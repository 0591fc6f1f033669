/* Rates: which cells of open loops are one point, and what its figures are. */
#include "tests/unit/unit.h"

#include "harness/analysis/rates.h"
#include "harness/analysis/summary.h"
#include "harness/report/rates_table.h"

/* A cell that was offered a rate; 0: closed loop. A latency of `ms` at every percentile. */
static struct cell *cell_add(struct document *doc, const char *server, const char *mode, uint64_t block, double offered,
			     double ms)
{
	struct cell cell;

	cell_init(&cell, server, "epoll", mode, 1024, block);
	cell.open_loop.offered_rps = offered > 0 ? offered : NAN;
	cell.rate_rps = offered;
	cell.ok = (uint64_t)offered;
	cell.open_loop.scheduled = offered;
	cell.open_loop.waited = 3 * ms;
	cell.latency_ns = (struct cell_times){ ms * 1e6, ms * 1e6, ms * 1e6, ms * 1e6, ms * 1e6, ms * 1e6 };
	cell.lag_ns = cell.latency_ns;
	cell.valid = true;
	assert_int_equal(document_add_cell(doc, &cell), 0);
	return &doc->cells[doc->cells_count - 1];
}

static struct rate_point *points_of(const struct document *doc, size_t wanted)
{
	struct rate_point *points;
	size_t count;
	struct err err;

	assert_int_equal(rates_points(doc, &points, &count, &err), 0);
	assert_int_equal(count, wanted);
	return points;
}

static void test_order(void **state)
{
	struct document doc = { 0 };

	(void)state;
	cell_add(&doc, "tornado", "keepalive", 1, 100, 1);
	cell_add(&doc, "tornado", "close", 1, 200, 1);
	cell_add(&doc, "tornado", "close", 1, 100, 1);
	cell_add(&doc, "control", "close", 1, 100, 1);
	cell_add(&doc, "tornado", "close", 1, 0, 1); /* closed: none of these */
	struct rate_point *points = points_of(&doc, 4);
	assert_string_equal(points[0].server, "control");
	assert_string_equal(points[1].server, "tornado");
	assert_true(points[1].offered_rps == 100 && points[2].offered_rps == 200);
	assert_string_equal(points[3].mode, "keepalive");
	free(points);
	document_release(&doc);
	assert_null(points_of(&doc, 0));
}

/* Blocks share a share, whatever rate it was in each of them. */
static void test_share(void **state)
{
	struct document doc = { 0 };

	(void)state;
	for (uint64_t block = 1; block <= 3; block++) {
		cell_add(&doc, "tornado", "close", block, 900 + 10 * (double)block, (double)block)->open_loop.share =
			0.9;
		cell_add(&doc, "tornado", "close", block, 500 + 10 * (double)block, 1)->open_loop.share = 0.5;
	}
	struct rate_point *points = points_of(&doc, 2);
	assert_true(points[0].share == 0.5 && points[0].offered_rps == 520);
	assert_true(points[1].share == 0.9 && points[1].offered_rps == 920 && points[1].used == 3);
	assert_true(points[1].latency_ns.p99 == 2e6 && points[1].latency_ns.max == 3e6 && points[1].waited == 6);
	assert_true(points[1].lag_p99_ns == 2e6 && points[1].lag_max_ns == 3e6);
	assert_true(points[1].keeps_up && points[1].valid && !points[1].errors);
	free(points);
	document_release(&doc);
}

static void test_valid_first(void **state)
{
	struct document doc = { 0 };

	(void)state;
	for (uint64_t block = 1; block <= 4; block++) {
		struct cell *cell = cell_add(&doc, "tornado", "close", block, 100, (double)block);
		cell->valid = block == 3;
		cell->invalid = block == 3 ? 0 : 1u << INVALID_LAG;
	}
	doc.cells[3].rate_rps = NAN;
	cell_set_text(&doc.cells[3].error, "gone");
	struct rate_point *points = points_of(&doc, 1);
	assert_true(points->valid && points->used == 1 && points->latency_ns.p50 == 3e6);
	assert_true(points->cells == 4 && points->failed == 1 && points->errors);
	assert_string_equal(points->error, "gone");
	free(points);
	doc.cells[2].valid = false;
	points = points_of(&doc, 1);
	assert_true(!points->valid && points->used == 3 && points->latency_ns.p50 == 2e6);
	assert_int_equal(points->invalid, 1u << INVALID_LAG);
	free(points);
	document_release(&doc);
}

/* A server without any figure: a row all the same, and it says why. */
static void test_no_rate(void **state)
{
	struct document doc = { 0 };
	char *text = NULL;
	size_t bytes;
	struct err err;

	(void)state;
	struct cell *cell = cell_add(&doc, "tornado", "close", 1, 0, 1);
	cell->open_loop.share = 0.5;
	cell->rate_rps = NAN;
	cell_set_text(&cell->error, "there is no rate");
	struct rate_point *points = points_of(&doc, 1);
	assert_true(!points->used && isnan(points->offered_rps) && points->share == 0.5);
	free(points);
	FILE *out = open_memstream(&text, &bytes);
	assert_non_null(out);
	assert_int_equal(rates_table_print(&doc, false, TABLE_TEXT, out, &err), 0);
	fclose(out);
	check_words(text, "tornado         close          -   50 %      failed");
	check_words(text, "tornado (close, 50 %) failed in 1 of 1 launches: there is no rate");
	free(text);
	document_release(&doc);
}

/* The closed loop's summaries know nothing of them. */
static void test_apart(void **state)
{
	struct document doc = { 0 };
	struct summary summary;
	uint64_t *levels;
	size_t count;
	struct err err;

	(void)state;
	cell_add(&doc, "tornado", "close", 1, 500, 1);
	assert_int_equal(summary_levels(&doc, "close", &levels, &count, &err), 0);
	assert_int_equal(count, 0);
	free(levels);
	assert_int_equal(summary_of(&summary, &doc, "tornado", "epoll", "close", 1024, &err), 0);
	assert_int_equal(summary.cells, 0);
	const char **modes = summary_modes(&doc, &err);
	assert_non_null(modes);
	assert_null(modes[0]);
	free(modes);
	document_release(&doc);
}

/* Requests that failed or were unfinished after the window: the table says so, and that latency is higher. */
static void test_censored(void **state)
{
	struct document doc = { 0 };
	char *text = NULL;
	size_t bytes;
	struct err err;

	(void)state;
	cell_add(&doc, "tornado", "close", 1, 100, 1);
	struct cell *cell = cell_add(&doc, "tornado", "close", 2, 100, 1);
	cell->open_loop.late_failed = 7;
	cell->latency_censored = true;
	cell_add(&doc, "tornado", "close", 1, 200, 1);
	struct rate_point *points = points_of(&doc, 2);
	assert_true(points[0].errors && points[0].censored);
	assert_true(!points[1].errors && !points[1].censored);
	free(points);
	FILE *out = open_memstream(&text, &bytes);
	assert_non_null(out);
	assert_int_equal(rates_table_print(&doc, false, TABLE_TEXT, out, &err), 0);
	fclose(out);
	check_words(text, "100.00!  1.00ms>  1.00ms>  1.00ms>  1.00ms>  1.00ms>");
	check_words(
		text,
		"> latency is higher than that: requests that were due in the window failed after it, or had not ended "
		"long after it, and are not among these: tornado (close, 100/s)\n");
	check_words(text, "! requests or launches failed");
	free(text);
	document_release(&doc);
}

static void test_csv(void **state)
{
	struct document doc = { 0 };
	char *text = NULL;
	size_t bytes;
	struct err err;

	(void)state;
	cell_add(&doc, "a,b", "close", 1, 500, 1)->ok = 400;
	FILE *out = open_memstream(&text, &bytes);
	assert_non_null(out);
	assert_int_equal(rates_table_print(&doc, true, TABLE_CSV, out, &err), 0);
	fclose(out);
	check_words(text,
		    "\r\n\"a,b\",original,close,500,,500,valid,1,no,1000000,1000000,1000000,1000000,1000000,1000000,"
		    "1000000,3,no\r\n");
	free(text);
	document_release(&doc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),   cmocka_unit_test(test_share), cmocka_unit_test(test_valid_first),
		cmocka_unit_test(test_no_rate), cmocka_unit_test(test_apart), cmocka_unit_test(test_censored),
		cmocka_unit_test(test_csv),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
