/* Numbers with units: what is read, what is refused with which message, and what is shown. */
#include "tests/unit/unit.h"

#include "harness/lib/units.h"

static void test_count(void **state)
{
	static const struct {
		const char *text;
		uint64_t count;
	} good[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "007", 7 },
		{ "65536", 65536 },
		{ "999999999999999999", 999999999999999999 },
		{ "000000000000000000", 0 },
	};
	static const char *const bad[] = {
		"",
		" ",
		"x",
		"-1",
		"+1",
		"1 ",
		" 1",
		"1.0",
		"1e3",
		"0x10",
		"1,000",
		"1k",
		"1000000000000000000",
		"18446744073709551617",
	};
	struct err err;
	uint64_t count;

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		check_case(good[i].text, units_count(&count, good[i].text, &err) == 0);
		check_case(good[i].text, count == good[i].count);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		char words[64];
		count = 4711;
		check_case(bad[i], units_count(&count, bad[i], &err) == -1);
		check_case(bad[i], count == 4711);
		snprintf(words, sizeof words, "'%s' is not a whole number", bad[i]);
		check_text(bad[i], err.text, words);
	}
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "0s", 0 },
		{ "1ns", 1 },
		{ "1us", 1000 },
		{ "1ms", 1000000 },
		{ "1s", 1000000000 },
		{ "1m", 60000000000 },
		{ "1h", 3600000000000 },
		{ "500ms", 500000000 },
		{ "1.5s", 1500000000 },
		{ "0.1s", 100000000 },
		{ "1.1s", 1100000000 },
		{ "0.001us", 1 },
		{ "0.25m", 15000000000 },
		{ "1000h", 3600000000000000 },
		{ "60000m", 3600000000000000 },
		{ "1.50000000000000000000000s", 1500000000 },
		{ "0.000000000005h", 18 },
		{ "0.0ns", 0 },
		{ "999.99999999999h", 3600000000000000 - 36 },
		{ "0000000000000000000000000001s", 1000000000 },
	};
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "is not a duration" },
		{ "s", "is not a duration" },
		{ "3", "is not a duration" },
		{ "-3s", "is not a duration" },
		{ "+3s", "is not a duration" },
		{ " 3s", "is not a duration" },
		{ "3 s", "is not a duration" },
		{ "3s ", "is not a duration" },
		{ "3S", "is not a duration" },
		{ "3sec", "is not a duration" },
		{ "3d", "is not a duration" },
		{ "1h30m", "is not a duration" },
		{ "1.2.3s", "is not a duration" },
		{ ".5s", "is not a duration" },
		{ ".s", "is not a duration" },
		{ "1e3s", "is not a duration" },
		{ "0x1s", "is not a duration" },
		{ "infs", "is not a duration" },
		{ "nans", "is not a duration" },
		{ "1,5s", "is not a duration" },
		{ "1001h", "is longer than 1000h" },
		{ "99999999999999999999999h", "is longer than 1000h" },
		{ "9999999999999999999ns", "is longer than 1000h" },
		{ "1000.1h", "is longer than 1000h" },
		{ "1.s", "is not a duration" },
		{ "1.5ns", "is not a whole number of ns" },
		{ "0.0001us", "is not a whole number of ns" },
		{ "0.33333333333333h", "is not a whole number of ns" },
	};
	struct err err;
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		check_case(good[i].text, units_duration(&ns, good[i].text, &err) == 0);
		check_case(good[i].text, ns == good[i].ns);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		ns = 4711;
		check_case(bad[i].text, units_duration(&ns, bad[i].text, &err) == -1);
		check_case(bad[i].text, ns == 4711);
		check_words(err.text, bad[i].words);
		check_words(err.text, bad[i].text);
	}
	assert_int_equal(units_duration(&ns, "3", &err), -1);
	check_words(err.text, "'3' is not a duration: write a number and ns, us, ms, s, m or h");
}

static void test_show_duration(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0s" },
		{ 1, "1ns" },
		{ 999, "999ns" },
		{ 1000, "1us" },
		{ 1500, "1500ns" },
		{ 250 * CLOCK_MS, "250ms" },
		{ 1500 * CLOCK_MS, "1500ms" },
		{ 3 * CLOCK_S, "3s" },
		{ 90 * CLOCK_S, "90s" },
		{ 3600 * CLOCK_S, "3600s" },
		{ 3 * CLOCK_S + 1, "3000000001ns" },
	};
	char text[UNITS_TEXT];
	uint64_t seed = 3, back;
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_text(cases[i].text, units_show_duration(text, cases[i].ns), cases[i].text);
	/* It reads back exactly. */
	for (int i = 0; i < 1000; i++) {
		uint64_t ns = (random_next(&seed) >> (random_next(&seed) % 63)) % (3600000000000000 + 1);
		assert_int_equal(units_duration(&back, units_show_duration(text, ns), &err), 0);
		assert_int_equal(back, ns);
	}
}

static void test_show_latency(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" },
		{ 1, "1ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 1230000, "1.23ms" },
		{ 12300000, "12.3ms" },
		{ 123000000, "123ms" },
		{ 45600000000, "45.6s" },
		{ 600 * CLOCK_S, "600s" },
	};
	char text[UNITS_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_text(cases[i].text, units_show_latency(text, cases[i].ns), cases[i].text);
	assert_true(strlen(units_show_latency(text, UINT64_MAX)) < UNITS_TEXT);
}

static void test_show_count(void **state)
{
	static const struct {
		uint64_t count;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 12, "12" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 65536, "65,536" },
		{ 1234567, "1,234,567" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};
	char text[UNITS_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_text(cases[i].text, units_show_count(text, cases[i].count), cases[i].text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),         cmocka_unit_test(test_duration),
		cmocka_unit_test(test_show_duration), cmocka_unit_test(test_show_latency),
		cmocka_unit_test(test_show_count),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
