/* Which words are recognised as mistyped. */
#include "tests/unit/unit.h"

#include "harness/lib/similar.h"

static void test_similar(void **state)
{
	static const struct {
		const char *word, *other;
		bool similar;
	} cases[] = {
		{ "run", "run", true },
		{ "rnu", "run", true },
		{ "rum", "run", true },
		{ "cmopare", "compare", true },
		{ "comprae", "compare", true },
		{ "compar", "compare", true },
		{ "compares", "compare", true },
		{ "duratoin", "duration", true },
		{ "calibre", "calibrate", true },
		{ "ab", "run", false },
		{ "a", "ab", false },
		{ "", "ab", false },
		{ "frobnicate", "compare", false },
		{ "concurrent", "concurrency", true },
		{ "12345678901234567890123456789012345678901", "12345678901234567890123456789012345678901", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_case(cases[i].word, similar_is(cases[i].word, cases[i].other) == cases[i].similar);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_similar) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("similar", tests, NULL, NULL);
}
