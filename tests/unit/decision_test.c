/* Whether a figure moved: with size and significance, without size, without significance. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/why/decision.h"

#define ALPHA         0.05
#define COUNT(values) (sizeof(values) / sizeof *(values))

static struct decision decide(const double *before, size_t n, const double *after, size_t m, double size, int below)
{
	struct decision decision;

	assert_int_equal(decision_make(&decision, before, n, after, m, size, below, ALPHA), 0);
	return decision;
}

/* A figure as it is, and the same times a factor, each with a scatter of some per cent. */
static struct decision of_factor(double factor, double size, int below)
{
	static const double scatter[] = { 0.98, 1.01, 1, 1.03, 0.99, 1.02 };
	double before[COUNT(scatter)], after[COUNT(scatter)];

	for (size_t i = 0; i < COUNT(scatter); i++) {
		before[i] = 100 * scatter[i];
		after[i] = 100 * factor * scatter[COUNT(scatter) - 1 - i];
	}
	return decide(before, COUNT(scatter), after, COUNT(scatter), size, below);
}

static void it_moved(void **state)
{
	(void)state;
	const struct decision up = of_factor(2, 1.25, 0), down = of_factor(0.1, 0.5, 1);

	assert_int_equal(up.moved, CAUSE_MOVED);
	assert_true(fabs(up.effect - 2) < 0.1 && up.low < up.effect && up.effect < up.high && up.low > 1.25);
	assert_true(up.p < ALPHA);
	assert_int_equal(down.moved, CAUSE_MOVED);
	assert_true(down.high < 0.5);
}

/* A difference that is certain, and too small to be what is looked for. */
static void it_did_not_move_enough(void **state)
{
	(void)state;
	const struct decision small = of_factor(1.1, 1.25, 0), wrong_way = of_factor(3, 0.5, 1);

	assert_int_equal(small.moved, CAUSE_NOT_MOVED);
	assert_true(small.high < 1.25);
	assert_int_equal(wrong_way.moved, CAUSE_NOT_MOVED);
}

/* At the size itself neither can be said; then it is said how many launches it takes. */
static void it_is_undecided(void **state)
{
	static const double before[] = { 100, 140, 90, 120 }, after[] = { 150, 110, 170, 130 };
	const struct decision decision = decide(before, 4, after, 4, 1.25, 0);

	(void)state;
	assert_int_equal(decision.moved, CAUSE_MOVED_UNDECIDED);
	assert_true(decision.low < 1.25 && decision.high > 1.25);
}

static void few_launches_decide_nothing(void **state)
{
	static const double before[] = { 100, 100 }, after[] = { 500, 500 };

	(void)state;
	assert_int_equal(decide(before, 2, after, 2, 1.25, 0).moved, CAUSE_MOVED_UNDECIDED);
	assert_int_equal(decide(before, 0, after, 2, 1.25, 0).moved, CAUSE_MOVED_UNDECIDED);
}

/* A launch without the figure is none. */
static void unknown_figures_do_not_count(void **state)
{
	static const double before[] = { 100, NAN, 101, 99, 100, 0 }, after[] = { 300, 301, NAN, 299, 300, NAN };
	const struct decision decision = decide(before, 6, after, 6, 1.25, 0);

	(void)state;
	assert_int_equal(decision.moved, CAUSE_MOVED);
	assert_true(fabs(decision.effect - 3) < 0.1);
}

static void launches_suffice_for_all_tests(void **state)
{
	(void)state;
	assert_int_equal(decision_launches(1, ALPHA), 4);  /* p of 4 against 4: at least 0.029 */
	assert_int_equal(decision_launches(6, ALPHA), 5);  /* 0.0079 */
	assert_int_equal(decision_launches(20, ALPHA), 6); /* 0.0022 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_moved),
		cmocka_unit_test(it_did_not_move_enough),
		cmocka_unit_test(it_is_undecided),
		cmocka_unit_test(few_launches_decide_nothing),
		cmocka_unit_test(unknown_figures_do_not_count),
		cmocka_unit_test(launches_suffice_for_all_tests),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("decision", tests, NULL, NULL);
}
