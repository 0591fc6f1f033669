/* Cells: what is taken over from a sample, and when the figures are valid. */
#include "tests/unit/unit.h"

#include "harness/record/cell.h"
#include "harness/record/judge.h"

/* A cell whose figures break no rule: 100 in flight, 1 ms each, 100000 a second. */
struct figures {
	const char *name;
	const char *server, *client, *mode; /* NULL: as in the good cell, as are zeros below */
	uint64_t level;
	double concurrency, busiest, rate, latency, control;
	uint64_t started, ok, reset, in_flight_start, in_flight_end;
	double active, silent, dropped; /* of a crowd; 0 active: it is none */
	const char *error;
	bool debug_build;
	bool no_ok;
	bool by_times;    /* the concurrency is by the times of the requests, with one client thread */
	double shared;    /* CPUs that client and server share */
	unsigned invalid; /* what is right */
};

#define BIT(reason) (1u << INVALID_##reason)

static const struct figures rules[] = {
	{ .name = "good" },
	{ .name = "good in close mode", .mode = "close" },
	{ .name = "good control", .server = "control" },

	{ .name = "failed", .error = "the server died", .invalid = BIT(FAILED) },
	{ .name = "failed, whatever the figures",
	  .error = "x",
	  .concurrency = 1,
	  .busiest = 1,
	  .started = 1,
	  .invalid = BIT(FAILED) },
	{ .name = "failed of a debug build", .error = "x", .debug_build = true, .invalid = BIT(FAILED) | BIT(BUILD) },
	{ .name = "no answers", .no_ok = true, .invalid = BIT(NO_ANSWERS) },
	{ .name = "no answers, whatever else", .no_ok = true, .concurrency = 1, .invalid = BIT(NO_ANSWERS) },
	{ .name = "one CPU for both", .shared = 1, .invalid = BIT(SHARED_CPU) },
	{ .name = "one CPU for both, whoever is served", .server = "control", .shared = 2, .invalid = BIT(SHARED_CPU) },
	{ .name = "one CPU for both, no answers", .shared = 1, .no_ok = true, .invalid = BIT(NO_ANSWERS) },
	{ .name = "CPUs unknown", .shared = NAN },
	{ .name = "debug build", .debug_build = true, .invalid = BIT(BUILD) },

	{ .name = "5 % short", .concurrency = 95, .latency = 0.95e6 },
	{ .name = "more than 5 % short", .concurrency = 94.9, .latency = 0.949e6, .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "5 % over", .concurrency = 105, .latency = 1.05e6 },
	{ .name = "more than 5 % over", .concurrency = 105.1, .latency = 1.051e6, .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "5 % short of 20", .level = 20, .concurrency = 19, .latency = 0.19e6 },
	{ .name = "5 % short of 65536", .level = 65536, .mode = "close", .concurrency = 62260 },
	{ .name = "one more",
	  .level = 65536,
	  .mode = "close",
	  .concurrency = 62259,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "concurrency unknown", .concurrency = NAN, .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "between two connections, of one",
	  .mode = "close",
	  .level = 1,
	  .concurrency = 0.8,
	  .by_times = true },
	{ .name = "between two connections, of 8", .mode = "close", .level = 8, .concurrency = 7.1, .by_times = true },
	{ .name = "more than one connection short",
	  .mode = "close",
	  .level = 8,
	  .concurrency = 6.9,
	  .by_times = true,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "one of 8 short, kept alive",
	  .level = 8,
	  .concurrency = 7.1,
	  .by_times = true,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "short in close mode", .mode = "close", .concurrency = 90, .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "short control",
	  .server = "control",
	  .mode = "close",
	  .concurrency = 90,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "short, of seq", .client = "seq", .concurrency = 1 },
	{ .name = "short, of curl", .client = "curl", .concurrency = NAN },

	{ .name = "client at 90 %", .busiest = 0.90, .control = 100000 },
	{ .name = "client over 90 %, control as fast",
	  .busiest = 0.91,
	  .control = 100000,
	  .invalid = BIT(CLIENT_BOUND) },
	{ .name = "client over 90 %, control 1.49 times",
	  .busiest = 0.91,
	  .control = 149000,
	  .invalid = BIT(CLIENT_BOUND) },
	{ .name = "client over 90 %, control 1.5 times", .busiest = 0.91, .control = 150000 },
	{ .name = "client over 90 %, control unknown", .busiest = 0.91, .control = NAN, .invalid = BIT(CLIENT_BOUND) },
	{ .name = "client over 90 %, of control", .server = "control", .busiest = 1, .control = 100000 },
	{ .name = "client over 90 %, of seq", .client = "seq", .busiest = 1, .control = NAN },
	{ .name = "client unknown", .busiest = NAN, .control = NAN },

	{ .name = "Little 4.9 % over", .latency = 1.049e6 },
	{ .name = "Little 5.1 % over", .latency = 1.051e6, .invalid = BIT(LITTLE) },
	{ .name = "Little 4.9 % under", .latency = 0.951e6 },
	{ .name = "Little 5.1 % under", .latency = 0.949e6, .invalid = BIT(LITTLE) },
	{ .name = "Little in close mode", .mode = "close", .latency = 5e6 },
	{ .name = "Little of control", .server = "control", .latency = 5e6, .invalid = BIT(LITTLE) },
	{ .name = "Little of seq", .client = "seq", .latency = 5e6 },
	{ .name = "Little, latency unknown", .latency = NAN },
	/* Measured against what was in flight, not against the level. */
	{ .name = "Little, 96 in flight", .concurrency = 96, .latency = 0.92e6 },
	{ .name = "Little, 104 in flight", .concurrency = 104, .latency = 0.96e6, .invalid = BIT(LITTLE) },

	{ .name = "one lost", .started = 100001, .invalid = BIT(CONSERVATION) },
	{ .name = "one too many", .started = 99999, .invalid = BIT(CONSERVATION) },
	{ .name = "failures count", .started = 100007, .reset = 7 },
	{ .name = "in flight at the end", .started = 100100, .in_flight_end = 100 },
	{ .name = "in flight at the start", .started = 99900, .in_flight_start = 100 },
	{ .name = "all of it", .started = 100010, .reset = 5, .in_flight_start = 95, .in_flight_end = 100 },
	{ .name = "one lost of all of it",
	  .started = 100010,
	  .reset = 5,
	  .in_flight_start = 96,
	  .in_flight_end = 100,
	  .invalid = BIT(CONSERVATION) },
	{ .name = "one lost, of seq", .client = "seq", .started = 100001, .invalid = BIT(CONSERVATION) },

	/* Of 1000 connections 100 are active, as many as in the good cell. */
	{ .name = "crowd", .mode = "crowd", .level = 1000, .active = 100, .silent = 900 },
	{ .name = "crowd, all active", .mode = "crowd", .active = 100 },
	{ .name = "crowd, active 5 % short",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 900,
	  .concurrency = 95,
	  .latency = 0.95e6 },
	{ .name = "crowd, active more than 5 % short",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 900,
	  .concurrency = 94.9,
	  .latency = 0.949e6,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, silent ones in flight too",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 900,
	  .concurrency = 106,
	  .latency = 1.06e6,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, 5 % of the silent dropped",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 855,
	  .dropped = 45 },
	{ .name = "crowd, one more dropped",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 854,
	  .dropped = 46,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, never reached in the ramp",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 400,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, the only silent one dropped",
	  .mode = "crowd",
	  .level = 101,
	  .active = 100,
	  .dropped = 1,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, silent unknown",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = NAN,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, short control",
	  .server = "control",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 100,
	  .invalid = BIT(SHORT_CONCURRENCY) },
	{ .name = "crowd, Little",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 900,
	  .latency = 1.051e6,
	  .invalid = BIT(LITTLE) },
	{ .name = "crowd, client-bound",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 900,
	  .busiest = 0.91,
	  .control = 100000,
	  .invalid = BIT(CLIENT_BOUND) },
	{ .name = "crowd, one lost",
	  .mode = "crowd",
	  .level = 1000,
	  .active = 100,
	  .silent = 900,
	  .started = 100001,
	  .invalid = BIT(CONSERVATION) },

	{ .name = "everything at once",
	  .concurrency = 90,
	  .busiest = 1,
	  .control = NAN,
	  .started = 1,
	  .debug_build = true,
	  .invalid = BIT(SHORT_CONCURRENCY) | BIT(CLIENT_BOUND) | BIT(LITTLE) | BIT(CONSERVATION) | BIT(BUILD) },
};

