#include "harness/doctor/doctor.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clients/client.h"
#include "clients/sources.h"
#include "harness/lib/units.h"

const char *const doctor_severity_names[] = { "ok", "note", "bad", NULL };

/* The 2010 benchmark's backlog. With it close mode measured the queue: no server ever saw more than 131 connections. */
#define BACKLOG_2010 128
/* A server needs files besides its connections. */
#define FILES_BESIDE 1024
/* What the kernel holds for both ends of a connection: 7.2 KB measured, on Linux 6.18. */
#define KERNEL_BYTES (8 << 10)
/* What the harness itself needs: at all, and for each connection. 13 to 17 MB were seen with epoll, up to 59 with io_uring. */
#define HARNESS_BYTES      (16ull << 20)
#define HARNESS_CONNECTION 768
/* Typical memory of a server per connection: 4 to 8 KB were seen with node.js and eventlet, more with threads. */
#define SERVER_BYTES (16 << 10)
/* Threads of the client, and those of a server and its helpers. */
#define PROCESSES_WANTED (LOAD_THREADS_MAX + 192)
/* How long a closed connection is kept: TCP_TIMEWAIT_LEN in include/net/tcp.h. */
#define TIME_WAIT_S 60
/* Closed connections a second, about the rate of a good server. */
#define CLOSES_RPS 50000
/* One CPU for the client and one for the server, with something to spare for the kernel. */
#define CPUS_WANTED  1.5
#define OTHERS_NOTED 0.1
#define STEAL_NOTED  0.02
#define STEAL_BAD    0.1
/* From this number on, others' connections show in the kernel's counters. */
#define ESTABLISHED_NOTED 1000

#define COUNT(number) units_show_count((char[UNITS_TEXT]){ 0 }, number)

static enum doctor_severity found(struct doctor_finding *finding, enum doctor_severity severity, const char *format,
				  ...) __attribute__((format(printf, 3, 4)));

static enum doctor_severity found(struct doctor_finding *finding, enum doctor_severity severity, const char *format,
				  ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->text, sizeof finding->text, format, args);
	va_end(args);
	return severity;
}

static void lift(struct doctor_finding *finding, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void lift(struct doctor_finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->command, sizeof finding->command, format, args);
	va_end(args);
}

