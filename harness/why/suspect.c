#include "harness/why/suspect.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/why/silent.h"

/* The geometric middle of 1 and 2, and of 1 and 1/2: whether a figure follows a change by two. */
#define FOLLOWS_TWO M_SQRT2
/* A limit that is gone leaves nothing of its effect; half is between that and all. */
#define LIFTED 0.5
/* Less of the connections that were dropped is no trouble. */
#define DROPS 0.001
/* What a wait at one connection must take at least: more than a scheduler or a loopback adds, less than a timer of 1 kHz. */
#define WAIT_NS 900e3
/* Silent connections at most. */
#define SILENT_MAX 8192
#define SILENT_MIN 200
/*
 * How much dearer a request must be with them. Measured without any limit the ratio is 0.9 to 1.1 (docs/inherent.md); at 1.25
 * with 8192 the 65536 of a sweep would treble the cost.
 */
#define SILENT_SIZE 1.25
/* Connections of the range that memory must suffice for. */
#define RANGE 65536
/* Crowd in which silence is timed: few, so that a number of connections can't be what ends them. */
#define IDLE_LEVEL 32
/* A CPU is full that is busy for more than this part of the window. */
#define FULL 0.9
/* A difference that is more than the scatter between launches of a quiet machine (docs/method.md: 5 to 15 %). */
#define NOTICED 1.1
/* Descriptors that must leak for their number to tell: many beside the few that a server may need for a moment. */
#define LEAKED_MIN 16
/* TIME_WAIT buckets that a second of closes overflows. */
#define TW_BUCKETS 1024
/* Closed loop of few connections: enough to keep a server busy, and nothing that a limit of connections could touch. */
#define FEW 16

/* Figures of a cell. Those that can be 0 have a floor that is small beside what counts. */

static double rate_of(const struct cell *cell)
{
	return cell_is_failed(cell) ? NAN : cell->rate_rps;
}

/* Where a share of a CPU was given, the rate is scaled by that: this is what was measured. */
static double measured_rate_of(const struct cell *cell)
{
	return isnan(cell->scaled_from) ? rate_of(cell) : cell->scaled_from;
}

static double cost_of(const struct cell *cell)
{
	return cell_is_failed(cell) ? NAN : cell->server_cpu_us_per_request;
}

static double median_of(const struct cell *cell)
{
	return cell_is_failed(cell) ? NAN : cell->latency_ns.p50;
}

static double drops_of(const struct cell *cell)
{
	double drops = cell->kernel.counters[KERNEL_LISTEN_OVERFLOWS];

	return cell_is_failed(cell) ? NAN : drops / fmax(1, (double)cell->connects) + DROPS / 10;
}

/* Also of a server that has died of it. */
static double served_of(const struct cell *cell)
{
	return fmax(evidence_served(cell), 0.5);
}

static double responses_of(const struct cell *cell)
{
	return cell_is_failed(cell) ? NAN : (double)cell->ok + 1;
}

static double ended_of(const struct cell *cell)
{
	double silent = (double)cell->level - cell->crowd.active;

	return cell_is_failed(cell) ? NAN : cell->crowd.dropped / silent + DROPS;
}

static void test_add(struct experiment *experiment, struct suspect_test test)
{
	experiment->tests[experiment->tests_count++] = test;
}

static unsigned bit(enum load_mode mode)
{
	return 1u << mode;
}

static void changed(struct experiment *experiment, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void changed(struct experiment *experiment, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(experiment->changed, sizeof experiment->changed, format, args);
	va_end(args);
}

/* Connections were dropped since the accept queue was full. Lift: listen(2) again, with the longest backlog that there is. */
static bool plan_accept_queue(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *worst = NULL;

	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (!(drops_of(cell) > DROPS))
			continue;
		if (!worst || cell->level < experiment->from_level)
			experiment->from_level = cell->level;
		if (!worst || drops_of(cell) > drops_of(worst))
			worst = cell;
	}
	if (!worst)
		return false;
	enum load_mode mode = load_mode_find(worst->mode);
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(mode), .level = (uint32_t)worst->level };
	experiment->arms[1].levers.backlog = NETWORK_BACKLOG;
	changed(experiment, "listen(2) called again on the server's socket, with a backlog of %u", NETWORK_BACKLOG);
	test_add(experiment,
		 (struct suspect_test){ "dropped connections per connection", mode, drops_of, LIFTED, true });
	return true;
}

