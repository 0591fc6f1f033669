/* What an engine records of its own lateness, and how a thread counts what ends after the window of an open loop. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>

#include "clients/engine.h"

/* Requests that go to the kernel together leave one after the other; those outside the window are not looked at. */
static void test_left(void **state)
{
	static struct worker worker;
	static struct engine engine = { .worker = &worker };

	(void)state;
	engine.leaving[0] = 1000;
	engine.leaving[1] = 0;
	engine.leaving[2] = 1000;
	engine.leaving[3] = 9000; /* by a clock that was read a little later */
	engine.leaving_count = 4;
	engine_left(&engine, 1010, 1050);
	assert_int_equal(engine.leaving_count, 0);
	assert_int_equal(worker.lag_ns.count, 3);
	assert_int_equal(hist_quantile(&worker.lag_ns, 0.01), 0);
	assert_int_equal(hist_quantile(&worker.lag_ns, 0.5), 10);
	assert_int_equal(worker.lag_ns.max, 30);
	engine_left(&engine, 2000, 3000);
	assert_int_equal(worker.lag_ns.count, 3);
}

/* After the window nothing counts for its rate; the latency is of what was due in it. */
static void test_late(void **state)
{
	static struct worker worker = { .late = true, .latency_from_ns = 101, .window_end_ns = 400, .in_flight = 3 };

	(void)state;
	worker_ok(&worker, 100, 500); /* due before the window */
	worker_ok(&worker, 101, 500);
	worker_failed(&worker, LOAD_RESET, 101, 500);
	assert_int_equal(worker.in_flight, 0);
	assert_int_equal(worker.counts.ok, 0);
	assert_int_equal(worker.counts.failed[LOAD_RESET], 0);
	assert_int_equal(worker.counts.open_loop.late_ok, 2);
	assert_int_equal(worker.counts.open_loop.late_failed, 1);
	assert_int_equal(worker.latency_ns.count, 1);
	assert_int_equal(worker.latency_ns.max, 399);
	worker.phase = LOAD_DRAIN;
	worker_started(&worker);
	assert_int_equal(worker.counts.started_before, 0);
}

static unsigned closed;

static void count_closed(struct engine *engine, struct conn *conn)
{
	(void)engine;
	(void)conn;
	closed++;
}

/* A call fails on a connection that has had its response: no second end is counted, and it is freed only once. */
static void test_failed_after_a_response(void **state)
{
	static const struct engine_io io = { .close = count_closed };
	static struct worker worker = { .in_flight = 2, .measuring = true };
	static struct conn conns[2];
	static uint32_t slots[2];
	static struct engine engine = {
		.worker = &worker,
		.io = &io,
		.conns = conns,
		.free = slots,
		.open_loop = true,
		.keepalive = true,
	};

	(void)state;
	conns[0].state = CONN_READING;
	engine_failed(&engine, &conns[0], ECONNRESET, 5); /* it carries one: that has failed */
	assert_int_equal(worker.in_flight, 1);
	assert_int_equal(worker.counts.failed[LOAD_RESET], 1);
	assert_int_equal(engine.free_count, 1);
	assert_int_equal(conns[0].state, CONN_UNUSED);
	conns[1].state = CONN_IDLE;
	engine.free[engine.free_count++] = 1;
	engine_failed(&engine, &conns[1], EPIPE, 5);
	assert_int_equal(worker.in_flight, 1);
	assert_int_equal(worker.counts.failed[LOAD_RESET], 1);
	assert_int_equal(engine.free_count, 2);
	assert_int_equal(conns[1].state, CONN_UNUSED);
	assert_int_equal(closed, 2);
}

/*
 * The transition table: each state of a connection and each thing that can happen to it, by a clock and an io that are made
 * up. A connection that is opened stays in CONN_CONNECTING here.
 */
#define NOW   (10 * CLOCK_S)
#define RIGHT "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define LAST  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
#define OTHER "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nok"

static int table_init(struct engine *engine, struct err *err)
{
	(void)engine, (void)err;
	return 0;
}

static void table_release(struct engine *engine)
{
	(void)engine;
}

