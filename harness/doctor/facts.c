#include "harness/doctor/facts.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clients/uring.h"
#include "harness/host/build.h"
#include "harness/host/cpus.h"
#include "harness/host/procfile.h"
#include "harness/lib/clock.h"
#include "harness/lib/control.h"

/* The number after a key at the start of a line of a file; 0 where it is not there. */
static uint64_t keyed(const char *root, const char *path, const char *key, int base)
{
	char line[512];
	uint64_t value = 0;
	size_t bytes = strlen(key);
	FILE *file = procfile_open(root, path);

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, key, bytes) == 0)
			value = strtoull(line + bytes, NULL, base);
	if (file)
		fclose(file);
	return value;
}

static void program_read(struct facts *facts, const char *root)
{
	uint64_t capabilities = keyed(root, "/proc/self/status", "CapEff:", 16);

	facts->is_benchmark = build_is_benchmark();
	facts->is_root = geteuid() == 0;
	facts->may_raise = capabilities >> CAP_SYS_RESOURCE & 1;
}

static enum facts_switch switch_read(const char *root, const char *path, uint64_t on)
{
	uint64_t value = procfile_number(root, path, UINT64_MAX);

	return value == UINT64_MAX ? FACTS_UNSEEN : value == on ? FACTS_ON : FACTS_OFF;
}

static void cpus_read(struct facts *facts, const struct facts_ask *ask)
{
	struct cpus cpus;
	struct err err;
	cpu_set_t all;

	facts->cpus_allowed = sched_getaffinity(0, sizeof all, &all) ? 1 : (unsigned)CPU_COUNT(&all);
	if (cpus_divide(&cpus, ask->client_cpus, ask->server_cpus, &err)) {
		snprintf(facts->cpus_problem, sizeof facts->cpus_problem, "%.255s", err.text);
	} else {
		cpu_set_t common;
		CPU_AND(&common, &cpus.client, &cpus.server);
		facts->cpus_apart = CPU_COUNT(&common) == 0;
		facts->cpus_share_core = cpus_share_core(&cpus);
		cpus_show(&cpus.client, facts->client_cpus);
		cpus_show(&cpus.server, facts->server_cpus);
	}
	facts->smt = switch_read(ask->root, "/sys/devices/system/cpu/smt/active", 1);
	facts->turbo = switch_read(ask->root, "/sys/devices/system/cpu/intel_pstate/no_turbo", 0);
	facts->turbo_is_intel = facts->turbo != FACTS_UNSEEN;
	if (!facts->turbo_is_intel)
		facts->turbo = switch_read(ask->root, "/sys/devices/system/cpu/cpufreq/boost", 1);
}

static void room_read(struct facts *facts, const char *root)
{
	char text[128];
	unsigned long long open, max;

	cgroup_read(&facts->cgroup, root);
	facts->memory_bytes = keyed(root, "/proc/meminfo", "MemAvailable:", 10) * 1024;
	procfile_line(root, "/proc/sys/fs/file-nr", text, sizeof text);
	if (sscanf(text, "%llu %*u %llu", &open, &max) == 2) {
		facts->files_open = open;
		facts->files_max = max;
	}
}

/* Counts the sockets of a table by state (include/net/tcp_states.h). */
static void sockets_count(struct facts *facts, const char *root, const char *table)
{
	char line[512];
	FILE *file = procfile_open(root, table);

	while (file && fgets(line, sizeof line, file)) {
		unsigned state;
		if (sscanf(line, " %*d: %*s %*s %x", &state) != 1)
			continue;
		facts->established += state == 0x01;
		facts->time_wait += state == 0x06;
		facts->listening += state == 0x0A;
	}
	if (file)
		fclose(file);
}

/* Tried, since only the kernel knows: user namespaces, seccomp filters and security modules all have their say. */
static void network_read(struct facts *facts, enum network_choice choice)
{
	char lacking[NETWORK_TEXT] = "";
	struct err err = { "" };

	facts->wants_host = choice == NETWORK_HOST;
	facts->has_private = !facts->wants_host && !network_try(lacking, &err);
	snprintf(facts->network_problem, sizeof facts->network_problem, "%.500s",
		 facts->has_private ? lacking : err.text);
}

static void tcp_read(struct facts *facts, const char *root)
{
	facts->syn_backlog = procfile_number(root, "/proc/sys/net/ipv4/tcp_max_syn_backlog", 0);
	facts->syncookies = procfile_number(root, "/proc/sys/net/ipv4/tcp_syncookies", 0);
	facts->conntrack_count = procfile_number(root, "/proc/sys/net/netfilter/nf_conntrack_count", 0);
	facts->conntrack_max = procfile_number(root, "/proc/sys/net/netfilter/nf_conntrack_max", 0);
	facts->conntrack_time_wait_s = procfile_number(root,
						       "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait", 0);
	sockets_count(facts, root, "/proc/net/tcp");
	sockets_count(facts, root, "/proc/net/tcp6");
}

static int activity_watch(struct facts *facts, const struct facts_ask *ask, struct err *err)
{
	struct activity_look before = { 0 }, after = { 0 };
	struct timespec pause = clock_timespec(ask->watch_ns);
	int result = -1;

	if (activity_look(&before, ask->root, err))
		goto out;
	nanosleep(&pause, NULL);
	if (activity_look(&after, ask->root, err))
		goto out;
	facts->activity = activity_between(&before, &after, getpid());
	result = 0;
out:
	activity_release(&before);
	activity_release(&after);
	return result;
}

int facts_read(struct facts *facts, const struct facts_ask *ask, struct err *err)
{
	memset(facts, 0, sizeof *facts);
	facts->level = ask->level;
	host_read_at(&facts->host, ask->root);
	program_read(facts, ask->root);
	cpus_read(facts, ask);
	room_read(facts, ask->root);
	facts->io_uring_errno = uring_probe(&facts->io_uring_binds);
	facts->io_uring_disabled = procfile_number(ask->root, "/proc/sys/kernel/io_uring_disabled", 0);
	network_read(facts, ask->network);
	tcp_read(facts, ask->root);
	facts->port = ask->port;
	facts->port_held = ask->port && port_is_held(ask->port, &facts->holder);
	return activity_watch(facts, ask, err);
}

void facts_add_server(struct facts *facts, const struct conf_server *server, const struct availability *found)
{
	facts->servers++;
	if (found->available) {
		facts->servers_available++;
		facts->has_control |= strcmp(server->name, CONTROL_SERVER) == 0;
		return;
	}
	size_t used = strlen(facts->servers_missing);
	snprintf(facts->servers_missing + used, sizeof facts->servers_missing - used, "%s%s", used ? ", " : "",
		 server->name);
}