/* The server ends connections that say nothing. Lift: they are silent for a shorter time. */
static bool plan_idle_timeout(struct experiment *experiment, const struct evidence *evidence)
{
	double after_s = NAN;

	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (cell->crowd.dropped > 0)
			after_s = fmin(after_s, cell->crowd.dropped_after_s);
	}
	if (!(after_s > 0))
		return false;
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(LOAD_CROWD), .level = IDLE_LEVEL };
	experiment->arms[0].duration_ns = (uint64_t)((after_s * 1.5 + 0.5) * 1e9);
	experiment->arms[1].duration_ns = (uint64_t)(after_s * 0.4 * 1e9);
	changed(experiment, "%d connections silent for %.2g s instead of %.2g s", IDLE_LEVEL - 1, after_s * 0.4,
		after_s * 1.5 + 0.5);
	test_add(experiment, (struct suspect_test){ "silent connections that the server ended, of all", LOAD_CROWD,
						    ended_of, LIFTED, true });
	return true;
}

/* The lowest cell in which each request waits while nobody works; NULL: none. */
static const struct cell *waiting(const struct evidence *evidence)
{
	static const enum load_mode modes[] = { LOAD_KEEPALIVE, LOAD_CLOSE };

	for (size_t i = 0; i < 2; i++) {
		const struct cell *cell = evidence_lowest(evidence, modes[i]);
		if (cell && cell->level == 1 && evidence_waits(evidence, cell) && cell->latency_ns.p50 > WAIT_NS &&
		    !evidence_is_of_host(evidence, cell))
			return cell;
	}
	return NULL;
}

/*
 * Both arms at one connection, judged by the median latency there, of a server that waits. Returns the cell that shows the
 * wait; NULL where none does, and nothing is planned.
 */
static const struct cell *plan_waiting(struct experiment *experiment, const struct evidence *evidence, double size,
				       bool below)
{
	const struct cell *cell = waiting(evidence);

	if (!cell)
		return NULL;
	enum load_mode mode = load_mode_find(cell->mode);
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(mode), .level = 1 };
	experiment->from_level = 1;
	test_add(experiment, (struct suspect_test){ "median latency at one connection", mode, median_of, size, below });
	return cell;
}

/* A response in two writes: the second waits for an acknowledgement that is delayed. Lift: TCP_NODELAY. */
static bool plan_delayed_ack(struct experiment *experiment, const struct evidence *evidence)
{
	if (!plan_waiting(experiment, evidence, LIFTED, true))
		return false;
	experiment->arms[1].levers.nodelay = true;
	changed(experiment, "TCP_NODELAY set on the server's connections");
	return true;
}

/* The server sleeps. Press: its timers may be late by as long as the wait lasts. */
static bool plan_timer_tick(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *cell = plan_waiting(experiment, evidence, 1.2, false);

	if (!cell)
		return false;
	experiment->arms[1].levers.slack_ns = (uint64_t)(4 * cell->latency_ns.p50);
	changed(experiment, "the server's timers late by up to %.3g ms", 4 * cell->latency_ns.p50 / 1e6);
	return true;
}

/* Nobody works and requests wait for each other. Press: more workers, which would share the waiting if they could. */
static bool plan_lock(struct experiment *experiment, const struct evidence *evidence)
{
	enum load_mode mode = evidence->keepalive ? LOAD_KEEPALIVE : LOAD_CLOSE;
	const struct cell *cell = evidence_cell(evidence, mode, FEW), *many = evidence_cell(evidence, mode, FEW * FEW);

	/* Four workers have to be there for four to be compared with one. */
	if (!cell || !many || !(evidence->threads_four >= evidence->threads_one + 3))
		return false;
	/* As many requests at once take as many times as long: they are served one after the other. */
	if (!evidence_waits(evidence, cell) || many->rate_rps > cell->rate_rps * FOLLOWS_TWO)
		return false;
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(mode), .level = FEW };
	experiment->arms[1].workers = 4;
	experiment->from_level = 1;
	changed(experiment, "four workers instead of one");
	test_add(experiment, (struct suspect_test){ "requests/s", mode, rate_of, FOLLOWS_TWO, true });
	return true;
}

