/* Adjust: against the definitions (rank_tables.py, which tries all), and the example of Benjamini and Hochberg (1995). */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/lib/adjust.h"

/* The last p are those of the example; its Holm (R: p.adjust) finds 3 of them, its BH 4, at .05. */
static const struct {
	size_t count;
	double p[15], holm[15], benjamini_hochberg[15];
} cases[] = {
	{ 5, { 0.01, 0.02, 0.03, 0.04, 0.05 }, { 0.05, 0.08, 0.09, 0.09, 0.09 }, { 0.05, 0.05, 0.05, 0.05, 0.05 } },
	{ 4, { 0.04, 0.001, 0.03, 0.5 }, { 0.09, 0.004, 0.09, 0.5 }, { 0.0533333333333, 0.004, 0.0533333333333, 0.5 } },
	{ 3, { 0.02, 0.02, 0.9 }, { 0.06, 0.06, 0.9 }, { 0.03, 0.03, 0.9 } },
	{ 2, { 0.6, 0.7 }, { 1, 1 }, { 0.7, 0.7 } },
	{ 15,
	  { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
	    0.759, 1 },
	  { 0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1 },
	  { 0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571, 0.0638571428571, 0.0645, 0.0765, 0.486,
	    0.581181818182, 0.714875, 0.753230769231, 0.813214285714, 1 } },
};

static void check(long (*adjust)(double *, size_t), const double *p, const double *wanted, size_t count)
{
	double with[40];
	size_t order[15];

	for (size_t turn = 0; turn < count; turn++) {
		/* In every rotation, with entries that are not tests between them. */
		for (size_t i = 0; i < count; i++) {
			order[i] = (i + turn) % count;
			with[2 * i] = p[order[i]];
			with[2 * i + 1] = NAN;
		}
		assert_int_equal(adjust(with, 2 * count), count);
		for (size_t i = 0; i < count; i++) {
			assert_true(fabs(with[2 * i] - wanted[order[i]]) < 1e-9);
			assert_true(isnan(with[2 * i + 1]));
		}
	}
}

static void test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		check(adjust_holm, cases[i].p, cases[i].holm, cases[i].count);
		check(adjust_benjamini_hochberg, cases[i].p, cases[i].benjamini_hochberg, cases[i].count);
	}
}

static void test_none(void **state)
{
	double p[] = { NAN, NAN };

	(void)state;
	assert_int_equal(adjust_holm(p, 2), 0);
	assert_int_equal(adjust_benjamini_hochberg(p, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tables), cmocka_unit_test(test_none) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("adjust", tests, NULL, NULL);
}
