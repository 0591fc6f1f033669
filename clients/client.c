#include "clients/client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

const char *const load_mode_names[] = { "close", "keepalive", "crowd", NULL };

enum load_mode load_mode_find(const char *name)
{
	int mode = 0;

	while (load_mode_names[mode] && strcmp(load_mode_names[mode], name) != 0)
		mode++;
	return (enum load_mode)mode;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void load_thread_add(struct load_thread *thread, double sign)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	if (sched_getaffinity(0, sizeof thread->cpus, &thread->cpus))
		CPU_ZERO(&thread->cpus);
	thread->user_s += sign * seconds(usage.ru_utime);
	thread->system_s += sign * seconds(usage.ru_stime);
}

void load_sample_init(struct load_sample *sample)
{
	memset(sample, 0, sizeof *sample);
	fields_init(load_figures, sample);
}

void load_sample_release(struct load_sample *sample)
{
	free(sample->tenths);
	sample->tenths = NULL;
	sample->tenths_count = 0;
	for (int i = 0; i < LOAD_THREADS_MAX; i++)
		raw_release(&sample->raw_ns[i]);
}