/* Descriptors that the server has beyond its connections, for each request; 0: none. */
static double leaked(const struct cell *cell)
{
	double beyond = cell->open_max - 2 * (double)cell->level - FEW;

	return cell_is_failed(cell) || !(beyond > 0) ? 0 : beyond / (double)(cell->ok + 1);
}

/* Press: half as many descriptors beside those that it needs. Where it leaks them, it stops after half of the requests. */
static bool plan_server_files(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *few = evidence_cell(evidence, LOAD_CLOSE, FEW), *worst = NULL;

	for (const struct cell *cell = few ? evidence_next(evidence, NULL) : NULL; cell;
	     cell = evidence_next(evidence, cell)) {
		if (leaked(cell) > (worst ? leaked(worst) : 0))
			worst = cell;
	}
	if (!worst || cell_is_failed(few))
		return false;
	double needed = worst->server_use.files_max - worst->open_max + FEW + 4;
	double a_second = leaked(worst) * few->rate_rps;
	double seconds = fmax(0.3, LEAKED_MIN / a_second);
	for (int arm = 0; arm < 2; arm++) {
		experiment->arms[arm] = (struct condition){ .modes = bit(LOAD_CLOSE),
							    .level = FEW,
							    .duration_ns = (uint64_t)(fmin(6 * seconds, 5) * 1e9) };
		experiment->arms[arm].levers.files = (uint64_t)(needed + (2 - arm) * a_second * seconds);
	}
	changed(experiment, "RLIMIT_NOFILE of %llu instead of %llu",
		(unsigned long long)experiment->arms[1].levers.files,
		(unsigned long long)experiment->arms[0].levers.files);
	test_add(experiment,
		 (struct suspect_test){ "responses until it stops", LOAD_CLOSE, responses_of, 1 / FOLLOWS_TWO, true });
	return true;
}

/* The lowest cell in which fewer connections were served than there were; NULL: none. */
static const struct cell *unserved(const struct evidence *evidence)
{
	const struct cell *found = NULL;

	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (strcmp(cell->mode, load_mode_names[LOAD_KEEPALIVE]) == 0 && cell->level > 1 &&
		    evidence_fails(cell) && (!found || cell->level < found->level))
			found = cell;
	}
	return found;
}

/* So many are served at once and no more. Press: four times as many connections in four times the time. */
static bool plan_fixed_number(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *cell = unserved(evidence);

	if (!cell)
		return false;
	uint32_t level = (uint32_t)fmin((double)cell->level, 2 * evidence_served(cell) + FEW);
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(LOAD_KEEPALIVE),
							    .level = level << 2 * arm,
							    .max_ramp_ns = TRIAL_RAMP_NS / 4 << 2 * arm };
	experiment->from_level = (uint64_t)evidence_served(cell) + 1;
	changed(experiment, "%u connections instead of %u, and four times as long to open them", 4 * level, level);
	test_add(experiment,
		 (struct suspect_test){ "connections served at once", LOAD_KEEPALIVE, served_of, FOLLOWS_TWO, true });
	return true;
}

/* Connections take more memory than the host has for the whole range. Press: half of what a few hundred take. */
static bool plan_memory(struct experiment *experiment, const struct evidence *evidence)
{
	double each = evidence_connection_bytes(evidence);

	if (!(each * RANGE > evidence->memory_bytes))
		return false;
	for (int arm = 0; arm < 2; arm++) {
		experiment->arms[arm] = (struct condition){ .modes = bit(LOAD_KEEPALIVE), .level = FEW * FEW };
		experiment->arms[arm].levers.memory_bytes = (uint64_t)(each * FEW * FEW / (2 << arm));
	}
	experiment->from_level = (uint64_t)(evidence->memory_bytes / each);
	changed(experiment, "RLIMIT_AS of %.0f MiB beyond its start instead of %.0f MiB",
		(double)experiment->arms[1].levers.memory_bytes / 1048576,
		(double)experiment->arms[0].levers.memory_bytes / 1048576);
	test_add(experiment, (struct suspect_test){ "connections served at once", LOAD_KEEPALIVE, served_of,
						    1 / FOLLOWS_TWO, true });
	return true;
}

