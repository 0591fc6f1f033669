/*
 * Whether the window chooses its own result: the real engine and the real phases, driven by a clock and an io that are made
 * up, against servers whose true rate is known. A bias is that of the mean over many runs.
 */
#include "tests/unit/unit.h"

#include <math.h>

#include "clients/engine.h"
#include "clients/phases.h"
#include "harness/lib/random.h"

#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define TICK   (5 * CLOCK_MS)

enum service {
	CONSTANT, /* each response takes the mean */
	JITTER,   /* from half of the mean to one and a half, evenly */
	EXPONENTIAL,
	BIMODAL,     /* nine in ten take half of the mean, one in ten 5.5 times as long as it */
	BATCH,       /* all that wait get their responses together, once per mean */
	QUEUE,       /* one after the other, as they come */
	HANGS,       /* no response ever comes */
	HANGS_LATER, /* CONSTANT at first, and nothing from the window's middle on */
	FEW,         /* two connections are served, and no other ever */
	SERVICES
};

static const char *const service_names[SERVICES] = { "constant",  "jitter", "exponential",   "bimodal",
						     "batches",   "queue",  "hangs at once", "hangs in the window",
						     "serves two" };

/* A response that is on its way. */
struct event {
	uint64_t at_ns;
	uint32_t slot, serial;
};

static struct world {
	enum service service;
	double mean_ns;
	uint64_t now_ns, random, free_ns, hang_ns;
	struct event *events; /* a heap: the next is the first */
	size_t count, room;
	uint32_t *serials; /* of each slot: a closed connection gets no response */
	uint32_t slots;
} world;

static bool sooner(size_t a, size_t b)
{
	return world.events[a].at_ns < world.events[b].at_ns;
}

static void swap(size_t a, size_t b)
{
	struct event event = world.events[a];

	world.events[a] = world.events[b];
	world.events[b] = event;
}

static void event_add(struct event event)
{
	if (world.count == world.room) {
		world.room = world.room ? 2 * world.room : 1024;
		world.events = realloc(world.events, world.room * sizeof *world.events);
		assert_non_null(world.events);
	}
	size_t i = world.count++;
	world.events[i] = event;
	for (; i && sooner(i, (i - 1) / 2); i = (i - 1) / 2)
		swap(i, (i - 1) / 2);
}

static struct event event_take(void)
{
	struct event first = world.events[0];

	world.events[0] = world.events[--world.count];
	for (size_t i = 0, child; (child = 2 * i + 1) < world.count; i = child) {
		child += child + 1 < world.count && sooner(child + 1, child);
		if (!sooner(child, i))
			break;
		swap(i, child);
	}
	return first;
}

static double uniform(void)
{
	return random_unit(&world.random);
}

/* When the response to that slot's request comes. */
static uint64_t answered_ns(uint32_t slot)
{
	uint64_t mean = (uint64_t)world.mean_ns;

	switch (world.service) {
	case CONSTANT: return world.now_ns + mean;
	case JITTER: return world.now_ns + (uint64_t)(world.mean_ns * (0.5 + uniform()));
	case EXPONENTIAL: return world.now_ns + (uint64_t)(-log(uniform()) * world.mean_ns);
	case BIMODAL: return world.now_ns + (uint64_t)(world.mean_ns * (uniform() < 0.9 ? 0.5 : 5.5));
	case BATCH: return (world.now_ns / mean + 1) * mean;
	case QUEUE:
		world.free_ns = (world.free_ns > world.now_ns ? world.free_ns : world.now_ns) + mean / world.slots;
		return world.free_ns;
	case HANGS_LATER: return world.now_ns + mean < world.hang_ns ? world.now_ns + mean : UINT64_MAX;
	case FEW: return slot < 2 ? world.now_ns + mean : UINT64_MAX;
	case HANGS:
	case SERVICES: break;
	}
	return UINT64_MAX;
}

static uint32_t slot_of(const struct engine *engine, const struct conn *conn)
{
	return (uint32_t)(conn - engine->conns);
}

static int world_init(struct engine *engine, struct err *err)
{
	(void)err;
	world.slots = engine->worker->connections;
	world.serials = calloc(world.slots, sizeof *world.serials);
	return world.serials ? 0 : -1;
}

