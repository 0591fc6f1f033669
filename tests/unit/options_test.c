/* Option tables: command lines, keys, ranges, error messages, and that what is shown is read back. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/config/settings.h"
#include "harness/lib/options.h"

struct things {
	bool quiet;
	char *out;
	uint64_t number, port, wait_ns;
	int color;
	char *here;
	char **files;
};

#define FIELD(kind, name) OPTION_FIELD(kind, struct things, name)

static const char *const colors[] = { "red", "green", NULL };

static const struct option_def defs[] = {
	{ .name = "quiet", .letter = 'q', FIELD(flag, quiet), .help = "say nothing" },
	{ .name = "out", .letter = 'o', FIELD(text, out), .placeholder = "FILE", .help = "where to" },
	{ .name = "number", .letter = 'n', FIELD(count, number), .fallback = "3", .help = "how many" },
	{ .name = "port",
	  .letter = 'p',
	  FIELD(count, port),
	  .fallback = "8080",
	  .min = 1,
	  .max = 65535,
	  .help = "which port" },
	{ .name = "wait",
	  FIELD(duration, wait_ns),
	  .fallback = "1s",
	  .min = CLOCK_MS,
	  .max = 10 * CLOCK_S,
	  .help = "how long" },
	{ .name = "color", FIELD(choice, color), .fallback = "green", .choices = colors, .help = "which color" },
	{ .name = "here", FIELD(text, here), .flags = OPTION_CALL, .help = "for this call" },
	{ .name = "file", .letter = 'f', FIELD(texts, files), .help = "one of some" },
	{ .name = NULL }
};

#define WORDS_MAX 8

/* Parses words; they must be NULL-terminated. */
static int parse(struct things *things, const char *const *words, char **argv, struct err *err)
{
	struct options_line line;
	int argc = 0, operands;

	for (; argc < WORDS_MAX && words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	operands = options_line_read(defs, &line, argc, argv, err);
	if (operands >= 0 && options_line_apply(&line, things, ~0u, err))
		operands = -1;
	options_line_release(&line);
	return operands;
}

static void test_defaults(void **state)
{
	struct things things = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(options_default(defs, &things, &err), 0);
	assert_false(things.quiet);
	assert_null(things.out);
	assert_int_equal(things.number, 3);
	assert_int_equal(things.port, 8080);
	assert_int_equal(things.wait_ns, CLOCK_S);
	assert_int_equal(things.color, 1);
	options_release(defs, &things);
}

static void test_command_lines(void **state)
{
	static const struct {
		const char *name;
		const char *words[WORDS_MAX];
		struct things right;
		int operands;
		const char *first; /* operand */
	} cases[] = {
		{ "nothing", { NULL }, { .number = 3, .port = 8080 }, 0, NULL },
		{ "long", { "--number", "5" }, { .number = 5, .port = 8080 }, 0, NULL },
		{ "long with =", { "--number=5" }, { .number = 5, .port = 8080 }, 0, NULL },
		{ "letter", { "-n", "5" }, { .number = 5, .port = 8080 }, 0, NULL },
		{ "letter with value", { "-n5" }, { .number = 5, .port = 8080 }, 0, NULL },
		{ "flag", { "--quiet" }, { .quiet = true, .number = 3, .port = 8080 }, 0, NULL },
		{ "flag letter", { "-q" }, { .quiet = true, .number = 3, .port = 8080 }, 0, NULL },
		{ "the last one counts", { "-n5", "-n", "6" }, { .number = 6, .port = 8080 }, 0, NULL },
		{ "operands mixed", { "a", "-n5", "b", "-p", "1", "c" }, { .number = 5, .port = 1 }, 3, "a" },
		{ "operands after --", { "-n5", "--", "-n6", "--" }, { .number = 5, .port = 8080 }, 2, "-n6" },
		{ "a dash is an operand", { "-", "-n5" }, { .number = 5, .port = 8080 }, 1, "-" },
		{ "an empty operand", { "", "-n5" }, { .number = 5, .port = 8080 }, 1, "" },
		{ "a value with dashes",
		  { "--out", "--quiet" },
		  { .out = (char *)(uintptr_t) "--quiet", .number = 3, .port = 8080 },
		  0,
		  NULL },
		{ "a value with =",
		  { "--out=a=b" },
		  { .out = (char *)(uintptr_t) "a=b", .number = 3, .port = 8080 },
		  0,
		  NULL },
		{ "highest", { "--port=65535" }, { .number = 3, .port = 65535 }, 0, NULL },
		{ "here only",
		  { "--here=x" },
		  { .number = 3, .port = 8080, .here = (char *)(uintptr_t) "x" },
		  0,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct things things = { 0 };
		char *argv[WORDS_MAX];
		struct err err = { "" };
		assert_int_equal(options_default(defs, &things, &err), 0);
		check_case(cases[i].name, parse(&things, cases[i].words, argv, &err) == cases[i].operands);
		check_case(cases[i].name, things.quiet == cases[i].right.quiet);
		check_case(cases[i].name, things.number == cases[i].right.number);
		check_case(cases[i].name, things.port == cases[i].right.port);
		check_text(cases[i].name, things.out ? things.out : "", cases[i].right.out ? cases[i].right.out : "");
		check_text(cases[i].name, things.here ? things.here : "",
			   cases[i].right.here ? cases[i].right.here : "");
		if (cases[i].first)
			check_text(cases[i].name, argv[0], cases[i].first);
		options_release(defs, &things);
		check_case(cases[i].name, !things.out && !things.here);
	}
}

/* An option that may be given again adds each time. */
static void test_repeated(void **state)
{
	static const char *const words[WORDS_MAX] = { "-f", "a", "--file=b", "-fc" };
	static const char *const empty[WORDS_MAX] = { "--file=" };
	struct things things = { 0 };
	char *argv[WORDS_MAX];
	struct err err;

	(void)state;
	assert_int_equal(parse(&things, words, argv, &err), 0);
	assert_non_null(things.files);
	check_text("1", things.files[0], "a");
	check_text("2", things.files[1], "b");
	check_text("3", things.files[2], "c");
	assert_null(things.files[3]);
	assert_int_equal(parse(&things, empty, argv, &err), -1);
	check_text("error", err.text, "--file: it is empty");
	assert_null(things.files[3]);
	options_release(defs, &things);
	assert_null(things.files);
}

/* A percentage is a share, and is shown as it was. */
static void test_percent(void **state)
{
	static const struct {
		const char *text;
		double share; /* NAN: refused */
	} cases[] = {
		{ "5%", 0.05 },    { "0%", 0 },    { "2.5%", 0.025 }, { "99.9%", 0.999 }, { "100%", NAN },
		{ "5", NAN },      { "-5%", NAN }, { "%", NAN },      { ".5%", NAN },     { "5%%", NAN },
		{ " 5%", NAN },    { "5 %", NAN }, { "1e1%", NAN },   { "nan%", NAN },    { "0x5%", NAN },
		{ "1.2.3%", NAN }, { "", NAN },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		double share = -1;
		char shown[40] = "";
		bool is_good = option_percent.parse(&share, cases[i].text, NULL, &err) == 0;
		check_case(cases[i].text, is_good == !isnan(cases[i].share));
		if (!is_good)
			continue;
		check_case(cases[i].text, fabs(share - cases[i].share) < 1e-12);
		FILE *out = fmemopen(shown, sizeof shown, "w");
		assert_non_null(out);
		option_percent.show(&share, NULL, out);
		fclose(out);
		check_text(cases[i].text, shown, cases[i].text);
	}
}

static void test_operands_keep_their_order(void **state)
{
	static const char *const words[WORDS_MAX] = { "a", "-q", "b", "--", "c", "-d" };
	struct things things = { 0 };
	char *argv[WORDS_MAX];
	struct err err;

	(void)state;
	assert_int_equal(parse(&things, words, argv, &err), 4);
	check_text("1", argv[0], "a");
	check_text("2", argv[1], "b");
	check_text("3", argv[2], "c");
	check_text("4", argv[3], "-d");
	options_release(defs, &things);
}

static void test_bad_command_lines(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *error;
	} cases[] = {
		{ { "--nope" }, "unknown option --nope" },
		{ { "--nope=5" }, "unknown option --nope" },
		{ { "--numbe", "5" }, "unknown option --numbe" },
		{ { "--numbers", "5" }, "unknown option --numbers" },
		{ { "--Number", "5" }, "unknown option --Number" },
		{ { "---number", "5" }, "unknown option ---number" },
		{ { "--=5" }, "unknown option --" },
		{ { "-x" }, "unknown option -x" },
		{ { "-=" }, "unknown option -=" },
		{ { "--number" }, "--number needs a value" },
		{ { "-n" }, "--number needs a value" },
		{ { "--number", "x" }, "--number: 'x' is not a whole number" },
		{ { "-n", "-1" }, "--number: '-1' is not a whole number" },
		{ { "--number=" }, "--number: '' is not a whole number" },
		{ { "--port=0" }, "--port: '0' is less than 1" },
		{ { "--port=65536" }, "--port: '65536' is more than 65535" },
		{ { "--wait=1" }, "--wait: '1' is not a duration" },
		{ { "--wait=10us" }, "--wait: '10us' is less than 1ms" },
		{ { "--wait=1m" }, "--wait: '1m' is more than 10s" },
		{ { "--color=blue" }, "--color: 'blue' is not one of: red, green" },
		{ { "--color=" }, "--color: '' is not one of: red, green" },
		{ { "--color=re" }, "--color: 're' is not one of: red, green" },
		{ { "--out=" }, "--out: it is empty" },
		{ { "--quiet=yes" }, "--quiet takes no value" },
		{ { "-qn" }, "--quiet takes no value" },
		{ { "a", "-n5", "--nope" }, "unknown option --nope" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct things things = { 0 };
		char *argv[WORDS_MAX];
		struct err err = { "" };
		assert_int_equal(options_default(defs, &things, &err), 0);
		check_case(cases[i].error, parse(&things, cases[i].words, argv, &err) == -1);
		check_words(err.text, cases[i].error);
		check_case(cases[i].error, strncmp(err.text, cases[i].error, strlen(cases[i].error)) == 0);
		options_release(defs, &things);
	}
}

/* A name that only begins like an option, however long, is none. */
static void test_long_name(void **state)
{
	char word[300] = "--";
	const char *words[WORDS_MAX] = { word, NULL };
	struct things things = { 0 };
	char *argv[WORDS_MAX];
	struct err err;

	(void)state;
	memset(word + 2, 'n', sizeof word - 3);
	assert_int_equal(parse(&things, words, argv, &err), -1);
	check_words(err.text, "unknown option --nnn");
}

static void test_keys(void **state)
{
	static const struct {
		const char *key, *value, *error;
	} cases[] = {
		{ "number", "5", NULL },
		{ "quiet", "yes", NULL },
		{ "quiet", "no", NULL },
		{ "color", "red", NULL },
		{ "quiet", "true", "quiet: 'true' is neither yes nor no" },
		{ "quiet", "", "quiet: '' is neither yes nor no" },
		{ "quiet", "YES", "quiet: 'YES' is neither yes nor no" },
		{ "number", "", "number: '' is not a whole number" },
		{ "port", "65536", "port: '65536' is more than 65535" },
		{ "n", "5", "unknown key 'n'" },
		{ "", "5", "unknown key ''" },
		{ "nope", "5", "unknown key 'nope'" },
		{ "here", "x", "unknown key 'here'" },
	};
	struct things things = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct err err = { "" };
		int bad = options_set(defs, &things, cases[i].key, cases[i].value, &err);
		check_case(cases[i].key, bad == (cases[i].error ? -1 : 0));
		check_text(cases[i].key, err.text, cases[i].error ? cases[i].error : "");
	}
	assert_int_equal(things.number, 5);
	assert_false(things.quiet);
	assert_int_equal(things.color, 0);
	options_release(defs, &things);
}

/* Shows one option of any table. */
static char *show(const struct option_def *def, const void *settings)
{
	static char text[256];
	FILE *out = fmemopen(text, sizeof text, "w");

	assert_non_null(out);
	options_show(def, settings, out);
	fclose(out);
	return text;
}

static void test_show(void **state)
{
	static const struct {
		const char *key, *value;
	} cases[] = {
		{ "quiet", "yes" },
		{ "quiet", "no" },
		{ "out", "a b" },
		{ "number", "0" },
		{ "number", "999999999999999999" },
		{ "port", "1" },
		{ "wait", "1ms" },
		{ "wait", "1500ms" },
		{ "color", "red" },
		{ "color", "green" },
	};
	struct things things = { 0 };
	struct err err;

	(void)state;
	check_text("unset", show(options_find(defs, "out"), &things), "");
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(options_set(defs, &things, cases[i].key, cases[i].value, &err), 0);
		check_text(cases[i].key, show(options_find(defs, cases[i].key), &things), cases[i].value);
	}
	options_release(defs, &things);
}

