/* Compare: which launches meet, what a band is made of, and what the verdicts rest on. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/compare/compare.h"
#include "harness/compare/lines.h"

static struct cell *cell_add(struct document *document, const char *server, uint64_t level, uint64_t block, double rate,
			     double cpu)
{
	struct cell cell;

	assert_int_equal(cell_init(&cell, server, "epoll", "close", level, block), 0);
	cell.rate_rps = rate;
	cell.server_cpu_us_per_request = cpu;
	cell.ok = 1000;
	cell.valid = true;
	assert_int_equal(document_add_cell(document, &cell), 0);
	return &document->cells[document->cells_count - 1];
}

/* A normal deviate, by the sum of twelve. */
static double deviate(uint64_t *random)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (double)(random_next(random) >> 11) / 0x1p53;
	return sum;
}

/* Blocks of a server at levels 1, 16 and 64. */
static void run_add(struct document *document, const char *server, uint64_t blocks, double rate, double spread,
		    uint64_t *random)
{
	static const uint64_t levels[] = { 1, 16, 64 };

	for (uint64_t block = 1; block <= blocks; block++)
		for (size_t i = 0; i < LENGTH(levels); i++)
			cell_add(document, server, levels[i], block, rate * exp(spread * deviate(random)),
				 100 * exp(spread * deviate(random)));
}

static void compare(struct comparison *comparison, const struct document *base, const struct document *new,
		    const struct compare_settings *settings)
{
	struct err err;
	const struct document *sides[] = { base, new };

	int result = compare_sides(comparison, &(struct compare_side){ &sides[0], 1, NULL },
				   &(struct compare_side){ &sides[1], 1, NULL }, settings, &err);
	if (result)
		print_error("%s\n", err.text);
	assert_int_equal(result, 0);
}

/* What the figures of the gate and of the cells are made of. */
static void test_rows(void **state)
{
	struct document base = { 0 }, new = { 0 };
	struct comparison comparison;
	char at[COMPARE_AT];

	(void)state;
	for (uint64_t block = 1; block <= 5; block++) {
		double odd = (double)block / 1000;
		cell_add(&base, "a", 1, block, 100 + odd, 10);
		cell_add(&base, "a", 4, block, 400 + odd, 10);
		cell_add(&new, "a", 1, block, 50 + odd, 10);
		cell_add(&new, "a", 4, block, 800 + odd, 10);
		cell_add(&base, "only base", 1, block, 1, 1);
		cell_add(&new, "a", 2048, block, 1, 1);
	}
	compare(&comparison, &base, &new, &compare_settings_usual);
	assert_int_equal(comparison.cells_count, 2);
	assert_int_equal(comparison.gate_count, 1);
	assert_int_equal(comparison.base_only, 1);
	assert_int_equal(comparison.new_only, 1);
	assert_string_equal(compare_show_at(at, &comparison.gate[0]), "1-4");
	assert_string_equal(compare_show_at(at, &comparison.cells[1]), "4");
	/* The geometric mean of half and twice is the same. */
	const struct compare_figure *rate = &comparison.gate[0].figures[COMPARE_RATE];
	assert_true(fabs(rate->ratio - 1) < 1e-3 && rate->verdict == COMPARE_EQUIVALENT && rate->levels == 2);
	assert_int_equal(comparison.cells[0].figures[COMPARE_RATE].verdict, COMPARE_REGRESSED);
	assert_true(comparison.cells[0].figures[COMPARE_RATE].cliff);
	assert_int_equal(comparison.cells[1].figures[COMPARE_RATE].verdict, COMPARE_IMPROVED);
	assert_true(fabs(comparison.cells[0].figures[COMPARE_RATE].ratio - 0.5) < 1e-3);
	assert_int_equal(comparison.cliffs, 1);
	assert_int_equal(comparison.verdict, COMPARE_REGRESSED);
	/* Rate and CPU of one band, and no failures. */
	assert_int_equal(comparison.gate_tests, 2);
	comparison_release(&comparison);
	document_release(&base);
	document_release(&new);
}

