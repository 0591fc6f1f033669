/* What an engine notes of its own lateness, and how a thread counts what ends behind the window of an open loop. */
#include "tests/unit/unit.h"

#include <errno.h>

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

/* Behind the window nothing counts for its rate; the latency is of what was due in it. */
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

/* A call fails on a connection whose request is answered: no second end is counted, and it is free one time only. */
static void test_failed_behind_an_response(void **state)
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_failed_behind_an_response),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
