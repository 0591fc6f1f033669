#include "clients/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "clients/page.h"
#include "harness/lib/clock.h"

#define WATCH_NS (20 * CLOCK_MS)
/* After a failure to get a response, so that the client does not hit a refusing server in a tight loop. */
#define REST_NS (10 * CLOCK_MS)

struct sequence {
	const struct load_spec *spec;
	sequence_ask *ask;
	void *context;
	struct load_sample *sample;
	uint32_t number; /* of the link to follow */
	bool measuring;
	uint64_t window_start_ns, next_watch_ns;
	uint64_t ok_ns; /* the last right response */
	unsigned tenths_room;
};

static bool stopped(const struct load_spec *spec)
{
	return spec->stop && *spec->stop;
}

static void enter(const struct load_spec *spec, enum load_phase phase)
{
	if (spec->watch && spec->watch->enter)
		spec->watch->enter(spec->watch->context, phase);
}

/*
 * Makes one request. Returns whether the response is right; else *failure is the kind. Follows the links if requested.
 */
static bool ask_page(struct sequence *sequence, struct sequence_response *response, enum load_failure *failure)
{
	const struct target *target = sequence->spec->target;
	struct expected expected = target->expected;
	char path[32], page[PAGE_MAX], text[EXPECTED_TEXT];
	char *wrong = sequence->sample->wrong;

	if (sequence->spec->links) {
		snprintf(path, sizeof path, "/%u", sequence->number);
		expected = (struct expected){ .status = 200, .body = page };
		expected.body_bytes = (size_t)page_write(page, sequence->number);
	}
	sequence->ask(sequence->context, sequence->spec->links ? path : target->path, &expected, response);
	*failure = response->failure;
	if (!response->ok)
		return false;
	if (!expected_verdict(&expected, response->status, response->body_bytes, response->state, failure)) {
		if (!wrong[0])
			strcpy(wrong, expected_describe(text, &expected, response->status, response->body_bytes));
		return false;
	}
	if (sequence->spec->links)
		sequence->number = page_next(sequence->number);
	return true;
}

static void tenth_add(struct sequence *sequence, uint64_t now)
{
	struct load_sample *sample = sequence->sample;
	uint64_t tenth = (now - sequence->window_start_ns) / (CLOCK_S / 10);

	if (tenth >= sequence->tenths_room)
		tenth = sequence->tenths_room - 1;
	sample->tenths[tenth]++;
	if (tenth >= sample->tenths_count)
		sample->tenths_count = (unsigned)tenth + 1;
}

static void ask_once(struct sequence *sequence)
{
	struct load_sample *sample = sequence->sample;
	struct sequence_response response = { 0 };
	enum load_failure failure;
	bool right = ask_page(sequence, &response, &failure);
	uint64_t now = clock_ns();

	if (sequence->measuring) {
		sample->started++;
		if (response.ok) {
			sample->connects++;
			hist_add(&sample->connect_ns, response.connect_ns);
		}
		if (right) {
			sample->ok++;
			sequence->ok_ns = now;
			hist_add(&sample->latency_ns, response.total_ns);
			if (sample->raw_ns[0].values)
				raw_add(&sample->raw_ns[0], response.total_ns);
			tenth_add(sequence, now);
		} else {
			sample->failed[failure]++;
		}
	} else {
		sample->started_before++;
	}
	if (!response.ok) {
		struct timespec rest = clock_timespec(REST_NS);
		nanosleep(&rest, NULL);
	}
}

static void warm(struct sequence *sequence)
{
	uint64_t end = clock_ns() + sequence->spec->warmup_ns;

	enter(sequence->spec, LOAD_WARMUP);
	while (!stopped(sequence->spec) && clock_ns() < end)
		ask_once(sequence);
}

static void measure(struct sequence *sequence)
{
	const struct load_spec *spec = sequence->spec;
	struct load_sample *sample = sequence->sample;
	const struct load_watch *watch = spec->watch;

	enter(spec, LOAD_MEASURE);
	load_thread_add(&sample->threads[0], -1);
	sequence->window_start_ns = sequence->next_watch_ns = sequence->ok_ns = clock_ns();
	sequence->measuring = true;
	uint64_t now = sequence->window_start_ns;
	while (!stopped(spec) &&
	       (spec->requests ? sample->started < spec->requests && !load_has_stalled(spec, sequence->ok_ns, now)
			       : now - sequence->window_start_ns < spec->duration_ns)) {
		ask_once(sequence);
		now = clock_ns();
		if (watch && watch->tick && now >= sequence->next_watch_ns) {
			sequence->next_watch_ns = now + WATCH_NS;
			if (!watch->tick(watch->context))
				break;
		}
	}
	sequence->measuring = false;
	load_thread_add(&sample->threads[0], 1);
	sample->window_s = (double)(now - sequence->window_start_ns) / 1e9;
	sample->threads[0].window_s = sample->window_s;
	sample->threads_count = 1;
	sample->client_cpu_busiest = sample->window_s > 0 ? (sample->threads[0].user_s + sample->threads[0].system_s) /
								    sample->window_s
							  : 0;
}

int sequence_run(const struct load_spec *spec, sequence_ask *ask, void *context, struct load_sample *sample,
		 struct err *err)
{
	struct sequence sequence = { .spec = spec, .ask = ask, .context = context, .sample = sample };

	sequence.tenths_room = (unsigned)((spec->requests ? 600 * CLOCK_S : spec->duration_ns) / (CLOCK_S / 10)) + 20;
	if (sequence.tenths_room > LOAD_TENTHS_MAX)
		sequence.tenths_room = LOAD_TENTHS_MAX;
	sample->tenths = calloc(sequence.tenths_room, sizeof *sample->tenths);
	if (!sample->tenths)
		return err_set(err, "out of memory");
	if (spec->raw && raw_init(&sample->raw_ns[0], spec->requests ? spec->requests : UINT64_MAX, err))
		return -1;
	if (!spec->requests)
		warm(&sequence);
	/* The first measured link is /0, so that the chain's end is known: after 10,000 it is 2845218640. */
	sequence.number = 0;
	measure(&sequence);
	enter(spec, LOAD_DRAIN);
	enter(spec, LOAD_STOP);
	sample->rate_rps = sample->window_s > 0 ? (double)sample->ok / sample->window_s : 0;
	sample->concurrency_mean = 1;
	sample->concurrency_min = sample->concurrency_max = 1;
	sample->ramp_s = 0;
	sample->ramp_reached = 1;
	sample->served_min = sample->served_max = (double)sample->ok;
	sample->never_served = !sample->ok;
	sample->jain = sample->ok ? 1 : 0;
	sample->interrupted = stopped(spec);
	return 0;
}
