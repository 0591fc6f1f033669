/* The kernel's counters: read from a made-up /proc, and from the real one. */
#include "tests/unit/unit.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/host/kernel.h"

static char folder[] = "/tmp/kernel_test.XXXXXX";

static const struct {
	const char *name, *text;
} files[] = {
	{ "net/netstat", "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPTimeouts\nTcpExt: 9 7 8 3\n"
			 "IpExt: InNoRoutes\nIpExt: 1\n" },
	{ "net/snmp", "Ip: Forwarding\nIp: 1\nTcp: RtoMin RetransSegs OutRsts\nTcp: 200 12 34\n" },
	{ "net/sockstat", "sockets: used 5\nTCP: inuse 5 orphan 0 tw 77 alloc 7 mem 1\n" },
	{ "stat", "cpu  1 2 3 4 5 6 7 250 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n" },
	{ "pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345\nfull avg10=0.00 total=1\n" },
};

static int folder_make(void **state)
{
	char path[128];

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, i ? "net" : "pressure");
		mkdir(path, 0700);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
		FILE *file = fopen(path, "w");
		if (!file)
			return -1;
		fputs(files[i].text, file);
		fclose(file);
	}
	return 0;
}

static int folder_remove(void **state)
{
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
		unlink(path);
	}
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, i ? "net" : "pressure");
		rmdir(path);
	}
	return rmdir(folder);
}

static void test_made_up(void **state)
{
	struct kernel kernel;

	(void)state;
	kernel_read(&kernel, folder);
	assert_true(kernel.counters[KERNEL_LISTEN_OVERFLOWS] == 7);
	assert_true(kernel.counters[KERNEL_LISTEN_DROPS] == 8);
	assert_true(kernel.counters[KERNEL_TIMEOUTS] == 3);
	assert_true(kernel.counters[KERNEL_RETRANS_SEGS] == 12);
	assert_true(kernel.counters[KERNEL_OUT_RSTS] == 34);
	assert_true(kernel.counters[KERNEL_STEAL_MS] == 250 * 1e3 / (double)sysconf(_SC_CLK_TCK));
	assert_true(kernel.counters[KERNEL_CPU_PRESSURE_MS] == 12.345);
	assert_true(kernel.time_wait == 77);
	/* Unknown is not 0. */
	assert_true(isnan(kernel.counters[KERNEL_SYN_RETRANS]));
	assert_true(isnan(kernel.counters[KERNEL_MEMORY_PRESSURE_MS]));
}

static void test_nothing_there(void **state)
{
	struct kernel kernel;

	(void)state;
	kernel_read(&kernel, "/nonexistent");
	for (int i = 0; i < KERNEL_COUNTERS; i++)
		assert_true(isnan(kernel.counters[i]));
	assert_true(isnan(kernel.time_wait));
}

static void test_between(void **state)
{
	struct kernel before = { .time_wait = 5 }, after = { .time_wait = 9 };

	(void)state;
	before.counters[KERNEL_TIMEOUTS] = 3;
	after.counters[KERNEL_TIMEOUTS] = 10;
	before.counters[KERNEL_OUT_RSTS] = 10; /* a counter that was set back */
	after.counters[KERNEL_STEAL_MS] = NAN;
	struct kernel between = kernel_between(&before, &after);
	assert_true(between.counters[KERNEL_TIMEOUTS] == 7);
	assert_true(between.counters[KERNEL_OUT_RSTS] == 0);
	assert_true(isnan(between.counters[KERNEL_STEAL_MS]));
	assert_true(between.time_wait == 9);
}

static void test_real(void **state)
{
	struct kernel before, after;

	(void)state;
	kernel_read(&before, "/proc");
	kernel_read(&after, "/proc");
	struct kernel between = kernel_between(&before, &after);
	for (int i = 0; i <= KERNEL_OUT_RSTS; i++) /* these are there in every kernel of today */
		assert_true(between.counters[i] >= 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_up),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_real),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kernel", tests, folder_make, folder_remove);
}