static void world_release(struct engine *engine)
{
	(void)engine;
	free(world.serials);
	world.count = 0;
}

static void world_request(struct engine *engine, struct conn *conn)
{
	uint32_t slot = slot_of(engine, conn);

	event_add((struct event){ answered_ns(slot), slot, world.serials[slot] });
}

static void world_open(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	world.serials[slot_of(engine, conn)]++;
	engine_dials(engine, conn, now_ns);
	engine_established(engine, conn, now_ns);
	engine_sent(conn);
	world_request(engine, conn);
}

static void world_close(struct engine *engine, struct conn *conn)
{
	world.serials[slot_of(engine, conn)]++;
}

static const struct engine_io world_io = {
	.init = world_init,
	.release = world_release,
	.open = world_open,
	.request = world_request,
	.close = world_close,
};

/* Reports the responses that have come, each at its own time. */
static void world_tell(struct engine *engine, uint64_t until_ns)
{
	while (world.count && world.events[0].at_ns <= until_ns) {
		struct event event = event_take();
		struct conn *conn = &engine->conns[event.slot];
		if (event.serial != world.serials[event.slot] || conn->state != CONN_READING)
			continue;
		world.now_ns = event.at_ns;
		engine_received(engine, conn, ANSWER, sizeof ANSWER - 1, true, world.now_ns);
	}
	world.now_ns = until_ns;
}

static struct phases_seen seen_of(const struct worker *worker, enum load_phase phase)
{
	return (struct phases_seen){
		.followed = worker->idle || worker->live_phase == (int)phase,
		.idle = worker->idle,
		.exhausted = worker->exhausted,
		.reached = worker->live_reached,
		.right = worker->live_right,
		.ended = worker->live_ended,
		.closing = worker->live_closing,
		.unsettled = worker->live_unsettled,
	};
}

/* The outcome of one run. */
struct outcome {
	double rate_rps, latency_s, in_flight, window_s;
	uint64_t took_ns, ok, failed, unfinished;
	bool conserved;
};

static struct outcome run(const struct load_spec *spec, enum service service, double mean_s, uint64_t seed)
{
	static uint32_t tenths[LOAD_TENTHS_MAX];
	struct worker *worker = calloc(1, sizeof *worker);
	struct phases phases;
	struct outcome outcome = { 0 };

	assert_non_null(worker);
	world = (struct world){ .service = service,
				.mean_ns = mean_s * 1e9,
				.now_ns = CLOCK_S,
				.random = seed,
				.hang_ns = UINT64_MAX,
				.events = world.events,
				.room = world.room };
	uint64_t start_ns = world.now_ns;
	worker->spec = spec;
	worker->workers = 1;
	worker->connections = worker->active = spec->connections;
	worker->budget = spec->requests ? spec->requests : UINT64_MAX;
	worker->tenths = tenths;
	worker->tenths_room = LOAD_TENTHS_MAX;
	struct engine *engine = engine_new(worker, &world_io);
	assert_non_null(engine);
	phases_init(&phases, spec);
	while (phases.phase != LOAD_STOP) {
		struct phases_seen seen = seen_of(worker, phases.phase);
		if (phases_step(&phases, world.now_ns, &seen) && phases.phase == LOAD_MEASURE)
			world.hang_ns = service == HANGS_LATER ? world.now_ns + phases.window_ns / 2 : UINT64_MAX;
		world.now_ns++; /* reading a clock takes time */
		bool more = engine_turn(engine, phases.phase, world.now_ns);
		world_tell(engine, world.now_ns + (more ? 0 : phases_pause_ns(&phases, world.now_ns)));
		engine_look(engine, world.now_ns);
	}
	struct window_sum sum = { 0 };
	window_add(&sum, &worker->window);
	const struct load_figures *counts = &worker->counts;
	for (int i = 0; i < LOAD_FAILURES; i++)
		outcome.failed += counts->failed[i];
	outcome.took_ns = world.now_ns - start_ns;
	outcome.ok = counts->ok;
	outcome.unfinished = counts->unfinished;
	outcome.rate_rps = sum.known ? window_rate(&sum, spec->requests ? 0 : spec->connections,
						   (double)counts->unfinished)
				     : NAN;
	outcome.latency_s = hist_mean(&worker->latency_ns) / 1e9;
	outcome.in_flight = sum.busy;
	outcome.window_s = window_seconds(&worker->window);
	outcome.conserved = counts->in_flight_start + counts->started ==
			    counts->ok + outcome.failed + counts->in_flight_end;
	engine_free(engine);
	free(worker);
	return outcome;
}

