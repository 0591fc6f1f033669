/* Arrivals: the schedule of an open loop, uniform and random. */
#include "tests/unit/unit.h"

#include <math.h>

#include "clients/arrivals.h"

#define START 5000000000u

static void test_uniform(void **state)
{
	static const double rates[] = { 1, 3, 1000, 5000, 7777.7, 1e7 };

	(void)state;
	for (size_t i = 0; i < LENGTH(rates); i++) {
		struct arrivals arrivals;
		char name[32];
		snprintf(name, sizeof name, "%g/s", rates[i]);
		arrivals_init(&arrivals, ARRIVALS_UNIFORM, rates[i], START, 0, 1, 1);
		for (unsigned k = 0; k < 10000; k++) {
			double wanted = START + k * 1e9 / rates[i];
			check_case(name, fabs((double)arrivals.next_ns - wanted) <= 1);
			arrivals_step(&arrivals);
		}
	}
}

/* What several threads offer together is one schedule of the whole rate. */
static void test_parts(void **state)
{
	enum { PARTS = 4 };
	struct arrivals parts[PARTS];

	(void)state;
	for (unsigned i = 0; i < PARTS; i++)
		arrivals_init(&parts[i], ARRIVALS_UNIFORM, 250, START, i, PARTS, 1);
	for (unsigned k = 0; k < 1000; k++) {
		assert_int_equal(parts[k % PARTS].next_ns, START + k * 1000000ull);
		arrivals_step(&parts[k % PARTS]);
	}
}

/* Counting those that are due is the same as going through them, and changes nothing. */
static void test_due(void **state)
{
	(void)state;
	for (int kind = ARRIVALS_UNIFORM; kind <= ARRIVALS_POISSON; kind++) {
		struct arrivals arrivals, steps;
		uint64_t taken = 0;
		arrivals_init(&arrivals, (enum arrivals_kind)kind, 1000, START, 0, 1, 7);
		steps = arrivals;
		assert_int_equal(arrivals_due(&arrivals, START - 1), 0);
		for (uint64_t now = START; now < START + 100000000; now += 333333) {
			for (; steps.next_ns <= now; taken++)
				arrivals_step(&steps);
			check_case(arrivals_names[kind], arrivals_due(&arrivals, now) == taken);
			check_case(arrivals_names[kind], arrivals_due(&steps, now) == 0);
		}
		check_case(arrivals_names[kind], taken > 50);
	}
}

/* At the very moment of an arrival it is due. */
static void test_due_at_once(void **state)
{
	struct arrivals arrivals;

	(void)state;
	arrivals_init(&arrivals, ARRIVALS_UNIFORM, 1000, START, 1, 2, 1);
	assert_int_equal(arrivals.next_ns, START + 500000);
	assert_int_equal(arrivals_due(&arrivals, START + 499999), 0);
	assert_int_equal(arrivals_due(&arrivals, START + 500000), 1);
	assert_int_equal(arrivals_due(&arrivals, START + 1500000), 2);
}

/* Gaps of a random schedule, as multiples of the mean one. */
#define GAPS 100000

static void gaps_fill(double *gaps, unsigned part, unsigned parts, uint64_t seed)
{
	struct arrivals arrivals;
	double before = 0;

	arrivals_init(&arrivals, ARRIVALS_POISSON, 1000, START, part, parts, seed);
	for (size_t i = 0; i < GAPS; i++) {
		gaps[i] = (arrivals.at_ns - before) / 1e6;
		before = arrivals.at_ns;
		arrivals_step(&arrivals);
	}
}

static double correlation(const double *a, const double *b, size_t count)
{
	double sum_a = 0, sum_b = 0, ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < count; i++) {
		sum_a += a[i];
		sum_b += b[i];
	}
	for (size_t i = 0; i < count; i++) {
		double x = a[i] - sum_a / (double)count, y = b[i] - sum_b / (double)count;
		ab += x * y;
		aa += x * x;
		bb += y * y;
	}
	return ab / sqrt(aa * bb);
}

/*
 * Exponential gaps: mean 1, variance 1, exp(-1) of them above 1, none dependent on the one before. The bounds are more
 * than five standard errors; the seeds are fixed, so that what holds once holds always.
 */
static void test_poisson(void **state)
{
	static double gaps[GAPS];

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		double sum = 0, squares = 0, above = 0;
		gaps_fill(gaps, 0, 1, seed);
		for (size_t i = 0; i < GAPS; i++) {
			assert_true(gaps[i] >= 0);
			sum += gaps[i];
			squares += gaps[i] * gaps[i];
			above += gaps[i] > 1;
		}
		double mean = sum / GAPS;
		assert_true(fabs(mean - 1) < 0.02);
		assert_true(fabs(squares / GAPS - mean * mean - 1) < 0.06);
		assert_true(fabs(above / GAPS - exp(-1)) < 0.01);
		assert_true(fabs(correlation(gaps, gaps + 1, GAPS - 1)) < 0.02);
	}
}

/* Counts in equal times have a variance as large as their mean, also those of several threads together. */
static void test_poisson_counts(void **state)
{
	enum { PARTS = 3, BINS = 2000, BIN_NS = 10000000 };
	static double counts[BINS];
	double sum = 0, squares = 0;

	(void)state;
	for (unsigned part = 0; part < PARTS; part++) {
		struct arrivals arrivals;
		arrivals_init(&arrivals, ARRIVALS_POISSON, 1000, 0, part, PARTS, 42);
		for (; arrivals.next_ns < (uint64_t)BINS * BIN_NS; arrivals_step(&arrivals))
			counts[arrivals.next_ns / BIN_NS]++;
	}
	for (size_t i = 0; i < BINS; i++) {
		sum += counts[i];
		squares += counts[i] * counts[i];
	}
	double mean = sum / BINS, variance = squares / BINS - mean * mean;
	assert_true(fabs(mean / 30 - 1) < 0.03);
	assert_true(fabs(variance / mean - 1) < 0.2);
}

static void test_seeds(void **state)
{
	static double first[GAPS], second[GAPS];

	(void)state;
	gaps_fill(first, 0, 2, 9);
	gaps_fill(second, 0, 2, 9);
	assert_memory_equal(first, second, sizeof first);
	gaps_fill(second, 1, 2, 9);
	assert_true(fabs(correlation(first, second, GAPS)) < 0.02);
	gaps_fill(second, 0, 2, 10);
	assert_true(fabs(correlation(first, second, GAPS)) < 0.02);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uniform), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_due),     cmocka_unit_test(test_due_at_once),
		cmocka_unit_test(test_poisson), cmocka_unit_test(test_poisson_counts),
		cmocka_unit_test(test_seeds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("arrivals", tests, NULL, NULL);
}
