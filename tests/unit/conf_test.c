/* bench.conf: what is read, and what is refused with file and line. */
#include "tests/unit/unit.h"

#include "harness/config/conf.h"

/* Reads a text as a file of the test's folder. */
static int read_text(void **state, struct conf *conf, struct settings *settings, const char *name, const char *text,
		     size_t bytes, struct err *err)
{
	const char *path = unit_path(state, name);

	unit_write(path, text, bytes);
	return conf_read(conf, settings, path, err);
}

static void test_good(void **state)
{
	static const char text[] = "# a comment\n"
				   "; another\n"
				   "\n"
				   "[run]\n"
				   "concurrency = 1..8\n"
				   "mode=keepalive\n"
				   "  duration =  2s  \n"
				   "\n"
				   "[server control]\n"
				   "command  = build/servers/control --x 'a b' ; c\n"
				   "requires = test -x build/servers/control\n"
				   "version  = echo \"control = 1\"\n"
				   "install  = build-essential\n"
				   "family   = c\n"
				   "model    = callback\n"
				   "since    = 2010\n"
				   "note     = the ceiling # of every graph\n"
				   "[server a-B_9]\n"
				   "keepalive = no\n"
				   "command = x";
	struct conf conf = { 0 };
	struct settings settings = { 0 };
	struct err err;

	assert_int_equal(options_default(settings_options, &settings, &err), 0);
	assert_int_equal(read_text(state, &conf, &settings, "good.conf", text, sizeof text - 1, &err), 0);
	assert_int_equal(conf.count, 2);
	const struct conf_server *control = conf_find(&conf, "control");
	assert_non_null(control);
	check_text("command", control->command, "build/servers/control --x 'a b' ; c");
	check_text("requires", control->requires, "test -x build/servers/control");
	check_text("version", control->version, "echo \"control = 1\"");
	check_text("install", control->install, "build-essential");
	check_text("family", control->family, "c");
	check_text("model", control->model, "callback");
	check_text("since", control->since, "2010");
	check_text("note", control->note, "the ceiling # of every graph");
	assert_true(control->keepalive);
	char *folder = realpath(*state, NULL);
	check_text("folder", control->folder, folder);
	free(folder);
	const struct conf_server *other = conf_find(&conf, "a-B_9");
	assert_non_null(other);
	check_text("command without a line end", other->command, "x");
	assert_null(other->requires);
	assert_null(other->note);
	assert_false(other->keepalive);
	assert_null(conf_find(&conf, "nobody"));
	assert_int_equal(settings.concurrency.count, 4);
	check_text("mode", settings.mode, "keepalive");
	assert_int_equal(settings.duration_ns, 2 * CLOCK_S);
	assert_int_equal(settings.repeat, 1);
	options_release(settings_options, &settings);
	conf_release(&conf);
	assert_int_equal(conf.count, 0);
	conf_release(&conf);
}

#define SERVER     "[server a]\ncommand = x\n"
#define NAME_OF_60 "n23456789_n23456789_n23456789_n23456789_n23456789_n23456789_"

