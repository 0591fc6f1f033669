#include "harness/host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "harness/host/procfile.h"

static void cpu_model_read(const char *root, char *out, size_t room)
{
	char line[512];
	FILE *file = procfile_open(root, "/proc/cpuinfo");

	out[0] = 0;
	while (file && !out[0] && fgets(line, sizeof line, file)) {
		const char *value = strchr(line, ':');
		if (value && strncmp(line, "model name", 10) == 0)
			snprintf(out, room, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
	}
	if (file)
		fclose(file);
}

void host_read_at(struct host *host, const char *root)
{
	struct rlimit files;
	struct utsname name;
	char text[64];
	time_t now = time(NULL);
	struct tm utc;

	memset(host, 0, sizeof *host);
	cpu_model_read(root, host->cpu_model, sizeof host->cpu_model);
	host->cores = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	host->memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	if (!uname(&name))
		snprintf(host->kernel, sizeof host->kernel, "%.50s %.70s", name.sysname, name.release);
	procfile_line(root, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", host->governor,
		      sizeof host->governor);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		host->files_soft = files.rlim_cur;
		host->files_hard = files.rlim_max;
	}
	host->somaxconn = procfile_number(root, "/proc/sys/net/core/somaxconn", 0);
	host->tw_buckets = procfile_number(root, "/proc/sys/net/ipv4/tcp_max_tw_buckets", 0);
	host->tw_reuse = procfile_number(root, "/proc/sys/net/ipv4/tcp_tw_reuse", 0);
	procfile_line(root, "/proc/sys/net/ipv4/ip_local_port_range", text, sizeof text);
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

void host_read(struct host *host)
{
	host_read_at(host, "");
}
