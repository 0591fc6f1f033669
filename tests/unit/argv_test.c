/* Command lines and lists as words. */
#include "tests/unit/unit.h"

#include "harness/lib/argv.h"

/* Words as text: "<a><b c>". */
static char *show(char *const *words)
{
	static char out[1024];
	size_t used = 0;

	out[0] = 0;
	for (; *words; words++)
		used += (size_t)snprintf(out + used, sizeof out - used, "<%s>", *words);
	return out;
}

static void test_split(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "a", "<a>" },
		{ "a b", "<a><b>" },
		{ "  a \t b\n", "<a><b>" },
		{ "a b c d e f g", "<a><b><c><d><e><f><g>" },
		{ "'a b' c", "<a b><c>" },
		{ "\"a b\" c", "<a b><c>" },
		{ "a' b 'c", "<a b c>" },
		{ "a\" b \"c", "<a b c>" },
		{ "'a\"b'", "<a\"b>" },
		{ "\"a'b\"", "<a'b>" },
		{ "'' a", "<><a>" },
		{ "a ''", "<a><>" },
		{ "\"\"", "<>" },
		{ "a\\ b", "<a b>" },
		{ "a\\\\b", "<a\\b>" },
		{ "\\'a\\'", "<'a'>" },
		{ "\"a\\\"b\"", "<a\"b>" },
		{ "'a\\'", "<a\\>" },
		{ "'a\\b'", "<a\\b>" },
		{ "a\\", "<a\\>" },
		{ "\\ ", "< >" },
		/* Nothing has the meaning that it has in a shell. */
		{ "echo $HOME `id` $(id)", "<echo><$HOME><`id`><$(id)>" },
		{ "a; b && c | d > e & *.c ~", "<a;><b><&&><c><|><d><>><e><&><*.c><~>" },
		{ "a # b", "<a><#><b>" },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char **words = argv_split(cases[i].line, &err);
		check_case(cases[i].line, words != NULL);
		check_text(cases[i].line, show(words), cases[i].words);
		argv_free(words);
	}
}

static void test_split_bad(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "", "empty, where a command is expected" },       { " \t\n", "empty, where a command is expected" },
		{ "'", "the quote ' does not end in: '" },          { "a 'b c", "the quote ' does not end in: a 'b c" },
		{ "a \"b", "the quote \" does not end in: a \"b" }, { "\"a\\\"", "the quote \" does not end" },
		{ "'a\\''", "the quote ' does not end" },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		check_case(cases[i].line, argv_split(cases[i].line, &err) == NULL);
		check_words(err.text, cases[i].words);
	}
}

static void test_list(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "a", "<a>" },           { "a,b", "<a><b>" },     { "a,b,c,d", "<a><b><c><d>" },
		{ " a , b\t", "<a><b>" }, { "a b,c", "<a b><c>" }, { "'a,b'", "<'a><b'>" },
	};
	static const char *const bad[] = { "", " ", ",", "a,", ",a", "a,,b", "a, ,b", " , " };
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char **words = argv_list(cases[i].text, &err);
		check_case(cases[i].text, words != NULL);
		check_text(cases[i].text, show(words), cases[i].words);
		argv_free(words);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		char right[64];
		check_case(bad[i], argv_list(bad[i], &err) == NULL);
		snprintf(right, sizeof right, "an empty item in the list '%s'", bad[i]);
		check_text(bad[i], err.text, right);
	}
	argv_free(NULL);
}

static void test_brief(void **state)
{
	static const struct {
		const char *line,
			*before; /* what it begins with; with a digest where the line has more than one word */
		bool has_digest;
	} cases[] = {
		{ "/opt/bin/my-server", "my-server", false },
		{ "python3 -m x --key s3cret", "python3 (arguments ", true },
		{ "env -i KEY=s3cret OTHER=1 /opt/my-server", "my-server (arguments ", true },
		{ "/usr/bin/env KEY=s3cret", "env (arguments ", true },
		{ "'unfinished", "(unreadable)", false },
	};
	char brief[ARGV_BRIEF], other[ARGV_BRIEF];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		argv_brief(brief, cases[i].line);
		check_case(cases[i].line, strncmp(brief, cases[i].before, strlen(cases[i].before)) == 0);
		check_case(cases[i].line, !strstr(brief, "s3cret"));
		check_case(cases[i].line,
			   strlen(brief) == strlen(cases[i].before) + (cases[i].has_digest ? strlen("1a2b3c4d)") : 0));
	}
	check_case("alike", strcmp(argv_brief(brief, "a b"), argv_brief(other, "a b")) == 0);
	check_case("unlike", strcmp(argv_brief(brief, "a b"), argv_brief(other, "a c")) != 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_bad),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_brief),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
