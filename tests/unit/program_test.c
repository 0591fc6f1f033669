/* Running a short program: its status, what it printed, and its end. */
#include "tests/unit/unit.h"

#include "harness/server/program.h"

#define LONG_NS UNIT_PATIENCE_NS

static void test_status_and_output(void **state)
{
	static const struct {
		const char *command;
		int status;
		const char *out, *errors;
	} cases[] = {
		{ "true", 0, "", "" },
		{ "false", 1, "", "" },
		{ "echo hello", 0, "hello", "" },
		{ "echo 'a  b' c", 0, "a  b c", "" },
		{ "sh -c 'exit 7'", 7, "", "" },
		{ "sh -c 'exit 255'", 255, "", "" },
		{ "sh -c 'echo a; echo b >&2; exit 3'", 3, "a", "b" },
		{ "printf 'a\\nb\\n\\n \\n'", 0, "a\nb", "" },
		{ "printf '\\033[1mx\\ty\\r\\n'", 0, " [1mx y", "" },
		{ "printf 'a\\377b'", 0, "a?b", "" },
		{ "printf ' \\n\\n'", 0, "", "" },
		/* No shell: only an argv. */
		{ "echo $HOME * ; true", 0, "$HOME * ; true", "" },
		/* Nothing to read, so it ends at once. */
		{ "cat", 0, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char out[256] = "before", errors[256] = "before";
		struct err err = { "" };
		int status = program_run(cases[i].command, NULL, LONG_NS, out, sizeof out, errors, sizeof errors, NULL,
					 &err);
		check_case(cases[i].command, status == cases[i].status);
		check_text(cases[i].command, out, cases[i].out);
		check_text(cases[i].command, errors, cases[i].errors);
	}
}

static void test_no_output_wanted(void **state)
{
	char out[16];
	struct err err;

	(void)state;
	assert_int_equal(program_run("sh -c 'echo a; echo b >&2'", NULL, LONG_NS, NULL, 0, NULL, 0, NULL, &err), 0);
	assert_int_equal(program_run("sh -c 'echo a; echo b >&2'", NULL, LONG_NS, NULL, 0, out, sizeof out, NULL, &err),
			 0);
	check_text("stderr", out, "b");
	assert_int_equal(program_run("sh -c 'echo a; echo b >&2'", NULL, LONG_NS, out, sizeof out, NULL, 0, NULL, &err),
			 0);
	check_text("stdout", out, "a");
}

/* More than a pipe holds, on both outputs: it is cut, and the program is not held up. */
static void test_much_output(void **state)
{
	static const char command[] =
		"sh -c 'head -c 300000 /dev/zero | tr \"\\0\" x; head -c 300000 /dev/zero | tr \"\\0\" y >&2'";
	struct {
		char text[100], guard;
	} out = { .guard = 'g' }, errors = { .guard = 'g' };
	struct err err;

	(void)state;
	assert_int_equal(program_run(command, NULL, LONG_NS, out.text, sizeof out.text, errors.text, sizeof errors.text,
				     NULL, &err),
			 0);
	assert_int_equal(strlen(out.text), sizeof out.text - 1);
	assert_int_equal(strspn(out.text, "x"), sizeof out.text - 1);
	assert_int_equal(strspn(errors.text, "y"), sizeof errors.text - 1);
	assert_int_equal(out.guard, 'g');
	assert_int_equal(errors.guard, 'g');
}

static void test_folder(void **state)
{
	char out[512];
	struct err err;
	char *right = realpath(*state, NULL);

	assert_int_equal(program_run("pwd", *state, LONG_NS, out, sizeof out, NULL, 0, NULL, &err), 0);
	check_text("folder", out, right);
	free(right);
	assert_int_not_equal(program_run("pwd", "/nonexistent/folder", LONG_NS, out, sizeof out, NULL, 0, NULL, &err),
			     0);
}

static void test_not_found(void **state)
{
	static const char *const commands[] = { "/nonexistent/program", "no-such-program-anywhere --version", "''",
						"/" };
	char out[64];
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(commands); i++) {
		check_case(commands[i],
			   program_run(commands[i], NULL, LONG_NS, out, sizeof out, NULL, 0, NULL, &err) == -1);
		check_words(err.text, i < 3 ? ": No such file or directory" : ": Permission denied");
		check_text(commands[i], out, "");
	}
}