/* As many silent connections as the server serves, accepts within two seconds, and has descriptors for. */
static uint32_t silent_of(const struct evidence *evidence)
{
	double count = fmin(SILENT_MAX, silent_max());

	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		bool keepalive = strcmp(cell->mode, load_mode_names[LOAD_KEEPALIVE]) == 0;
		if (keepalive && cell->level > 1 && evidence_fails(cell))
			count = fmin(count, 0.8 * evidence_served(cell));
		if (cell->server_use.files_limit > 0)
			count = fmin(count, 0.8 * cell->server_use.files_limit);
	}
	const struct cell *cell = evidence_cell(evidence, LOAD_CLOSE, FEW);
	if (cell && cell->rate_rps > 0)
		count = fmin(count, 2 * cell->rate_rps);
	return (uint32_t)count;
}

/* Press: silent connections beside an active one. A server that need not look at them does not notice. */
static bool plan_per_connection(struct experiment *experiment, const struct evidence *evidence)
{
	uint32_t silent = silent_of(evidence);

	if (silent < SILENT_MIN)
		return false;
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(LOAD_CLOSE) | bit(LOAD_KEEPALIVE),
							    .level = 1 };
	experiment->arms[1].silent = silent;
	changed(experiment, "%u silent connections beside an active one", silent);
	for (int mode = LOAD_CLOSE; mode <= (evidence->keepalive ? LOAD_KEEPALIVE : LOAD_CLOSE); mode++) {
		test_add(experiment, (struct suspect_test){ "server CPU per request", (enum load_mode)mode, cost_of,
							    SILENT_SIZE, false });
		test_add(experiment,
			 (struct suspect_test){ "median latency", (enum load_mode)mode, median_of, 2, false });
	}
	return true;
}

/* A mode in which the rate falls; LOAD_MODES: none. */
static enum load_mode falling(const struct evidence *evidence, const struct cell **best, const struct cell **highest)
{
	for (int mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE; mode++)
		if (evidence_falls(evidence, (enum load_mode)mode, best, highest))
			return (enum load_mode)mode;
	return LOAD_MODES;
}

static bool is_full(const struct evidence *evidence, const struct cell *cell)
{
	return evidence_cpus(cell) > FULL * evidence->cpus;
}

/* The rate moves, up or down, by more than launches scatter. */
static void tests_add_rate(struct experiment *experiment, enum load_mode mode)
{
	test_add(experiment, (struct suspect_test){ "requests/s", mode, rate_of, NOTICED, false });
	test_add(experiment, (struct suspect_test){ "requests/s", mode, rate_of, 1 / NOTICED, true });
}

/* No room in TIME_WAIT, or no port left. Press: fewer buckets in the private network. */
static bool plan_time_wait(struct experiment *experiment, const struct evidence *evidence)
{
	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (!(cell->kernel.counters[KERNEL_TIME_WAIT_OVERFLOW] > 0) && !cell->failed[LOAD_NO_LOCAL_PORT])
			continue;
		for (int arm = 0; arm < 2; arm++)
			experiment->arms[arm] = (struct condition){ .modes = bit(LOAD_CLOSE),
								    .level = (uint32_t)cell->level };
		experiment->arms[1].tw_buckets = TW_BUCKETS;
		experiment->from_level = cell->level;
		changed(experiment, "net.ipv4.tcp_max_tw_buckets of the private network at %d", TW_BUCKETS);
		tests_add_rate(experiment, LOAD_CLOSE);
		return true;
	}
	return false;
}

