/* Compare: which launches are paired, what a band consists of, and what the verdicts rest on. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/compare/compare.h"
#include "harness/compare/lines.h"
#include "harness/compare/pair.h"
#include "harness/compare/sentence.h"
#include "harness/compare/verdict.h"

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
	assert_string_equal(compare_show_at(at, comparison.gate[0].min_level, comparison.gate[0].max_level), "1-4");
	assert_string_equal(compare_show_at(at, comparison.cells[1].min_level, comparison.cells[1].max_level), "4");
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

/* One launch of a server at level 4, in a state; of a rate that is measured. */
static void state_add(struct document *document, enum pair_state state, uint64_t block, double rate, double cpu)
{
	if (state == PAIR_ABSENT)
		return;
	struct cell *cell = cell_add(document, "a", 4, block, rate, cpu);
	cell->valid = state == PAIR_VALID;
	if (state == PAIR_BOUND)
		cell->invalid = 1u << INVALID_CLIENT_BOUND;
	if (state != PAIR_FAILED)
		return;
	assert_int_equal(cell_set_text(&cell->error, "it died"), 0);
	cell->invalid = 1u << INVALID_FAILED;
	cell->rate_rps = cell->server_cpu_us_per_request = NAN;
	cell->ok = 0;
}

/* The table of docs/method.md, "Lower bounds": each state of BASE with each of NEW. */
static void test_pairs(void **state)
{
	enum { NO_ROW = COMPARE_VERDICTS };
	static const struct {
		const char *name;
		enum pair_state base, new;
		double new_rate, new_cpu; /* BASE: 1000, 10 */
		int verdict;
		enum compare_measure by;
		bool is_blind;
		double ratio;
	} cases[] = {
		{ "valid, valid", PAIR_VALID, PAIR_VALID, 1000, 10, COMPARE_EQUIVALENT, COMPARE_RATE, false, 1 },
		{ "valid, valid, slower", PAIR_VALID, PAIR_VALID, 500, 10, COMPARE_REGRESSED, COMPARE_RATE, false,
		  0.5 },
		{ "valid, valid, faster", PAIR_VALID, PAIR_VALID, 2000, 10, COMPARE_IMPROVED, COMPARE_RATE, false, 2 },
		{ "valid, bound above", PAIR_VALID, PAIR_BOUND, 2000, 10, COMPARE_IMPROVED, COMPARE_RATE, false, 2 },
		{ "valid, bound alike", PAIR_VALID, PAIR_BOUND, 1000, 10, COMPARE_NOT_COMPARED, COMPARE_RATE, true, 1 },
		{ "valid, bound below", PAIR_VALID, PAIR_BOUND, 500, 10, COMPARE_NOT_COMPARED, COMPARE_RATE, true,
		  0.5 },
		{ "valid, failed", PAIR_VALID, PAIR_FAILED, 0, 0, COMPARE_REGRESSED, COMPARE_FAILURES, true, NAN },
		{ "valid, absent", PAIR_VALID, PAIR_ABSENT, 0, 0, NO_ROW, COMPARE_RATE, true, NAN },
		{ "bound, valid below", PAIR_BOUND, PAIR_VALID, 500, 10, COMPARE_REGRESSED, COMPARE_RATE, false, 0.5 },
		{ "bound, valid alike", PAIR_BOUND, PAIR_VALID, 1000, 10, COMPARE_NOT_COMPARED, COMPARE_RATE, true, 1 },
		{ "bound, valid above", PAIR_BOUND, PAIR_VALID, 2000, 10, COMPARE_NOT_COMPARED, COMPARE_RATE, true, 2 },
		{ "bound, bound", PAIR_BOUND, PAIR_BOUND, 1000, 10, COMPARE_NOT_COMPARED, COMPARE_RATE, true, NAN },
		{ "bound, bound below", PAIR_BOUND, PAIR_BOUND, 500, 10, COMPARE_NOT_COMPARED, COMPARE_RATE, true,
		  NAN },
		{ "bound, bound, less CPU", PAIR_BOUND, PAIR_BOUND, 1000, 5, COMPARE_NOT_COMPARED, COMPARE_RATE, true,
		  NAN },
		{ "bound, bound, more CPU", PAIR_BOUND, PAIR_BOUND, 1000, 20, COMPARE_REGRESSED, COMPARE_CPU, true,
		  NAN },
		{ "bound, failed", PAIR_BOUND, PAIR_FAILED, 0, 0, COMPARE_REGRESSED, COMPARE_FAILURES, true, NAN },
		{ "bound, absent", PAIR_BOUND, PAIR_ABSENT, 0, 0, NO_ROW, COMPARE_RATE, true, NAN },
		{ "failed, valid", PAIR_FAILED, PAIR_VALID, 1000, 10, COMPARE_INVALID, COMPARE_RATE, false, NAN },
		{ "failed, bound", PAIR_FAILED, PAIR_BOUND, 1000, 10, COMPARE_INVALID, COMPARE_RATE, false, NAN },
		{ "failed, failed", PAIR_FAILED, PAIR_FAILED, 0, 0, COMPARE_NOT_COMPARED, COMPARE_RATE, true, NAN },
		{ "failed, absent", PAIR_FAILED, PAIR_ABSENT, 0, 0, NO_ROW, COMPARE_RATE, true, NAN },
		{ "absent, valid", PAIR_ABSENT, PAIR_VALID, 1000, 10, NO_ROW, COMPARE_RATE, false, NAN },
		{ "absent, bound", PAIR_ABSENT, PAIR_BOUND, 1000, 10, NO_ROW, COMPARE_RATE, false, NAN },
		{ "absent, failed", PAIR_ABSENT, PAIR_FAILED, 0, 0, NO_ROW, COMPARE_RATE, false, NAN },
		{ "absent, absent", PAIR_ABSENT, PAIR_ABSENT, 0, 0, NO_ROW, COMPARE_RATE, false, NAN },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *name = cases[i].name;
		struct document base = { 0 }, new = { 0 };
		struct comparison comparison;
		for (uint64_t block = 1; block <= 8; block++) {
			double odd = 1 + (double)block / 10000;
			cell_add(&base, "b", 4, block, 100 * odd, 10 * odd);
			cell_add(&new, "b", 4, block, 100 * odd, 10 * odd);
			state_add(&base, cases[i].base, block, 1000 * odd, 10 * odd);
			state_add(&new, cases[i].new, block, cases[i].new_rate * odd, cases[i].new_cpu * odd);
		}
		compare(&comparison, &base, &new, &compare_settings_usual);
		check_case(name, comparison_is_blind(&comparison) == cases[i].is_blind);
		check_case(name, comparison.gate_count == (cases[i].verdict == NO_ROW ? 1 : 2));
		check_case(name,
			   comparison.gone_count == (cases[i].base != PAIR_ABSENT && cases[i].new == PAIR_ABSENT));
		for (int j = 0; j < 2 && cases[i].verdict != NO_ROW; j++) {
			const struct compare_row *row = j ? &comparison.cells[0] : &comparison.gate[0];
			const struct compare_figure *rate = &row->figures[COMPARE_RATE];
			check_case(name, (int)row->verdict == cases[i].verdict && row->by == cases[i].by);
			check_case(name, isnan(cases[i].ratio) ? isnan(rate->ratio)
							       : fabs(rate->ratio - cases[i].ratio) < 1e-3);
			check_case(name, rate->bounds == ((cases[i].base == PAIR_BOUND && rate->base_count) * 1u |
							  (cases[i].new == PAIR_BOUND && rate->new_count) * 2u));
		}
		comparison_release(&comparison);
		document_release(&base);
		document_release(&new);
	}
}