static void table_open(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	engine_dials(engine, conn, now_ns);
}

static void table_request(struct engine *engine, struct conn *conn)
{
	(void)engine, (void)conn;
}

static const struct engine_io table_io = {
	.init = table_init,
	.release = table_release,
	.open = table_open,
	.request = table_request,
	.close = count_closed,
};

enum happening { ESTABLISHED, RECEIVED, RECEIVED_END, END, FAILED, BYTES, GONE, LOOK };

/* Counters that a transition may move, by one; each of the others stays. */
enum counter {
	NONE,
	OK,
	REFUSED,
	RESET,
	TIMEOUT,
	EOF_EARLY,
	BAD_STATUS,
	BAD_HTTP,
	STRAY,
	DROPPED,
	IGNORED,
	SILENT,
	CONNECTS,
	COUNTERS
};

static double counter_of(const struct load_figures *counts, enum counter counter)
{
	const double values[COUNTERS] = {
		[OK] = (double)counts->ok,
		[REFUSED] = (double)counts->failed[LOAD_REFUSED],
		[RESET] = (double)counts->failed[LOAD_RESET],
		[TIMEOUT] = (double)counts->failed[LOAD_TIMEOUT],
		[EOF_EARLY] = (double)counts->failed[LOAD_EOF_EARLY],
		[BAD_STATUS] = (double)counts->failed[LOAD_BAD_STATUS],
		[BAD_HTTP] = (double)counts->failed[LOAD_BAD_HTTP],
		[STRAY] = (double)counts->stray,
		[DROPPED] = (double)counts->dropped_unannounced,
		[IGNORED] = (double)counts->close_ignored,
		[SILENT] = isnan(counts->crowd.dropped) ? 0 : counts->crowd.dropped,
		[CONNECTS] = (double)counts->connects,
	};

	return values[counter];
}

enum { REUSED = 1, FAILED_BEFORE = 2, IGNORED_BEFORE = 4, OPEN_LOOP = 8, SILENT_ONE = 16, SPENT = 32 };

struct transition {
	const char *name;
	enum load_mode mode;
	enum load_phase phase;
	enum conn_state before;
	enum happening happening;
	const char *data;
	int number; /* errno of FAILED; ms since start_ns of LOOK */
	enum conn_state after;
	enum counter counters[3];
	unsigned flags; /* bit set of what was before, or is else */
};

#define KEEP LOAD_KEEPALIVE