static void figures_fill(struct cell *cell, const struct figures *figures)
{
	cell_init(cell, figures->server ? figures->server : "tornado", figures->client ? figures->client : "epoll",
		  figures->mode ? figures->mode : "keepalive", figures->level ? figures->level : 100, 0);
	cell->concurrency_mean = figures->concurrency ? figures->concurrency : 100;
	cell->client_cpu_busiest = figures->busiest ? figures->busiest : 0.5;
	cell->rate_rps = figures->rate ? figures->rate : 100000;
	cell->latency_ns.mean = figures->latency ? figures->latency : 1e6;
	cell->ok = figures->no_ok ? 0 : figures->ok ? figures->ok : 100000;
	cell->started = figures->started ? figures->started : 100000;
	cell->failed[LOAD_RESET] = figures->reset;
	cell->in_flight_start = figures->in_flight_start;
	cell->in_flight_end = figures->in_flight_end;
	if (figures->active) {
		cell->crowd.active = figures->active;
		cell->crowd.silent = figures->silent;
		cell->crowd.dropped = figures->dropped;
	}
	cell->debug_build = figures->debug_build;
	cell->client_threads = 1;
	if (figures->by_times)
		cell->rounds = 2;
	cell->shared_cpus = figures->shared;
	cell_set_text(&cell->error, figures->error);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rules); i++) {
		struct cell cell;
		figures_fill(&cell, &rules[i]);
		cell_judge(&cell, rules[i].control ? rules[i].control : 200000,
			   rules[i].control ? rules[i].control : 200000);
		if (cell.invalid != rules[i].invalid)
			print_error("invalid is %#x, not %#x\n", cell.invalid, rules[i].invalid);
		check_case(rules[i].name, cell.invalid == rules[i].invalid);
		check_case(rules[i].name, cell.valid == !rules[i].invalid);
		cell_release(&cell);
	}
}

