/*
 * Rank: the exact test, the shift and its interval, against published tables and against values computed another way.
 *
 * rank_tables.py computes those of the tables here: it tries all deals of the values to the two sides.
 */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/lib/rank.h"

/* As the last example R (wilcox.test) has it too: p = 0.2544, -0.305 from -0.76 to 0.15. */
static const struct {
	const char *name;
	double x[10];
	size_t n;
	double y[8];
	size_t m;
	double p, shift, low, high;
} samples[] = {
	{ "apart, 3 and 3", { 1, 2, 3 }, 3, { 4, 5, 6 }, 3, 0.1, 3, NAN, NAN },
	{ "apart, 4 and 4", { 1, 2, 3, 4 }, 4, { 5, 6, 7, 8 }, 4, 0.0285714285714, 4, 1, 7 },
	{ "one and one", { 1 }, 1, { 2 }, 1, 1, 1, NAN, NAN },
	{ "interleaved", { 1, 4, 5, 8 }, 4, { 2, 3, 6, 7 }, 4, 1, 0, -6, 6 },
	{ "5 and 4, some overlap",
	  { 1.1, 2.3, 2.9, 4.2, 5.0 },
	  5,
	  { 3.3, 5.5, 6.1, 7.7 },
	  4,
	  0.0634920634921,
	  2.65,
	  -0.9,
	  5.4 },
	{ "3 and 7", { 9, 2, 4 }, 3, { 1, 5, 8, 11, 12, 13, 14 }, 7, 0.266666666667, 4, -4, 11 },
	{ "ties across the sides", { 1, 2, 2, 3 }, 4, { 2, 3, 3, 4 }, 4, 0.285714285714, 1, -1, 3 },
	{ "ties, unequal sides", { 0, 0, 0, 0, 1 }, 5, { 0, 1, 1 }, 3, 0.464285714286, 1, -1, 1 },
	{ "all equal", { 5, 5, 5 }, 3, { 5, 5, 5, 5 }, 4, 1, 0, NAN, NAN },
	{ "four of four fail", { 0, 0, 0, 0 }, 4, { 0.5, 0.5, 0.25, 1 }, 4, 0.0285714285714, 0.5, 0.25, 1 },
	{ "four of five fail", { 0, 0, 0, 0, 0 }, 5, { 0, 0.5, 0.5, 0.25, 1 }, 5, 0.047619047619, 0.5, 0, 1 },
	{ "8 and 8",
	  { 100.1, 101.7, 99.2, 98.8, 103.4, 100.9, 97.5, 102.2 },
	  8,
	  { 91.3, 99.9, 95.1, 94.2, 98.1, 96.6, 92.4, 97.0 },
	  8,
	  0.0018648018648,
	  -5,
	  -7.7,
	  -2.2 },
	{ "permeability",
	  { 0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 },
	  10,
	  { 1.15, 0.88, 0.9, 0.74, 1.21 },
	  5,
	  0.254412254412,
	  -0.305,
	  -0.76,
	  0.15 },
};

static bool is_near(double a, double b)
{
	return isnan(a) ? isnan(b) : fabs(a - b) < 1e-9;
}

static void test_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(samples); i++) {
		struct rank_test test, other;
		struct rank_shift shift;
		assert_int_equal(rank_test(&test, samples[i].x, samples[i].n, samples[i].y, samples[i].m), 0);
		assert_int_equal(rank_test(&other, samples[i].y, samples[i].m, samples[i].x, samples[i].n), 0);
		assert_int_equal(rank_shift(&shift, samples[i].x, samples[i].n, samples[i].y, samples[i].m, 0.05), 0);
		check_case(samples[i].name, test.exact);
		check_case(samples[i].name, is_near(test.p, samples[i].p));
		check_case(samples[i].name, is_near(test.p, other.p));
		check_case(samples[i].name, is_near(shift.shift, samples[i].shift));
		check_case(samples[i].name, is_near(shift.low, samples[i].low));
		check_case(samples[i].name, is_near(shift.high, samples[i].high));
	}
}

/* The largest U that is significant at .05, two-sided, for n and m from 2 to 8 (Mann and Whitney); -1: none. */
static const int critical[7][7] = {
	{ -1, -1, -1, -1, -1, -1, 0 }, { -1, -1, -1, 0, 1, 1, 2 }, { -1, -1, 0, 1, 2, 3, 4 }, { -1, 0, 1, 2, 3, 5, 6 },
	{ -1, 1, 2, 3, 5, 6, 8 },      { -1, 1, 3, 5, 6, 8, 10 },  { 0, 2, 4, 6, 8, 10, 13 },
};

