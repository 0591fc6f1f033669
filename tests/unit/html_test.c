/* What a page is written with: escaped text, embedded drawings, tables of figures. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/lib/text.h"
#include "harness/report/svg.h"
#include "harness/text/data_table.h"
#include "harness/text/html.h"

static char *text;
static size_t bytes;

static FILE *begin(void)
{
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	return out;
}

static void check(const char *name, FILE *out, const char *right)
{
	assert_int_equal(text_close(out, &text), 0);
	check_text(name, text, right);
	free(text);
}

static void text_is_escaped_and_plain(void **state)
{
	static const struct {
		const char *name, *in, *out;
	} cases[] = {
		{ "markup", "<b a='1' c=\"2\">&amp;", "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;" },
		{ "nothing", "", "" },
		{ "NULL", NULL, "" },
		{ "controls", "a\x1b[31mb\nc\td", "a[31mb c d" },
		{ "directions", "a\u202eb\u2066c", "abc" },
		{ "UTF-8", "µ é \u4e16 \U0001f642", "µ é \u4e16 \U0001f642" },
		{ "not UTF-8", "a\xff\xc3(\xf0\x9f",
		  "a??"
		  "(??" },
		{ "only continuations", "\x80\x80\x80\x80\x80\x80", "??????" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		FILE *out = begin();
		html_text(out, cases[i].in);
		check(cases[i].name, out, cases[i].out);
	}
	FILE *out = begin();
	html_name(out, "a_b<_");
	check("a name", out, "a_<wbr>b&lt;_<wbr>");
}

static void elements_hold_text_alone(void **state)
{
	(void)state;
	FILE *out = begin();
	html_open(out, "p", "class", "a\"b", "title", NULL, NULL);
	html_print(out, "%d < %d", 1, 2);
	html_close(out, "p");
	html_leaf(out, "i", "</i>", NULL);
	check("elements", out, "<p class=\"a&quot;b\" title=\"\">1 &lt; 2</p>\n<i>&lt;/i&gt;</i>\n");
}

static void lines_stay_lines(void **state)
{
	char *long_line = malloc(3 * HTML_TEXT + 16);

	(void)state;
	FILE *out = begin();
	html_lines(out, "a<\n\n  b\x1b\nc");
	check("lines", out, "a&lt;\n\n  b\nc");
	/* A long line is written in parts, and none of its characters is cut. */
	for (size_t shift = 0; shift < 2; shift++) {
		size_t used = 0;
		while (used < shift)
			long_line[used++] = 'x';
		while (used < 3 * HTML_TEXT) {
			long_line[used++] = '\xc2';
			long_line[used++] = '\xb5';
		}
		long_line[used] = 0;
		out = begin();
		html_lines(out, long_line);
		check("long", out, long_line);
	}
	free(long_line);
}

