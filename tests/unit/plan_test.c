/* The order of servers in a block. */
#include "tests/unit/unit.h"

#include "harness/lib/random.h"
#include "harness/run/plan.h"

#define MOST 64

static void test_is_permutation(void **state)
{
	(void)state;
	for (size_t count = 0; count <= MOST; count++) {
		for (uint64_t seed = 0; seed < 50; seed++) {
			size_t order[MOST + 1] = { 0 };
			bool seen[MOST] = { false };
			order[count] = 4711;
			random_order(order, count, seed, seed % 7);
			for (size_t i = 0; i < count; i++) {
				assert_true(order[i] < count && !seen[order[i]]);
				seen[order[i]] = true;
			}
			assert_int_equal(order[count], 4711);
		}
	}
}

static void test_is_pure(void **state)
{
	size_t first[MOST], again[MOST];

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		for (uint64_t block = 0; block < 5; block++) {
			random_order(first, MOST, seed, block);
			memset(again, 0xff, sizeof again);
			random_order(again, MOST, seed, block);
			assert_memory_equal(first, again, sizeof first);
		}
	}
}

/* A seed means the same on every machine and in every version. */
static void test_known_order(void **state)
{
	static const size_t right[] = { 7, 3, 5, 4, 6, 0, 2, 1 };
	size_t order[LENGTH(right)];

	(void)state;
	random_order(order, LENGTH(right), 2010, 3);
	assert_memory_equal(order, right, sizeof right);
}

static void test_blocks_and_seeds_differ(void **state)
{
	size_t order[10][MOST];

	(void)state;
	for (uint64_t i = 0; i < 5; i++) {
		random_order(order[i], MOST, 1, i);
		random_order(order[5 + i], MOST, 2 + i, 0);
	}
	for (int i = 0; i < 10; i++)
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(order[i], order[j], sizeof order[i]);
}

/* Each server is about as often in each place: chi-squared over 25 cells, 16 degrees of freedom. */
static void test_is_even(void **state)
{
	enum { SERVERS = 5, BLOCKS = 20000 };
	unsigned times[SERVERS][SERVERS] = { { 0 } };
	size_t order[SERVERS];
	double expected = (double)BLOCKS / SERVERS, chi2 = 0;

	(void)state;
	for (uint64_t block = 0; block < BLOCKS; block++) {
		random_order(order, SERVERS, 42, block);
		for (int place = 0; place < SERVERS; place++)
			times[place][order[place]]++;
	}
	for (int i = 0; i < SERVERS * SERVERS; i++) {
		double off = (double)times[i / SERVERS][i % SERVERS] - expected;
		chi2 += off * off / expected;
	}
	assert_true(chi2 < 39.25); /* p = 0.001 */
}

/* Of two arms AB BA AB ..., and of any number the same mean place for all, over an even number of blocks. */
static void test_mirrored(void **state)
{
	static const size_t right[] = { 0, 1, 1, 0, 0, 1, 1, 0 };
	size_t order[9], seen[LENGTH(right)], sum[8];

	(void)state;
	for (size_t i = 0; i < LENGTH(right); i += 2)
		plan_mirrored(seen + i, 2, i / 2 + 1);
	assert_memory_equal(seen, right, sizeof right);
	for (size_t count = 0; count <= 8; count++) {
		memset(sum, 0, sizeof sum);
		for (uint64_t block = 1; block <= 6; block++) {
			order[count] = 4711;
			plan_mirrored(order, count, block);
			for (size_t place = 0; place < count; place++)
				sum[order[place]] += place;
			assert_int_equal(order[count], 4711);
		}
		for (size_t i = 0; i < count; i++)
			assert_int_equal(sum[i], 3 * (count - 1));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_permutation), cmocka_unit_test(test_is_pure),
		cmocka_unit_test(test_known_order),    cmocka_unit_test(test_blocks_and_seeds_differ),
		cmocka_unit_test(test_is_even),        cmocka_unit_test(test_mirrored),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
