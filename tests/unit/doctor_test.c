/* What doctor concludes from facts: each rule with a case that passes and one that does not. */
#include "tests/unit/unit.h"

#include "harness/doctor/doctor.h"

/* A host on which nothing is to be said. */
static struct facts good_host(void)
{
	struct facts facts = {
		.level = 65536, .is_benchmark = true, .is_root = true, .may_raise = true,
		.host = {
			.cores = 4, .governor = "performance", .files_soft = 100000, .files_hard = 100000,
			.somaxconn = 65536, .port_low = 32768, .port_high = 60999, .tw_buckets = 262144, .tw_reuse = 2,
		},
		.cpus_allowed = 4, .client_cpus = "1-3", .server_cpus = "0", .cpus_apart = true,
		.smt = FACTS_OFF, .turbo = FACTS_OFF,
		.cgroup = {
			.cpu = { .left = CGROUP_UNLIMITED }, .memory = { .left = CGROUP_UNLIMITED },
			.processes = { .left = CGROUP_UNLIMITED },
		},
		.memory_bytes = 8ull << 30, .files_max = 1000000, .wants_host = true,
		.syn_backlog = 4096, .syncookies = 1, .listening = 3, .port = 8080,
		.servers = 2, .servers_available = 2, .has_control = true,
		.io_uring_binds = true,
	};
	return facts;
}

/* A field of the facts that a case changes. */
struct change {
	enum { NONE, WHOLE, REAL, TEXT, POINTER } kind;
	size_t offset, bytes;
	uint64_t whole;
	double real;
	const char *text;
};

#define AT(field) offsetof(struct facts, field), sizeof((struct facts *)NULL)->field
#define SET(field, value)                                            \
	{                                                            \
		.kind = WHOLE, AT(field), .whole = (uint64_t)(value) \
	}
#define SET_REAL(field, value)                           \
	{                                                \
		.kind = REAL, AT(field), .real = (value) \
	}
#define SET_TEXT(field, value)                           \
	{                                                \
		.kind = TEXT, AT(field), .text = (value) \
	}
#define SET_POINTER(field, value)                           \
	{                                                   \
		.kind = POINTER, AT(field), .text = (value) \
	}

static void change(struct facts *facts, const struct change *change)
{
	char *field = (char *)facts + change->offset;

	switch (change->kind) {
	case NONE: break;
	case WHOLE:
		if (change->bytes == sizeof(bool))
			*(bool *)field = change->whole;
		else if (change->bytes == sizeof(unsigned))
			*(unsigned *)field = (unsigned)change->whole;
		else
			*(uint64_t *)field = change->whole;
		break;
	case REAL: *(double *)field = change->real; break;
	case TEXT:
		assert_true(strlen(change->text) < change->bytes);
		strcpy(field, change->text);
		break;
	case POINTER: *(const char **)field = change->text; break;
	}
}

#define QUOTA(thousandths)                                                             \
	SET(cgroup.cpu.left, thousandths), SET_TEXT(cgroup.cpu.file, "/cg/a/cpu.max"), \
		SET_POINTER(cgroup.cpu.lifted, "max")
#define MEMORY(bytes)                                                                     \
	SET(cgroup.memory.left, bytes), SET_TEXT(cgroup.memory.file, "/cg/a/memory.max"), \
		SET_POINTER(cgroup.memory.lifted, "max")
#define PIDS(count)                                                                         \
	SET(cgroup.processes.left, count), SET_TEXT(cgroup.processes.file, "/cg/pids.max"), \
		SET_POINTER(cgroup.processes.lifted, "max")
#define OK   DOCTOR_OK
#define NOTE DOCTOR_NOTE
#define BAD  DOCTOR_BAD