/* An open loop: 1000 a second for a second, 1 ms each; the lag is 0.01 ms. */
static void test_open_loop(void **state)
{
	static const struct {
		const char *name, *server;
		double lag_p50, lag_p99, latency_p99, scheduled, waiting_start, waiting_end, control, late_ok,
			late_failed, unfinished;
		uint64_t ok; /* zeros: as in the good cell */
		bool behind;
		unsigned invalid;
	} cases[] = {
		{ .name = "good" },
		{ .name = "no connection was ever free: no lag", .lag_p50 = NAN, .lag_p99 = NAN },
		{ .name = "lag a tenth in the middle", .lag_p50 = 1e5, .lag_p99 = 1e5 },
		{ .name = "lag over a tenth in the middle", .lag_p50 = 1.01e5, .lag_p99 = 1.01e5, .invalid = BIT(LAG) },
		{ .name = "lag over a tenth at the end", .lag_p99 = 5.01e5, .invalid = BIT(LAG) },
		{ .name = "as long beside a slow answer", .lag_p99 = 5.01e5, .latency_p99 = 1e7 },
		{ .name = "an arrival lost", .scheduled = 1001, .invalid = BIT(CONSERVATION) },
		{ .name = "an arrival invented", .scheduled = 999, .invalid = BIT(CONSERVATION) },
		{ .name = "it waits", .scheduled = 1001, .waiting_end = 1 },
		{ .name = "it has waited", .scheduled = 990, .waiting_start = 10 },
		{ .name = "waits at both ends", .scheduled = 1005, .waiting_start = 10, .waiting_end = 15 },
		{ .name = "one waits too many",
		  .scheduled = 1005,
		  .waiting_start = 10,
		  .waiting_end = 14,
		  .invalid = BIT(CONSERVATION) },
		{ .name = "ends after the window", .scheduled = 1001, .waiting_end = 1, .late_ok = 1 },
		{ .name = "in each way", .ok = 960, .late_ok = 30, .late_failed = 6, .unfinished = 4 },
		{ .name = "one lost after it",
		  .ok = 960,
		  .late_ok = 30,
		  .late_failed = 6,
		  .unfinished = 3,
		  .invalid = BIT(CONSERVATION) },
		{ .name = "keeps up with 95 %", .ok = 950 },
		{ .name = "does not", .ok = 949, .behind = true },
		{ .name = "does not, and neither does control",
		  .ok = 949,
		  .behind = true,
		  .control = 949,
		  .invalid = BIT(CLIENT_BOUND) },
		{ .name = "does not, and control is slower still", .ok = 949, .behind = true, .control = 900 },
		{ .name = "does not, control unknown", .ok = 949, .behind = true, .control = NAN },
		{ .name = "control does not", .server = "control", .ok = 949, .behind = true, .control = 949 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct cell cell;
		cell_init(&cell, cases[i].server ? cases[i].server : "tornado", "epoll", "keepalive", 1024, 1);
		cell.open_loop.offered_rps = 1000;
		cell.open_loop.scheduled = cases[i].scheduled != 0 ? cases[i].scheduled : 1000;
		cell.open_loop.waiting_start = cases[i].waiting_start;
		cell.open_loop.waiting_end = cases[i].waiting_end;
		if (cases[i].late_ok > 0) { /* cells of before have no such figures */
			cell.open_loop.late_ok = cases[i].late_ok;
			cell.open_loop.late_failed = cases[i].late_failed;
			cell.open_loop.unfinished = cases[i].unfinished;
		}
		cell.started = 1000;
		cell.ok = cases[i].ok ? cases[i].ok : 1000;
		cell.in_flight_end = cell.started - cell.ok;
		cell.rate_rps = (double)cell.ok;
		cell.latency_ns.p50 = 1e6;
		cell.latency_ns.p99 = cases[i].latency_p99 != 0 ? cases[i].latency_p99 : 5e6;
		cell.lag_ns.p50 = cases[i].lag_p50 != 0 ? cases[i].lag_p50 : 1e4;
		cell.lag_ns.p99 = cases[i].lag_p99 != 0 ? cases[i].lag_p99 : 1e4;
		/* What would make a closed loop invalid. */
		cell.concurrency_mean = 1;
		cell.client_cpu_busiest = 1;
		cell_judge(&cell, cases[i].control != 0 ? cases[i].control : 1000,
			   cases[i].control != 0 ? cases[i].control : 1000);
		if (cell.invalid != cases[i].invalid)
			print_error("invalid is %#x, not %#x\n", cell.invalid, cases[i].invalid);
		check_case(cases[i].name, cell.invalid == cases[i].invalid);
		check_case(cases[i].name, cell_is_open_loop(&cell));
		if (!cases[i].scheduled)
			check_case(cases[i].name, cell_keeps_up(&cell) == !cases[i].behind);
		cell_release(&cell);
	}
}

/* The rate offered is part of what a cell is. */
static void test_alike(void **state)
{
	struct cell closed, open, share;
	char at[CELL_AT];

	(void)state;
	cell_init(&closed, "a", "epoll", "close", 1024, 1);
	cell_init(&open, "b", "epoll", "close", 1024, 1);
	cell_init(&share, "c", "epoll", "close", 1024, 1);
	assert_true(cell_is_alike(&closed, &open));
	assert_false(cell_is_open_loop(&closed));
	open.open_loop.offered_rps = share.open_loop.offered_rps = 5000;
	assert_false(cell_is_alike(&closed, &open));
	assert_true(cell_is_alike(&open, &share));
	share.open_loop.share = 0.5;
	assert_false(cell_is_alike(&open, &share));
	/* Nothing but a server's own ladder makes two of its shares. */
	open.open_loop.share = 0.5;
	open.open_loop.offered_rps = 4999;
	assert_false(cell_is_alike(&open, &share));
	cell_set_text(&open.server, share.server);
	assert_true(cell_is_alike(&open, &share));
	open.open_loop.share = NAN;
	open.open_loop.offered_rps = 5000;
	check_text("closed", cell_show_at(at, &closed), "1024");
	check_text("open", cell_show_at(at, &open), "5000/s");
	check_text("share", cell_show_at(at, &share), "5000/s");
	share.open_loop.offered_rps = NAN;
	check_text("share of nothing", cell_show_at(at, &share), "50%");
	assert_true(cell_is_open_loop(&share));
	cell_release(&closed);
	cell_release(&open);
	cell_release(&share);
}

/* A second judgement forgets the first. */
static void test_judged_again(void **state)
{
	static const struct figures busy = { .busiest = 0.95 };
	struct cell cell;

	(void)state;
	figures_fill(&cell, &busy);
	cell_judge(&cell, NAN, NAN);
	assert_false(cell.valid);
	cell_judge(&cell, 200000, 200000);
	assert_true(cell.valid);
	assert_int_equal(cell.invalid, 0);
	cell_release(&cell);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < INVALIDS; i++) {
		assert_true(invalid_names[i] && *invalid_names[i]);
		assert_true(invalid_descriptions[i] && *invalid_descriptions[i]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(invalid_names[i], invalid_names[j]);
	}
	assert_string_equal(invalid_names[INVALID_SHORT_CONCURRENCY], "short_concurrency");
	assert_string_equal(invalid_names[INVALID_CLIENT_BOUND], "client_bound");
	assert_string_equal(invalid_names[INVALID_BUILD], "build");
}

/* What was not measured is unknown, never 0. */
static void test_init(void **state)
{
	struct cell cell;

	(void)state;
	cell_init(&cell, "a", "epoll", "close", 8, 2);
	check_text("server", cell.server, "a");
	check_text("client", cell.client, "epoll");
	check_text("mode", cell.mode, "close");
	assert_int_equal(cell.level, 8);
	assert_int_equal(cell.block, 2);
	const double unknown[] = {
		cell.rate_rps,
		cell.window_s,
		cell.ramp_s,
		cell.open_mean,
		cell.open_max,
		cell.concurrency_mean,
		cell.concurrency_min,
		cell.concurrency_max,
		cell.latency_ns.mean,
		cell.latency_ns.p50,
		cell.latency_ns.p90,
		cell.latency_ns.p99,
		cell.latency_ns.p999,
		cell.latency_ns.max,
		cell.connect_ns.mean,
		cell.connect_ns.p50,
		cell.connect_ns.p90,
		cell.connect_ns.p99,
		cell.connect_ns.p999,
		cell.connect_ns.max,
		cell.served_min,
		cell.served_max,
		cell.never_served,
		cell.jain,
		cell.client_cpu_busiest,
		cell.server_cpu_us_per_request,
		cell.server_rss_bytes,
	};
	for (size_t i = 0; i < LENGTH(unknown); i++)
		assert_true(isnan(unknown[i]));
	assert_null(cell.error);
	assert_null(cell.wrong);
	assert_int_equal(cell_failed(&cell), 0);
	cell_release(&cell);
	assert_null(cell.server);
	cell_release(&cell);
}

static void test_take(void **state)
{
	static struct load_sample sample;
	struct cell cell;

	(void)state;
	sample = (struct load_sample){
		.started = 20,
		.ok = 12,
		.in_flight_start = 1,
		.in_flight_end = 2,
		.connects = 13,
		.started_before = 7,
		.stray = 3,
		.open_loop = { .late_ok = NAN, .late_failed = NAN, .unfinished = NAN, .offered_rps = 7 },
		.rate_rps = 120.5,
		.window_s = 0.1,
		.concurrency_mean = 3.5,
		.concurrency_min = 1,
		.concurrency_max = 5,
		.ramp_s = 0.25,
		.ramp_reached = 4,
		.served_min = 2,
		.served_max = 6,
		.never_served = 1,
		.jain = 0.75,
		.rounds = 2,
		.concurrency_sampled = NAN,
		.threads = { { .user_s = 0.01, .system_s = 0.02, .window_s = 0.1 },
			     { .user_s = 0.05, .system_s = 0.05, .window_s = 0.2 },
			     { .user_s = 1, .system_s = 1 } },
		.threads_count = 3,
		.client_cpu_busiest = 0.6,
		.wrong = "a body of 3 bytes instead of 5",
	};
	for (int i = 0; i < LOAD_FAILURES; i++)
		sample.failed[i] = (uint64_t)i;
	for (uint64_t ns = 1; ns <= 100; ns++)
		hist_add(&sample.latency_ns, ns);
	cell_init(&cell, "a", "epoll", "close", 5, 0);
	cell_take(&cell, &sample);
	assert_true(cell.rate_rps == 120.5 && cell.window_s == 0.1 && cell.ramp_s == 0.25 && cell.jain == 0.75);
	assert_true(cell.concurrency_mean == 3.5 && cell.concurrency_min == 1 && cell.concurrency_max == 5);
	assert_true(cell.served_min == 2 && cell.served_max == 6 && cell.never_served == 1);
	assert_int_equal(cell.started, 20);
	assert_int_equal(cell.ok, 12);
	assert_int_equal(cell.in_flight_start, 1);
	assert_int_equal(cell.started_before, 7);
	assert_int_equal(cell.stray, 3);
	assert_true(isnan(cell.open_loop.late_ok) && isnan(cell.open_loop.unfinished)); /* of a closed loop */
	assert_false(cell.latency_censored);
	assert_false(cell_is_open_loop(&cell)); /* a rate is what a cell is of, and not measured */
	cell.open_loop.offered_rps = 200;
	sample.open_loop.late_ok = sample.open_loop.late_failed = sample.open_loop.unfinished = 1;
	cell_take(&cell, &sample);
	assert_true(cell.open_loop.late_ok == 1 && cell.open_loop.late_failed == 1 && cell.open_loop.unfinished == 1);
	assert_true(cell.latency_censored);
	sample.open_loop.unfinished = 0; /* what has failed after the window has no latency either */
	cell_take(&cell, &sample);
	assert_true(cell.latency_censored);
	sample.open_loop.late_failed = 0;
	cell_take(&cell, &sample);
	assert_false(cell.latency_censored);
	assert_int_equal(cell.in_flight_end, 2);
	assert_int_equal(cell.connects, 13);
	assert_int_equal(cell.ramp_reached, 4);
	assert_int_equal(cell_failed(&cell), LOAD_FAILURES * (LOAD_FAILURES - 1) / 2);
	assert_int_equal(cell.failed[LOAD_TIMEOUT], LOAD_TIMEOUT);
	assert_true(cell.latency_ns.mean == 50.5 && cell.latency_ns.p50 == 50 && cell.latency_ns.p90 == 90);
	assert_true(cell.latency_ns.p99 == 99 && cell.latency_ns.p999 == 100 && cell.latency_ns.max == 100);
	/* No connect was timed: unknown, not 0. */
	assert_true(isnan(cell.connect_ns.mean) && isnan(cell.connect_ns.p50) && isnan(cell.connect_ns.max));
	assert_int_equal(cell.client_threads, 3);
	assert_true(fabs(cell.client_cpu[0] - 0.3) < 1e-12 && fabs(cell.client_cpu[1] - 0.5) < 1e-12);
	assert_true(cell.client_cpu[2] == 0);
	assert_true(cell.client_cpu_busiest == 0.6);
	check_text("wrong", cell.wrong, "a body of 3 bytes instead of 5");
	sample.wrong[0] = 0;
	cell_take(&cell, &sample);
	assert_null(cell.wrong);
	cell_release(&cell);
}

/* What was not measured stays unknown, and the connections that a crowd keeps active are not measured. */
static void test_take_crowd(void **state)
{
	static struct load_sample sample;
	struct cell cell;

	(void)state;
	load_sample_init(&sample);
	cell_init(&cell, "a", "epoll", "crowd", 100, 1);
	cell_take(&cell, &sample);
	assert_true(isnan(cell.crowd.silent) && isnan(cell.crowd.dropped) && isnan(cell.crowd.dropped_after_s));
	assert_true(cell_active(&cell) == 100);
	cell.crowd.active = 8;
	sample.crowd.silent = 91;
	sample.crowd.dropped = 1;
	sample.crowd.dropped_after_s = 2.5;
	cell_take(&cell, &sample);
	assert_true(cell.crowd.silent == 91 && cell.crowd.dropped == 1 && cell.crowd.dropped_after_s == 2.5);
	assert_true(cell_active(&cell) == 8);
	cell_release(&cell);
}

/* A rate is scaled only of a server that was held up by its share all through, and never in an open loop. */
static void test_share(void **state)
{
	static const struct {
		double rate;
		struct cell_share use;
		double offered, scaled;
	} cases[] = {
		{ 1000, { 0.25, 0.25, 1, 0.75 }, NAN, 4000 }, { 1000, { 0.5, 0.48, 0.8, 0.5 }, NAN, 2000 },
		{ 1000, { 0.5, 0.47, 1, 0.5 }, NAN, NAN },    /* not used up */
		{ 1000, { 0.25, 0.25, 1, 0.5 }, NAN, NAN },   /* idle as long as it ran */
		{ 1000, { 0.25, 0.25, NAN, NAN }, NAN, NAN }, /* not known */
		{ 1000, { 0.25, NAN, NAN, NAN }, NAN, NAN },  /* nor this */
		{ 1000, { 0.25, 0.25, 1, 0.75 }, 1000, NAN }, /* an open loop */
		{ NAN, { 0.25, 0.25, 1, 0.75 }, NAN, NAN },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct cell cell;
		char name[32];
		snprintf(name, sizeof name, "case %zu", i);
		cell_init(&cell, "a", "epoll", "close", 64, 1);
		check_case(name, isnan(cell.server_share) && isnan(cell.throttled) && isnan(cell.scaled_from));
		cell.rate_rps = cases[i].rate;
		cell.latency_ns.p50 = 5;
		cell.open_loop.offered_rps = cases[i].offered;
		cell_take_share(&cell, &cases[i].use);
		bool is_scaled = !isnan(cases[i].scaled);
		double wanted = is_scaled ? cases[i].scaled : cases[i].rate;
		check_case(name, cell.rate_rps == wanted || (isnan(cell.rate_rps) && isnan(wanted)));
		check_case(name, is_scaled ? cell.scaled_from == cases[i].rate : isnan(cell.scaled_from));
		check_case(name, cell.server_share == cases[i].use.share && isnan(cell.latency_ns.p50));
		cell_release(&cell);
	}
}

static void test_set_text(void **state)
{
	char *field = NULL;

	(void)state;
	cell_set_text(&field, "a");
	assert_string_equal(field, "a");
	cell_set_text(&field, "b");
	assert_string_equal(field, "b");
	cell_set_text(&field, "");
	assert_null(field);
	cell_set_text(&field, NULL);
	assert_null(field);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),        cmocka_unit_test(test_open_loop),  cmocka_unit_test(test_alike),
		cmocka_unit_test(test_judged_again), cmocka_unit_test(test_names),      cmocka_unit_test(test_init),
		cmocka_unit_test(test_take),         cmocka_unit_test(test_take_crowd), cmocka_unit_test(test_set_text),
		cmocka_unit_test(test_share),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
