#include "harness/host/cpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/procfile.h"

/* Reads a list of CPUs and ranges, as cpuset(7) writes it. */
static int list_read(cpu_set_t *set, const char *text, struct err *err)
{
	const char *at = text;

	CPU_ZERO(set);
	for (;;) {
		char *end;
		unsigned long from = strtoul(at, &end, 10), to = from;
		bool good = end != at && *at >= '0' && *at <= '9';
		if (good && *end == '-') {
			at = end + 1;
			to = strtoul(at, &end, 10);
			good = end != at && *at >= '0' && *at <= '9';
		}
		if (!good || from > to || to >= CPU_SETSIZE || (*end && *end != ','))
			return err_set(err, "'%s' is no list of CPUs: write it as 0-1,3", text);
		for (unsigned long cpu = from; cpu <= to; cpu++)
			CPU_SET(cpu, set);
		if (!*end)
			return 0;
		at = end + 1;
	}
}

static int list_allowed(cpu_set_t *set, const char *text, const cpu_set_t *all, struct err *err)
{
	cpu_set_t common;

	if (list_read(set, text, err))
		return -1;
	CPU_AND(&common, set, all);
	if (!CPU_EQUAL(&common, set)) {
		char here[128];
		return err_set(err, "'%s': this process may use the CPUs %s only", text, cpus_show(all, here));
	}
	return 0;
}

static int first_of(const cpu_set_t *set)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set))
			return cpu;
	return -1;
}

/* The hardware threads of a CPU's core, itself among them. */
static void core_of(const char *root, int cpu, cpu_set_t *core)
{
	char path[128], text[256];
	struct err ignored;

	snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
	procfile_line(root, path, text, sizeof text);
	if (list_read(core, text, &ignored))
		CPU_ZERO(core);
	CPU_SET(cpu, core);
}

/* Removes from set what is in out, unless nothing would be left. */
static void take_out(cpu_set_t *set, const cpu_set_t *out)
{
	cpu_set_t common, rest;

	CPU_AND(&common, set, out);
	CPU_XOR(&rest, set, &common);
	if (CPU_COUNT(&rest))
		*set = rest;
}

/* Takes the hardware threads of the servers' cores from the client, and of each other core all but the first. */
static void client_lay_out(struct cpus *cpus, const char *root)
{
	cpu_set_t core, first;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &cpus->server))
			continue;
		core_of(root, cpu, &core);
		take_out(&cpus->client, &core);
	}
	take_out(&cpus->client, &cpus->server);
	CPU_ZERO(&first);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &cpus->client))
			continue;
		core_of(root, cpu, &core);
		CPU_AND(&core, &core, &first);
		if (!CPU_COUNT(&core))
			CPU_SET(cpu, &first);
	}
	cpus->client = first;
}

int cpus_divide(struct cpus *cpus, const char *client, const char *server, struct err *err)
{
	cpu_set_t all;

	if (sched_getaffinity(0, sizeof all, &all))
		return err_set_errno(err, "sched_getaffinity");
	return cpus_divide_all(cpus, "", &all, client, server, err);
}

int cpus_divide_all(struct cpus *cpus, const char *root, const cpu_set_t *all, const char *client, const char *server,
		    struct err *err)
{
	if (client && list_allowed(&cpus->client, client, all, err))
		return err_prefix(err, "client-cpus");
	if (server && list_allowed(&cpus->server, server, all, err))
		return err_prefix(err, "server-cpus");
	if (!server) {
		cpu_set_t rest = *all;
		if (client)
			take_out(&rest, &cpus->client);
		CPU_ZERO(&cpus->server);
		CPU_SET(first_of(&rest), &cpus->server);
	}
	if (!client) {
		cpus->client = *all;
		client_lay_out(cpus, root);
	}
	return 0;
}

bool cpus_share_core(const struct cpus *cpus)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		cpu_set_t core;
		if (!CPU_ISSET(cpu, &cpus->server))
			continue;
		core_of("", cpu, &core);
		CPU_AND(&core, &core, &cpus->client);
		if (CPU_COUNT(&core))
			return true;
	}
	return false;
}

unsigned cpus_count(const char *list)
{
	cpu_set_t set;
	struct err ignored;

	return list && !list_read(&set, list, &ignored) ? (unsigned)CPU_COUNT(&set) : 0;
}

char *cpus_show(const cpu_set_t *set, char out[128])
{
	size_t used = 0;

	out[0] = 0;
	for (int cpu = 0; cpu < CPU_SETSIZE && used < 100; cpu++) {
		if (!CPU_ISSET(cpu, set))
			continue;
		int last = cpu;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
			last++;
		used += (size_t)snprintf(out + used, 128 - used, last > cpu ? "%s%d-%d" : "%s%d", used ? "," : "", cpu,
					 last);
		cpu = last;
	}
	return out;
}