/* Valid texts that look odd. */
static void test_odd(void **state)
{
	static const struct {
		const char *name, *text;
		size_t servers;
	} cases[] = {
		{ "an empty file", "", 0 },
		{ "only comments", "# a\n;b\n\n", 0 },
		{ "line ends of DOS", "[run]\r\nmode = close\r\n\r\n[server a]\r\ncommand = x\r\n", 1 },
		{ "no final line end", "[server a]\ncommand = x", 1 },
		{ "no final line end after a section", SERVER "[run]", 1 },
		{ "an empty [run]", "[run]\n" SERVER, 1 },
		{ "blanks around", "  [server a]  \n\tcommand=x\t\n", 1 },
		{ "a byte order mark", "\xef\xbb\xbf" SERVER, 1 },
		{ "the longest name", "[server " NAME_OF_60 "]\ncommand = x\n", 1 },
		{ "names that only differ at the end",
		  "[server " NAME_OF_60 "]\ncommand = x\n"
		  "[server n23456789_n23456789_n23456789_n23456789_n23456789_n23456789]\ncommand = x\n",
		  2 },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct conf conf = { 0 };
		struct err err = { "" };
		int bad = read_text(state, &conf, NULL, "odd.conf", cases[i].text, strlen(cases[i].text), &err);
		check_text(cases[i].name, err.text, "");
		check_case(cases[i].name, !bad && conf.count == cases[i].servers);
		for (size_t j = 0; j < conf.count; j++)
			check_text(cases[i].name, conf.servers[j].command, "x");
		conf_release(&conf);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		int line; /* 0: of the whole file */
		const char *words;
	} cases[] = {
		{ "[bogus]\nx = y\n", 1, "unknown section [bogus]: there are [run], [interpreters] and [server NAME]" },
		{ "[bogus]\n", 1, "unknown section [bogus]" },
		{ SERVER "[]\n", 3, "unknown section []" },
		{ SERVER "[Run]\nmode = close\n", 3, "unknown section [Run]" },
		{ SERVER "[servers b]\ncommand = x\n", 3, "unknown section [servers b]" },
		{ SERVER "[server]\ncommand = x\n", 3, "unknown section [server]" },
		{ "[server ]\ncommand = x\n", 1, "'' is no server name: 1 to 60 letters, digits, _ and -" },
		{ "[server a b]\ncommand = x\n", 1, "'a b' is no server name" },
		{ "[server ../a]\ncommand = x\n", 1, "'../a' is no server name" },
		{ "[server \xc3\xa4]\ncommand = x\n", 1, "'\xc3\xa4' is no server name" },
		{ "[server " NAME_OF_60 "x]\ncommand = x\n", 1, "'" NAME_OF_60 "x' is no server name" },
		{ "[server a\ncommand = x\n", 1, "the line of a section does not end with ]" },
		{ SERVER "[server b] x\n", 3, "the line of a section does not end with ]" },
		{ "[", 1, "the line of a section does not end with ]" },
		{ SERVER "[server a]\ncommand = y\n", 3, "there is a server 'a' already" },
		{ SERVER "[server b]\ncommand = y\n\n[server a]\n", 6, "there is a server 'a' already" },
		{ "[run]\nmode = close\n[run]\nrepeat = 2\n", 3, "there is a section [run] already" },
		{ "[interpreters]\n[run]\n[interpreters]\n", 3, "there is a section [interpreters] already" },
		{ "[interpreters]\nperl = x\n", 2, "unknown key 'perl'" },
		{ "[interpreters]\nstackless = x\nstackless = y\n", 3, "'stackless' is twice in [interpreters]" },
		{ SERVER "colour = red\n", 3, "unknown key 'colour'" },
		{ SERVER "Command = red\n", 3, "unknown key 'Command'" },
		{ SERVER " = red\n", 3, "unknown key ''" },
		{ "[run]\nspeed = 3\n", 2, "unknown key 'speed'" },
		{ "[run]\nout = x\n", 2, "unknown key 'out'" },
		{ "[run]\nconf = x\n", 2, "unknown key 'conf'" },
		{ "[run]\nc = 1\n", 2, "unknown key 'c'" },
		{ "[run]\ncommand = x\n", 2, "unknown key 'command'" },
		{ SERVER "mode = close\n", 3, "unknown key 'mode'" },
		{ SERVER "command = y\n", 3, "'command' is twice in [server a]" },
		{ SERVER "since = 1\nfamily = c\nsince = 1\n", 5, "'since' is twice in [server a]" },
		{ SERVER "keepalive = no\nkeepalive = no\n", 4, "'keepalive' is twice in [server a]" },
		{ "[run]\nmode = close\nmode = close\n", 3, "'mode' is twice in [run]" },
		{ "mode = close\n[run]\n", 1, "'mode' is before the first section" },
		{ "[run]\nconcurrency = 8..1\n", 2, "concurrency: '8..1' ends below its start" },
		{ "[run]\nduration = 3\n", 2, "duration: '3' is not a duration" },
		{ "[run]\n\n\nrepeat = 0\n", 4, "repeat: '0' is less than 1" },
		{ "[run]\nmode =\n", 2, "mode: it is empty" },
		{ SERVER "keepalive = maybe\n", 3, "keepalive: 'maybe' is neither yes nor no" },
		{ "[server a]\ncommand =\n", 2, "command: empty, where a command is expected" },
		{ "[server a]\ncommand = x 'y\n", 2, "command: the quote ' does not end in: x 'y" },
		{ SERVER "requires = \"\n", 3, "requires: the quote \" does not end" },
		{ "[server a]\ncommand x\n", 2, "neither a [section] nor 'key = value'" },
		{ "[server a]\ncommand x\nbogus = y\n", 2, "neither a [section] nor 'key = value'" },
		{ SERVER "note = first\n  second line\n", 4, "neither a [section] nor 'key = value'" },
		{ "[server a]\nfamily = c\n", 0, "[server a] has no command" },
		{ "[server a]\n", 0, "[server a] has no command" },
		{ "[server a]\n[server b]\ncommand = x\n", 0, "[server a] has no command" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct conf conf = { 0 };
		struct err err = { "" };
		char front[600];
		const char *path = unit_path(state, "bad.conf");
		unit_write(path, cases[i].text, strlen(cases[i].text));
		check_case(cases[i].text, conf_read(&conf, NULL, path, &err) == -1);
		if (cases[i].line)
			snprintf(front, sizeof front, "%s:%d: %s", path, cases[i].line, cases[i].words);
		else
			snprintf(front, sizeof front, "%s: %s", path, cases[i].words);
		check_words(err.text, front);
		check_case(cases[i].text, strstr(err.text, front) == err.text);
		conf_release(&conf);
	}
}

/* A line as long as one may be, and one byte more; with and without its end. */
static void test_long_lines(void **state)
{
	static const char *const fronts[] = { SERVER "note = ", SERVER "# ", SERVER "[server " };

	for (size_t i = 0; i < LENGTH(fronts); i++) {
		for (int over = 0; over < 4; over++) {
			for (int ended = 0; ended < 2; ended++) {
				struct conf conf = { 0 };
				struct err err = { "" };
				char text[8192];
				size_t front = strlen(fronts[i]) - strlen(SERVER);
				size_t bytes = strlen(fronts[i]) + 1998 - front;
				memset(text, 'x', sizeof text);
				memcpy(text, fronts[i], strlen(fronts[i]));
				bytes += over == 3 ? 5000 : (size_t)over;
				if (ended)
					text[bytes++] = '\n';
				int bad = read_text(state, &conf, NULL, "long.conf", text, bytes, &err);
				check_case(fronts[i], bad == (over || i == 2 ? -1 : 0));
				if (over)
					check_words(err.text, "long.conf:3: a line is longer than 1998 characters");
				else if (i == 0)
					check_case(fronts[i], strlen(conf.servers[0].note) == 1998 - front);
				conf_release(&conf);
			}
		}
	}
}

/* A NUL would hide the rest of its line. */
static void test_nul(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
	} cases[] = {
#define CASE(text) { text, sizeof text - 1 }
		CASE("[server a]\ncommand = x\0y\nfamily = c\n"),
		CASE("[server a]\ncommand = x\0y"),
		CASE("[server a]\ncommand = x\0"),
		CASE("[server a]\n\0command = x\n"),
#undef CASE
	};
	struct err err;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct conf conf = { 0 };
		check_case(cases[i].text,
			   read_text(state, &conf, NULL, "nul.conf", cases[i].text, cases[i].bytes, &err) == -1);
		check_words(err.text, "nul.conf:2: a NUL");
		conf_release(&conf);
	}
}

