/* Observing: this test's own children, whose figures are known. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/server/observe.h"

#define FILES  37
#define LIMIT  555
#define MEMORY (32u << 20)

/* A child with known files, limit and memory; it writes a byte when it is ready and waits for the pipe to end. */
static pid_t child_start(int *ready, int *go_on)
{
	int said[2], wait[2];

	assert_int_equal(pipe(said), 0);
	assert_int_equal(pipe(wait), 0);
	pid_t pid = fork();
	if (!pid) {
		struct rlimit files = { LIMIT, LIMIT };
		char byte = 0;
		close(wait[1]);
		for (int i = 0; i < FILES; i++)
			if (open("/dev/null", O_RDONLY) < 0)
				_exit(1);
		char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED || setrlimit(RLIMIT_NOFILE, &files))
			_exit(1);
		memset(memory, 1, MEMORY);
		munmap(memory, MEMORY); /* only the peak still knows of it */
		if (write(said[1], &byte, 1) != 1 || read(wait[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(said[1]);
	close(wait[0]);
	*ready = said[0];
	*go_on = wait[1];
	return pid;
}

static void test_child(void **state)
{
	struct observe observe;
	struct observe_usage usage;
	int ready, go_on, status;
	char byte;

	(void)state;
	pid_t pid = child_start(&ready, &go_on);
	assert_int_equal(read(ready, &byte, 1), 1);
	observe_find(&observe, getpid());
	assert_int_equal(observe.count, 1);
	assert_int_equal(observe.pids[0], pid);
	assert_true(observe_fds(&observe) >= FILES + 3);
	/* It may have said that it is ready and not have begun to wait. */
	uint64_t end = clock_ns() + UNIT_PATIENCE_NS;
	do
		observe_use(&observe, &usage);
	while (!usage.switches_voluntary && clock_ns() < end);
	assert_int_equal(usage.processes, 1);
	assert_int_equal(usage.threads, 1);
	assert_int_equal(usage.files_limit, LIMIT);
	assert_true(usage.cpu_ns > 0);
	cpu_set_t own;
	assert_int_equal(sched_getaffinity(0, sizeof own, &own), 0);
	assert_true(CPU_EQUAL(&own, &usage.cpus));
	assert_true(usage.rss_bytes > 0 && usage.rss_bytes < usage.peak_rss_bytes);
	assert_true(usage.peak_rss_bytes >= MEMORY);
	assert_true(usage.switches_voluntary >= 1);
	close(ready);
	close(go_on);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_gone(void **state)
{
	struct observe observe = { .count = 1 };
	struct observe_usage usage;

	(void)state;
	pid_t pid = fork();
	if (!pid)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	observe.pids[0] = pid;
	observe_use(&observe, &usage);
	assert_int_equal(usage.processes, 0);
	assert_int_equal(usage.threads, 0);
	assert_int_equal(usage.cpu_ns, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}
