/* The histogram: its buckets, and its quantiles against a sorted array. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/lib/hist.h"

#define VALUES 1000000

static struct hist hist, other;
static uint64_t values[VALUES];

static int by_value(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static void test_bucket_borders(void **state)
{
	(void)state;
	assert_int_equal(hist_bucket_low(0), 0);
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		uint64_t low = hist_bucket_low(i);
		uint64_t next = i + 1 < HIST_BUCKETS ? hist_bucket_low(i + 1) : HIST_MAX + 1;
		assert_true(low < next);
		assert_int_equal(hist_bucket(low), i);
		assert_int_equal(hist_bucket(next - 1), i);
		assert_int_equal(hist_bucket(low + (next - low) / 2), i);
		/* As wide as 1/128 of its values at most; exact up to 255. */
		assert_true((next - low) * 128 <= low || next - low == 1);
		if (low < 256)
			assert_int_equal(next - low, 1);
	}
}

static void test_above_the_highest(void **state)
{
	(void)state;
	assert_int_equal(hist_bucket(HIST_MAX), HIST_BUCKETS - 1);
	assert_int_equal(hist_bucket(HIST_MAX + 1), HIST_BUCKETS - 1);
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
	hist_reset(&hist);
	hist_add(&hist, HIST_MAX + 1000);
	hist_add(&hist, 10);
	assert_int_equal(hist.max, HIST_MAX + 1000);
	assert_int_equal(hist_quantile(&hist, 0.5), 10);
	uint64_t top = hist_quantile(&hist, 1);
	assert_true(top >= hist_bucket_low(HIST_BUCKETS - 1) && top <= HIST_MAX);
}

static void test_empty(void **state)
{
	(void)state;
	hist_reset(&hist);
	assert_int_equal(hist_quantile(&hist, 0.5), 0);
	assert_int_equal(hist_quantile(&hist, 1), 0);
	assert_true(hist_mean(&hist) == 0);
}

static void test_reset(void **state)
{
	(void)state;
	hist_add(&hist, 12345);
	hist_reset(&hist);
	for (size_t i = 0; i < sizeof hist; i++)
		assert_int_equal(((const char *)&hist)[i], 0);
}

/* A quantile is never more than the largest value. */
static void test_quantile_stays_below_max(void **state)
{
	(void)state;
	for (uint64_t value = 1; value < HIST_MAX; value = value * 3 / 2 + 1) {
		hist_reset(&hist);
		hist_add(&hist, value);
		uint64_t quantile = hist_quantile(&hist, 0.5);
		assert_true(quantile <= value && value - quantile <= value / 128);
	}
}

static uint64_t draw_uniform(uint64_t *seed)
{
	return random_next(seed) % 1000000;
}

static uint64_t draw_exact(uint64_t *seed)
{
	return random_next(seed) % 256;
}

static uint64_t draw_exponential(uint64_t *seed)
{
	return (uint64_t)(-50000 * log((double)(random_next(seed) >> 11 | 1) / 0x1p53));
}

static uint64_t draw_any_scale(uint64_t *seed)
{
	uint64_t bits = random_next(seed) % HIST_MAX_BITS;

	return random_next(seed) >> 1 >> (62 - bits);
}

static uint64_t draw_two_peaks(uint64_t *seed)
{
	uint64_t base = random_next(seed) % 10 ? 200000 : 3000000000;

	return base + random_next(seed) % 1000;
}

static uint64_t draw_constant(uint64_t *seed)
{
	(void)seed;
	return 777777;
}

static void check_against_sorted(const char *name, size_t count)
{
	static const double quantiles[] = { 1e-9, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1 };

	qsort(values, count, sizeof *values, by_value);
	for (size_t i = 0; i < LENGTH(quantiles); i++) {
		size_t rank = (size_t)ceil(quantiles[i] * (double)count);
		uint64_t right = values[rank ? rank - 1 : 0];
		uint64_t got = hist_quantile(&hist, quantiles[i]);
		uint64_t off = got > right ? got - right : right - got;
		check_case(name, hist_bucket(got) == hist_bucket(right));
		check_case(name, off * 128 <= right);
	}
}