static const struct transition transitions[] = {
	/* name, mode, phase, before, happening, data, number, after, counters, flags */
	{ "connected", KEEP, LOAD_MEASURE, CONN_CONNECTING, ESTABLISHED, 0, 0, CONN_CONNECTING, { CONNECTS }, 0 },
	{ "refused", KEEP, LOAD_MEASURE, CONN_CONNECTING, FAILED, 0, ECONNREFUSED, CONN_CONNECTING, { REFUSED }, 0 },
	{ "refused again",
	  KEEP,
	  LOAD_MEASURE,
	  CONN_CONNECTING,
	  FAILED,
	  0,
	  ECONNREFUSED,
	  CONN_RESTING,
	  { REFUSED },
	  FAILED_BEFORE },
	{ "connecting, in time", KEEP, LOAD_MEASURE, CONN_CONNECTING, LOOK, 0, 900, CONN_CONNECTING, { NONE }, 0 },
	{ "connecting, too long", KEEP, LOAD_MEASURE, CONN_CONNECTING, LOOK, 0, 1100, CONN_CONNECTING, { TIMEOUT }, 0 },
	{ "connecting, disturbed", KEEP, LOAD_MEASURE, CONN_CONNECTING, GONE, 0, 0, CONN_CONNECTING, { NONE }, 0 },
	{ "right", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, RIGHT, 0, CONN_READING, { OK }, 0 },
	{ "right, in the ramp", KEEP, LOAD_RAMP, CONN_READING, RECEIVED, RIGHT, 0, CONN_HELD, { NONE }, 0 },
	{ "right, in the warmup", KEEP, LOAD_WARMUP, CONN_READING, RECEIVED, RIGHT, 0, CONN_READING, { NONE }, 0 },
	{ "right, after the window", KEEP, LOAD_SETTLE, CONN_READING, RECEIVED, RIGHT, 0, CONN_READING, { NONE }, 0 },
	{ "right, in the drain", KEEP, LOAD_DRAIN, CONN_READING, RECEIVED, RIGHT, 0, CONN_ENDED, { NONE }, 0 },
	{ "right, none left", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, RIGHT, 0, CONN_ENDED, { OK }, SPENT },
	{ "right, open loop", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, RIGHT, 0, CONN_IDLE, { OK }, OPEN_LOOP },
	{ "a part", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, "HTTP/1.1 2", 0, CONN_READING, { NONE }, 0 },
	{ "last one", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, LAST, 0, CONN_CLOSING, { OK }, 0 },
	{ "last one, and its end",
	  KEEP,
	  LOAD_MEASURE,
	  CONN_READING,
	  RECEIVED_END,
	  LAST,
	  0,
	  CONN_CONNECTING,
	  { OK },
	  0 },
	{ "last one, in the ramp", KEEP, LOAD_RAMP, CONN_READING, RECEIVED, LAST, 0, CONN_RESTING, { NONE }, 0 },
	{ "close: right", LOAD_CLOSE, LOAD_MEASURE, CONN_READING, RECEIVED, RIGHT, 0, CONN_CLOSING, { OK }, 0 },
	{ "close: right, and the end",
	  LOAD_CLOSE,
	  LOAD_MEASURE,
	  CONN_READING,
	  RECEIVED_END,
	  RIGHT,
	  0,
	  CONN_CONNECTING,
	  { OK },
	  0 },
	{ "close: never closes",
	  LOAD_CLOSE,
	  LOAD_MEASURE,
	  CONN_READING,
	  RECEIVED,
	  RIGHT,
	  0,
	  CONN_CONNECTING,
	  { OK, IGNORED },
	  IGNORED_BEFORE },
	{ "wrong", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, OTHER, 0, CONN_READING, { BAD_STATUS }, 0 },
	{ "no HTTP", KEEP, LOAD_MEASURE, CONN_READING, RECEIVED, "220 mail\r\n", 0, CONN_CONNECTING, { BAD_HTTP }, 0 },
	{ "no HTTP again",
	  KEEP,
	  LOAD_MEASURE,
	  CONN_READING,
	  RECEIVED,
	  "220 mail\r\n",
	  0,
	  CONN_RESTING,
	  { BAD_HTTP },
	  FAILED_BEFORE },
	{ "no HTTP, open loop",
	  KEEP,
	  LOAD_MEASURE,
	  CONN_READING,
	  RECEIVED,
	  "220 mail\r\n",
	  0,
	  CONN_UNUSED,
	  { BAD_HTTP },
	  OPEN_LOOP },
	{ "ended", KEEP, LOAD_MEASURE, CONN_READING, END, 0, 0, CONN_CONNECTING, { EOF_EARLY }, 0 },
	{ "dropped", KEEP, LOAD_MEASURE, CONN_READING, END, 0, 0, CONN_CONNECTING, { EOF_EARLY, DROPPED }, REUSED },
	{ "reset", KEEP, LOAD_MEASURE, CONN_READING, FAILED, 0, ECONNRESET, CONN_CONNECTING, { RESET }, 0 },
	{ "dropped by a reset",
	  KEEP,
	  LOAD_MEASURE,
	  CONN_READING,
	  FAILED,
	  0,
	  ECONNRESET,
	  CONN_CONNECTING,
	  { RESET, DROPPED },
	  REUSED },
	{ "reading, too long", KEEP, LOAD_MEASURE, CONN_READING, LOOK, 0, 1100, CONN_CONNECTING, { TIMEOUT }, 0 },
	{ "reading, too long again",
	  KEEP,
	  LOAD_MEASURE,
	  CONN_READING,
	  LOOK,
	  0,
	  1100,
	  CONN_RESTING,
	  { TIMEOUT },
	  FAILED_BEFORE },
	{ "held, ramp goes on", KEEP, LOAD_RAMP, CONN_HELD, LOOK, 0, 5000, CONN_HELD, { NONE }, 0 },
	{ "held, ramp is over", KEEP, LOAD_MEASURE, CONN_HELD, LOOK, 0, 0, CONN_READING, { NONE }, 0 },
	{ "held, gone", KEEP, LOAD_RAMP, CONN_HELD, GONE, 0, 0, CONN_RESTING, { NONE }, 0 },
	{ "held, speaks", KEEP, LOAD_RAMP, CONN_HELD, BYTES, 0, 0, CONN_RESTING, { STRAY }, 0 },
	{ "held, one of the crowd",
	  LOAD_CROWD,
	  LOAD_MEASURE,
	  CONN_HELD,
	  LOOK,
	  0,
	  0,
	  CONN_SILENT,
	  { NONE },
	  SILENT_ONE },
	{ "silent", LOAD_CROWD, LOAD_MEASURE, CONN_SILENT, LOOK, 0, 5000, CONN_SILENT, { NONE }, SILENT_ONE },
	{ "silent, gone", LOAD_CROWD, LOAD_MEASURE, CONN_SILENT, GONE, 0, 0, CONN_ENDED, { SILENT }, SILENT_ONE },
	{ "silent, speaks",
	  LOAD_CROWD,
	  LOAD_MEASURE,
	  CONN_SILENT,
	  BYTES,
	  0,
	  0,
	  CONN_ENDED,
	  { SILENT, STRAY },
	  SILENT_ONE },
	{ "silent, gone after the window",
	  LOAD_CROWD,
	  LOAD_SETTLE,
	  CONN_SILENT,
	  GONE,
	  0,
	  0,
	  CONN_ENDED,
	  { NONE },
	  SILENT_ONE },
	{ "idle, gone", KEEP, LOAD_MEASURE, CONN_IDLE, GONE, 0, 0, CONN_UNUSED, { NONE }, OPEN_LOOP },
	{ "idle, speaks", KEEP, LOAD_MEASURE, CONN_IDLE, BYTES, 0, 0, CONN_UNUSED, { STRAY }, OPEN_LOOP },
	{ "idle, fails", KEEP, LOAD_MEASURE, CONN_IDLE, FAILED, 0, EPIPE, CONN_UNUSED, { NONE }, OPEN_LOOP },
	{ "closing, closed", LOAD_CLOSE, LOAD_MEASURE, CONN_CLOSING, GONE, 0, 0, CONN_CONNECTING, { NONE }, 0 },
	{ "closing, in time", LOAD_CLOSE, LOAD_MEASURE, CONN_CLOSING, LOOK, 0, 900, CONN_CLOSING, { NONE }, 0 },
	{ "closing, ignored", LOAD_CLOSE, LOAD_MEASURE, CONN_CLOSING, LOOK, 0, 1100, CONN_CONNECTING, { IGNORED }, 0 },
	{ "resting", KEEP, LOAD_MEASURE, CONN_RESTING, LOOK, 0, -100, CONN_RESTING, { NONE }, 0 },
	{ "rested", KEEP, LOAD_MEASURE, CONN_RESTING, LOOK, 0, 100, CONN_CONNECTING, { NONE }, 0 },
	{ "resting, disturbed", KEEP, LOAD_MEASURE, CONN_RESTING, GONE, 0, 0, CONN_RESTING, { NONE }, 0 },
	{ "unused, disturbed", KEEP, LOAD_MEASURE, CONN_UNUSED, GONE, 0, 0, CONN_UNUSED, { NONE }, 0 },
	{ "unused", KEEP, LOAD_MEASURE, CONN_UNUSED, LOOK, 0, 5000, CONN_UNUSED, { NONE }, 0 },
	{ "ended, disturbed", KEEP, LOAD_MEASURE, CONN_ENDED, GONE, 0, 0, CONN_ENDED, { NONE }, 0 },
	{ "ended for good", KEEP, LOAD_MEASURE, CONN_ENDED, LOOK, 0, 5000, CONN_ENDED, { NONE }, 0 },
};