static const struct rule_case {
	const char *check;
	enum doctor_severity severity;
	const char *words; /* in the text */
	const char *command;
	struct change changes[4];
} cases[] = {
	{ "build", OK, "optimized", "", {} },
	{ "build", BAD, "no cell counts", "make clean && make CFLAGS='-O2 -g' SANITIZE=", { SET(is_benchmark, 0) } },

	{ "CPUs", OK, "4; the servers run on 0, the client on 1-3", "", {} },
	{ "CPUs",
	  BAD,
	  "1, of which this process may use 1",
	  "",
	  { SET(host.cores, 1), SET(cpus_allowed, 1), SET(cpus_apart, 0) } },
	{ "CPUs",
	  BAD,
	  "4, of which this process may use 1",
	  "taskset -cp 0-3 $$",
	  { SET(cpus_allowed, 1), SET(cpus_apart, 0) } },
	{ "CPUs", BAD, "no pinning: client-cpus: '9'", "", { SET_TEXT(cpus_problem, "client-cpus: '9'") } },

	{ "SMT", OK, "off", "", {} },
	{ "SMT", OK, "not to be seen", "", { SET(smt, FACTS_UNSEEN) } },
	{ "SMT", OK, "theirs alone", "", { SET(smt, FACTS_ON) } },
	{ "SMT", NOTE, "hardware thread", "", { SET(smt, FACTS_ON), SET(cpus_share_core, 1) } },

	{ "governor", OK, "performance", "", {} },
	{ "governor", OK, "none", "", { SET_TEXT(host.governor, "") } },
	{ "governor",
	  NOTE,
	  "powersave",
	  "sh -c 'echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'",
	  { SET_TEXT(host.governor, "powersave") } },

	{ "turbo", OK, "off", "", {} },
	{ "turbo", OK, "not to be seen", "", { SET(turbo, FACTS_UNSEEN) } },
	{ "turbo", NOTE, "on", "sh -c 'echo 0 >/sys/devices/system/cpu/cpufreq/boost'", { SET(turbo, FACTS_ON) } },
	{ "turbo",
	  NOTE,
	  "on",
	  "sh -c 'echo 1 >/sys/devices/system/cpu/intel_pstate/no_turbo'",
	  { SET(turbo, FACTS_ON), SET(turbo_is_intel, 1) } },

	{ "steal", OK, "1 % now, 0.1 %", "", { SET_REAL(activity.steal, .01), SET_REAL(activity.steal_boot, .001) } },
	{ "steal", NOTE, "3 % now", "benchctl run --repeat 6", { SET_REAL(activity.steal, .03) } },
	{ "steal", NOTE, "5.0 % of the busy time", "benchctl run --repeat 6", { SET_REAL(activity.steal_boot, .05) } },
	{ "steal", BAD, "12 % now", "benchctl run --repeat 6", { SET_REAL(activity.steal, .12) } },

	{ "load",
	  OK,
	  "others use 0.05 CPUs now; load average 3.00",
	  "",
	  { SET_REAL(activity.others, .05), SET(activity.busiest.pid, 7), SET_REAL(host.load, 3) } },
	{ "load",
	  NOTE,
	  "0.50 CPUs now, above all process 7 (cc1)",
	  "ps -o pid,user,etime,args -p 7   # whose it is: wait for its end, or ask them",
	  { SET_REAL(activity.others, .5), SET(activity.busiest.pid, 7), SET_TEXT(activity.busiest.name, "cc1") } },
	{ "load", BAD, "2.60 CPUs", "", { SET_REAL(activity.others, 2.6) } },

	{ "CPU quota", OK, "none", "", {} },
	{ "CPU quota", OK, "as large", "", { QUOTA(4000) } },
	{ "CPU quota", NOTE, "2.50 CPUs of 4, by /cg/a/cpu.max", "sh -c 'echo max >/cg/a/cpu.max'", { QUOTA(2500) } },
	{ "CPU quota", BAD, "1.50 CPUs", "sh -c 'echo max >/cg/a/cpu.max'", { QUOTA(1500) } },

	{ "processes", OK, "no limit", "", {} },
	{ "processes", OK, "256 more", "", { PIDS(256) } },
	{ "processes", NOTE, "255 more", "sh -c 'echo max >/cg/pids.max'", { PIDS(255) } },

	{ "memory", OK, "8,192 MB available; 65,536 connections need about 64 MB in benchctl, 512 MB", "", {} },
	{ "memory", OK, "1,600 MB available", "", { SET(memory_bytes, 1600ull << 20) } },
	{ "memory", NOTE, "1,599 MB available", "", { SET(memory_bytes, 1599ull << 20) } },
	{ "memory", NOTE, "576 MB available", "", { SET(memory_bytes, 576ull << 20) } },
	{ "memory", BAD, "575 MB available", "", { SET(memory_bytes, 575ull << 20) } },
	{ "memory",
	  OK,
	  "1 connections need about 16 MB in benchctl",
	  "",
	  { SET(level, 1), SET(memory_bytes, 17ull << 20) } },
	{ "memory", BAD, "15 MB available", "", { SET(level, 1), SET(memory_bytes, 15ull << 20) } },
	{ "memory", OK, "2,048 MB available in this cgroup", "", { MEMORY(2ull << 30) } },
	{ "memory",
	  BAD,
	  "100 MB available in this cgroup",
	  "sh -c 'echo max >/cg/a/memory.max'",
	  { MEMORY(100ull << 20) } },

	{ "client level", OK, "6,397,952 connections", "", {} },
	{ "client level", OK, "65,536 connections", "", { SET(host.files_soft, 1056) } },
	{ "client level", BAD, "65,472 connections", "ulimit -n 1088", { SET(host.files_soft, 1055) } },
	{ "client level",
	  BAD,
	  "65,250 connections",
	  "sysctl -w net.ipv4.ip_local_port_range='16384 65535'",
	  { SET(host.port_high, 32768 + 260) } },

	{ "files", OK, "99,968 connections", "", {} },
	{ "files",
	  NOTE,
	  "992 connections: soft limit 1,024, hard limit 100,000",
	  "ulimit -n 66560",
	  { SET(host.files_soft, 1024) } },
	{ "files",
	  NOTE,
	  "19,968 connections",
	  "prlimit --pid $$ --nofile=66560:66560",
	  { SET(host.files_soft, 20000), SET(host.files_hard, 20000) } },
	{ "files",
	  NOTE,
	  "19,968 connections",
	  "sudo prlimit --pid $$ --nofile=66560:66560",
	  { SET(host.files_soft, 20000), SET(host.files_hard, 20000), SET(is_root, 0), SET(may_raise, 0) } },
	{ "files",
	  NOTE,
	  "only what starts this environment",
	  "",
	  { SET(host.files_soft, 20000), SET(host.files_hard, 20000), SET(may_raise, 0) } },

	{ "host files", OK, "0 of 1,000,000", "", {} },
	{ "host files",
	  BAD,
	  "1,000 of 100,000",
	  "sysctl -w fs.file-max=266192",
	  { SET(files_open, 1000), SET(files_max, 100000) } },

	{ "network", OK, "the host's, as bench.conf says", "", {} },
	{ "network", OK, "a private one for each launch", "", { SET(wants_host, 0), SET(has_private, 1) } },
	{ "network",
	  NOTE,
	  "in which somaxconn cannot be set",
	  "",
	  { SET(wants_host, 0), SET(has_private, 1), SET_TEXT(network_problem, "somaxconn cannot be set") } },
	{ "network",
	  NOTE,
	  "the host's: no private network",
	  "sudo benchctl run",
	  { SET(wants_host, 0), SET(is_root, 0), SET_TEXT(network_problem, "no private network: refused") } },

	{ "ports", OK, "32768 to 60999", "", {} },
	{ "ports",
	  NOTE,
	  "32768 to 40000",
	  "sysctl -w net.ipv4.ip_local_port_range='16384 65535'",
	  { SET(host.port_high, 40000) } },
	{ "ports", OK, "32768 to 40000", "", { SET(host.port_high, 40000), SET(level, 1024) } },

	{ "backlog", OK, "65,536 connections", "", {} },
	{ "backlog", NOTE, "4,096 connections", "sysctl -w net.core.somaxconn=65536", { SET(host.somaxconn, 4096) } },
	{ "backlog", BAD, "128 connections", "sysctl -w net.core.somaxconn=65536", { SET(host.somaxconn, 128) } },
	{ "backlog", OK, "128 connections", "", { SET(host.somaxconn, 128), SET(level, 100) } },
	{ "backlog",
	  OK,
	  "128 connections; lifted by the private network",
	  "",
	  { SET(host.somaxconn, 128), SET(has_private, 1) } },

	{ "SYN queue", OK, "(4,096) bounds nothing", "", {} },
	{ "SYN queue", OK, "off", "", { SET(syncookies, 0), SET(syn_backlog, 65536) } },
	{ "SYN queue", NOTE, "near 4,096", "sysctl -w net.ipv4.tcp_syncookies=1", { SET(syncookies, 0) } },
	{ "SYN queue", NOTE, "each connection", "sysctl -w net.ipv4.tcp_syncookies=1", { SET(syncookies, 2) } },

	{ "time-wait", OK, "262,144 closed connections can wait out their 60 s, 4,369 a second", "", {} },
	{ "time-wait",
	  NOTE,
	  "117,633 a second where the client closes",
	  "sysctl -w net.ipv4.tcp_tw_reuse=2",
	  { SET(host.tw_reuse, 0) } },
	{ "time-wait",
	  NOTE,
	  "4,096 closed",
	  "sysctl -w net.ipv4.tcp_max_tw_buckets=262144",
	  { SET(host.tw_buckets, 4096) } },
	{ "time-wait",
	  NOTE,
	  "4,096 closed",
	  "sysctl -w net.ipv4.tcp_tw_reuse=2 net.ipv4.tcp_max_tw_buckets=262144",
	  { SET(host.tw_buckets, 4096), SET(host.tw_reuse, 0) } },

	{ "conntrack", OK, "no connection", "", {} },
	{ "conntrack", OK, "no connection", "", { SET(conntrack_max, 1000), SET(conntrack_time_wait_s, 120) } },
	{ "conntrack",
	  OK,
	  "bears 262,144 a second",
	  "",
	  { SET(conntrack_count, 9), SET(conntrack_max, 262144), SET(conntrack_time_wait_s, 1) } },
	{ "conntrack",
	  NOTE,
	  "bears 2,184 a second",
	  "sysctl -w net.netfilter.nf_conntrack_max=262144 net.netfilter.nf_conntrack_tcp_timeout_time_wait=1",
	  { SET(conntrack_count, 9), SET(conntrack_max, 262144), SET(conntrack_time_wait_s, 120) } },
	{ "conntrack",
	  BAD,
	  "at most 65,535",
	  "sysctl -w net.netfilter.nf_conntrack_max=262144 net.netfilter.nf_conntrack_tcp_timeout_time_wait=1",
	  { SET(conntrack_count, 9), SET(conntrack_max, 65535), SET(conntrack_time_wait_s, 1) } },

	{ "listeners", OK, "3 TCP sockets listen", "", {} },
	{ "listeners",
	  NOTE,
	  "1,000 ends",
	  "ss -tnp state established   # whose they are: wait for their end, or ask",
	  { SET(established, 1000) } },

	{ "port", OK, "8080 is free", "", {} },
	{ "port", OK, "a free one", "", { SET(port, 0) } },
	{ "port", OK, "lifted by the private network", "", { SET(port_held, 1), SET(has_private, 1) } },
	{ "port",
	  BAD,
	  "8080 is in use by process 77 (nginx)",
	  "benchctl run --port 0",
	  { SET(port_held, 1), SET(holder.pid, 77), SET_TEXT(holder.name, "nginx") } },
	{ "port", BAD, "not to be seen from here", "benchctl run --port 0", { SET(port_held, 1) } },

	{ "io_uring", OK, "allowed", "", {} },
	{ "io_uring",
	  NOTE,
	  "kernel.io_uring_disabled is 2",
	  "sysctl -w kernel.io_uring_disabled=0",
	  { SET(io_uring_errno, EPERM), SET(io_uring_disabled, 2) } },
	{ "io_uring", NOTE, "allowed, for 8192 connections: Linux 6.11", "", { SET(io_uring_binds, false) } },
	{ "io_uring", NOTE, "too old here: Linux 6.1 is needed", "", { SET(io_uring_errno, EINVAL) } },
	{ "io_uring", NOTE, "not allowed: Function not implemented", "", { SET(io_uring_errno, ENOSYS) } },

	{ "servers", OK, "2 of 2 can run here", "", {} },
	{ "servers",
	  NOTE,
	  "1 of 2 can run here; not pth (",
	  "make deps-all servers",
	  { SET(servers_available, 1), SET_TEXT(servers_missing, "pth") } },
	{ "servers",
	  NOTE,
	  "the ceiling is not known",
	  "make deps-all servers",
	  { SET(servers_available, 1), SET(has_control, 0), SET_TEXT(servers_missing, "control") } },
	{ "servers", NOTE, "2 of 2 can run here; without the control server", "", { SET(has_control, 0) } },
	{ "servers", BAD, "0 of 2", "make deps-all servers", { SET(servers_available, 0), SET(has_control, 0) } },
	{ "servers",
	  NOTE,
	  "no bench.conf here",
	  "",
	  { SET(servers, 0), SET(servers_available, 0), SET(has_control, 0),
	    SET_TEXT(servers_problem, "no bench.conf here") } },
};