/* A level that few launches have is left out of a band; a launch that lacks another level is. */
static void test_missing(void **state)
{
	struct document base = { 0 }, new = { 0 };
	struct comparison comparison;

	(void)state;
	for (uint64_t block = 1; block <= 6; block++) {
		cell_add(&base, "a", 1, block, 100, 10);
		cell_add(&base, "a", 16, block, 1000, 10);
		cell_add(&new, "a", 1, block, 100, 10);
		struct cell *cell = cell_add(&new, "a", 16, block, 10, 10);
		cell->valid = block <= 2;
		cell->invalid = block <= 2 ? 0 : 1u << INVALID_SHORT_CONCURRENCY;
	}
	compare(&comparison, &base, &new, &compare_settings_usual);
	const struct compare_figure *rate = &comparison.gate[0].figures[COMPARE_RATE];
	assert_true(rate->levels == 1 && rate->base_count == 6 && rate->new_count == 6 && rate->new == rate->base);
	assert_int_equal(rate->invalid, 1u << INVALID_SHORT_CONCURRENCY);
	assert_int_equal(comparison.cells[1].figures[COMPARE_RATE].new_count, 2);
	comparison_release(&comparison);
	for (size_t i = 0; i < new.cells_count; i++)
		if (new.cells[i].level == 16 && new.cells[i].block <= 5) {
			new.cells[i].valid = true;
			new.cells[i].invalid = 0;
			new.cells[i].rate_rps = 1000;
		}
	compare(&comparison, &base, &new, &compare_settings_usual);
	rate = &comparison.gate[0].figures[COMPARE_RATE];
	assert_true(rate->levels == 2 && rate->base_count == 6 && rate->new_count == 5);
	assert_int_equal(rate->verdict, COMPARE_EQUIVALENT);
	comparison_release(&comparison);
	document_release(&base);
	document_release(&new);
}

static double noise_at(const void *context, const char *server, const char *client, const char *mode,
		       enum compare_measure measure, uint64_t least, uint64_t most)
{
	assert_string_equal(server, "a");
	assert_string_equal(client, "epoll");
	assert_string_equal(mode, "close");
	assert_true(measure != COMPARE_FAILURES && least >= 1 && most <= 64);
	return measure == COMPARE_RATE ? *(const double *)context : NAN;
}

/* The floor is twice the noise where that is more. */
static void test_noise(void **state)
{
	static const struct {
		const char *name;
		double noise, floor;
		enum compare_verdict verdict;
		uint64_t launches;
	} cases[] = {
		{ "small", 0.01, 0.05, COMPARE_REGRESSED, 0 },
		{ "unknown", NAN, 0.05, COMPARE_REGRESSED, 0 },
		{ "large", 0.08, 0.16, COMPARE_EQUIVALENT, 0 },
		{ "of as many launches", 0.08, 0.16, COMPARE_EQUIVALENT, 8 },
		{ "of four times the launches", 0.04, 0.16, COMPARE_EQUIVALENT, 32 },
		{ "of a quarter of the launches", 0.08, 0.08, COMPARE_REGRESSED, 2 },
		{ "absurd", 7, 0.99, COMPARE_EQUIVALENT, 8 },
	};
	struct document base = { 0 }, new = { 0 };
	uint64_t random = 3;

	(void)state;
	run_add(&base, "a", 8, 1000, 0.005, &random);
	run_add(&new, "a", 8, 900, 0.005, &random);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct compare_settings settings = compare_settings_usual;
		struct comparison comparison;
		settings.noise = (struct compare_noise){ noise_at, &cases[i].noise, cases[i].launches };
		compare(&comparison, &base, &new, &settings);
		const struct compare_figure *rate = &comparison.gate[0].figures[COMPARE_RATE];
		check_case(cases[i].name, fabs(rate->floor - cases[i].floor) < 1e-12);
		check_case(cases[i].name, rate->verdict == cases[i].verdict);
		check_case(cases[i].name, comparison.gate[0].figures[COMPARE_CPU].floor == 0.05);
		comparison_release(&comparison);
	}
	document_release(&base);
	document_release(&new);
}