static struct target target = { .expected = { .status = 200, .body = (char *)"ok", .body_bytes = 2 } };

static struct load_spec spec_of(enum load_mode mode, uint32_t connections)
{
	return (struct load_spec){
		.target = &target,
		.mode = mode,
		.connections = connections,
		.warmup_ns = 200 * CLOCK_MS,
		.duration_ns = CLOCK_S,
		.max_window_ns = 20 * CLOCK_S,
		.max_ramp_ns = 60 * CLOCK_S,
		.timeout_ns = 300 * CLOCK_S,
	};
}

#define BIAS_MAX 0.01
/* The rounds that a window has unless the maximum cuts it short, or ROUNDS_ONE / sqrt(connections); see clients/phases.c. */
#define ROUNDS     2
#define ROUNDS_ONE 18
/* With fewer, and of few requests, so many times what is predicted; of one or two connections more, as below. */
#define TIMES_MAX     3
#define TIMES_MAX_FEW 6
/* Requests of all runs of a case together, about, and the maximum number of runs: what is left of chance stays below the bound. */
#define REQUESTS 30000
#define RUNS_MAX 2000
/* Of one or two requests nothing can be said. */
#define REQUESTS_MIN 3

/* N/X, in windows of the length asked for: the window grows up to 20 of these. */
static const double round_windows[] = { 0.01, 0.1, 0.4, 1, 1.3, 7, 19 };
static const uint32_t crowds[] = { 1, 2, 10, 64, 1000 };

/*
 * What the bias is predicted from (docs/method.md), of a response's time in units of its mean: the variance of what is left of it
 * at any moment, E[x^3]/3 - (E[x^2]/2)^2, for the rate; the variance for the mean latency. 0: there is no chance in it.
 */
static const struct {
	double left, whole;
} variances[SERVICES] = { [JITTER] = { 0.123, 1.0 / 12 }, [EXPONENTIAL] = { 1, 1 }, [BIMODAL] = { 2.94, 2.25 } };

struct bias {
	double rate, latency;       /* relative */
	double rate_se, latency_se; /* standard errors of these */
	double requests;            /* in a window */
};

/* The mean of many runs, each of other chances; where there is no chance, of one. */
static struct bias bias_of(const struct load_spec *spec, enum service service, double mean_s, const char *name)
{
	double rates = 0, rates2 = 0, latencies = 0, latencies2 = 0, requests = 0, count = 0, known = 0;
	bool chance = variances[service].whole > 0;

	for (uint64_t seed = 1; requests < REQUESTS && count < RUNS_MAX && (chance || seed == 1); seed++) {
		struct outcome outcome = run(spec, service, mean_s, seed * 7919);
		double rate = outcome.rate_rps * mean_s / spec->connections - 1,
		       latency = outcome.latency_s / mean_s - 1;
		check_case(name, outcome.conserved);
		check_case(name, fabs(outcome.in_flight / spec->connections - 1) < 1e-3);
		rates += rate;
		rates2 += rate * rate;
		latencies += isnan(latency) ? 0 : latency;
		latencies2 += isnan(latency) ? 0 : latency * latency;
		known += !isnan(latency);
		requests += outcome.rate_rps * outcome.window_s;
		count++;
	}
	struct bias bias = { rates / count, latencies / known, .requests = requests / count };
	bias.rate_se = sqrt(fmax(rates2 / count - bias.rate * bias.rate, 0) / count);
	bias.latency_se = sqrt(fmax(latencies2 / known - bias.latency * bias.latency, 0) / known);
	return bias;
}

