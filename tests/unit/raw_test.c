/* Single latencies: kept in order, counted where they do not fit. */
#include "tests/unit/unit.h"

#include "clients/raw.h"

static void check_printed(const struct raw *raw, const char *wanted)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	raw_print(raw, out);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_keeps_in_order(void **state)
{
	struct raw raw;
	struct err err;

	(void)state;
	assert_int_equal(raw_init(&raw, 4, &err), 0);
	check_printed(&raw, "");
	raw_add(&raw, 7);
	raw_add(&raw, 0);
	raw_add(&raw, UINT64_MAX);
	check_printed(&raw, "7\n0\n18446744073709551615\n");
	raw_release(&raw);
	check_printed(&raw, "");
	raw_release(&raw);
}

static void test_counts_what_does_not_fit(void **state)
{
	struct raw raw;
	struct err err;

	(void)state;
	assert_int_equal(raw_init(&raw, 3, &err), 0);
	for (uint64_t value = 1; value <= 5; value++)
		raw_add(&raw, value);
	assert_int_equal(raw.count, 3);
	assert_int_equal(raw.missed, 2);
	check_printed(&raw, "1\n2\n3\n");
	raw_release(&raw);
}

static void test_room(void **state)
{
	struct raw raw;
	struct err err;

	(void)state;
	assert_int_equal(raw_init(&raw, UINT64_MAX, &err), 0);
	assert_int_equal(raw.room, RAW_MAX);
	raw_release(&raw);
	assert_int_equal(raw_init(&raw, 0, &err), 0);
	assert_null(raw.values);
	raw_release(&raw);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_in_order),
		cmocka_unit_test(test_counts_what_does_not_fit),
		cmocka_unit_test(test_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("raw", tests, NULL, NULL);
}
