/* The ledger: a line a cell, on the disk or an error. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "harness/record/ledger.h"

static const struct document run = { .id = (char *)"0123" };

static void cell_make(struct cell *cell, uint64_t level)
{
	cell_init(cell, "tornado", "epoll", "close", level, 1);
	cell->rate_rps = (double)level * 10;
}

static void test_lines(void **state)
{
	const char *path = unit_path(state, "cells.jsonl");
	struct ledger ledger = { .fd = -1 };
	struct err err;
	unsigned lines = 0;

	assert_int_equal(ledger_create(&ledger, path, &run, &err), 0);
	for (uint64_t level = 1; level <= 16; level *= 2) {
		struct cell cell;
		cell_make(&cell, level);
		cell_set_text(&cell.error, "two\nlines");
		assert_int_equal(ledger_append(&ledger, &cell, &err), 0);
		cell_release(&cell);
		/* It is there at once, not only when the ledger is closed. */
		char *text = unit_read(path);
		assert_int_equal(text[strlen(text) - 1], '\n');
		free(text);
	}
	ledger_release(&ledger);
	assert_int_equal(ledger.fd, -1);
	assert_null(ledger.path);
	ledger_release(&ledger);

	char *text = unit_read(path);
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
		json_error_t where;
		*end = 0;
		json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, &where);
		assert_non_null(json);
		if (!lines) { /* the first says of which run the others are */
			check_text("run", json_string_value(json_object_get(json, "run")), "0123");
			json_decref(json);
			continue;
		}
		check_text("server", json_string_value(json_object_get(json, "server")), "tornado");
		check_text("error", json_string_value(json_object_get(json, "error")), "two\nlines");
		assert_int_equal(json_integer_value(json_object_get(json, "level")), 1 << (lines - 1));
		assert_true(json_real_value(json_object_get(json, "rate_rps")) == 10.0 * (1 << (lines - 1)));
		json_decref(json);
	}
	assert_int_equal(lines, 6);
	free(text);
}

/* The cells of another run are not taken for its own; a ledger of an old version says of none. */
static void test_other_run(void **state)
{
	static const struct {
		const char *id, *resumed_by, *words;
	} cases[] = { { "01", "01", NULL }, { "01", "02", "not the ledger" }, { "01", NULL, "not the ledger" } };
	char name[32];

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document made = { .id = (char *)cases[i].id };
		struct document resumed = { .id = cases[i].resumed_by ? strdup(cases[i].resumed_by) : NULL };
		struct ledger ledger = { .fd = -1 };
		struct ledger_found found;
		struct cell cell;
		struct err err;
		snprintf(name, sizeof name, "%zu.jsonl", i);
		const char *path = unit_path(state, name);
		cell_make(&cell, 1);
		assert_int_equal(ledger_create(&ledger, path, &made, &err), 0);
		assert_int_equal(ledger_append(&ledger, &cell, &err), 0);
		ledger_release(&ledger);
		int result = ledger_resume(&ledger, path, &resumed, &found, &err);
		check_case(name, result == (cases[i].words ? -1 : 0));
		if (cases[i].words)
			check_words(err.text, cases[i].words);
		assert_int_equal(resumed.cells_count, cases[i].words ? 0 : 1);
		ledger_release(&ledger);
		document_release(&resumed);
		cell_release(&cell);
	}
}

static void test_existing_file(void **state)
{
	const char *path = unit_path(state, "cells.jsonl");
	struct ledger ledger = { .fd = -1 };
	struct err err;

	unit_write(path, "precious\n", 9);
	assert_int_equal(ledger_create(&ledger, path, &run, &err), -1);
	check_words(err.text, "/cells.jsonl: File exists");
	ledger_release(&ledger);
	char *text = unit_read(path);
	check_text("untouched", text, "precious\n");
	free(text);
}

static void test_no_folder(void **state)
{
	struct ledger ledger = { .fd = -1 };
	struct err err;

	assert_int_equal(ledger_create(&ledger, unit_path(state, "none/cells.jsonl"), &run, &err), -1);
	check_words(err.text, "/none/cells.jsonl: No such file or directory");
	ledger_release(&ledger);
}

/* In a process of its own, where no file may grow beyond three lines and a half: as on a full disk. */
static int append_without_room(const char *path)
{
	struct ledger ledger = { .fd = -1 };
	struct cell cell;
	struct err err;

	signal(SIGXFSZ, SIG_IGN);
	cell_make(&cell, 1);
	if (ledger_create(&ledger, path, &run, &err))
		return 1;
	rlim_t head = (rlim_t)lseek(ledger.fd, 0, SEEK_END);
	if (ledger_append(&ledger, &cell, &err))
		return 2;
	rlim_t line = (rlim_t)lseek(ledger.fd, 0, SEEK_END) - head;
	const struct rlimit limit = { head + line * 7 / 2, head + line * 7 / 2 };
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 3;
	if (ledger_append(&ledger, &cell, &err) || ledger_append(&ledger, &cell, &err))
		return 4;
	if (ledger_append(&ledger, &cell, &err) != -1)
		return 5;
	if (!strstr(err.text, "writing ") || !strstr(err.text, path) || !strstr(err.text, strerror(EFBIG)))
		return 6;
	return 0;
}

static void test_no_room(void **state)
{
	const char *path = unit_path(state, "cells.jsonl");
	unsigned lines = 0;
	int status;

	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(append_without_room(path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* The lines before are whole. */
	char *text = unit_read(path);
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, lines++)
		assert_true(line[0] == '{' && end[-1] == '}');
	assert_int_equal(lines, 4); /* with the first one */
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, unit_folder_make, unit_folder_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_lines),     TEST(test_other_run), TEST(test_existing_file),
		TEST(test_no_folder), TEST(test_no_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