/* A launch of NEW that is a bound itself may be any faster, so it is no evidence of a regression below BASE's bound. */
static void test_bounds_mixed(void **state)
{
	struct document base = { 0 }, new = { 0 };
	struct comparison comparison;

	(void)state;
	for (uint64_t block = 1; block <= 8; block++) {
		double odd = 1 + (double)block / 10000;
		cell_add(&base, "a", 1, block, 100 * odd, 10);
		cell_add(&new, "a", 1, block, 100 * odd, 10);
		state_add(&base, block <= 5 ? PAIR_BOUND : PAIR_VALID, block, 1000 * odd, 10);
		state_add(&new, block <= 3 ? PAIR_BOUND : PAIR_VALID, block, 900 * odd, 10);
	}
	compare(&comparison, &base, &new, &compare_settings_usual);
	const struct compare_row *row = &comparison.gate[0];
	assert_int_equal(row->verdict, COMPARE_NOT_COMPARED);
	assert_true(row->worse == 1 && row->not_compared == 1 && comparison_is_blind(&comparison));
	assert_int_equal(comparison.cells[0].verdict, COMPARE_EQUIVALENT);
	assert_true(comparison.cells[1].figures[COMPARE_RATE].p > 0.05);
	comparison_release(&comparison);
	/* With all of NEW valid, the band has regressed, by the level with the bound alone. */
	for (size_t i = 0; i < new.cells_count; i++) {
		new.cells[i].valid = true;
		new.cells[i].invalid = 0;
		new.cells[i].rate_rps *= new.cells[i].level == 4 ? 0.5 : 1;
	}
	compare(&comparison, &base, &new, &compare_settings_usual);
	row = &comparison.gate[0];
	const struct compare_figure *rate = &row->figures[COMPARE_RATE];
	assert_true(row->verdict == COMPARE_REGRESSED && !row->not_compared && rate->levels == 2);
	assert_true(fabs(rate->ratio - sqrt(0.45)) < 1e-3 && isnan(rate->low) && rate->high < 0.95);
	assert_int_equal(comparison.cliffs, 1);
	comparison_release(&comparison);
	document_release(&base);
	document_release(&new);
}