static void test_against_sorted(void **state)
{
	static const struct {
		const char *name;
		uint64_t (*draw)(uint64_t *seed);
	} cases[] = {
		{ "uniform", draw_uniform },     { "exact", draw_exact },         { "exponential", draw_exponential },
		{ "any scale", draw_any_scale }, { "two peaks", draw_two_peaks }, { "constant", draw_constant },
	};
	static const size_t counts[] = { 1, 2, 10, 999, 20000, VALUES };
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		for (size_t j = 0; j < LENGTH(counts); j++) {
			double sum = 0;
			hist_reset(&hist);
			for (size_t k = 0; k < counts[j]; k++) {
				values[k] = cases[i].draw(&seed);
				sum += (double)values[k];
				hist_add(&hist, values[k]);
			}
			check_against_sorted(cases[i].name, counts[j]);
			check_case(cases[i].name, hist.count == counts[j]);
			check_case(cases[i].name, hist.max == values[counts[j] - 1]);
			check_case(cases[i].name, fabs(hist_mean(&hist) - sum / (double)counts[j]) <= 1e-6);
		}
	}
}

/* The rank is that of nearest rank, where q * count is a whole number too. */
static void test_nearest_rank(void **state)
{
	static const struct {
		unsigned permille;
		double q;
	} cases[] = { { 500, 0.5 }, { 900, 0.9 }, { 990, 0.99 }, { 999, 0.999 } };

	(void)state;
	hist_reset(&hist);
	for (unsigned count = 1; count <= 250; count++) {
		hist_add(&hist, count);
		for (size_t i = 0; i < LENGTH(cases); i++)
			assert_int_equal(hist_quantile(&hist, cases[i].q), (count * cases[i].permille + 999) / 1000);
	}
}

static void test_merge(void **state)
{
	static struct hist all;
	uint64_t seed = 7;

	(void)state;
	hist_reset(&hist);
	hist_reset(&other);
	hist_reset(&all);
	for (int i = 0; i < VALUES; i++) {
		uint64_t value = draw_any_scale(&seed) >> 4; /* whole numbers whose sum a double holds exactly */
		hist_add(i % 3 ? &hist : &other, value);
		hist_add(&all, value);
	}
	hist_merge(&hist, &other);
	assert_memory_equal(&hist, &all, sizeof all);
	hist_reset(&other);
	hist_merge(&hist, &other);
	assert_memory_equal(&hist, &all, sizeof all);
	hist_merge(&other, &all);
	assert_memory_equal(&other, &all, sizeof all);
}

static void test_text_and_back(void **state)
{
	static struct hist back;
	uint64_t seed = 11;
	char *text = NULL;
	size_t bytes;

	(void)state;
	for (int values_count = 0; values_count < 3000; values_count = values_count * 3 + 1) {
		hist_reset(&hist);
		for (int i = 0; i < values_count; i++)
			hist_add(&hist, draw_any_scale(&seed) >> 4);
		FILE *out = open_memstream(&text, &bytes);
		assert_non_null(out);
		hist_print(&hist, out);
		fclose(out);
		assert_true(hist_parse(&back, text));
		assert_memory_equal(&hist, &back, sizeof back);
		free(text);
	}
	assert_true(hist_parse(&back, "2 3 6 @3 2"));
	assert_int_equal(back.buckets[3], 2);
}

static void test_text_that_is_none(void **state)
{
	static const char *const bad[] = {
		"",
		"2",
		"2 3",
		"2 3 x",
		"2 3 nan @3 2",
		"2 3 inf @3 2",
		"-2 3 6 @3 2",
		"2 3 6",
		"2 3 6 2",
		"2 3 6 @3 1",
		"2 3 6 @3 2 1",
		"2 3 6 @99999 2",
		"2 3 6 @3 2x",
		"2 3 6 @3  2",
		"2 3 6 @ 2",
		"2 3 6 @-3 2",
		"7 3 21 @3 2 @3 5",
		"1 3 6 @3 18446744073709551615 2",
		"18446744073709551615 3 6 @3 18446744073709551615",
		"1 3 6 @4607 1 0",
		"99999999999999999999 3 6 @3 2",
		"2 3 6 @3 99999999999999999999",
	};
	static struct hist back;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (hist_parse(&back, bad[i]))
			fail_msg("'%s' was taken for a histogram", bad[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket_borders),
		cmocka_unit_test(test_above_the_highest),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_quantile_stays_below_max),
		cmocka_unit_test(test_against_sorted),
		cmocka_unit_test(test_nearest_rank),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_text_and_back),
		cmocka_unit_test(test_text_that_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