static const struct doctor_finding *finding_of(const struct doctor_finding *findings, size_t count, const char *check)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(findings[i].check, check) == 0)
			return &findings[i];
	return NULL;
}

static void test_rules(void **state)
{
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct rule_case *one = &cases[i];
		struct facts facts = good_host();
		char name[128];
		for (size_t j = 0; j < LENGTH(one->changes); j++)
			change(&facts, &one->changes[j]);
		snprintf(name, sizeof name, "%s: %s", one->check, one->words);
		const struct doctor_finding *finding = finding_of(findings, doctor_judge(&facts, findings), one->check);
		check_case(name, finding != NULL);
		check_words(finding->text, one->words);
		check_text(name, doctor_severity_names[finding->severity], doctor_severity_names[one->severity]);
		check_text(name, finding->command, one->command);
		check_case(name, finding->why && *finding->why);
	}
}

static void test_good_host(void **state)
{
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
	struct facts facts = good_host();
	size_t count = doctor_judge(&facts, findings);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		check_case(findings[i].check, findings[i].severity == DOCTOR_OK);
		check_case(findings[i].check, !findings[i].command[0]);
	}
}

/* Each rule has a case on either side. */
static void test_all_rules(void **state)
{
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
	struct facts facts = good_host();
	size_t count = doctor_judge(&facts, findings);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		bool sides[2] = { false, false };
		for (size_t j = 0; j < LENGTH(cases); j++)
			if (strcmp(cases[j].check, findings[i].check) == 0)
				sides[cases[j].severity != DOCTOR_OK] = true;
		check_case(findings[i].check, sides[0] && sides[1]);
	}
}

