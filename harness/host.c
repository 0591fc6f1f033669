#include "harness/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The first line of a file, or "". */
static void line_read(const char *path, char *out, size_t room)
{
	FILE *file = fopen(path, "re");

	out[0] = 0;
	if (!file)
		return;
	if (!fgets(out, (int)room, file))
		out[0] = 0;
	out[strcspn(out, "\n")] = 0;
	fclose(file);
}

static uint64_t number_read(const char *path)
{
	char text[64];

	line_read(path, text, sizeof text);
	return strtoull(text, NULL, 10);
}

static void cpu_model_read(char *out, size_t room)
{
	char line[512];
	FILE *file = fopen("/proc/cpuinfo", "re");

	out[0] = 0;
	while (file && !out[0] && fgets(line, sizeof line, file)) {
		const char *value = strchr(line, ':');
		if (value && strncmp(line, "model name", 10) == 0)
			snprintf(out, room, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
	}
	if (file)
		fclose(file);
}

void host_read(struct host *host)
{
	struct rlimit files;
	struct utsname name;
	char text[64];
	time_t now = time(NULL);
	struct tm utc;

	memset(host, 0, sizeof *host);
	cpu_model_read(host->cpu_model, sizeof host->cpu_model);
	host->cores = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	host->memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	if (!uname(&name))
		snprintf(host->kernel, sizeof host->kernel, "%.50s %.70s", name.sysname, name.release);
	line_read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", host->governor, sizeof host->governor);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		host->files_soft = files.rlim_cur;
		host->files_hard = files.rlim_max;
	}
	host->somaxconn = number_read("/proc/sys/net/core/somaxconn");
	host->tw_buckets = number_read("/proc/sys/net/ipv4/tcp_max_tw_buckets");
	host->tw_reuse = number_read("/proc/sys/net/ipv4/tcp_tw_reuse");
	line_read("/proc/sys/net/ipv4/ip_local_port_range", text, sizeof text);
	unsigned long low = 0, high = 0;
	if (sscanf(text, "%lu %lu", &low, &high) == 2) {
		host->port_low = low;
		host->port_high = high;
	}
	if (getloadavg(&host->load, 1) != 1)
		host->load = 0;
	gmtime_r(&now, &utc);
	strftime(host->date, sizeof host->date, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