static void happen(struct engine *engine, struct conn *conn, const struct transition *t)
{
	size_t bytes = t->data ? strlen(t->data) : 0;

	switch (t->happening) {
	case ESTABLISHED: engine_established(engine, conn, NOW); break;
	case RECEIVED:
	case RECEIVED_END: engine_received(engine, conn, t->data, bytes, t->happening == RECEIVED_END, NOW); break;
	case END: engine_ended(engine, conn, NOW); break;
	case FAILED: engine_failed(engine, conn, t->number, NOW); break;
	case BYTES:
	case GONE: engine_disturbed(engine, conn, t->happening == BYTES, NOW); break;
	case LOOK: engine_look(engine, NOW); break;
	}
}

static void transition_check(const struct transition *t)
{
	static uint32_t tenths[4];
	struct target target = { .expected = { .status = 200, .body = (char *)"ok", .body_bytes = 2 } };
	struct load_spec spec = { .target = &target,
				  .mode = t->mode,
				  .connections = 2,
				  .active = 1,
				  .timeout_ns = CLOCK_S,
				  .requests = (t->flags & SPENT) > 0,
				  .offered_rps = (t->flags & OPEN_LOOP) ? 1 : 0 };
	struct worker *worker = calloc(1, sizeof *worker);
	assert_non_null(worker);
	*worker = (struct worker){ .spec = &spec,
				   .workers = 1,
				   .connections = 2,
				   .active = t->mode == LOAD_CROWD ? 1 : 2,
				   .budget = (t->flags & SPENT) ? 0 : UINT64_MAX,
				   .tenths = tenths,
				   .tenths_room = 4 };
	fields_init(load_figures, &worker->counts);
	worker->counts.crowd.dropped = 0;
	struct engine *engine = engine_new(worker, &table_io);
	assert_non_null(engine);
	for (enum load_phase phase = LOAD_WARMUP; phase <= t->phase; phase++)
		worker_enter(worker, phase, NOW - CLOCK_S);
	struct conn *conn = &engine->conns[(t->flags & SILENT_ONE ? 1 : 0)];
	bool busy = t->before == CONN_CONNECTING || t->before == CONN_READING;
	conn->state = t->before;
	conn->reached = true;
	conn->reused = (t->flags & REUSED) > 0;
	conn->failures = (t->flags & FAILED_BEFORE) > 0;
	conn->start_ns = t->happening == LOOK ? NOW - (uint64_t)((int64_t)t->number * (int64_t)CLOCK_MS)
					      : NOW - CLOCK_MS;
	worker->in_flight = worker->unsettled = busy;
	engine->swept = engine->opened = 2;
	/* The first of an open loop's is the next to be used. */
	if ((t->flags & OPEN_LOOP) && (busy || t->before == CONN_CLOSING || t->before == CONN_RESTING))
		engine->free_count--;
	engine->closing = t->before == CONN_CLOSING;
	engine->silent = t->before == CONN_SILENT;
	engine->ignored = (t->flags & IGNORED_BEFORE) ? ENGINE_IGNORED_MAX : 0;
	happen(engine, conn, t);
	if (conn->state != t->after)
		print_error("'%s': state %d, not %d\n", t->name, conn->state, t->after);
	check_case(t->name, conn->state == t->after);
	for (enum counter counter = OK; counter < COUNTERS; counter++) {
		bool moves = t->counters[0] == counter || t->counters[1] == counter || t->counters[2] == counter;
		if (counter_of(&worker->counts, counter) != moves)
			print_error("'%s': counter %d\n", t->name, counter);
		check_case(t->name, counter_of(&worker->counts, counter) == moves);
	}
	bool after = conn->state == CONN_CONNECTING || conn->state == CONN_READING;
	check_case(t->name, worker->in_flight == after);
	engine_free(engine);
	free(worker);
}

static void test_transitions(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(transitions); i++)
		transition_check(&transitions[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_failed_after_a_response),
		cmocka_unit_test(test_transitions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
