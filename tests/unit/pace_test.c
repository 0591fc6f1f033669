#include <math.h>

#include "harness/lib/clock.h"
#include "harness/run/pace.h"
#include "unit.h"

#define S     CLOCK_S
#define CELLS 4

/* When the cells of a visit begin, and it ends: each level takes twice as long as the one before. */
static const uint64_t begins[CELLS + 1] = { 0, 1, 3, 7, 15 };

static bool at_least;

static double left(const struct pace *pace, size_t done, size_t all, uint64_t now)
{
	return pace_left_s(pace, done, all, now, &at_least);
}

static void visit(struct pace *pace, size_t first, uint64_t from)
{
	for (size_t i = 0; i < CELLS; i++)
		pace_begin(pace, first + i, from + begins[i] * S);
	assert_true(pace_end(pace, first + CELLS, from + begins[CELLS] * S));
}

static void test_first_visit(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, 100 * S);
	pace_begin(&pace, 0, 100 * S);
	assert_true(isnan(left(&pace, 0, 12, 100 * S)));
	pace_begin(&pace, 1, 101 * S);
	assert_float_equal(left(&pace, 1, 12, 101 * S), 11, 1e-9);
	assert_true(at_least);
}

static void test_later_visits(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, 100 * S);
	visit(&pace, 0, 100 * S);
	assert_float_equal(left(&pace, 4, 12, 115 * S), 30, 1e-9);
	assert_false(at_least);
	/* In the second: what is left of it, as in the first, and one more. */
	for (size_t i = 0; i < CELLS; i++) {
		pace_begin(&pace, 4 + i, (115 + begins[i]) * S);
		assert_float_equal(left(&pace, 4 + i, 12, (115 + begins[i]) * S), (double)(15 - begins[i]) + 15, 1e-9);
	}
	pace_end(&pace, 8, 130 * S);
	visit(&pace, 8, 130 * S);
	assert_float_equal(left(&pace, 12, 12, 145 * S), 0, 1e-9);
}

/* A slow server makes the estimate longer, and is never over before its end. */
static void test_slow_visit(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, 0);
	visit(&pace, 0, 0);
	pace_begin(&pace, 4, 15 * S);
	pace_begin(&pace, 5, 95 * S);
	assert_float_equal(left(&pace, 5, 8, 95 * S), 14, 1e-9);
	/* Longer than any before it: never less than 0. */
	for (size_t i = 6; i < 20; i++)
		pace_begin(&pace, i, (90 + i) * S);
	assert_float_equal(left(&pace, 19, 20, 110 * S), (16.0 / 4 - 1) * 15, 1e-9);
}

/* What an earlier call has measured took no time of this one. */
static void test_resumed(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, 0);
	assert_false(pace_end(&pace, 4, 0));
	assert_true(isnan(left(&pace, 4, 12, 0)));
	pace_begin(&pace, 6, 0);
	pace_begin(&pace, 7, 4 * S);
	assert_float_equal(left(&pace, 7, 12, 4 * S), 20, 1e-9);
	assert_true(at_least);
	/* Half a visit is no measure of a whole one. */
	assert_true(pace_end(&pace, 8, 12 * S));
	assert_float_equal(left(&pace, 8, 16, 12 * S), 48, 1e-9);
	assert_true(at_least);
	visit(&pace, 8, 12 * S);
	assert_float_equal(left(&pace, 12, 16, 27 * S), 15, 1e-9);
	assert_false(at_least);
}

/* More cells than are remembered. */
static void test_bound(void **state)
{
	struct pace pace;
	size_t cells = 2 * PACE_CELLS;

	(void)state;
	pace_init(&pace, 0);
	for (size_t i = 0; i < cells; i++)
		pace_begin(&pace, i, i * S);
	pace_end(&pace, cells, cells * S);
	pace_begin(&pace, cells, cells * S);
	pace_begin(&pace, 2 * cells - 10, (2 * cells - 10) * S);
	assert_float_equal(left(&pace, 2 * cells - 10, 2 * cells, (2 * cells - 10) * S), 10, 1e-6);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_visit), cmocka_unit_test(test_later_visits),
		cmocka_unit_test(test_slow_visit),  cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_bound),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