/* With how few launches can there be a verdict? */
static void test_launches(void **state)
{
	static const struct {
		uint64_t launches;
		bool is_too_few;
	} cases[] = { { 1, true }, { 4, true }, { 5, false } };

	(void)state;
	assert_int_equal(verdict_min_launches(1, 0.05), 4);
	assert_int_equal(verdict_min_launches(2, 0.05), 5);
	assert_int_equal(verdict_min_launches(6, 0.05), 5);
	assert_int_equal(verdict_min_launches(7, 0.05), 6);
	assert_int_equal(verdict_min_launches(300, 0.05), 8);
	assert_int_equal(verdict_min_launches(1, 0), 0);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document base = { 0 }, new = { 0 };
		struct comparison comparison;
		char whole[SENTENCE_TEXT];
		for (uint64_t block = 1; block <= cases[i].launches; block++) {
			cell_add(&base, "a", 1, block, 1000 + (double)block, 10);
			cell_add(&new, "a", 1, block, 900 + (double)block, 10);
		}
		compare(&comparison, &base, &new, &compare_settings_usual);
		assert_int_equal(comparison.too_few, cases[i].is_too_few);
		assert_int_equal(comparison.launches_needed, cases[i].is_too_few ? 5 : 0);
		assert_int_equal(comparison_is_blind(&comparison), cases[i].is_too_few);
		assert_int_equal(comparison.verdict, cases[i].is_too_few ? COMPARE_INCONCLUSIVE : COMPARE_REGRESSED);
		compare_show_whole(whole, &comparison);
		assert_int_equal(strstr(whole, "Too few launches for a verdict of 1 of 1 server band: 2 tests take at "
					       "least 5 valid launches a side.") == whole,
				 cases[i].is_too_few);
		comparison_release(&comparison);
		document_release(&base);
		document_release(&new);
	}
}

static double noise_at(const void *context, const char *server, const char *client, const char *mode,
		       enum compare_measure measure, uint64_t min_level, uint64_t max_level)
{
	assert_string_equal(server, "a");
	assert_string_equal(client, "epoll");
	assert_string_equal(mode, "close");
	assert_true(measure != COMPARE_FAILURES && min_level >= 1 && max_level <= 64);
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
		size_t min, max; /* alarms */
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
		check_case(cases[i].name, alarms >= cases[i].min && alarms <= cases[i].max);
	}
}

static void test_texts(void **state)
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
	assert_string_equal(compare_show_verdict(out,
						 &(struct compare_figure){ .verdict = COMPARE_EQUIVALENT,
									   .base_all = 4,
									   .base_count = 2,
									   .new_all = 4,
									   .new_count = 4 },
						 COMPARE_RATE),
			    "equivalent; BASE: 2 of 4 counted");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),         cmocka_unit_test(test_missing),  cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_bounds_mixed), cmocka_unit_test(test_launches), cmocka_unit_test(test_noise),
		cmocka_unit_test(test_arms),         cmocka_unit_test(test_power),    cmocka_unit_test(test_texts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