/* Facts that nothing could be read of are judged too. */
static void test_nothing_known(void **state)
{
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
	struct facts facts = { .level = 65536 };
	size_t count = doctor_judge(&facts, findings);

	(void)state;
	for (size_t i = 0; i < count; i++)
		check_case(findings[i].check, findings[i].text[0]);
}

static void test_sudo(void **state)
{
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
	struct facts facts = good_host();

	(void)state;
	facts.is_root = false;
	facts.host.somaxconn = 4096;
	const struct doctor_finding *finding = finding_of(findings, doctor_judge(&facts, findings), "backlog");
	check_text("sudo", finding->command, "sudo sysctl -w net.core.somaxconn=65536");
}

static void test_server(void **state)
{
	struct facts facts = good_host();
	char names[] = "server", python[] = "/usr/bin/python3 -m tornado", build[] = "build/servers/pth",
	     path[] = "./own";
	char tornado[] = "python3-tornado", pth[] = "libpth-dev";
	struct conf_server script = { .name = names, .command = python, .install = tornado };
	struct conf_server compiled = { .name = names, .command = build, .install = pth };
	struct conf_server own = { .name = names, .command = path };
	struct availability there = { .available = true, .version = "tornado 6.2" };
	struct availability missing = { .reason = "No module named 'tornado'" };
	struct doctor_finding finding;

	(void)state;
	doctor_judge_server(&facts, &script, &there, &finding);
	assert_int_equal(finding.severity, DOCTOR_OK);
	check_text("there", finding.text, "tornado 6.2");
	check_text("there", finding.command, "");
	doctor_judge_server(&facts, &script, &missing, &finding);
	assert_int_equal(finding.severity, DOCTOR_NOTE);
	check_text("missing", finding.text, missing.reason);
	check_text("missing", finding.command, "apt-get install -y python3-tornado");
	doctor_judge_server(&facts, &compiled, &missing, &finding);
	check_text("compiled", finding.command, "apt-get install -y libpth-dev && make servers");
	doctor_judge_server(&facts, &own, &missing, &finding);
	check_text("own", finding.command, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_host),     cmocka_unit_test(test_rules), cmocka_unit_test(test_all_rules),
		cmocka_unit_test(test_nothing_known), cmocka_unit_test(test_sudo),  cmocka_unit_test(test_server),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
