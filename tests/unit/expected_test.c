/* The one judgement: pieces of a body, and the verdict over a whole response. */
#include "tests/unit/unit.h"

#include "clients/expected.h"

static const struct expected right[] = {
	{ .status = 200, .check = EXPECTED_EXACT, .body = "hello", .body_bytes = 5 },
	{ .status = 200, .check = EXPECTED_LENGTH, .body_bytes = 5 },
	{ .status = 200, .check = EXPECTED_STATUS },
};

/* Every offset and length near the borders of a body of 5 bytes, for each way to compare. */
static void test_pieces(void **state)
{
	static const char same[] = "hellohello", other[] = "HELLOHELLO";
	static const struct expected empty = { .check = EXPECTED_LENGTH };

	(void)state;
	for (uint64_t offset = 0; offset <= 7; offset++) {
		for (size_t bytes = 1; bytes <= 7; bytes++) {
			struct http_span piece = { same + offset % 5, bytes };
			struct http_span wrong = { other, bytes };
			bool inside = offset + bytes <= 5;
			assert_int_equal(expected_piece(&right[EXPECTED_EXACT], offset, &piece), inside);
			assert_false(expected_piece(&right[EXPECTED_EXACT], offset, &wrong));
			assert_int_equal(expected_piece(&right[EXPECTED_LENGTH], offset, &wrong), inside);
			assert_true(expected_piece(&right[EXPECTED_STATUS], offset, &wrong));
			assert_false(expected_piece(&empty, offset, &piece));
		}
	}
	/* One wrong byte, the last. */
	assert_false(expected_piece(&right[EXPECTED_EXACT], 0, &(struct http_span){ "hellO", 5 }));
	/* Sums that overflow. */
	assert_false(expected_piece(&right[EXPECTED_LENGTH], UINT64_MAX, &(struct http_span){ same, 5 }));
	assert_false(expected_piece(&right[EXPECTED_LENGTH], UINT64_MAX - 4, &(struct http_span){ same, 5 }));
	assert_false(expected_piece(&right[EXPECTED_LENGTH], 1, &(struct http_span){ same, SIZE_MAX }));
	assert_false(expected_piece(&right[EXPECTED_LENGTH], 6, &(struct http_span){ same, SIZE_MAX }));
}

static void test_verdict(void **state)
{
	static const struct {
		const char *name;
		unsigned status;
		uint64_t body_bytes;
		bool differs;
		int failure[3]; /* of each check; -1: it is right */
		const char *words;
	} cases[] = {
		{ "right", 200, 5, false, { -1, -1, -1 }, "" },
		{ "other bytes",
		  200,
		  5,
		  true,
		  { LOAD_BAD_BODY, LOAD_BAD_BODY, -1 },
		  "a body of the right length with other bytes" },
		{ "shorter", 200, 4, false, { LOAD_BAD_BODY, LOAD_BAD_BODY, -1 }, "a body of 4 bytes instead of 5" },
		{ "longer", 200, 6, true, { LOAD_BAD_BODY, LOAD_BAD_BODY, -1 }, "a body of 6 bytes instead of 5" },
		{ "status",
		  503,
		  5,
		  false,
		  { LOAD_BAD_STATUS, LOAD_BAD_STATUS, LOAD_BAD_STATUS },
		  "status 503 instead of 200" },
		{ "both",
		  503,
		  4,
		  true,
		  { LOAD_BAD_STATUS, LOAD_BAD_STATUS, LOAD_BAD_STATUS },
		  "status 503 instead of 200" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		for (size_t j = 0; j < LENGTH(right); j++) {
			enum load_failure failure = LOAD_OTHER;
			char text[EXPECTED_TEXT];
			bool good = expected_verdict(&right[j], cases[i].status, cases[i].body_bytes, cases[i].differs,
						     &failure);
			check_case(cases[i].name, good == (cases[i].failure[j] < 0));
			if (good)
				continue;
			check_case(cases[i].name, (int)failure == cases[i].failure[j]);
			check_text(cases[i].name,
				   expected_describe(text, &right[j], cases[i].status, cases[i].body_bytes),
				   cases[i].words);
		}
	}
}

static void test_checks(void **state)
{
	static const struct {
		const char *text;
		int check; /* -1: none */
	} cases[] = {
		{ NULL, EXPECTED_EXACT },
		{ "exact", EXPECTED_EXACT },
		{ "length", EXPECTED_LENGTH },
		{ "status", EXPECTED_STATUS },
		{ "none", EXPECTED_NONE },
		{ "contains=a", EXPECTED_CONTAINS },
		{ "contains=", -1 },
		{ "contains", -1 },
		{ "", -1 },
		{ "Exact", -1 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct expected expected = { 0 };
		struct err err;
		int bad = expected_take_check(&expected, cases[i].text, &err);
		check_case(cases[i].text ? cases[i].text : "NULL", bad == (cases[i].check < 0 ? -1 : 0));
		check_case(cases[i].text ? cases[i].text : "NULL", bad || (int)expected.check == cases[i].check);
	}
}

/* A text is found wherever it stands and however the body is cut, and so is one that begins within itself. */
static void test_contains(void **state)
{
	static const struct {
		const char *check, *body;
		bool found;
	} cases[] = {
		{ "contains=aab", "xaaab", true },    { "contains=aab", "aaxab", false },
		{ "contains=abab", "abaabab", true }, { "contains=ababc", "abababc", true },
		{ "contains=x", "", false },          { "contains=whole", "whole", true },
		{ "contains=whole", "whol", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct expected expected = { .status = 200 };
		struct err err;
		size_t bytes = strlen(cases[i].body);
		assert_int_equal(expected_take_check(&expected, cases[i].check, &err), 0);
		for (size_t cut = 0; cut <= bytes; cut++) {
			enum load_failure failure = LOAD_OTHER;
			uint8_t seen = 0;
			expected_take(&expected, 0, &(struct http_span){ cases[i].body, cut }, &seen);
			expected_take(&expected, cut, &(struct http_span){ cases[i].body + cut, bytes - cut }, &seen);
			check_case(cases[i].check,
				   expected_verdict(&expected, 200, bytes, seen, &failure) == cases[i].found);
			check_case(cases[i].check, cases[i].found || failure == LOAD_BAD_BODY);
			check_case(cases[i].check, !expected_verdict(&expected, 500, bytes, seen, &failure));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_contains),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("expected", tests, NULL, NULL);
}
