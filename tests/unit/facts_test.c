/* Facts read from made-up trees of /proc and /sys, so that other hosts are covered. */
#include "tests/unit/unit.h"

#include "harness/doctor/facts.h"
#include "harness/host/activity.h"
#include "harness/host/cgroup.h"
#include "harness/lib/control.h"
#include "harness/lib/err.h"

#define V2_MOUNT "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

static struct facts facts_of(void **state)
{
	struct facts_ask ask = { .root = *state, .level = 65536 };
	struct facts facts;
	struct err err;

	assert_int_equal(facts_read(&facts, &ask, &err), 0);
	return facts;
}

static struct cgroup cgroup_of(void **state)
{
	struct cgroup cgroup;

	cgroup_read(&cgroup, *state);
	return cgroup;
}

/* What can't be read limits nothing. */
static void test_empty(void **state)
{
	struct facts facts = facts_of(state);

	assert_true(facts.smt == FACTS_UNSEEN && facts.turbo == FACTS_UNSEEN);
	assert_true(facts.cgroup.cpu.left == CGROUP_UNLIMITED && facts.cgroup.memory.left == CGROUP_UNLIMITED);
	assert_true(facts.cgroup.processes.left == CGROUP_UNLIMITED);
	assert_int_equal(facts.memory_bytes, 0);
	assert_int_equal(facts.listening, 0);
	assert_false(facts.port_held);
	assert_true(facts.activity.others == 0 && facts.activity.steal == 0);
}

