/* Text from outside, made safe to show. */
#include "tests/unit/unit.h"

#include "harness/lib/text.h"

static const struct {
	const char *name, *text, *right;
} cases[] = {
	{ "nothing", NULL, "" },
	{ "empty", "", "" },
	{ "text", "eventlet 0.33 on Python", "eventlet 0.33 on Python" },
	{ "UTF-8", "größe µ … 漢 😀", "größe µ … 漢 😀" },
	{ "line ends and tabs", "a\nb\tc", "a b c" },
	{ "a terminal's sequence", "\033[31mred\033[0m", "[31mred[0m" },
	{ "CR and DEL",
	  "a\rb\x7f"
	  "c",
	  "abc" },
	{ "C1 control",
	  "a\xc2\x9b"
	  "b",
	  "ab" },
	{ "direction marks",
	  "a\xe2\x80\xae"
	  "b\xe2\x81\xa6"
	  "c\xe2\x80\x8f",
	  "abc" },
	{ "byte order mark",
	  "\xef\xbb\xbf"
	  "a",
	  "a" },
	{ "a byte alone",
	  "a\xff"
	  "b\x80"
	  "c",
	  "a?b?c" },
	{ "cut short", "a\xe6\xbc",
	  "a?"
	  "?" },
	{ "two bytes for one", "\xc0\xaf",
	  "?"
	  "?" },
	{ "three bytes for one", "\xe0\x80\xaf",
	  "?"
	  "?"
	  "?" },
	{ "a surrogate", "\xed\xa0\x80",
	  "?"
	  "?"
	  "?" },
	{ "above the highest", "\xf4\x90\x80\x80",
	  "?"
	  "?"
	  "?"
	  "?" },
	{ "five bytes", "\xf8\x88\x80\x80\x80",
	  "?"
	  "?"
	  "?"
	  "?"
	  "?" },
	{ "a noncharacter of XML", "a\xef\xbf\xbe", "a" },
};

static void test_plain(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_text(cases[i].name, text_plain(out, sizeof out, cases[i].text), cases[i].right);
}

static void test_plain_is_cut(void **state)
{
	char out[8];

	(void)state;
	check_text("fits", text_plain(out, 8, "1234567"), "1234567");
	check_text("too long", text_plain(out, 8, "12345678"), "1234567");
	check_text("a character fits", text_plain(out, 7, "1234µµ"), "1234µ");
	check_text("half a character does not", text_plain(out, 6, "1234µ"), "1234");
	check_text("no room", text_plain(out, 1, "1234"), "");
}

static void test_hide_users(void **state)
{
	static const char *const hidden[][2] = {
		{ "'http://me:hush@127.0.0.1:80/x@y' and https://a@b@host",
		  "'http://127.0.0.1:80/x@y' and https://host" },
		{ "http://host?mail=a@b eventlet@1024 ://", "http://host?mail=a@b eventlet@1024 ://" },
		{ "://@", "://" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		char text[100];
		strcpy(text, hidden[i][0]);
		text_hide_users(text);
		assert_string_equal(text, hidden[i][1]);
	}
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("CPU µs"), 6);
	assert_int_equal(text_bytes("CPU µs", 5), 6);
	assert_int_equal(text_bytes("CPU µs", 50), 7);
	assert_int_equal(text_bytes("CPU µs", 0), 0);
	assert_int_equal(text_bytes("", 5), 0);
}

static void test_line(void **state)
{
	static const struct {
		const char *text;
		size_t width, bytes;
	} lines[] = {
		{ "", 5, 0 },
		{ "fits", 4, 4 },
		{ "two words", 9, 9 },
		{ "two words", 8, 3 },
		{ "two words", 4, 3 },
		{ "two words", 3, 3 },
		{ "two  words", 5, 3 },
		{ "no-blank-here", 4, 4 },
		{ "\xc2\xb5\xc2\xb5 \xc2\xb5\xc2\xb5", 4, 4 },
		{ "\xc2\xb5\xc2\xb5\xc2\xb5", 2, 4 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++)
		check_case(lines[i].text, text_line(lines[i].text, lines[i].width) == lines[i].bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain), cmocka_unit_test(test_plain_is_cut), cmocka_unit_test(test_hide_users),
		cmocka_unit_test(test_width), cmocka_unit_test(test_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