static void check_bias(struct load_spec spec, enum service service, double windows, double worst[2])
{
	char name[80];
	double mean_s = windows * (double)spec.duration_ns / 1e9;

	snprintf(name, sizeof name, "%s, %s, N/X of %g windows, %u connections", load_mode_names[spec.mode],
		 service_names[service], windows, spec.connections);
	struct bias bias = bias_of(&spec, service, mean_s, name);
	double rounds = bias.requests / spec.connections;
	/* With one or two connections the length of a round, known from one, is a guess, and the window often short. */
	bool whole = spec.connections >= 10 && rounds > 0.95 * fmax(ROUNDS, ROUNDS_ONE / sqrt(spec.connections));
	double times = spec.connections >= 10 ? TIMES_MAX : TIMES_MAX_FEW;
	double rate = fmax(BIAS_MAX,
			   whole ? 0 : times * variances[service].left / (spec.connections * rounds * rounds));
	double latency = fmax(BIAS_MAX, TIMES_MAX * variances[service].whole / bias.requests);
	worst[0] = rate > BIAS_MAX ? worst[0] : fmax(worst[0], fabs(bias.rate));
	worst[1] = latency > BIAS_MAX ? worst[1] : fmax(worst[1], fabs(bias.latency));
	bool holds = fabs(bias.rate) < rate + 3 * bias.rate_se && fabs(bias.latency) < latency + 3 * bias.latency_se;
	if (!holds)
		print_error("%s: %.0f requests: rate %+.2f %% +- %.2f, latency %+.2f %% +- %.2f\n", name, bias.requests,
			    100 * bias.rate, 100 * bias.rate_se, 100 * bias.latency, 100 * bias.latency_se);
	check_case(name, holds || bias.requests < REQUESTS_MIN);
}

static void test_bias(void **state)
{
	(void)state;
	for (enum service service = CONSTANT; service <= QUEUE; service++) {
		double worst[2] = { 0 };
		for (size_t i = 0; i < LENGTH(round_windows); i++)
			for (size_t n = 0; n < LENGTH(crowds); n++)
				for (enum load_mode mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE; mode++) {
					if (mode == LOAD_CLOSE && crowds[n] != 10)
						continue; /* the window is the same in each mode */
					struct load_spec spec = spec_of(mode, crowds[n]);
					spec.warmup_ns = 20 * CLOCK_MS;
					spec.duration_ns = 100 * CLOCK_MS;
					spec.max_window_ns = 2 * CLOCK_S;
					check_bias(spec, service, round_windows[i], worst);
				}
		print_message("# %-12s bias of the rate %.2f %%, of the mean latency %.2f %% at most\n",
			      service_names[service], 100 * worst[0], 100 * worst[1]);
	}
}

/* The report that started it: a second for each response, 10 connections, a window of a second. */
static void test_ten_of_a_second(void **state)
{
	(void)state;
	for (enum load_mode mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE; mode++) {
		struct load_spec spec = spec_of(mode, 10);
		struct outcome outcome = run(&spec, CONSTANT, 1, 1);
		assert_true(fabs(outcome.rate_rps - 10) < 0.01);
		assert_true(fabs(outcome.window_s - 18 / sqrt(10)) < 0.06);
	}
}

/* A server that hangs: the end comes within the window, the time of a request and the drain. */
static void test_hangs(void **state)
{
	static const uint64_t timeouts_s[] = { 1, 10, 30 };

	(void)state;
	for (enum load_mode mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE; mode++)
		for (size_t i = 0; i < LENGTH(timeouts_s); i++) {
			struct load_spec spec = spec_of(mode, 10);
			spec.timeout_ns = timeouts_s[i] * CLOCK_S;
			struct outcome outcome = run(&spec, HANGS, 1, 1);
			assert_int_equal(outcome.ok, 0);
			assert_true(outcome.conserved);
			assert_true(outcome.took_ns <
				    spec.warmup_ns + spec.duration_ns + spec.timeout_ns + 11 * CLOCK_S / 10);
			spec.requests = 1000;
			outcome = run(&spec, HANGS, 1, 1);
			assert_true(outcome.conserved);
			assert_true(outcome.took_ns < spec.duration_ns + spec.timeout_ns + 11 * CLOCK_S / 10);
		}
	for (size_t i = 0; i < LENGTH(timeouts_s); i++) {
		struct load_spec spec = spec_of(LOAD_KEEPALIVE, 10);
		spec.timeout_ns = timeouts_s[i] * CLOCK_S;
		struct outcome outcome = run(&spec, HANGS_LATER, 0.01, 1);
		assert_true(outcome.conserved && outcome.ok > 0);
		assert_true(outcome.took_ns < 2 * CLOCK_S + spec.timeout_ns + 11 * CLOCK_S / 10);
	}
}