static void test_files(void **state)
{
	unit_plant(state, "/proc/self/status", "Name:\tx\nCapEff:\t0000000001000000\n");
	unit_plant(state, "/proc/meminfo", "MemTotal:  4000 kB\nMemAvailable:    3000 kB\n");
	unit_plant(state, "/proc/sys/fs/file-nr", "1184\t0\t99000\n");
	unit_plant(state, "/proc/sys/kernel/io_uring_disabled", "2\n");
	unit_plant(state, "/proc/sys/net/core/somaxconn", "128\n");
	unit_plant(state, "/proc/sys/net/ipv4/ip_local_port_range", "1024\t65535\n");
	unit_plant(state, "/proc/sys/net/ipv4/tcp_max_syn_backlog", "512\n");
	unit_plant(state, "/proc/sys/net/ipv4/tcp_syncookies", "2\n");
	unit_plant(state, "/proc/sys/net/netfilter/nf_conntrack_max", "65536\n");
	unit_plant(state, "/proc/sys/net/netfilter/nf_conntrack_count", "12\n");
	unit_plant(state, "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait", "120\n");
	unit_plant(state, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
	unit_plant(state, "/sys/devices/system/cpu/smt/active", "1\n");
	unit_plant(state, "/sys/devices/system/cpu/cpufreq/boost", "1\n");
	unit_plant(state, "/proc/net/tcp",
		   "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		   "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 566 1\n"
		   "   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  0 0 567 1\n"
		   "   2: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  0 0 568 1\n"
		   "   3: 0100007F:9C42 0100007F:1F90 06 00000000:00000000 03:00001756 00000000  0 0 0 3\n");
	unit_plant(
		state, "/proc/net/tcp6",
		"  sl  local_address remote_address st\n"
		"   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 9\n");

	struct facts facts = facts_of(state);

	assert_true(facts.may_raise);
	assert_int_equal(facts.memory_bytes, 3000 << 10);
	assert_int_equal(facts.files_open, 1184);
	assert_int_equal(facts.files_max, 99000);
	assert_int_equal(facts.io_uring_disabled, 2);
	assert_int_equal(facts.host.somaxconn, 128);
	assert_int_equal(facts.host.port_low, 1024);
	assert_int_equal(facts.host.port_high, 65535);
	check_text("governor", facts.host.governor, "powersave");
	assert_int_equal(facts.syn_backlog, 512);
	assert_int_equal(facts.syncookies, 2);
	assert_int_equal(facts.conntrack_max, 65536);
	assert_int_equal(facts.conntrack_count, 12);
	assert_int_equal(facts.conntrack_time_wait_s, 120);
	assert_true(facts.smt == FACTS_ON && facts.turbo == FACTS_ON && !facts.turbo_is_intel);
	assert_int_equal(facts.listening, 2);
	assert_int_equal(facts.established, 2);
	assert_int_equal(facts.time_wait, 1);
}

static void test_no_turbo(void **state)
{
	unit_plant(state, "/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
	unit_plant(state, "/sys/devices/system/cpu/smt/active", "0\n");
	struct facts facts = facts_of(state);
	assert_true(facts.turbo == FACTS_ON && facts.turbo_is_intel && facts.smt == FACTS_OFF);
	unit_plant(state, "/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
	assert_true(facts_of(state).turbo == FACTS_OFF);
}

/* The tightest of our group and those above it, in version 2. */
static void test_cgroup_v2(void **state)
{
	unit_plant(state, "/proc/self/mountinfo", V2_MOUNT);
	unit_plant(state, "/proc/self/cgroup", "0::/user.slice/job\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/job/memory.max", "1000000\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/job/memory.current", "400000\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/job/memory.stat", "anon 1\ninactive_file 100000\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/memory.max", "max\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/job/pids.max", "max\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/pids.max", "100\n");
	unit_plant(state, "/sys/fs/cgroup/user.slice/pids.current", "30\n");

	struct cgroup cgroup = cgroup_of(state);

	assert_int_equal(cgroup.cpu.left, 1500);
	check_text("cpu", cgroup.cpu.file, "/sys/fs/cgroup/user.slice/cpu.max");
	check_text("cpu", cgroup.cpu.lifted, "max");
	assert_int_equal(cgroup.memory.left, 700000);
	check_text("memory", cgroup.memory.file, "/sys/fs/cgroup/user.slice/job/memory.max");
	assert_int_equal(cgroup.processes.left, 70);
	check_text("pids", cgroup.processes.file, "/sys/fs/cgroup/user.slice/pids.max");
}

static void test_cgroup_v1(void **state)
{
	unit_plant(state, "/proc/self/mountinfo",
		   "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
		   "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		   "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n");
	unit_plant(state, "/proc/self/cgroup", "4:memory:/box\n3:cpuset:/\n2:cpu,cpuacct:/box\n0::/\n");
	unit_plant(state, "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "50000\n");
	unit_plant(state, "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
	unit_plant(state, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
	unit_plant(state, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	unit_plant(state, "/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
	unit_plant(state, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n");
	unit_plant(state, "/sys/fs/cgroup/memory/memory.usage_in_bytes", "6000\n");

	struct cgroup cgroup = cgroup_of(state);

	assert_int_equal(cgroup.cpu.left, 500);
	check_text("cpu", cgroup.cpu.file, "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us");
	check_text("cpu", cgroup.cpu.lifted, "-1");
	assert_int_equal(cgroup.memory.left, 0);
	assert_true(cgroup.processes.left == CGROUP_UNLIMITED);
}

/* In a container the mount begins at our group, or the path is one that is not to be seen. */
static void test_cgroup_container(void **state)
{
	unit_plant(state, "/proc/self/mountinfo", "30 23 0:26 /docker/ab /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
	unit_plant(state, "/proc/self/cgroup", "0::/docker/ab\n");
	unit_plant(state, "/sys/fs/cgroup/cpu.max", "200000 100000\n");
	assert_int_equal(cgroup_of(state).cpu.left, 2000);
	unit_plant(state, "/proc/self/cgroup", "0::/../elsewhere\n");
	assert_int_equal(cgroup_of(state).cpu.left, 2000);
	unit_plant(state, "/proc/self/cgroup", "0::/\n");
	assert_int_equal(cgroup_of(state).cpu.left, 2000);
}

static void test_cgroup_garbage(void **state)
{
	unit_plant(state, "/proc/self/mountinfo", "x\n30 23 - cgroup2\n" V2_MOUNT);
	unit_plant(state, "/proc/self/cgroup", "nothing\n0:\n0::/a\n");
	unit_plant(state, "/sys/fs/cgroup/a/cpu.max", "lots\n");
	unit_plant(state, "/sys/fs/cgroup/cpu.max", "1000 0\n");
	unit_plant(state, "/sys/fs/cgroup/a/memory.max", "-5\n");
	unit_plant(state, "/sys/fs/cgroup/a/pids.max", "\n");

	struct cgroup cgroup = cgroup_of(state);

	assert_true(cgroup.cpu.left == CGROUP_UNLIMITED && cgroup.memory.left == CGROUP_UNLIMITED);
	assert_true(cgroup.processes.left == CGROUP_UNLIMITED);
	check_text("no file", cgroup.cpu.file, "");
}

static struct activity_look look_of(void **state)
{
	struct activity_look look;
	struct err err;

	assert_int_equal(activity_look(&look, *state, &err), 0);
	return look;
}

#define STAT(pid, name, user, system) \
#pid " (" name ") R 1 1 1 0 -1 4194304 0 0 0 0 " #user " " #system " 0 0 20 0 1 0\n"

static void test_activity(void **state)
{
	unit_plant(state, "/proc/stat",
		   "cpu  100 0 100 700 0 0 0 100 0 0\ncpu0 50 0 50 350 0 0 0 50 0 0\n"
		   "cpu1 50 0 50 350 0 0 0 50 0 0\nintr 1\n");
	unit_plant(state, "/proc/10/stat", STAT(10, "cc1", 40, 10));
	unit_plant(state, "/proc/11/stat", STAT(11, "self", 10, 0));
	unit_plant(state, "/proc/12/stat", STAT(12, "idle", 900, 0));
	unit_plant(state, "/proc/13/stat", "13 no name\n");
	struct activity_look before = look_of(state);
	assert_int_equal(before.cpus, 2);
	assert_int_equal(before.all, 1000);
	assert_int_equal(before.busy, 200);
	assert_int_equal(before.steal, 100);
	assert_int_equal(before.count, 3);

	unit_plant(state, "/proc/stat",
		   "cpu  130 5 115 830 0 5 5 110 0 0\ncpu0 50 0 50 350 0 0 0 50 0 0\n"
		   "cpu1 50 0 50 350 0 0 0 50 0 0\nintr 1\n");
	unit_plant(state, "/proc/10/stat", STAT(10, "cc1", 50, 15));
	unit_plant(state, "/proc/11/stat", STAT(11, "self", 30, 0));
	unit_plant(state, "/proc/14/stat", STAT(14, "ev) il\\\033 (", 30, 2));
	struct activity_look after = look_of(state);
	struct activity activity = activity_between(&before, &after, 11);

	/* 60 of 200 ticks were busy, 20 of them ours; there are two CPUs. */
	assert_float_equal(activity.others, 2 * 40. / 200, 1e-6);
	assert_float_equal(activity.steal, 10. / 200, 1e-6);
	assert_float_equal(activity.steal_boot, 110. / 370, 1e-6);
	assert_int_equal(activity.busiest.pid, 14);
	assert_int_equal(activity.busiest.ticks, 32);
	check_text("name", activity.busiest.name, "ev) il\\ (");
	activity = activity_between(&after, &after, 11);
	assert_true(activity.others == 0 && activity.steal == 0 && activity.busiest.pid == 0);
	activity = activity_between(&after, &before, 11);
	assert_true(activity.others == 0 && activity.steal == 0);
	activity_release(&before);
	activity_release(&after);
}

static void test_servers(void **state)
{
	struct facts facts = { 0 };
	char long_name[] = "a_server_with_quite_a_long_name", control_name[] = CONTROL_SERVER;
	struct conf_server server = { .name = long_name }, control = { .name = control_name };
	struct availability there = { .available = true }, missing = { .reason = "no" };

	(void)state;
	facts_add_server(&facts, &control, &there);
	for (int i = 0; i < 40; i++)
		facts_add_server(&facts, &server, &missing);
	assert_int_equal(facts.servers, 41);
	assert_int_equal(facts.servers_available, 1);
	assert_true(facts.has_control);
	assert_int_equal(strlen(facts.servers_missing), sizeof facts.servers_missing - 1);
}

/* This host itself, whatever it is. */
static void test_here(void **state)
{
	struct facts_ask ask = { .root = "", .level = 65536, .watch_ns = CLOCK_MS };
	struct facts facts;
	struct err err;

	(void)state;
	assert_int_equal(facts_read(&facts, &ask, &err), 0);
	assert_true(facts.host.somaxconn > 0 && facts.memory_bytes > 0 && facts.cpus_allowed > 0);
	assert_true(facts.server_cpus[0] && facts.client_cpus[0]);
	assert_true(facts.activity.others >= 0 && facts.activity.steal_boot <= 1);
}

int main(void)
{
#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, unit_folder_make, unit_folder_remove)
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_empty),          TREE_TEST(test_files),     TREE_TEST(test_no_turbo),
		TREE_TEST(test_cgroup_v2),      TREE_TEST(test_cgroup_v1), TREE_TEST(test_cgroup_container),
		TREE_TEST(test_cgroup_garbage), TREE_TEST(test_activity),  cmocka_unit_test(test_servers),
		cmocka_unit_test(test_here),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
