/* quota, with real control groups; skipped where this host lets none be made. */
#include <fcntl.h>
#include <math.h>
#include <time.h>

#include "harness/server/quota.h"
#include "tests/unit/unit.h"

#define PERIOD_NS (5 * CLOCK_MS)

static void quota_need(struct quota *quota)
{
	struct err err;

	if (!quota_open(quota, &err))
		return;
	print_message("%s\n", err.text);
	skip();
}

static char *line_of(const struct quota *quota, const char *name, char line[64])
{
	char path[2 * PROCFILE_PATH];

	snprintf(path, sizeof path, "%s/%s", quota->folder, name);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, 64, file));
	fclose(file);
	line[strcspn(line, "\n")] = 0;
	return line;
}

/* A process, and its child, that use all CPU time they get until they are killed. */
static pid_t burner_start(int door)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(door, "0", 1) != 1)
		_exit(1);
	pid_t child = fork();
	if (child == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		;
}

static void test_the_share_stands_in_the_group(void **state)
{
	static const struct {
		double cpus;
		uint64_t period_ns;
		const char *quota, *period, *both;
	} cases[] = {
		{ 0.5, PERIOD_NS, "2500", "5000", "2500 5000" },
		{ 0.25, 20 * CLOCK_MS, "5000", "20000", "5000 20000" },
		{ 2, PERIOD_NS, "10000", "5000", "10000 5000" },
		/* The kernel takes no quota below 1 ms: the period grows. */
		{ 0.125, PERIOD_NS, "1000", "8000", "1000 8000" },
		{ INFINITY, PERIOD_NS, "-1", "5000", "max 5000" },
	};
	struct quota quota;
	struct err err;
	char line[64];

	(void)state;
	quota_need(&quota);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(quota_set(&quota, cases[i].cpus, cases[i].period_ns, &err), 0);
		if (quota.is_v2) {
			check_text(cases[i].both, line_of(&quota, "cpu.max", line), cases[i].both);
			continue;
		}
		check_text(cases[i].both, line_of(&quota, "cpu.cfs_quota_us", line), cases[i].quota);
		check_text(cases[i].both, line_of(&quota, "cpu.cfs_period_us", line), cases[i].period);
	}
	assert_int_equal(quota_close(&quota, &err), 0);
	assert_int_equal(quota_close(&quota, &err), 0);
}

static void test_a_tree_is_throttled(void **state)
{
	struct quota quota, other;
	struct quota_use use = { 0 };
	struct err err;
	int status;

	(void)state;
	quota_need(&quota);
	assert_int_equal(quota_open(&other, &err), 0);
	assert_string_not_equal(quota.folder, other.folder);
	assert_int_equal(quota_close(&other, &err), 0);
	assert_int_equal(quota_set(&quota, 0.25, PERIOD_NS, &err), 0);
	int door = quota_door(&quota, &err);
	assert_true(door >= 0 && fcntl(door, F_GETFD) & FD_CLOEXEC);
	pid_t pid = burner_start(door);
	uint64_t deadline = clock_ns() + UNIT_PATIENCE_NS;
	while (use.throttled < 10 && clock_ns() < deadline)
		assert_int_equal(quota_read(&quota, &use, &err), 0);
	assert_true(use.throttled >= 10 && use.periods >= use.throttled && use.throttled_ns > 0);
	/* With a process in it, it cannot go. */
	assert_int_equal(quota_close(&quota, &err), -1);
	check_words(err.text, "removing the control group");
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	while (quota_close(&quota, &err) && clock_ns() < deadline)
		;
	assert_string_equal(quota.folder, "");
	close(door);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_share_stands_in_the_group),
		cmocka_unit_test(test_a_tree_is_throttled),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
