/*
 * unit: what the unit tests share. Each program tests one module and speaks TAP.
 *
 * A table of cases names each case, and a failed check says which case it was.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/lib/clock.h"
#include "harness/lib/random.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Events that tests wait for take milliseconds; a test that waits this long has failed. */
#define UNIT_PATIENCE_NS (30 * CLOCK_S)

/* Checks a condition of a named case. */
#define check_case(name, condition) unit_check(name, condition, #condition, __FILE__, __LINE__)

static inline void unit_check(const char *name, bool good, const char *condition, const char *file, int line)
{
	if (good)
		return;
	print_error("case '%s': not %s\n", name ? name : "(null)", condition);
	_fail(file, line);
}

/* Checks that a text contains another. */
#define check_words(text, words) unit_words(text, words, __FILE__, __LINE__)

static inline void unit_words(const char *text, const char *words, const char *file, int line)
{
	if (text && words && strstr(text, words))
		return;
	print_error("'%s'\nhas not '%s'\n", text ? text : "(null)", words ? words : "(null)");
	_fail(file, line);
}

/* Checks that two texts are the same. */
#define check_text(name, text, right) unit_text(name, text, right, __FILE__, __LINE__)

static inline void unit_text(const char *name, const char *text, const char *right, const char *file, int line)
{
	if (strcmp(text, right) == 0)
		return;
	print_error("case '%s': '%s' is not '%s'\n", name, text, right);
	_fail(file, line);
}

/* Polls until the condition holds; returns false if that takes too long. */
static inline bool unit_until(bool (*holds)(void *context), void *context)
{
	uint64_t deadline = clock_ns() + UNIT_PATIENCE_NS;

	while (!holds(context)) {
		struct timespec pause = clock_timespec(CLOCK_MS);
		if (clock_ns() > deadline)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/*
 * Orphans of what a test starts become its own children, so that it sees their end, whatever this host's first
 * process does. For cmocka's setup of a group.
 */
static inline int unit_adopt(void **state)
{
	(void)state;
	return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Whether a process has ended; context points to a pid_t. For unit_until(). */
static inline bool unit_gone(void *context)
{
	pid_t pid = *(const pid_t *)context;

	return waitpid(pid, NULL, WNOHANG) == pid || (kill(pid, 0) && errno == ESRCH);
}

/* A folder for the files of one test; its path is *state. For cmocka's setup. */
static inline int unit_folder_make(void **state)
{
	const char *base = getenv("TMPDIR");
	char *path;

	if (asprintf(&path, "%s/benchctl-unit-XXXXXX", base && *base ? base : "/tmp") < 0)
		return -1;
	*state = path;
	return mkdtemp(path) ? 0 : -1;
}

static inline int unit_remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info, (void)type, (void)where;
	return remove(path);
}

/* Removes that folder and everything in it. For cmocka's teardown. */
static inline int unit_folder_remove(void **state)
{
	char *path = *state;
	int bad = nftw(path, unit_remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(path);
	return bad;
}

/* The path of a file in a test's folder; valid until the next call but one. */
static inline const char *unit_path(void **state, const char *name)
{
	static char paths[2][512];
	static unsigned turn;
	char *path = paths[turn++ % 2];

	snprintf(path, sizeof paths[0], "%s/%s", (const char *)*state, name);
	return path;
}

/* Writes a file. */
static inline void unit_write(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

/* Writes a file below a test's folder, and makes the folders that its path names. */
static inline void unit_plant(void **state, const char *path, const char *text)
{
	char whole[512];
	int bytes = snprintf(whole, sizeof whole, "%s%s", (const char *)*state, path);

	assert_true(bytes < (int)sizeof whole);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		assert_true(mkdir(whole, 0777) == 0 || errno == EEXIST);
		*slash = '/';
	}
	unit_write(whole, text, strlen(text));
}

/* The whole of a text file; freed by the caller. */
static inline char *unit_read(const char *path)
{
	struct stat info;
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &info), 0);
	char *text = calloc(1, (size_t)info.st_size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)info.st_size, file), info.st_size);
	fclose(file);
	return text;
}

#endif