/* The prefix of a command that only root may run. */
static const char *sudo(const struct facts *facts)
{
	return facts->is_root ? "" : "sudo ";
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t ports_of(const struct facts *facts)
{
	const struct host *host = &facts->host;

	return host->port_high > host->port_low ? host->port_high - host->port_low + 1 : 0;
}

/* Whether the limit of files can be raised to that number, and with which command. */
static bool files_lift(struct doctor_finding *finding, const struct facts *facts, uint64_t wanted)
{
	if (facts->host.files_hard >= wanted)
		lift(finding, "ulimit -n %llu", (unsigned long long)wanted);
	else if (facts->may_raise || !facts->is_root)
		lift(finding, "%sprlimit --pid $$ --nofile=%llu:%llu", sudo(facts), (unsigned long long)wanted,
		     (unsigned long long)wanted);
	return finding->command[0];
}

static void ports_lift(struct doctor_finding *finding, const struct facts *facts)
{
	/* The usual ports of servers stay below this range. */
	lift(finding, "%ssysctl -w net.ipv4.ip_local_port_range='16384 65535'", sudo(facts));
}

static void group_lift(struct doctor_finding *finding, const struct facts *facts, const struct cgroup_limit *limit)
{
	lift(finding, "%ssh -c 'echo %s >%.400s'", sudo(facts), limit->lifted, limit->file);
}

static enum doctor_severity judge_build(const struct facts *facts, struct doctor_finding *finding)
{
	if (facts->is_benchmark)
		return found(finding, DOCTOR_OK, "optimized, without a sanitizer");
	lift(finding, "make clean && make CFLAGS='-O2 -g' SANITIZE=");
	return found(finding, DOCTOR_BAD, "this benchctl is not optimized, or has a sanitizer in it: no cell counts");
}

static enum doctor_severity judge_cpus(const struct facts *facts, struct doctor_finding *finding)
{
	unsigned long long cores = facts->host.cores;

	if (facts->cpus_problem[0])
		return found(finding, DOCTOR_BAD, "no pinning: %s", facts->cpus_problem);
	if (facts->cpus_apart)
		return found(finding, DOCTOR_OK, "%llu; the servers run on %s, the client on %s", cores,
			     facts->server_cpus, facts->client_cpus);
	if (facts->cpus_allowed < cores)
		lift(finding, "taskset -cp 0-%llu $$", cores - 1);
	return found(finding, DOCTOR_BAD,
		     "%llu, of which this process may use %u; the servers run on %s, the client on %s", cores,
		     facts->cpus_allowed, facts->server_cpus, facts->client_cpus);
}

static enum doctor_severity judge_smt(const struct facts *facts, struct doctor_finding *finding)
{
	if (facts->cpus_share_core && facts->cpus_apart)
		return found(finding, DOCTOR_NOTE, "the client runs on a hardware thread of the servers' core");
	if (facts->smt == FACTS_ON)
		return found(finding, DOCTOR_OK, "on; the servers' core is theirs alone");
	return found(finding, DOCTOR_OK, facts->smt == FACTS_OFF ? "off" : "not to be seen from here");
}

static enum doctor_severity judge_governor(const struct facts *facts, struct doctor_finding *finding)
{
	if (!facts->host.governor[0])
		return found(finding, DOCTOR_OK, "none to be seen from here");
	if (strcmp(facts->host.governor, "performance") == 0)
		return found(finding, DOCTOR_OK, "performance");
	lift(finding, "%ssh -c 'echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'",
	     sudo(facts));
	return found(finding, DOCTOR_NOTE, "%s: the clock follows the load", facts->host.governor);
}

static enum doctor_severity judge_turbo(const struct facts *facts, struct doctor_finding *finding)
{
	if (facts->turbo != FACTS_ON)
		return found(finding, DOCTOR_OK, facts->turbo == FACTS_OFF ? "off" : "not to be seen from here");
	lift(finding, "%ssh -c 'echo %s'", sudo(facts),
	     facts->turbo_is_intel ? "1 >/sys/devices/system/cpu/intel_pstate/no_turbo"
				   : "0 >/sys/devices/system/cpu/cpufreq/boost");
	return found(finding, DOCTOR_NOTE, "on: the clock depends on heat and on how many cores are busy");
}

static enum doctor_severity judge_steal(const struct facts *facts, struct doctor_finding *finding)
{
	double now = facts->activity.steal, boot = facts->activity.steal_boot;
	double worst = now > boot ? now : boot;

	if (worst >= STEAL_NOTED)
		lift(finding, "benchctl run --repeat 6");
	return found(finding,
		     worst >= STEAL_BAD     ? DOCTOR_BAD
		     : worst >= STEAL_NOTED ? DOCTOR_NOTE
					    : DOCTOR_OK,
		     "%.0f %% now, %.1f %% of the busy time since boot went to other guests", 100 * now, 100 * boot);
}

static enum doctor_severity judge_load(const struct facts *facts, struct doctor_finding *finding)
{
	const struct activity *activity = &facts->activity;
	enum doctor_severity severity = activity->others < OTHERS_NOTED                              ? DOCTOR_OK
					: (double)facts->host.cores - activity->others < CPUS_WANTED ? DOCTOR_BAD
												     : DOCTOR_NOTE;
	char busiest[128] = "";

	if (severity != DOCTOR_OK && activity->busiest.pid) {
		snprintf(busiest, sizeof busiest, ", above all process %d (%s)", (int)activity->busiest.pid,
			 activity->busiest.name);
		lift(finding, "ps -o pid,user,etime,args -p %d   # whose it is: wait for its end, or ask them",
		     (int)activity->busiest.pid);
	}
	return found(finding, severity, "others use %.2f CPUs now%s; load average %.2f", activity->others, busiest,
		     facts->host.load);
}

static enum doctor_severity judge_quota(const struct facts *facts, struct doctor_finding *finding)
{
	const struct cgroup_limit *limit = &facts->cgroup.cpu;
	double quota = (double)limit->left / 1000;

	if (limit->left == CGROUP_UNLIMITED || quota >= facts->cpus_allowed)
		return found(finding, DOCTOR_OK, "%s", limit->file[0] ? "as large as the CPUs" : "none");
	group_lift(finding, facts, limit);
	return found(finding, quota < 2 ? DOCTOR_BAD : DOCTOR_NOTE, "%.2f CPUs of %u, by %.400s", quota,
		     facts->cpus_allowed, limit->file);
}

static enum doctor_severity judge_processes(const struct facts *facts, struct doctor_finding *finding)
{
	const struct cgroup_limit *limit = &facts->cgroup.processes;

	if (limit->left == CGROUP_UNLIMITED)
		return found(finding, DOCTOR_OK, "no limit by a cgroup");
	if (limit->left < PROCESSES_WANTED)
		group_lift(finding, facts, limit);
	return found(finding, limit->left < PROCESSES_WANTED ? DOCTOR_NOTE : DOCTOR_OK,
		     "%s more processes and threads may start", COUNT(limit->left));
}

static enum doctor_severity judge_memory(const struct facts *facts, struct doctor_finding *finding)
{
	const struct cgroup_limit *limit = &facts->cgroup.memory;
	uint64_t available = min(facts->memory_bytes, limit->left);
	uint64_t harness = HARNESS_BYTES + facts->level * HARNESS_CONNECTION;
	uint64_t kernel = facts->level * KERNEL_BYTES, server = facts->level * SERVER_BYTES;
	uint64_t needed = harness + kernel;

	if (available < needed + server && limit->left == available)
		group_lift(finding, facts, limit);
	return found(
		finding,
		available < needed            ? DOCTOR_BAD
		: available < needed + server ? DOCTOR_NOTE
					      : DOCTOR_OK,
		"%s MB available%s; %s connections need about %s MB in benchctl, %s MB in the kernel and, as a rule, up to %s MB in a "
		"server",
		COUNT(available >> 20), limit->left == available ? " in this cgroup" : "", COUNT(facts->level),
		COUNT(harness >> 20), COUNT(kernel >> 20), COUNT(server >> 20));
}

static enum doctor_severity judge_client_level(const struct facts *facts, struct doctor_finding *finding)
{
	uint64_t per_table = load_connections_of(facts->host.files_soft);
	uint64_t each = facts->has_private ? NETWORK_PORT_HIGH - NETWORK_PORT_LOW + 1 : ports_of(facts);
	uint64_t ports = each * SOURCES_MAX;
	uint64_t level = min(per_table * LOAD_THREADS_MAX, ports);

	if (ports < facts->level)
		ports_lift(finding, facts);
	else if (level < facts->level)
		files_lift(finding, facts, facts->level / LOAD_THREADS_MAX + 64);
	return found(finding, level < facts->level ? DOCTOR_BAD : DOCTOR_OK,
		     "%s connections: up to %d file tables of %s, %s ports on each of %d loopback addresses",
		     COUNT(level), LOAD_THREADS_MAX, COUNT(per_table), COUNT(each), SOURCES_MAX);
}

static enum doctor_severity judge_files(const struct facts *facts, struct doctor_finding *finding)
{
	const struct host *host = &facts->host;
	uint64_t level = load_connections_of(host->files_soft);
	bool enough = level >= facts->level;
	bool can = enough || files_lift(finding, facts, facts->level + FILES_BESIDE);

	return found(finding, enough ? DOCTOR_OK : DOCTOR_NOTE,
		     "a server with one file table holds %s connections: soft limit %s, hard limit %s%s", COUNT(level),
		     COUNT(host->files_soft), COUNT(host->files_hard),
		     can ? "" : "; only what starts this environment can raise it");
}

static enum doctor_severity judge_host_files(const struct facts *facts, struct doctor_finding *finding)
{
	uint64_t wanted = facts->files_open + 2 * facts->level + FILES_BESIDE;
	bool enough = !facts->files_max || facts->files_max >= wanted;

	if (!enough)
		lift(finding, "%ssysctl -w fs.file-max=%llu", sudo(facts), (unsigned long long)wanted * 2);
	return found(finding, enough ? DOCTOR_OK : DOCTOR_BAD,
		     "%s of %s are open on the whole host; the sweep opens %s", COUNT(facts->files_open),
		     COUNT(facts->files_max), COUNT(2 * facts->level));
}

static enum doctor_severity judge_network(const struct facts *facts, struct doctor_finding *finding)
{
	if (facts->wants_host)
		return found(finding, DOCTOR_OK, "the host's, as bench.conf says");
	if (facts->has_private && !facts->network_problem[0])
		return found(finding, DOCTOR_OK, "a private one for each launch");
	if (facts->has_private)
		return found(finding, DOCTOR_NOTE, "a private one for each launch, in which %s",
			     facts->network_problem);
	if (!facts->is_root)
		lift(finding, "sudo benchctl run");
	return found(finding, DOCTOR_NOTE, "the host's: %s", facts->network_problem);
}

static enum doctor_severity judge_ports(const struct facts *facts, struct doctor_finding *finding)
{
	uint64_t ports = ports_of(facts);
	bool enough = ports / 2 >= SOURCES_CONNECTIONS || ports >= facts->level * 2;

	if (!enough)
		ports_lift(finding, facts);
	return found(finding, enough ? DOCTOR_OK : DOCTOR_NOTE,
		     "%llu to %llu, on each of %d source addresses; the client takes one address for %s connections",
		     (unsigned long long)facts->host.port_low, (unsigned long long)facts->host.port_high, SOURCES_MAX,
		     COUNT(SOURCES_CONNECTIONS));
}

static enum doctor_severity judge_backlog(const struct facts *facts, struct doctor_finding *finding)
{
	uint64_t backlog = facts->host.somaxconn;

	if (backlog < facts->level)
		lift(finding, "%ssysctl -w net.core.somaxconn=%llu", sudo(facts), (unsigned long long)facts->level);
	return found(finding,
		     backlog <= BACKLOG_2010 && backlog < facts->level ? DOCTOR_BAD
		     : backlog < facts->level                          ? DOCTOR_NOTE
								       : DOCTOR_OK,
		     "a server's accept queue holds up to %s connections", COUNT(backlog));
}

/* By tcp_conn_request() in net/ipv4/tcp_input.c, which asks for tcp_max_syn_backlog only where cookies are off. */
static enum doctor_severity judge_syn_queue(const struct facts *facts, struct doctor_finding *finding)
{
	bool good = facts->syncookies == 1 || (facts->syncookies == 0 && facts->syn_backlog >= facts->level);

	if (!good)
		lift(finding, "%ssysctl -w net.ipv4.tcp_syncookies=1", sudo(facts));
	return found(finding, good ? DOCTOR_OK : DOCTOR_NOTE,
		     facts->syncookies == 2 ? "each connection is opened by a SYN cookie (tcp_max_syn_backlog %s)"
		     : facts->syncookies    ? "SYN cookies are ready, so tcp_max_syn_backlog (%s) bounds nothing"
					    : "SYN cookies are off, and SYNs are dropped near %s half-open connections",
		     COUNT(facts->syn_backlog));
}

static enum doctor_severity judge_time_wait(const struct facts *facts, struct doctor_finding *finding)
{
	const struct host *host = &facts->host;
	uint64_t addressed = ports_of(facts) * SOURCES_MAX / TIME_WAIT_S;
	bool few = host->tw_buckets < facts->level;
	char bound[128] = ", and ports are used again before that is over";

	if (!host->tw_reuse)
		snprintf(bound, sizeof bound,
			 "; ports are not used again before that: %s a second where the client closes",
			 COUNT(addressed));
	if (!host->tw_reuse || few)
		lift(finding, "%ssysctl -w%s%s", sudo(facts), host->tw_reuse ? "" : " net.ipv4.tcp_tw_reuse=2",
		     few ? " net.ipv4.tcp_max_tw_buckets=262144" : "");
	return found(finding, host->tw_reuse && !few ? DOCTOR_OK : DOCTOR_NOTE,
		     "%s closed connections can wait out their %d s, %s a second%s; %s wait now",
		     COUNT(host->tw_buckets), TIME_WAIT_S, COUNT(host->tw_buckets / TIME_WAIT_S), bound,
		     COUNT(facts->time_wait));
}

static enum doctor_severity judge_conntrack(const struct facts *facts, struct doctor_finding *finding)
{
	uint64_t max = facts->conntrack_max, seconds = facts->conntrack_time_wait_s;
	uint64_t rate = seconds ? max / seconds : max;
	uint64_t wanted = 4 * facts->level > 262144 ? 4 * facts->level : 262144;

	/* The module may be loaded without a rule that uses it. */
	if (!facts->conntrack_count || !max)
		return found(finding, DOCTOR_OK, "no connection is tracked");
	if (max < 2 * facts->level || rate < CLOSES_RPS)
		lift(finding,
		     "%ssysctl -w net.netfilter.nf_conntrack_max=%llu "
		     "net.netfilter.nf_conntrack_tcp_timeout_time_wait=1",
		     sudo(facts), (unsigned long long)wanted);
	return found(
		finding,
		max < facts->level    ? DOCTOR_BAD
		: finding->command[0] ? DOCTOR_NOTE
				      : DOCTOR_OK,
		"the firewall tracks %s connections of at most %s; closed ones stay %llu s, so that it bears %s a second",
		COUNT(facts->conntrack_count), COUNT(max), (unsigned long long)seconds, COUNT(rate));
}

static enum doctor_severity judge_listeners(const struct facts *facts, struct doctor_finding *finding)
{
	bool many = facts->established >= ESTABLISHED_NOTED;

	if (many)
		lift(finding, "ss -tnp state established   # whose they are: wait for their end, or ask");
	return found(finding, many ? DOCTOR_NOTE : DOCTOR_OK, "%s TCP sockets listen, %s ends of connections are open",
		     COUNT(facts->listening), COUNT(facts->established));
}

static enum doctor_severity judge_port(const struct facts *facts, struct doctor_finding *finding)
{
	const struct port_holder *holder = &facts->holder;

	if (!facts->port)
		return found(finding, DOCTOR_OK, "a free one is taken");
	if (!facts->port_held)
		return found(finding, DOCTOR_OK, "%u is free", facts->port);
	if (!holder->pid) {
		lift(finding, "benchctl run --port 0");
		return found(finding, DOCTOR_BAD, "%u is in use by a process that is not to be seen from here",
			     facts->port);
	}
	lift(finding, "benchctl run --port 0");
	return found(finding, DOCTOR_BAD, "%u is in use by process %d (%s)", facts->port, (int)holder->pid,
		     holder->name);
}

static enum doctor_severity judge_io_uring(const struct facts *facts, struct doctor_finding *finding)
{
	if (!facts->io_uring_errno && facts->io_uring_binds)
		return found(finding, DOCTOR_OK, "allowed");
	if (!facts->io_uring_errno)
		return found(finding, DOCTOR_NOTE,
			     "allowed, for %u connections: Linux 6.11 is needed for more. --client uring "
			     "measures them by epoll",
			     SOURCES_CONNECTIONS);
	if (facts->io_uring_errno == EINVAL)
		return found(finding, DOCTOR_NOTE,
			     "too old here: Linux 6.1 is needed. --client uring measures by epoll");
	if (facts->io_uring_disabled) {
		lift(finding, "%ssysctl -w kernel.io_uring_disabled=0", sudo(facts));
		return found(finding, DOCTOR_NOTE, "switched off (kernel.io_uring_disabled is %llu)",
			     (unsigned long long)facts->io_uring_disabled);
	}
	return found(finding, DOCTOR_NOTE,
		     "not allowed: %s. A seccomp filter of the container forbids it, or the kernel "
		     "has none",
		     strerror(facts->io_uring_errno));
}

static enum doctor_severity judge_servers(const struct facts *facts, struct doctor_finding *finding)
{
	size_t available = facts->servers_available;
	bool all = available == facts->servers;

	if (facts->servers_problem[0])
		return found(finding, DOCTOR_NOTE, "%s", facts->servers_problem);
	if (!all || !available)
		lift(finding, "make deps-all servers");
	return found(finding,
		     !available                  ? DOCTOR_BAD
		     : all && facts->has_control ? DOCTOR_OK
						 : DOCTOR_NOTE,
		     "%zu of %zu can run here%s%s%s%s", available, facts->servers, all ? "" : "; not ",
		     facts->servers_missing, all ? "" : " ('benchctl list' says why)",
		     facts->has_control ? "" : "; without the control server the ceiling is not known");
}

#define RULE(check_, judge_, why_, ...)                                      \
	{                                                                    \
		.check = check_, .judge = judge_, .why = why_, ##__VA_ARGS__ \
	}

static const struct rule {
	const char *check;
	enum doctor_severity (*judge)(const struct facts *, struct doctor_finding *);
	const char *why;
	bool is_of_network; /* what it judges is the host's network, which does not matter to a run in a private one */
} rules[] = {
	RULE("build", judge_build, "A slow client measures itself."),
	RULE("CPUs", judge_cpus,
	     "On CPUs of their own neither side takes time from the other; on shared ones rates are lower than the "
	     "servers' own, and one client thread delays what it measures."),
	RULE("SMT", judge_smt, "A server is slower while the other hardware thread of its core is busy."),
	RULE("governor", judge_governor,
	     "Where the clock follows the load, few connections are measured at a low clock and many at a high one."),
	RULE("turbo", judge_turbo, "Figures then vary with what was measured before, and from launch to launch."),
	RULE("steal", judge_steal,
	     "Time that other guests took looks like a slow server. Several launches show it as spread."),
	RULE("load", judge_load, "What others run takes time from both sides."),
	RULE("CPU quota", judge_quota,
	     "Past its quota everything stands still until the next period: figures are the quota's, with pauses of up to "
	     "a tenth of a second in the latency."),
	RULE("processes", judge_processes, "A server that can't start its threads or helpers is recorded as failed."),
	RULE("memory", judge_memory, "Where memory ends the kernel kills a server, or refuses connections."),
	RULE("client level", judge_client_level,
	     "Above that the client can't offer the connections that the level says."),
	RULE("files", judge_files,
	     "In keepalive, above that a server's figures show this limit and not the library's."),
	RULE("host files", judge_host_files,
	     "Beyond the host's limit no process can open a connection, whatever its own limit."),
	RULE("network", judge_network,
	     "In the host's network the host draws part of the curve: its limits, ports that others or earlier servers have "
	     "used, and traffic of others in the kernel's counters."),
	RULE("ports", judge_ports,
	     "connect() searches for a port one by one: as the ports of an address fill up it becomes a thousand times "
	     "slower, which is the client's time.",
	     .is_of_network = true),
	RULE("backlog", judge_backlog,
	     "In close mode connections beyond it wait outside for a SYN to be repeated, after 1 s, 3 s and so on, and the "
	     "server never sees them all at once.",
	     .is_of_network = true),
	RULE("SYN queue", judge_syn_queue,
	     "A dropped SYN is repeated after 1 s, and the latency shows that wait instead of the server.",
	     .is_of_network = true),
	RULE("time-wait", judge_time_wait,
	     "Beyond that the kernel forgets closed connections early, which TCPTimeWaitOverflow counts; and a server that "
	     "leaves closing to the client uses up the client's ports.",
	     .is_of_network = true),
	RULE("conntrack", judge_conntrack, "When the table of the firewall is full, it drops new connections.",
	     .is_of_network = true),
	RULE("listeners", judge_listeners,
	     "The kernel's counters are those of the host's network: traffic of others counts in the evidence.",
	     .is_of_network = true),
	RULE("port", judge_port,
	     "A server that can't listen is not measured; another one that responds would be measured in its place.",
	     .is_of_network = true),
	RULE("io_uring", judge_io_uring, "Servers and clients that use it can't run; the others do not need it."),
	RULE("servers", judge_servers, "Only those that can run are measured."),
};

/* Marks a finding as one that a private network lifts. */
static void lifted(struct doctor_finding *finding)
{
	size_t used = strlen(finding->text);

	finding->severity = DOCTOR_OK;
	finding->command[0] = 0;
	snprintf(finding->text + used, sizeof finding->text - used, "; lifted by the private network of a run");
}

#define RULES (sizeof rules / sizeof *rules)

_Static_assert(RULES <= DOCTOR_FINDINGS_MAX, "there is room for a finding of each rule");

size_t doctor_judge(const struct facts *facts, struct doctor_finding findings[DOCTOR_FINDINGS_MAX])
{
	for (size_t i = 0; i < RULES; i++) {
		findings[i] = (struct doctor_finding){ .check = rules[i].check, .why = rules[i].why };
		findings[i].severity = rules[i].judge(facts, &findings[i]);
		if (rules[i].is_of_network && facts->has_private && findings[i].severity != DOCTOR_OK)
			lifted(&findings[i]);
		assert(findings[i].severity != DOCTOR_OK || !findings[i].command[0]);
	}
	return RULES;
}

void doctor_judge_server(const struct facts *facts, const struct conf_server *server,
			 const struct availability *available, struct doctor_finding *finding)
{
	*finding = (struct doctor_finding){ .check = "available", .why = "A server that can't run here is left out." };
	if (available->available) {
		finding->severity = found(finding, DOCTOR_OK, "%s",
					  available->version[0] ? available->version : "can run here");
		return;
	}
	if (server->build)
		lift(finding, "%.300s", server->build);
	else if (server->install)
		lift(finding, "%sapt-get install -y %.300s%s", sudo(facts), server->install,
		     strncmp(server->command, "build/", 6) == 0 ? " && make servers" : "");
	finding->severity = found(finding, DOCTOR_NOTE, "%s", available->reason);
}
