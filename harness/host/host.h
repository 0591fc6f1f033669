/*
 * host: this machine and its limits, as far as the figures depend on them.
 */
#ifndef HARNESS_HOST_HOST_H
#define HARNESS_HOST_HOST_H

#include <stdint.h>

struct host {
	char cpu_model[128];
	uint64_t cores; /* online */
	uint64_t memory_bytes;
	char kernel[128];                /* name and release */
	char governor[32];               /* cpufreq governor of CPU 0; "" where there is none */
	uint64_t files_soft, files_hard; /* RLIMIT_NOFILE */
	uint64_t somaxconn;
	uint64_t port_low, port_high; /* ephemeral ports */
	uint64_t tw_buckets;          /* tcp_max_tw_buckets */
	uint64_t tw_reuse;            /* tcp_tw_reuse */
	double load;                  /* load average of the last minute */
	char date[40];                /* now, ISO 8601, UTC */
};

/* Fills in what can be found; the rest is 0 or "". */
void host_read(struct host *host);

/* The same with /proc and /sys below root (see procfile.h); system calls always concern this host. */
void host_read_at(struct host *host, const char *root);

#endif
