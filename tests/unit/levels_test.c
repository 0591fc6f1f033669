/* Levels: what users write and which numbers of connections it means. */
#include "tests/unit/unit.h"

#include "harness/config/levels.h"

/* The levels as text: "1 2 4". */
static char *show(const struct levels *levels)
{
	static char out[16384];
	size_t used = 0;

	out[0] = 0;
	for (size_t i = 0; i < levels->count; i++)
		used += (size_t)snprintf(out + used, sizeof out - used, "%s%u", i ? " " : "", levels->level[i]);
	return out;
}

static void test_good(void **state)
{
	static const struct {
		const char *text, *levels;
	} cases[] = {
		{ "1", "1" },
		{ "1..1", "1" },
		{ "1..8", "1 2 4 8" },
		{ "1..65536", "1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536" },
		{ "1..100", "1 2 4 8 16 32 64 100" },
		{ "3..20", "3 6 12 20" },
		{ "1..64:+8", "1 9 17 25 33 41 49 57 64" },
		{ "1..9:+8", "1 9" },
		{ "5..9:+100", "5 9" },
		{ "7..7:+3", "7" },
		{ "1..3:+1", "1 2 3" },
		{ "1..64:+8,1000", "1 9 17 25 33 41 49 57 64 1000" },
		{ "100,1..8", "1 2 4 8 100" },
		{ "8,4,2,1", "1 2 4 8" },
		{ "1..8,2..8,8,8", "1 2 4 8" },
		{ " 1 , 2 ", "1 2" },
		{ "4096000", "4096000" },
		{ "1000000..4096000", "1000000 2000000 4000000 4096000" },
		{ "0008", "8" },
	};
	struct levels levels = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		check_case(cases[i].text, levels_parse(&levels, cases[i].text, &err) == 0);
		check_text(cases[i].text, show(&levels), cases[i].levels);
		check_text(cases[i].text, levels.text, cases[i].text);
	}
	levels_release(&levels);
	assert_null(levels.level);
	levels_release(&levels);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "an empty item in the list ''" },
		{ " ", "an empty item" },
		{ ",", "an empty item" },
		{ "1,,2", "an empty item in the list '1,,2'" },
		{ "1,", "an empty item" },
		{ "0", "'0': a level is from 1 to 4096000" },
		{ "0..8", "'0..8': a level is from 1 to 4096000" },
		{ "1..0", "'1..0': a level is from 1 to 4096000" },
		{ "8..1", "'8..1' ends below its start" },
		{ "8..1:+2", "'8..1:+2' ends below its start" },
		{ "4096001", "a level is from 1 to 4096000" },
		{ "1..4096001", "a level is from 1 to 4096000" },
		{ "x", "'x' is no level: write 8, 1..65536 (doubling) or 1..64:+8" },
		{ "1,x", "'x' is no level" },
		{ "-1", "'-1' is no level" },
		{ "1.5", "'1.5' is no level" },
		{ "1..", "'1..' is no level" },
		{ "..8", "'..8' is no level" },
		{ "..", "'..' is no level" },
		{ "1...8", "'1...8' is no level" },
		{ "1..2..3", "'1..2..3' is no level" },
		{ "1 ..8", "'1 ..8' is no level" },
		{ "1-8", "'1-8' is no level" },
		{ "1:+8", "'1:+8' is no level" },
		{ "1..8:8", "'1..8:8' is no level" },
		{ "1..8:+", "'1..8:+' is no level" },
		{ "1..8:+-1", "'1..8:+-1' is no level" },
		{ "1..8:+2x", "'1..8:+2x' is no level" },
		{ "1..8:+0", "'1..8:+0': a level is from 1" },
		{ ":+1..8", "':+1..8' is no level" },
		{ "1..2000:+1", "'1..2000:+1' gives more than 1024 levels" },
		{ "99999999999999999999", "is no level" },
		{ "18446744073709551617", "is no level" },
		{ "00000000000000000000000000000000001", "is no level" },
		{ "1..00000000000000000000000000000000008", "is no level" },
	};
	struct levels levels = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(levels_parse(&levels, "1..4", &err), 0);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		check_case(cases[i].text, levels_parse(&levels, cases[i].text, &err) == -1);
		check_words(err.text, cases[i].words);
		/* The earlier value is kept. */
		check_text(cases[i].text, show(&levels), "1 2 4");
		check_text(cases[i].text, levels.text, "1..4");
	}
	levels_release(&levels);
}

