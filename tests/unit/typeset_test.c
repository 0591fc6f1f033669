/* Lines broken to a width in a proportional font. */
#include "tests/unit/unit.h"

#include "harness/lib/typeset.h"

static void lines_fit_and_lose_nothing(void **state)
{
	static const char *const texts[] = {
		"eventlet",
		"concurrence_wsgi_greenlet",
		"a name of many words which needs more than a line",
		"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
		"my_company_internal_async_io_framework_with_http_server_v0123",
		"ünïcödé漢字漢字漢字漢字漢字漢字",
	};
	char lines[80][TYPESET_LINE];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (double width = 20; width < 400; width += 7) {
			char joined[256] = "", wanted[256] = "";
			size_t count = typeset_lines(lines, 80, texts[i], 13, width);
			assert_in_range(count, 1, 80);
			for (size_t line = 0; line < count; line++) {
				assert_true(typeset_width(lines[line], 13) <= width);
				assert_true(lines[line][0]);
				strcat(joined, lines[line]);
			}
			/* Blanks at which a line was broken are gone. */
			for (const char *at = texts[i]; *at; at++)
				if (*at != ' ')
					strncat(wanted, at, 1);
			char *to = joined;
			for (const char *at = joined; *at; at++)
				if (*at != ' ')
					*to++ = *at;
			*to = 0;
			assert_string_equal(joined, wanted);
		}
}

static void lines_break_where_a_reader_would(void **state)
{
	char lines[3][TYPESET_LINE];

	(void)state;
	assert_int_equal(typeset_lines(lines, 3, "", 13, 100), 0);
	assert_int_equal(typeset_lines(lines, 3, "two words", 13, typeset_width("two wor", 13)), 2);
	assert_string_equal(lines[0], "two");
	assert_string_equal(lines[1], "words");
	assert_int_equal(typeset_lines(lines, 3, "concurrence_wsgi", 13, typeset_width("concurrence_wsg", 13)), 2);
	assert_string_equal(lines[0], "concurrence_");
	assert_string_equal(lines[1], "wsgi");
}

static void lines_end_in_an_ellipsis_where_cut(void **state)
{
	char lines[2][TYPESET_LINE];
	static char text[5000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	assert_int_equal(typeset_lines(lines, 2, text, 13, 100), 2);
	assert_true(typeset_width(lines[1], 13) <= 100);
	assert_string_equal(lines[1] + strlen(lines[1]) - strlen("…"), "…");
	assert_int_equal(typeset_lines(lines, 1, text, 13, 1e9), 1);
	assert_true(strlen(lines[0]) < TYPESET_LINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_fit_and_lose_nothing),
		cmocka_unit_test(lines_break_where_a_reader_would),
		cmocka_unit_test(lines_end_in_an_ellipsis_where_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
