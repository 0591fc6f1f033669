/* gzip: round trips, and input that is damaged, cut, or grows without end. */
#include "harness/lib/gzip.h"

#include "tests/unit/unit.h"

static void test_both_ways(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 1000000 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		char *text = malloc(sizes[i] + 1), *packed, *again, *back;
		size_t packed_bytes, again_bytes, bytes;
		for (size_t j = 0; j < sizes[i]; j++)
			text[j] = (char)(j * j >> 3);
		assert_int_equal(gzip_pack(&packed, &packed_bytes, text, sizes[i], &err), 0);
		assert_int_equal(gzip_pack(&again, &again_bytes, text, sizes[i], &err), 0);
		assert_true(gzip_is(packed, packed_bytes) && packed_bytes == again_bytes);
		assert_memory_equal(packed, again, packed_bytes);
		assert_int_equal(gzip_unpack(&back, &bytes, packed, packed_bytes, sizes[i], &err), 0);
		assert_int_equal(bytes, sizes[i]);
		assert_memory_equal(back, text, bytes);
		free(back);
		if (sizes[i]) {
			assert_int_equal(gzip_unpack(&back, &bytes, packed, packed_bytes, sizes[i] - 1, &err), -1);
			check_words(err.text, "larger than");
		}
		free(again);
		free(packed);
		free(text);
	}
}

static void test_damaged(void **state)
{
	static const char text[] = "a text of some length, of some length, of some length";
	struct err err;
	char *packed, *back;
	size_t bytes, back_bytes;

	(void)state;
	assert_int_equal(gzip_pack(&packed, &bytes, text, sizeof text, &err), 0);
	for (size_t cut = 0; cut < bytes; cut++)
		check_case("cut", gzip_unpack(&back, &back_bytes, packed, cut, 1000, &err) == -1 && !back);
	packed[bytes - 6] ^= 1; /* its checksum */
	assert_int_equal(gzip_unpack(&back, &back_bytes, packed, bytes, 1000, &err), -1);
	assert_false(gzip_is("{}", 2));
	free(packed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_both_ways), cmocka_unit_test(test_damaged) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