static void drawings_stand_in_a_page(void **state)
{
	static const struct {
		const char *name, *in, *out; /* NULL: refused */
	} cases[] = {
		{ "a declaration and a comment",
		  "<?xml version='1.0'?><!DOCTYPE svg><svg><!-- <b> --><?x y?><g/></svg>\n",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><g/></svg>\n" },
		{ "ids",
		  "<svg><path id='a'/><use xlink:href='#a'/><use href=\"#a\"/><g fill=\"url(#a) url(#b)\"/></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><path id=\"p-a\"/><use xlink:href=\"#p-a\"/><use href=\"#p-a\"/>"
		  "<g fill=\"url(#p-a) url(#p-b)\"/></svg>\n" },
		{ "colours",
		  "<svg><g fill='#FFFFFF' stroke=\"rgb(  0, 114, 178)\" color='rgb(1,2,3)'/><g fill=\"rgb(26,26,26)x\"/></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><g fill=\"var(--p16)\" stroke=\"var(--p0)\" color=\"rgb(1,2,3)\"/>"
		  "<g fill=\"rgb(26,26,26)x\"/></svg>\n" },
		{ "places",
		  "<svg><path d='M84.00,514.26 L924.25,9.99 L-10.06,0.95 L12.345,1234567.89 L77.7,5'/>"
		  "<text x='84.00'>84.00</text></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><path d=\"M84,514.3 L924.2,9.99 L-10.1,0.95 L12.345,1234567.89 L77.7,5\"/>"
		  "<text x=\"84.00\">84.00</text></svg>\n" },
		{ "needless ids", "<svg><g id=\"x\"></g></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><g/></svg>\n" },
		{ "text is as it was", "<svg><text>id='a' href='#a' url(#a)</text></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><text>id=&#39;a&#39; href=&#39;#a&#39; url(#a)</text></svg>\n" },
		{ "what reaches out",
		  "<svg role='x' aria-labelledby='y' onload='x()'><use href='http://a/#b' OnClick=\"y\"/><g fill='url(http://a)' "
		  "stroke='URL( #b)' style='x: url(#a), url(b)' x='1'/></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><use/><g x=\"1\"/></svg>\n" },
		{ "what is written as an entity",
		  "<svg><g fill='java&#115;cript:x()' stroke='&#117;rl(b)' x='&lt;&quot;'/>&lt;b></svg>",
		  "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><g x=\"&lt;&quot;\"/>&lt;b&gt;</svg>\n" },
		{ "a script", "<svg><script>x()</script></svg>", NULL },
		{ "a script in capitals", "<svg><SCRIPT>x()</SCRIPT></svg>", NULL },
		{ "HTML", "<svg><foreignObject><p/></foreignObject></svg>", NULL },
		{ "a link", "<svg><a href='#x'/></svg>", NULL },
		{ "an image", "<svg><image href='#x'/></svg>", NULL },
		{ "an animation", "<svg><set attributeName='href' to='javascript:x'/></svg>", NULL },
		{ "an entity of its own", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg><text>&a;</text></svg>", NULL },
		{ "an entity from elsewhere", "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
		  NULL },
		{ "entities of entities",
		  "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><svg x='&b;'/>",
		  NULL },
		{ "no end of a tag", "<svg", NULL },
		{ "no end of a value", "<svg a='b", NULL },
		{ "a value without quotes", "<svg a=b></svg>", NULL },
		{ "an attribute without a value", "<svg a></svg>", NULL },
		{ "no end of a comment", "<svg><!-- </svg>", NULL },
		{ "a lone <", "<svg>< </svg>", NULL },
		{ "no SVG", "<html></html>", NULL },
		{ "nothing", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct err err;
		FILE *out = begin();
		int result = svg_inline(out, cases[i].in, "p-", "a <b>", &err);
		check_case(cases[i].name, result == (cases[i].out ? 0 : -1));
		if (cases[i].out) {
			check(cases[i].name, out, cases[i].out);
		} else {
			assert_int_equal(text_close(out, &text), 0);
			free(text);
		}
	}
}

/* Wherever the text is cut: nothing beyond its end is read, which a sanitizer would see. */
static void drawings_may_end_anywhere(void **state)
{
	static const char whole[] =
		"<?xml?><svg a='b' d='M12.34,5.67' fill='rgb(1,2,3)' c = \"d\"><!-- e --><g fill=\"url(#a)\"/><use xlink:href='#a'/></svg>";

	(void)state;
	for (size_t length = 0; length < sizeof whole; length++) {
		struct err err;
		char *cut = strndup(whole, length);
		FILE *out = begin();
		svg_inline(out, cut, "p-", "label", &err);
		assert_int_equal(text_close(out, &text), 0);
		free(text);
		free(cut);
	}
}

/* What a row of the table comes from. */
struct filled {
	const char *nothing;
	double rate_rps;
};

static void data_tables_are_filled_trimmed_sorted_and_read(void **state)
{
	static const struct data_column columns[] = {
		{ "Name", "name", DATA_TEXT, DATA_APART },
		{ "Nothing", "nothing", DATA_TEXT, offsetof(struct filled, nothing) },
		{ "Rate", "rate_rps", DATA_NUMBER, offsetof(struct filled, rate_rps) },
		{ "Zero", "zero", DATA_NUMBER, DATA_APART },
		{ "Note", "note", DATA_TEXT, DATA_APART },
	};
	struct data_table table;
	struct err err;

	(void)state;
	assert_int_equal(data_table_init(&table, 2, columns, sizeof columns / sizeof *columns, &err), 0);
	data_table_set_text(&table, 0, 0, "a,\"b\"<c>|d");
	data_table_set_text(&table, 1, 0, "e");
	data_table_fill(&table, 0, &(struct filled){ .rate_rps = 12345.678 });
	data_table_fill(&table, 1, &(struct filled){ .rate_rps = NAN });
	data_table_add_mark(&table, 0, 2, TEXT_TABLE_INVALID);
	data_table_add_mark(&table, 0, 2, TEXT_TABLE_ERRORS);
	data_table_set(&table, 0, 3, 0);
	data_table_set_text(&table, 1, 4, "f\ng");

	FILE *out = begin();
	data_table_csv(&table, out);
	check("CSV", out, "name,nothing,rate_rps,zero,note\r\n\"a,\"\"b\"\"<c>|d\",,12345.678,0,\r\ne,,,,f g\r\n");

	data_table_trim(&table);
	assert_int_equal(data_table_rows(&table), 2);
	out = begin();
	text_table_write(&table.text, TABLE_MARKDOWN, out);
	check("Markdown", out,
	      "| Name | Rate | Note |\n| :--- | ---: | :--- |\n| a,\"b\"&lt;c>\\|d | 12,346\\*\\! | - |\n| e | - | f g |\n");
	out = begin();
	data_table_html(&table, "A <caption>", out);
	assert_int_equal(text_close(out, &text), 0);
	check_words(text, "aria-label=\"A &lt;caption&gt;\"");
	check_words(
		text,
		"<th scope=\"row\">a,&quot;b&quot;&lt;c&gt;|d</th><td class=\"n\" data-n=\"12345.678\">12,346*!</td><td>-</td>");
	check_words(text, "<th scope=\"row\">e</th><td class=\"n\" data-n=\"\">-</td><td>f g</td>");
	free(text);
	data_table_release(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped_and_plain),
		cmocka_unit_test(elements_hold_text_alone),
		cmocka_unit_test(lines_stay_lines),
		cmocka_unit_test(drawings_stand_in_a_page),
		cmocka_unit_test(drawings_may_end_anywhere),
		cmocka_unit_test(data_tables_are_filled_trimmed_sorted_and_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
