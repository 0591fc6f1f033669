#include "harness/host/kernel.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const kernel_counter_names[KERNEL_COUNTERS] = {
	"ListenOverflows",   "ListenDrops",         "TCPSynRetrans",
	"TCPTimeouts",       "RetransSegs",         "OutRsts",
	"TCPAbortOnData",    "TCPAbortOnClose",     "TCPAbortOnMemory",
	"TCPAbortOnTimeout", "TCPTimeWaitOverflow", "steal_ms",
	"cpu_pressure_ms",   "memory_pressure_ms",  "io_pressure_ms",
};

static FILE *open_below(const char *proc, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", proc, name);
	return fopen(path, "re");
}

/* The network's counters: a line of names, then a line of as many values, both with the same first word. */
static void pairs_read(struct kernel *kernel, FILE *file)
{
	char *names = NULL, *values = NULL;
	size_t names_room = 0, values_room = 0;

	while (getline(&names, &names_room, file) > 0 && getline(&values, &values_room, file) > 0) {
		char *name_rest, *value_rest;
		char *name = strtok_r(names, " \n", &name_rest);
		char *value = strtok_r(values, " \n", &value_rest);
		for (; name && value;
		     name = strtok_r(NULL, " \n", &name_rest), value = strtok_r(NULL, " \n", &value_rest))
			for (int i = 0; i < KERNEL_STEAL_MS; i++)
				if (strcmp(name, kernel_counter_names[i]) == 0)
					kernel->counters[i] = strtod(value, NULL);
	}
	free(names);
	free(values);
}

/* "TCP: inuse 5 orphan 0 tw 12 alloc 7 mem 1" */
static void time_wait_read(struct kernel *kernel, FILE *file)
{
	char line[256];

	while (fgets(line, sizeof line, file)) {
		const char *at = strncmp(line, "TCP:", 4) == 0 ? strstr(line, " tw ") : NULL;
		if (at)
			kernel->time_wait = strtod(at + 4, NULL);
	}
}

/* "cpu  user nice system idle iowait irq softirq steal ..." in clock ticks, all CPUs together */
static void steal_read(struct kernel *kernel, FILE *file)
{
	double ticks;

	if (fscanf(file, "cpu %*s %*s %*s %*s %*s %*s %*s %lf", &ticks) == 1)
		kernel->counters[KERNEL_STEAL_MS] = ticks * 1e3 / (double)sysconf(_SC_CLK_TCK);
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345" in microseconds */
static double pressure_of(FILE *file)
{
	double total;

	return fscanf(file, "some %*s %*s %*s total=%lf", &total) == 1 ? total / 1e3 : NAN;
}

static void cpu_pressure_read(struct kernel *kernel, FILE *file)
{
	kernel->counters[KERNEL_CPU_PRESSURE_MS] = pressure_of(file);
}

static void memory_pressure_read(struct kernel *kernel, FILE *file)
{
	kernel->counters[KERNEL_MEMORY_PRESSURE_MS] = pressure_of(file);
}

static void io_pressure_read(struct kernel *kernel, FILE *file)
{
	kernel->counters[KERNEL_IO_PRESSURE_MS] = pressure_of(file);
}

void kernel_read(struct kernel *kernel, const char *proc)
{
	static const struct {
		const char *name;
		void (*read)(struct kernel *kernel, FILE *file);
	} sources[] = {
		{ "net/netstat", pairs_read },         { "net/snmp", pairs_read },
		{ "net/sockstat", time_wait_read },    { "stat", steal_read },
		{ "pressure/cpu", cpu_pressure_read }, { "pressure/memory", memory_pressure_read },
		{ "pressure/io", io_pressure_read },
	};

	for (int i = 0; i < KERNEL_COUNTERS; i++)
		kernel->counters[i] = NAN;
	kernel->time_wait = NAN;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		FILE *file = open_below(proc, sources[i].name);
		if (!file)
			continue;
		sources[i].read(kernel, file);
		fclose(file);
	}
}

struct kernel kernel_between(const struct kernel *before, const struct kernel *after)
{
	struct kernel between = { .time_wait = after->time_wait };

	for (int i = 0; i < KERNEL_COUNTERS; i++) {
		double grown = after->counters[i] - before->counters[i];
		between.counters[i] = grown < 0 ? 0 : grown;
	}
	return between;
}
