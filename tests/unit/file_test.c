/* Files read and written whole. */
#include "tests/unit/unit.h"

#include "harness/lib/file.h"

static char folder[] = "/tmp/file_test.XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	unlink("a");
	return rmdir(folder);
}

static void test_writes_and_reads(void **state)
{
	static char long_text[200001];
	struct err err;

	(void)state;
	memset(long_text, 'x', sizeof long_text - 1);
	const char *const texts[] = { "", "short\n", long_text };
	for (size_t i = 0; i < LENGTH(texts); i++) {
		assert_int_equal(file_write("a", texts[i], &err), 0);
		char *text = file_read("a", &err);
		assert_non_null(text);
		assert_string_equal(text, texts[i]);
		free(text);
	}
	assert_int_equal(access("a.new", F_OK), -1);
}

/* What goes wrong half-way leaves the old content. */
static void test_keeps_the_old_content(void **state)
{
	struct file_replacement file;
	struct err err;

	(void)state;
	assert_int_equal(file_write("a", "old", &err), 0);
	assert_int_equal(file_replace(&file, "a", &err), 0);
	fputs("new", file.out);
	err_set(&err, "the caller's");
	assert_int_equal(file_replaced(&file, -1, &err), -1);
	assert_string_equal(err.text, "the caller's");
	char *text = file_read("a", &err);
	assert_string_equal(text, "old");
	free(text);
	assert_int_equal(access("a.new", F_OK), -1);
	assert_int_equal(file_write("a", NULL, &err), -1);
	assert_string_equal(err.text, "out of memory");
}

static void test_says_what_is_wrong(void **state)
{
	struct err err;

	(void)state;
	assert_null(file_read("missing", &err));
	assert_string_equal(err.text, "missing: No such file or directory");
	assert_int_equal(file_write("missing/a", "text", &err), -1);
	assert_string_equal(err.text, "missing/a.new: No such file or directory");
	FILE *full = file_create("/dev/full", &err);
	assert_non_null(full);
	fputs("text", full);
	assert_int_equal(file_close(full, "/dev/full", &err), -1);
	assert_string_equal(err.text, "writing /dev/full: No space left on device");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_and_reads),
		cmocka_unit_test(test_keeps_the_old_content),
		cmocka_unit_test(test_says_what_is_wrong),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