/* Two sides without ties whose U is the one given: the values of y are placed between those of x. */
static double p_of_u(size_t n, size_t m, int u)
{
	double x[8], y[8];
	struct rank_test test;

	/* y[j] stands above as many values of x as it adds to U, and the last values of y take what is left. */
	for (size_t i = 0; i < n; i++)
		x[i] = (double)i;
	for (size_t j = 0; j < m; j++) {
		int above = u < (int)n ? u : (int)n;
		u -= above;
		y[m - 1 - j] = above - 0.5 + 0.01 * (double)(m - j);
	}
	assert_int_equal(rank_test(&test, x, n, y, m), 0);
	return test.p;
}

static void test_critical(void **state)
{
	char name[40];

	(void)state;
	for (size_t n = 2; n <= 8; n++)
		for (size_t m = 2; m <= 8; m++) {
			int u = critical[n - 2][m - 2];
			snprintf(name, sizeof name, "n %zu, m %zu", n, m);
			if (u >= 0)
				check_case(name, p_of_u(n, m, u) <= 0.05);
			check_case(name, p_of_u(n, m, u + 1) > 0.05);
		}
}

/* docs/method.md has these. */
static void test_least_p(void **state)
{
	static const struct {
		size_t n;
		double p;
	} cases[] = { { 1, 1 }, { 4, .029 }, { 5, .0079 }, { 6, .0022 }, { 8, 1.6e-4 }, { 10, 1.1e-5 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_true(fabs(rank_min_p(cases[i].n, cases[i].n) / cases[i].p - 1) < 0.04);
	assert_true(is_near(rank_min_p(3, 7), 2.0 / 120));
	assert_true(rank_min_p(0, 5) == 1);
}

/* The exact and the approximate p meet where the one takes over from the other. */
static void test_large(void **state)
{
	double x[30], y[30];
	uint64_t random = 7;
	struct rank_test exact, near;
	struct rank_shift shift;

	(void)state;
	for (size_t i = 0; i < 30; i++) {
		x[i] = (double)(random_next(&random) % 1000);
		y[i] = (double)(random_next(&random) % 1000) + 200;
	}
	assert_int_equal(rank_test(&exact, x, 25, y, 25), 0);
	assert_int_equal(rank_test(&near, x, 26, y, 25), 0);
	assert_true(exact.exact && !near.exact);
	assert_true(fabs(log(near.p / exact.p)) < 1);
	assert_int_equal(rank_shift(&shift, x, 30, y, 30, 0.05), 0);
	assert_true(shift.low < shift.shift && shift.shift < shift.high);
	for (size_t i = 0; i < 30; i++)
		x[i] = y[i] = 1;
	assert_int_equal(rank_test(&near, x, 30, y, 30), 0);
	assert_true(near.p == 1);
}

static void test_empty(void **state)
{
	double x[] = { 1 };
	struct rank_test test;
	struct rank_shift shift;

	(void)state;
	assert_int_equal(rank_test(&test, x, 1, x, 0), 0);
	assert_true(isnan(test.p));
	assert_int_equal(rank_shift(&shift, x, 0, x, 1, 0.05), 0);
	assert_true(isnan(shift.shift) && isnan(shift.low));
}

static void test_needed(void **state)
{
	static const struct {
		const char *name;
		double effect, spread, floor;
		size_t tests, least, most;
	} cases[] = {
		{ "only p", NAN, NAN, .05, 1, 4, 4 },
		{ "only p, many tests", NAN, NAN, .05, 100, 8, 8 },
		{ "no spread", .5, 0, .05, 1, 4, 4 },
		/* 2 (1.96 + .84)^2 .05^2 pi/3 / .1^2 = 4.1 */
		{ "a tenth", .1, .05, .05, 1, 5, 5 },
		/* 2 1.96^2 .05^2 pi/3 / .05^2 = 8.05 */
		{ "nothing", 0, .05, .05, 1, 9, 9 },
		{ "at the floor", .05, .05, .05, 1, 0, 0 },
		{ "hopeless", .06, 5, .05, 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t needed = rank_needed(cases[i].effect, cases[i].spread, cases[i].floor, .05, cases[i].tests,
					    1000);
		check_case(cases[i].name, needed >= cases[i].least && needed <= cases[i].most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples), cmocka_unit_test(test_critical), cmocka_unit_test(test_least_p),
		cmocka_unit_test(test_large),   cmocka_unit_test(test_empty),    cmocka_unit_test(test_needed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