/* Two arms of one run. */
static void test_arms(void **state)
{
	struct document run = { 0 };
	const struct document *const documents[] = { &run };
	struct comparison comparison;
	uint64_t random = 4;
	struct err err;

	(void)state;
	run_add(&run, "old", 8, 1000, 0.005, &random);
	run_add(&run, "new", 8, 800, 0.005, &random);
	run_add(&run, "other", 8, 800, 0.005, &random);
	assert_int_equal(compare_sides(&comparison, &(struct compare_side){ documents, 1, "old" },
				       &(struct compare_side){ documents, 1, "new" }, &compare_settings_usual, &err),
			 0);
	assert_int_equal(comparison.gate_count, 2);
	assert_int_equal(comparison.cells_count, 3);
	assert_string_equal(comparison.gate[0].server, "old");
	assert_int_equal(comparison.gate[0].verdict, COMPARE_REGRESSED);
	comparison_release(&comparison);
	document_release(&run);
}

/* Without a difference there is hardly an alarm; a tenth is found. The figures of docs/ci.md are of real launches. */
static void test_power(void **state)
{
	enum { TURNS = 200 };
	static const struct {
		const char *name;
		double factor, spread;
		size_t least, most; /* alarms */
	} cases[] = {
		{ "nothing", 1, 0.02, 0, 2 },
		{ "nothing, in much noise", 1, 0.2, 0, 10 },
		{ "a little", 0.97, 0.02, 0, 8 },
		{ "a tenth", 0.9, 0.02, TURNS - 2, TURNS },
		{ "a tenth, in some noise", 0.9, 0.04, TURNS * 9 / 10, TURNS },
	};
	uint64_t random = 5;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t alarms = 0;
		for (int turn = 0; turn < TURNS; turn++) {
			struct document base = { 0 }, new = { 0 };
			struct comparison comparison;
			run_add(&base, "a", 8, 1000, cases[i].spread, &random);
			run_add(&new, "a", 8, 1000 * cases[i].factor, cases[i].spread, &random);
			compare(&comparison, &base, &new, &compare_settings_usual);
			alarms += comparison.verdict == COMPARE_REGRESSED;
			comparison_release(&comparison);
			document_release(&base);
			document_release(&new);
		}
		print_message("# %s: %zu alarms in %d\n", cases[i].name, alarms, TURNS);
		check_case(cases[i].name, alarms >= cases[i].least && alarms <= cases[i].most);
	}
}

static void test_words(void **state)
{
	char out[COMPARE_TEXT];
	static const struct {
		enum compare_measure measure;
		double value;
		const char *shown;
	} cases[] = {
		{ COMPARE_RATE, 12345.4, "12,345/s" },
		{ COMPARE_RATE, 1.5, "1.5/s" },
		{ COMPARE_RATE, NAN, "-" },
		{ COMPARE_CPU, 12.345, "12.35 us" },
		{ COMPARE_FAILURES, 0.0012, "0.12 %" },
		{ COMPARE_P99, 1234567, "1.23ms" },
		{ COMPARE_P99, 1e300, "-" },
		{ COMPARE_RSS, 3 << 20, "3.0 MiB" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_text(cases[i].shown, compare_show_value(out, cases[i].measure, cases[i].value), cases[i].shown);
	assert_string_equal(compare_show_verdict(out,
						 &(struct compare_figure){ .verdict = COMPARE_INCONCLUSIVE, .more = 1 },
						 COMPARE_RATE),
			    "inconclusive: 1 more launch a side");
	assert_string_equal(compare_show_verdict(out,
						 &(struct compare_figure){ .verdict = COMPARE_INVALID, .invalid = 9 },
						 COMPARE_RATE),
			    "invalid: failed, client_bound");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_missing), cmocka_unit_test(test_noise),
		cmocka_unit_test(test_arms), cmocka_unit_test(test_power),   cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