static void test_missing_file(void **state)
{
	struct conf conf = { 0 };
	struct err err;

	assert_int_equal(conf_read(&conf, NULL, unit_path(state, "none.conf"), &err), -1);
	check_words(err.text, "none.conf: No such file or directory");
	assert_int_equal(conf_read(&conf, NULL, "/nonexistent/folder/none.conf", &err), -1);
	check_words(err.text, "/nonexistent/folder/none.conf: No such file or directory");
	conf_release(&conf);
}

static void test_two_files(void **state)
{
	static const char first[] = "[run]\nrepeat = 2\nmode = close\n[server a]\ncommand = x\n";
	static const char second[] = "[run]\nrepeat = 3\n[server b]\ncommand = y\n";
	static const char third[] = "[server c]\ncommand = z\n[server a]\ncommand = z\n";
	struct conf conf = { 0 };
	struct settings settings = { 0 };
	struct err err;

	assert_int_equal(options_default(settings_options, &settings, &err), 0);
	assert_int_equal(read_text(state, &conf, &settings, "1.conf", first, sizeof first - 1, &err), 0);
	assert_int_equal(read_text(state, &conf, &settings, "2.conf", second, sizeof second - 1, &err), 0);
	assert_int_equal(conf.count, 2);
	check_text("of the first", conf_find(&conf, "a")->command, "x");
	check_text("of the second", conf_find(&conf, "b")->command, "y");
	assert_int_equal(settings.repeat, 3);
	check_text("kept from the first", settings.mode, "close");
	/* The same server in a later file, with the later file's line. */
	assert_int_equal(read_text(state, &conf, &settings, "3.conf", third, sizeof third - 1, &err), -1);
	check_words(err.text, "3.conf:3: there is a server 'a' already");
	check_text("still of the first", conf_find(&conf, "a")->command, "x");
	conf_release(&conf);
	options_release(settings_options, &settings);
}

/* The interpreters of a file stand in the environment; a variable that is set already wins. */
static void test_interpreters(void **state)
{
	static const char first[] = "[interpreters]\nstackless = /opt/a\npython2_greenlet = /opt/b\n";
	static const char second[] = "[interpreters]\nstackless = /opt/c\n";
	struct conf conf = { 0 };
	struct err err;

	unsetenv("BENCH_STACKLESS");
	unsetenv("BENCH_PYTHON2_GREENLET");
	conf_export(&conf);
	assert_null(getenv("BENCH_STACKLESS"));
	assert_int_equal(read_text(state, &conf, NULL, "1.conf", first, sizeof first - 1, &err), 0);
	assert_int_equal(read_text(state, &conf, NULL, "2.conf", second, sizeof second - 1, &err), 0);
	setenv("BENCH_PYTHON2_GREENLET", "/mine", 1);
	conf_export(&conf);
	check_text("of the later file", getenv("BENCH_STACKLESS"), "/opt/c");
	check_text("set before", getenv("BENCH_PYTHON2_GREENLET"), "/mine");
	unsetenv("BENCH_STACKLESS");
	unsetenv("BENCH_PYTHON2_GREENLET");
	conf_release(&conf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, unit_folder_make, unit_folder_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_odd),          TEST(test_bad),       TEST(test_long_lines),
		TEST(test_nul),  TEST(test_missing_file), TEST(test_two_files), TEST(test_interpreters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