/* The client's CPU was full where the rate fell. Lift: another client, which costs another amount of CPU. */
static bool plan_client(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *best, *highest;
	enum load_mode mode = falling(evidence, &best, &highest);

	if (mode == LOAD_MODES || !(highest->client_cpu_busiest > FULL) || !evidence->other)
		return false;
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(mode), .level = (uint32_t)highest->level };
	experiment->arms[1].client = evidence->other;
	experiment->from_level = highest->level;
	changed(experiment, "the client %s instead", evidence->other->name);
	tests_add_rate(experiment, mode);
	return true;
}

/* Its CPU is full at the same cost per request as at its best. Press: half of it. */
static bool plan_cpu(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *best, *highest;
	enum load_mode mode = falling(evidence, &best, &highest);

	if (mode == LOAD_MODES || !is_full(evidence, highest) || !evidence->has_quota ||
	    highest->server_cpu_us_per_request > NOTICED * best->server_cpu_us_per_request)
		return false;
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(mode), .level = (uint32_t)highest->level };
	experiment->arms[1].is_half = true;
	experiment->from_level = highest->level;
	changed(experiment, "half of a CPU for the server, by a control group");
	test_add(experiment, (struct suspect_test){ "requests/s", mode, measured_rate_of, 1 / FOLLOWS_TWO, true });
	return true;
}

/*
 * A request costs more with many connections than with few, and not because the host makes it so: the control server's own
 * rise, times three, is taken off, since of servers without any limit the dearest rose by that much more (docs/inherent.md).
 */
static bool plan_library(struct experiment *experiment, const struct evidence *evidence)
{
	const struct cell *best, *highest;
	enum load_mode mode = falling(evidence, &best, &highest);

	if (mode == LOAD_MODES)
		return false;
	for (int arm = 0; arm < 2; arm++)
		experiment->arms[arm] = (struct condition){ .modes = bit(mode),
							    .level = (uint32_t)(arm ? highest : best)->level };
	double host = 3 * evidence_host_rise_us(evidence, best, highest) / best->server_cpu_us_per_request;
	experiment->from_level = highest->level;
	changed(experiment, "%llu connections instead of %llu, all of them active", (unsigned long long)highest->level,
		(unsigned long long)best->level);
	test_add(experiment,
		 (struct suspect_test){ "server CPU per request", mode, cost_of, fmax(SILENT_SIZE, 1 + host), false });
	if (evidence_waits(evidence, highest))
		test_add(experiment, (struct suspect_test){ "requests/s", mode, rate_of, 1 / NOTICED, true });
	return true;
}

const struct suspect suspects[] = {
	{ "accept_queue", CAUSE_CONFIGURATION,
	  "its listen backlog is too short: connections are dropped, and their SYNs are sent again after 1, 3 and 7 seconds",
	  plan_accept_queue },
	{ "idle_timeout", CAUSE_CONFIGURATION, "it closes connections that are silent for a time, however few they are",
	  plan_idle_timeout },
	{ "delayed_ack", CAUSE_CONFIGURATION,
	  "it sends a response in two writes without TCP_NODELAY: the second waits for a delayed acknowledgement",
	  plan_delayed_ack },
	{ "lock", CAUSE_INHERENT, "its workers wait for each other: more of them serve no more", plan_lock },
	{ "timer_tick", CAUSE_INHERENT, "a request waits for a timer of the server's", plan_timer_tick },
	{ "server_files", CAUSE_HOST, "its limit of open files", plan_server_files },
	{ "memory", CAUSE_HOST, "a connection takes so much memory that the host has not enough for the range",
	  plan_memory },
	{ "fixed_number", CAUSE_CONFIGURATION,
	  "it serves so many connections at once and no more, however many there are", plan_fixed_number },
	{ "per_connection", CAUSE_INHERENT, "each open connection makes every request cost more, though it is silent",
	  plan_per_connection },
	{ "time_wait", CAUSE_HOST, "connections in TIME_WAIT: buckets or ports run out", plan_time_wait },
	{ "client", CAUSE_CLIENT, "the client could not offer more", plan_client },
	{ "cpu", CAUSE_HOST, "its CPU is full at the same cost per request: something else takes CPU time", plan_cpu },
	{ "library", CAUSE_INHERENT,
	  "with many active connections each request takes more, though nothing around the server does", plan_library },
	{ .name = NULL },
};