/* Rates and shares are written alike, each in a range of its own, and errors name what they are. */
static void test_others(void **state)
{
	static const struct {
		int (*parse)(struct levels *levels, const char *text, struct err *err);
		const char *text, *levels, *words; /* the levels, or what the error says */
	} cases[] = {
		{ levels_parse_rates, "5000", "5000", NULL },
		{ levels_parse_rates, "1000..50000", "1000 2000 4000 8000 16000 32000 50000", NULL },
		{ levels_parse_rates, "100..400:+100,7", "7 100 200 300 400", NULL },
		{ levels_parse_rates, "10000000", "10000000", NULL },
		{ levels_parse_rates, "10000001", NULL, "'10000001': a rate is from 1 to 10000000" },
		{ levels_parse_rates, "0", NULL, "'0': a rate is from 1 to 10000000" },
		{ levels_parse_rates, "5k", NULL, "'5k' is no rate: write 5000, 1000..50000" },
		{ levels_parse_rates, "1..2000:+1", NULL, "gives more than 1024 rates" },
		{ levels_parse_shares, "50,70,90", "50 70 90", NULL },
		{ levels_parse_shares, "100,1", "1 100", NULL },
		{ levels_parse_shares, "101", NULL, "'101': a percentage is from 1 to 100" },
		{ levels_parse_shares, "0", NULL, "'0': a percentage is from 1 to 100" },
		{ levels_parse_shares, "50%", NULL, "'50%' is no percentage: write 50 or 50,70,90" },
		{ levels_parse_shares, "0.5", NULL, "'0.5' is no percentage" },
		{ levels_parse_shares, "50,", NULL, "an empty item" },
	};
	struct levels levels = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		check_case(cases[i].text, cases[i].parse(&levels, cases[i].text, &err) == (cases[i].levels ? 0 : -1));
		if (cases[i].levels)
			check_text(cases[i].text, show(&levels), cases[i].levels);
		else
			check_words(err.text, cases[i].words);
	}
	levels_release(&levels);
}

static void test_most(void **state)
{
	struct levels levels = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(levels_parse(&levels, "1..1024:+1", &err), 0);
	assert_int_equal(levels.count, LEVELS_MAX);
	for (size_t i = 0; i < levels.count; i++)
		assert_int_equal(levels.level[i], i + 1);
	assert_int_equal(levels_parse(&levels, "1..1025:+1", &err), -1);
	assert_int_equal(levels_parse(&levels, "1..4096000:+1", &err), -1);
	assert_int_equal(levels.count, LEVELS_MAX);
	levels_release(&levels);
}

static void test_option(void **state)
{
	struct settings {
		struct levels levels;
	} settings = { { 0 } };
	static const struct option_def defs[] = { { .name = "concurrency",
						    .letter = 'c',
						    OPTION_FIELD(levels, struct settings, levels),
						    .fallback = "1..2" },
						  { .name = NULL } };
	char text[64] = "";
	struct err err;

	(void)state;
	assert_int_equal(options_default(defs, &settings, &err), 0);
	check_text("default", show(&settings.levels), "1 2");
	assert_int_equal(options_set(defs, &settings, "concurrency", "4,1..2", &err), 0);
	check_text("set", show(&settings.levels), "1 2 4");
	FILE *out = fmemopen(text, sizeof text, "w");
	assert_non_null(out);
	options_show(&defs[0], &settings, out);
	fclose(out);
	check_text("shown as it was written", text, "4,1..2");
	assert_int_equal(options_set(defs, &settings, "concurrency", "8..1", &err), -1);
	check_text("error", err.text, "concurrency: '8..1' ends below its start");
	options_release(defs, &settings);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good), cmocka_unit_test(test_bad),    cmocka_unit_test(test_others),
		cmocka_unit_test(test_most), cmocka_unit_test(test_option),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