static void test_bad_command(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(program_run("", NULL, LONG_NS, NULL, 0, NULL, 0, NULL, &err), -1);
	check_words(err.text, "empty, where a command is expected");
	assert_int_equal(program_run("echo 'a", NULL, LONG_NS, NULL, 0, NULL, 0, NULL, &err), -1);
	check_words(err.text, "the quote ' does not end");
}

static void test_killed(void **state)
{
	sigset_t term, before;
	struct err err;

	(void)state;
	assert_int_equal(program_run("sh -c 'kill -KILL $$'", NULL, LONG_NS, NULL, 0, NULL, 0, NULL, &err), -1);
	check_text("KILL", err.text, "sh: killed by signal 9");
	/* What the caller blocks is not blocked in the program. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	int status = program_run("sh -c 'kill -TERM $$; exit 3'", NULL, LONG_NS, NULL, 0, NULL, 0, NULL, &err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(status, -1);
	check_text("TERM", err.text, "sh: killed by signal 15");
}

/* One that does not end is killed with all of its group, and what it printed is kept. */
static void test_timeout(void **state)
{
	static const struct {
		const char *command, *words;
	} cases[] = {
		{ "sh -c 'echo $$ $$; exec sleep 100'", "sh: did not end within" },
		{ "sh -c 'trap \"\" TERM INT HUP; echo $$ $$; while :; do sleep 1; done'", "sh: did not end within" },
		{ "sh -c 'sleep 100 & echo $$ $!; wait'", "sh: did not end within" },
		{ "sh -c 'exec >&-; exec sleep 100'", "sh: did not end within" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char out[64];
		struct err err;
		int pids[2];
		uint64_t start = clock_ns();
		check_case(cases[i].command, program_run(cases[i].command, NULL, 300 * CLOCK_MS, out, sizeof out, NULL,
							 0, NULL, &err) == -1);
		uint64_t took = clock_ns() - start;
		check_words(err.text, cases[i].words);
		check_case(cases[i].command, took >= 300 * CLOCK_MS && took < 50 * CLOCK_S);
		for (int j = 0; j < sscanf(out, "%d %d", &pids[0], &pids[1]); j++) {
			pid_t pid = pids[j];
			check_case(cases[i].command, unit_until(unit_gone, &pid));
		}
	}
}

/* A child that it leaves behind, with its outputs open, neither holds us up nor outlives it. */
static void test_left_behind(void **state)
{
	char out[64];
	struct err err;
	pid_t pid;

	(void)state;
	/* Waiting for it would have taken all the time. */
	assert_int_equal(
		program_run("sh -c 'sleep 100 & echo $!; exit 5'", NULL, LONG_NS, out, sizeof out, NULL, 0, NULL, &err),
		5);
	assert_int_equal(sscanf(out, "%d", &pid), 1);
	assert_true(unit_until(unit_gone, &pid));
}

static void test_clean(void **state)
{
	static const struct {
		const char *text, *clean;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "a\n", "a" },
		{ "a \n \n", "a" },
		{ " \n", "" },
		{ "a\nb\n", "a\nb" },
		{ "  a", "  a" },
		{ "a\tb\r\n", "a b" },
		{ "\x1b[0m", " [0m" },
		{ "\x7f\x80\xff", "???" },
		{ "a\x01", "a" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char text[32];
		snprintf(text, sizeof text, "%s", cases[i].text);
		program_clean(text);
		check_text(cases[i].text, text, cases[i].clean);
	}
}

/* The number of this process's open files. */
static unsigned open_files(void)
{
	unsigned count = 0;
	DIR *folder = opendir("/proc/self/fd");

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void test_no_file_is_left_open(void **state)
{
	unsigned before = open_files();
	char out[16];
	struct err err;

	(void)state;
	program_run("echo a", NULL, LONG_NS, out, sizeof out, out, sizeof out, NULL, &err);
	program_run("sleep 100", NULL, CLOCK_MS, out, sizeof out, NULL, 0, NULL, &err);
	program_run("/nonexistent", NULL, LONG_NS, NULL, 0, out, sizeof out, NULL, &err);
	program_run("'", NULL, LONG_NS, out, sizeof out, NULL, 0, NULL, &err);
	assert_int_equal(open_files(), before);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_and_output),
		cmocka_unit_test(test_no_output_wanted),
		cmocka_unit_test(test_much_output),
		cmocka_unit_test_setup_teardown(test_folder, unit_folder_make, unit_folder_remove),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_bad_command),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_left_behind),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_no_file_is_left_open),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("program", tests, unit_adopt, NULL);
}