/* Two of 64 connections are served: the rate is theirs, all 64 are in flight, and what had no end is said. */
static void test_serves_two(void **state)
{
	struct load_spec spec = spec_of(LOAD_KEEPALIVE, 64);

	(void)state;
	spec.timeout_ns = 30 * CLOCK_S;
	struct outcome outcome = run(&spec, FEW, 0.01, 1);
	assert_true(fabs(outcome.rate_rps / 200 - 1) < 0.02);
	assert_true(fabs(outcome.in_flight / 64 - 1) < 0.01);
	assert_true(outcome.unfinished >= 62 - 2);
}

/* The end of requests that are counted, when some connections have nothing to do any more, is no part of their rate. */
static void test_counted(void **state)
{
	static const uint64_t requests[] = { 100, 150, 1000, 5000, 5050 };

	(void)state;
	for (enum load_mode mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE; mode++)
		for (enum service service = CONSTANT; service <= QUEUE; service++)
			for (size_t i = 0; i < LENGTH(requests); i++) {
				struct load_spec spec = spec_of(mode, 100);
				spec.requests = requests[i];
				struct outcome outcome = run(&spec, service, 0.1, 3);
				check_case(service_names[service], outcome.ok == requests[i] && outcome.conserved);
				check_case(service_names[service], fabs(outcome.in_flight / 100 - 1) < 0.01);
				if (service == CONSTANT || requests[i] == 5000)
					check_case(service_names[service], fabs(outcome.rate_rps / 1000 - 1) < 0.06);
			}
}

/* Two threads of unequal speed: 10 connections at 10 ms each, and 10 at 40 ms: 1000 and 250 responses a second. */
static void test_two_threads(void **state)
{
	static const struct window fast = { { CLOCK_S, 0, 0, 0, 10 },
					    { 2 * CLOCK_S, 10 * CLOCK_S, 0, 1000, 10 },
					    .count = 1000,
					    .sum_ns = 10 * CLOCK_S };
	static const struct window slow = { { CLOCK_S, 0, 0, 0, 10 },
					    { 2 * CLOCK_S, 10 * CLOCK_S, 0, 250, 10 },
					    .count = 250,
					    .sum_ns = 10 * CLOCK_S };
	static const struct window none = { .start.at_ns = 0 }; /* exhausted before all of its connections were open */
	struct window_sum sum = { 0 };

	(void)state;
	window_add(&sum, &fast);
	window_add(&sum, &slow);
	assert_true(sum.known);
	assert_true(fabs(window_rate(&sum, 0, 0) / 1250 - 1) < 1e-9);
	/* Where many have no end, what was counted is the rate. */
	sum.count = 625;
	assert_true(fabs(window_rate(&sum, 0, 0.6) / 1230 - 1) < 1e-9); /* kept within what was counted */
	assert_true(fabs(window_rate(&sum, 0, 0.7) / 1250 - 1) < 1e-9);
	assert_true(fabs(sum.busy - 20) < 1e-9);
	window_add(&sum, &none);
	assert_false(sum.known);
	sum = (struct window_sum){ 0 };
	window_add(&sum, &none);
	window_add(&sum, &fast);
	assert_false(sum.known);
	/* What started before the window or after it is not the window's. */
	assert_true(window_holds(&fast, CLOCK_S) && window_holds(&fast, 2 * CLOCK_S));
	assert_false(window_holds(&fast, CLOCK_S - 1) || window_holds(&fast, 2 * CLOCK_S + 1) ||
		     window_holds(&none, 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bias),    cmocka_unit_test(test_ten_of_a_second),
		cmocka_unit_test(test_hangs),   cmocka_unit_test(test_serves_two),
		cmocka_unit_test(test_counted), cmocka_unit_test(test_two_threads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	int failed = cmocka_run_group_tests_name("window", tests, NULL, NULL);
	free(world.events);
	return failed;
}