static void test_help(void **state)
{
	static const char right[] = "  -q, --quiet                      say nothing\n"
				    "  -o, --out FILE                   where to\n"
				    "  -n, --number N                   how many [3]\n"
				    "  -p, --port N                     which port [8080]\n"
				    "      --wait TIME                  how long [1s]\n"
				    "      --color red|green            which color [green]\n"
				    "      --here TEXT                  for this call\n"
				    "  -f, --file TEXT                  one of some\n";
	char text[1024] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	(void)state;
	assert_non_null(out);
	options_help(defs, out);
	fclose(out);
	check_text("help", text, right);
}

/* The real table of `run`: no name and no letter twice, each default is shown as it is written and read back. */
static void test_settings_table(void **state)
{
	struct settings settings = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(options_default(settings_options, &settings, &err), 0);
	for (const struct option_def *def = settings_options; def->name; def++) {
		check_case(def->name, options_find(settings_options, def->name) == def);
		for (const struct option_def *next = def + 1; next->name; next++)
			check_case(def->name, !def->letter || def->letter != next->letter);
		check_case(def->name, def->help && *def->help && def->help[strlen(def->help) - 1] != '.');
		if (!def->fallback)
			continue;
		char *text = strdup(show(def, &settings));
		check_text(def->name, text, def->fallback);
		check_case(def->name, options_set_def(def, &settings, text, &err) == 0);
		free(text);
	}
	options_release(settings_options, &settings);
}

static void test_preset(void **state)
{
	struct settings settings = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(options_default(settings_options, &settings, &err), 0);
	assert_int_equal(settings_preset(&settings, "2011", &err), -1);
	check_text("unknown", err.text, "unknown preset '2011': the only one is 2010");
	assert_int_equal(settings_preset(&settings, "2010", &err), 0);
	assert_int_equal(settings.concurrency.count, 1);
	assert_int_equal(settings.concurrency.level[0], 100);
	assert_int_equal(settings.requests, 100000);
	assert_int_equal(settings.sequential, 10000);
	assert_int_equal(settings.backlog, 128);
	check_text("mode", settings.mode, "close");
	options_release(settings_options, &settings);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_operands_keep_their_order),
		cmocka_unit_test(test_bad_command_lines),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_settings_table),
		cmocka_unit_test(test_preset),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
