#include "harness/contract/service_checks.h"

#include <stdio.h>
#include <string.h>

#include "clients/choice.h"

#define REPEATED      20
#define KEPT_REQUESTS 100
#define PARALLEL      64
/* Of each of the parallel connections. */
#define PARALLEL_TIMES 4

/* The failures of a sample, in words. Returns out. */
static const char *failures_show(const struct load_sample *sample, char *out, size_t room)
{
	size_t used = 0;

	out[0] = 0;
	for (int i = 0; i < LOAD_FAILURES; i++)
		if (sample->failed[i] && used < room)
			used += (size_t)snprintf(out + used, room - used, "%s%llu %s", used ? ", " : "",
						 (unsigned long long)sample->failed[i], load_failure_names[i]);
	if (sample->wrong[0] && used < room)
		snprintf(out + used, room - used, ": %s", sample->wrong);
	return out;
}

/* Makes that many requests, all of which must be right; the sample must be released. */
static bool ask_all(struct subject *subject, struct load_sample *sample, enum load_mode mode, uint32_t connections,
		    uint64_t requests)
{
	const struct client *client = client_find("epoll");
	const struct load_spec spec = {
		.target = &subject->service.target,
		.mode = mode,
		.connections = connections,
		.active = connections,
		.requests = requests,
		.duration_ns = CLOCK_MS,
		.max_window_ns = subject_wait_ns(subject),
		.max_ramp_ns = subject_wait_ns(subject),
		.timeout_ns = subject_wait_ns(subject),
		.threads = 1,
		.stop = subject->spec->stop,
	};
	char failures[300], right[64];
	struct err err;

	load_sample_init(sample);
	if (client->run(&spec, sample, &err))
		return subject_fail(subject, "responses", "%s", err.text);
	if (sample->ok >= requests)
		return true;
	snprintf(right, sizeof right, "%llu right responses", (unsigned long long)requests);
	return subject_fail(subject, right, "%llu; %s", (unsigned long long)sample->ok,
			    failures_show(sample, failures, sizeof failures));
}

bool service_check_repeated(struct subject *subject)
{
	struct load_sample sample;

	subject_try(subject, "%d requests, a connection each", REPEATED);
	bool right = ask_all(subject, &sample, LOAD_CLOSE, 1, REPEATED);
	load_sample_release(&sample);
	return right;
}

bool service_check_keepalive(struct subject *subject)
{
	struct load_sample sample;

	subject_try(subject, "%d requests over one connection", KEPT_REQUESTS);
	bool right = ask_all(subject, &sample, LOAD_KEEPALIVE, 1, KEPT_REQUESTS);
	unsigned long long connections = sample.connects;
	load_sample_release(&sample);
	if (right && connections != 1)
		return subject_fail(subject, "1 connection, or keepalive = no in its section", "%llu connections",
				    connections);
	return right;
}

bool service_check_parallel(struct subject *subject)
{
	struct load_sample sample;

	subject_try(subject, "%d requests at once, %d times", PARALLEL, PARALLEL_TIMES);
	bool right = ask_all(subject, &sample, LOAD_CLOSE, PARALLEL, PARALLEL * PARALLEL_TIMES);
	load_sample_release(&sample);
	return right;
}
