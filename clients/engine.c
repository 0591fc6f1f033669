#include "clients/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "harness/lib/random.h"

/*
 * Connections that a worker opens between two waits for events, so that the ramp is not one burst. In close mode
 * connections already open start over in the meantime, hundreds at a time: the ramp must outrun them.
 */
#define RAMP_BATCH_KEEPALIVE 64
#define RAMP_BATCH_CLOSE     1024
/* In keepalive, connections of all workers together that may wait for their first response during the ramp. */
#define RAMP_WAITING 512
/* Interval of the scan for timeouts and rests, longer by one for each SWEEP_MORE connections: coarse, and cheap. */
#define SWEEP_NS   (50 * CLOCK_MS)
#define SWEEP_MORE 8192
/*
 * A failed connection is opened again at once; one that fails twice without a right response in between rests this long
 * each time, so that the client does not hit a refusing server in a tight loop.
 */
#define REST_NS (500 * CLOCK_MS)
/*
 * In close mode the active close is the server's, as in HTTP/1.0, and so is the TIME_WAIT. With an active close by the
 * client, its ports would run out and connect() would search ever longer for a free one. This is how long a server may
 * take to close.
 */
#define CLOSING_NS CLOCK_S
/* Arrivals that are given up at a time. */
#define EXPIRE_BATCH 4096
/* How long a wait for events may last before the phase is checked. */
#define WAIT_NS (5 * CLOCK_MS)
/* A wake-up takes some tens of microseconds: for the last stretch before an arrival a thread spins. */
#define AWAKE_NS (100 * CLOCK_US)

const struct source *engine_source(struct engine *engine)
{
	if (engine->spread <= 1)
		return NULL;
	uint32_t next = engine->next_source++ % engine->spread;
	return next ? &engine->sources.all[next] : NULL;
}

bool engine_spread(struct engine *engine)
{
	/* TIME_WAIT holds ports too. */
	if (engine->spread >= engine->sources.count)
		return false;
	engine->spread++;
	return true;
}

/* Whether the connection is silent in a crowd: it carries no request once the ramp is over. */
static bool is_silent(const struct engine *engine, const struct conn *conn)
{
	return engine->crowd && conn - engine->conns >= engine->worker->active;
}

/* Makes one more connection of an open loop free for arrivals. */
static void conn_free(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	engine->free[engine->free_count] = (uint32_t)(conn - engine->conns);
	if (!engine->free_count++)
		engine->freed_ns = now_ns;
}

static struct tls *tls_of(const struct engine *engine, const struct conn *conn)
{
	return &engine->tls[conn - engine->conns];
}

static void conn_end(struct engine *engine, struct conn *conn, enum conn_state state)
{
	if (engine->tls)
		tls_end(tls_of(engine, conn));
	engine->io->close(engine, conn);
	engine->worker->handshaking -= conn->state == CONN_CONNECTING && !conn->established;
	engine->worker->resting -= conn->state == CONN_RESTING;
	engine->worker->resting += state == CONN_RESTING;
	conn->state = state;
}

/* Another request begins on the connection. */
static void conn_request_clear(struct engine *engine, struct conn *conn)
{
	if (engine->requests_count > 1)
		conn->request = engine->order[engine->ordered++ % engine->requests_count];
	conn->sent = 0;
	conn->body = 0;
	http_reader_reset(&conn->reader);
}

/* A server that has closed none of a few connections is taken to close none. */
static uint32_t ignored_max(const struct engine *engine)
{
	return engine->worker->active < ENGINE_IGNORED_MAX ? engine->worker->active : ENGINE_IGNORED_MAX;
}

/* The sums of the thread's requests at a moment: requests in flight count until then. */
static struct window_edge engine_edge(const struct engine *engine, uint64_t now_ns)
{
	const struct worker *worker = engine->worker;
	struct window_edge edge = { now_ns, worker->busy_ns, worker->closing_ns, worker->counts.ok, worker->in_flight };

	for (uint32_t i = 0; i < engine->swept; i++) {
		const struct conn *conn = &engine->conns[i];
		uint64_t since_ns = now_ns > conn->start_ns ? now_ns - conn->start_ns : 0;
		if (conn->state == CONN_CONNECTING || conn->state == CONN_READING)
			edge.busy_ns += since_ns;
		else if (conn->state == CONN_CLOSING)
			edge.closing_ns += since_ns;
	}
	return edge;
}

/* Opens the window of the rate. */
static void engine_window_start(struct engine *engine, uint64_t now_ns)
{
	engine->worker->window = (struct window){ .start = engine_edge(engine, now_ns) };
}

/* Closes it. Only the first call has an effect. */
static void engine_window_end(struct engine *engine, uint64_t now_ns)
{
	struct window *window = &engine->worker->window;

	if (window->start.at_ns && !window->end.at_ns)
		window->end = engine_edge(engine, now_ns);
}

/* There is no request left: from now on not all connections have work. */
static void engine_exhausted(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	if (!worker->spec->requests || worker->exhausted || engine->open_loop)
		return;
	engine_window_end(engine, now_ns);
	atomic_store_explicit(&worker->exhausted, true, memory_order_relaxed);
}

/* Hands the io what TLS has to send. */
static void tls_flush(struct engine *engine, struct conn *conn)
{
	struct tls *tls = tls_of(engine, conn);

	tls->output_taken = tls->output_bytes;
	conn->sent = 0;
	engine->io->request(engine, conn);
}

/* Forgets what was handed on; what was not goes with what follows. */
static void tls_output_clear(struct tls *tls)
{
	if (tls->output_taken == tls->output_bytes)
		tls->output_taken = tls->output_bytes = 0;
}

/* Encrypts the request, and hands it on. What is TLS alone is not inlined, so that plain text pays nothing for it. */
__attribute__((noinline)) static void tls_request(struct engine *engine, struct conn *conn)
{
	tls_output_clear(tls_of(engine, conn));
	tls_ask(tls_of(engine, conn), engine->requests[conn->request]);
	tls_flush(engine, conn);
}

/* Begins the handshake. Returns -1 where that can't be. */
__attribute__((noinline)) static int tls_dial(struct engine *engine, struct conn *conn)
{
	struct tls *tls = tls_of(engine, conn);

	if (tls_begin(tls, engine->tls_context))
		return -1;
	tls_ask(tls, engine->requests[conn->request]);
	tls->output_taken = tls->output_bytes;
	return 0;
}

static void conn_failed(struct engine *engine, struct conn *conn, enum load_failure failure, uint64_t now_ns);

/* Opens a connection for the slot's next request; in an open loop it was due at start_ns. */
static void conn_begin(struct engine *engine, struct conn *conn, uint64_t start_ns, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	if (!worker_take(worker)) {
		conn_end(engine, conn, CONN_ENDED);
		engine_exhausted(engine, now_ns);
		return;
	}
	worker_started(worker);
	conn_request_clear(engine, conn);
	conn->established = conn->reused = false;
	worker->handshaking++;
	conn->state = CONN_CONNECTING;
	conn->start_ns = start_ns;
	if (engine->tls && tls_dial(engine, conn))
		conn_failed(engine, conn, LOAD_TLS, now_ns);
	else
		engine->io->open(engine, conn, now_ns);
}

/* The next request on an open connection. */
static void conn_request(struct engine *engine, struct conn *conn, uint64_t start_ns)
{
	if (!worker_take(engine->worker)) {
		conn_end(engine, conn, CONN_ENDED);
		engine_exhausted(engine, start_ns);
		return;
	}
	worker_started(engine->worker);
	conn_request_clear(engine, conn);
	conn->state = CONN_READING;
	conn->start_ns = start_ns;
	if (!engine->tls) {
		engine->io->request(engine, conn);
		return;
	}
	tls_request(engine, conn);
}

/* The connection of an open loop is over; its slot is free. */
static void conn_release(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	conn_end(engine, conn, CONN_UNUSED);
	conn_free(engine, conn, now_ns);
}

/* The connection is over; its slot continues with another one. */
static inline void conn_renew(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	if (engine->open_loop)
		conn_release(engine, conn, now_ns);
	else
		conn_begin(engine, conn, now_ns, now_ns);
}

/* A silent connection is gone. It is not opened again: the number that stay is part of the measurement. */
static void conn_dropped(struct engine *engine, struct conn *conn, uint64_t silent_ns)
{
	struct worker *worker = engine->worker;

	engine->silent -= conn->state == CONN_SILENT;
	if (worker->phase < LOAD_SETTLE) {
		worker->counts.crowd.dropped++;
		worker->counts.crowd.dropped_after_s = fmin(worker->counts.crowd.dropped_after_s,
							    (double)silent_ns / 1e9);
	}
	conn_end(engine, conn, CONN_ENDED);
}

/*
 * The server has closed a connection that has carried a response, before the first byte of the next: it had not
 * announced that (RFC 9112 9.6), so the request had already been sent.
 */
static void conn_count_dropped(struct engine *engine, const struct conn *conn, enum load_failure failure)
{
	bool ended = failure == LOAD_EOF_EARLY || failure == LOAD_RESET;

	if (ended && conn->reused && !http_begun(&conn->reader))
		engine->worker->counts.dropped_unannounced += engine->worker->measuring;
}

static void conn_failed(struct engine *engine, struct conn *conn, enum load_failure failure, uint64_t now_ns)
{
	worker_failed(engine->worker, failure, conn->start_ns, now_ns);
	conn_count_dropped(engine, conn, failure);
	conn->failures += conn->failures < UINT8_MAX;
	if (engine->open_loop) {
		conn_release(engine, conn, now_ns);
	} else if (conn->failures < 2) {
		conn_end(engine, conn, CONN_UNUSED);
		conn_begin(engine, conn, now_ns, now_ns);
	} else {
		conn_end(engine, conn, CONN_RESTING);
		conn->start_ns = now_ns + REST_NS;
	}
}

/* Between the established connection and the end of the handshake, what fails is the handshake. */
static enum load_failure failure_of(const struct engine *engine, const struct conn *conn, enum load_failure failure)
{
	bool shakes = engine->tls && conn->established && !tls_of(engine, conn)->is_open;

	return shakes && failure != LOAD_TIMEOUT ? LOAD_TLS : failure;
}

void engine_failed(struct engine *engine, struct conn *conn, int number, uint64_t now_ns)
{
	/* A send may fail after the response has come, and so may a receive: then no request has failed. */
	if (conn->state == CONN_CONNECTING || conn->state == CONN_READING)
		conn_failed(engine, conn, failure_of(engine, conn, load_failure_of_errno(number)), now_ns);
	else
		engine_disturbed(engine, conn, false, now_ns);
}

/* Counts the connection as through the ramp, once. */
static void conn_reached(struct engine *engine, struct conn *conn)
{
	if (conn->reached)
		return;
	conn->reached = true;
	if (!engine->open_loop) /* which has no ramp */
		engine->ramp_waiting--;
	atomic_store_explicit(&engine->worker->live_reached, ++engine->reached, memory_order_relaxed);
}

void engine_established(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	conn->established = true;
	engine->worker->handshaking--;
	worker_connected(engine->worker, now_ns - conn->dial_ns);
	if (engine->tls)
		tls_of(engine, conn)->since_ns = now_ns;
	if (!engine->keepalive)
		conn_reached(engine, conn);
}

/* A response has ended and its connection can carry another request. */
static void conn_go_on(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	if (engine->worker->phase == LOAD_RAMP) {
		conn->state = CONN_HELD;
		conn->start_ns = now_ns;
	} else if (engine->open_loop) {
		conn->state = CONN_IDLE;
		conn_free(engine, conn, now_ns);
	} else {
		conn_request(engine, conn, now_ns);
	}
}

static void conn_complete(struct engine *engine, struct conn *conn, bool right, enum load_failure failure, bool ended,
			  uint64_t now)
{
	struct worker *worker = engine->worker;

	if (right) {
		worker_ok(worker, conn->start_ns, now);
		conn->served += worker->measuring;
		conn->failures = 0;
	} else {
		worker_failed(worker, failure, conn->start_ns, now);
	}
	conn_reached(engine, conn);
	if (engine->keepalive && conn->reader.keeps_alive) {
		conn->reused = true;
		conn_go_on(engine, conn, now);
	} else if (is_silent(engine, conn)) {
		conn_dropped(engine, conn, 0);
	} else if (engine->keepalive && worker->phase == LOAD_RAMP) {
		/* The server ended it: nothing to hold. It is opened again when the ramp is over. */
		conn_end(engine, conn, CONN_RESTING);
		conn->start_ns = 0;
	} else if (ended) {
		engine->ignored = 0;
		conn_renew(engine, conn, now);
	} else if (engine->ignored >= ignored_max(engine)) {
		worker->counts.close_ignored += worker->measuring;
		conn_renew(engine, conn, now);
	} else {
		conn->state = CONN_CLOSING;
		conn->start_ns = now;
		engine->closing++;
	}
}

static void conn_judged(struct engine *engine, struct conn *conn, enum response_end end, enum load_failure failure,
			bool ended, uint64_t now_ns)
{
	switch (end) {
	case RESPONSE_MORE: break;
	case RESPONSE_RIGHT:
	case RESPONSE_WRONG: conn_complete(engine, conn, end == RESPONSE_RIGHT, failure, ended, now_ns); break;
	case RESPONSE_BROKEN: conn_failed(engine, conn, failure, now_ns); break;
	}
}

/* Bytes of a response, in plain text. Inlined: each response that comes without TLS passes here. */
__attribute__((always_inline)) static inline void plain_received(struct engine *engine, struct conn *conn,
								 const char *data, size_t bytes, bool ended,
								 uint64_t now_ns)
{
	enum load_failure failure = LOAD_OTHER;
	enum response_end end = response_read(&engine->responses[conn->request], &conn->reader, &conn->body, data,
					      bytes, &failure);

	conn_judged(engine, conn, end, failure, ended, now_ns);
}

/* The handshake is over. */
static void tls_opened(struct engine *engine, const struct tls *tls, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	worker_opened(worker, now_ns - tls->since_ns, tls->is_resumed);
	if (worker->tls_version[0])
		return;
	snprintf(worker->tls_version, sizeof worker->tls_version, "%s", tls_version(tls));
	snprintf(worker->tls_cipher, sizeof worker->tls_cipher, "%s", tls_cipher(tls));
}

/* What comes over TLS: the handshake, the response, and what else the server has to say. */
__attribute__((noinline)) static void tls_received(struct engine *engine, struct conn *conn, const char *data,
						   size_t bytes, bool ended, uint64_t now_ns)
{
	struct tls *tls = tls_of(engine, conn);
	const uint32_t serial = tls->serial;
	char why[TLS_TEXT];
	enum tls_event event;
	size_t plain;

	tls_output_clear(tls);
	tls_feed(tls, data, bytes);
	while ((event = tls_read(tls, engine->plain, ENGINE_PLAIN, &plain)) != TLS_MORE) {
		if (event == TLS_BROKEN) {
			worker_wrong(engine->worker, "%s", tls_explain(tls, why));
			conn_failed(engine, conn, LOAD_TLS, now_ns);
			return;
		}
		if (event == TLS_OPEN)
			tls_opened(engine, tls, now_ns);
		else if (conn->state == CONN_READING)
			plain_received(engine, conn, engine->plain, plain, ended, now_ns);
		else
			engine_disturbed(engine, conn, true, now_ns);
		if (tls->serial != serial)
			return; /* it is over, or another one already */
	}
	if (tls->is_closed && conn->state == CONN_READING)
		engine_ended(engine, conn, now_ns);
	else if (tls->output_bytes > tls->output_taken)
		tls_flush(engine, conn);
}

void engine_received(struct engine *engine, struct conn *conn, const char *data, size_t bytes, bool ended,
		     uint64_t now_ns)
{
	if (engine->tls)
		tls_received(engine, conn, data, bytes, ended, now_ns);
	else
		plain_received(engine, conn, data, bytes, ended, now_ns);
}

void engine_unasked(struct engine *engine, struct conn *conn, const char *data, size_t bytes, uint64_t now_ns)
{
	struct tls *tls = tls_of(engine, conn);
	enum tls_event event;
	size_t plain;

	tls_feed(tls, data, bytes);
	while ((event = tls_read(tls, engine->plain, ENGINE_PLAIN, &plain)) == TLS_OPEN)
		;
	if (event != TLS_MORE)
		engine_disturbed(engine, conn, event == TLS_DATA, now_ns);
}

void engine_ended(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	enum load_failure failure = LOAD_OTHER;

	/* Without close_notify a response that has no length may have been cut short (RFC 9112 9.8). */
	if (engine->tls && !tls_of(engine, conn)->is_closed) {
		if (!tls_of(engine, conn)->is_open)
			worker_wrong(engine->worker, "TLS: the connection ended in the handshake");
		conn_failed(engine, conn, failure_of(engine, conn, LOAD_EOF_EARLY), now_ns);
		return;
	}
	enum response_end end = response_eof(&engine->responses[conn->request], &conn->reader, conn->body, &failure);

	conn_judged(engine, conn, end, failure, true, now_ns);
}

/* The server has closed, or `ignores`: it had its time to close, and has not. */
static void conn_closed(struct engine *engine, struct conn *conn, bool ignores, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	engine->ignored = ignores ? engine->ignored + 1 : 0;
	worker->counts.close_ignored += ignores && worker->measuring;
	/*
	 * With a fixed number of requests the level is judged from the time when it is reached: only the work counts,
	 * not the waiting.
	 */
	if (engine->ignored == ignored_max(engine) && worker->spec->requests && worker->window.start.at_ns &&
	    !worker->window.end.at_ns)
		engine_window_start(engine, now_ns);
	engine->closing--;
	if (now_ns > conn->start_ns)
		engine->worker->closing_ns += now_ns - conn->start_ns;
	conn_renew(engine, conn, now_ns);
}

void engine_disturbed(struct engine *engine, struct conn *conn, bool bytes, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	/* They are no response, and what follows on this connection might be none either (RFC 9112 9.2). */
	bool waits = conn->state == CONN_IDLE || conn->state == CONN_HELD || conn->state == CONN_SILENT;
	if (bytes && waits && worker->phase < LOAD_SETTLE) {
		worker->counts.stray++;
		worker_wrong(worker, "bytes on a connection that waits for no response");
	}
	switch ((enum conn_state)conn->state) {
	case CONN_CLOSING: conn_closed(engine, conn, false, now_ns); break;
	case CONN_SILENT: conn_dropped(engine, conn, now_ns - conn->start_ns); break;
	case CONN_HELD:
		if (is_silent(engine, conn)) {
			conn_dropped(engine, conn, now_ns - conn->start_ns);
			break;
		}
		/* It is opened again when the ramp is over. */
		conn_end(engine, conn, CONN_RESTING);
		conn->start_ns = 0;
		break;
	case CONN_IDLE:
		conn_end(engine, conn, CONN_UNUSED); /* its slot is free, and stays so */
		break;
	case CONN_UNUSED:
	case CONN_CONNECTING:
	case CONN_READING:
	case CONN_RESTING:
	case CONN_ENDED: break; /* closed, or about to hear of it otherwise */
	}
}

/* Checks one connection: has it taken too long, or rested enough? Returns whether it still needs to be checked. */
static bool conn_sweep(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	struct worker *worker = engine->worker;
	bool ramp = worker->phase == LOAD_RAMP;

	switch ((enum conn_state)conn->state) {
	case CONN_CONNECTING:
	case CONN_READING:
		if (now_ns > conn->start_ns && now_ns - conn->start_ns > worker->spec->timeout_ns)
			conn_failed(engine, conn, LOAD_TIMEOUT, now_ns);
		return true;
	case CONN_RESTING:
		if (!ramp && is_silent(engine, conn)) {
			conn_end(engine, conn, CONN_ENDED);
		} else if (now_ns >= conn->start_ns && (conn->start_ns || !ramp)) {
			conn_end(engine, conn, CONN_UNUSED);
			conn_begin(engine, conn, now_ns, now_ns);
		}
		return true;
	case CONN_HELD:
		if (ramp)
			return true;
		if (is_silent(engine, conn)) {
			conn->state = CONN_SILENT;
			engine->silent++;
		} else {
			conn_request(engine, conn, now_ns);
		}
		return true;
	case CONN_CLOSING:
		if (now_ns > conn->start_ns && now_ns - conn->start_ns > CLOSING_NS)
			conn_closed(engine, conn, true, now_ns);
		return true;
	case CONN_UNUSED:
	case CONN_SILENT:
	case CONN_IDLE:
	case CONN_ENDED: return false;
	}
	return false;
}

/* Whether there is another arrival to start; after the window, one that was due in it. */
static bool arrival_left(const struct engine *engine)
{
	const struct worker *worker = engine->worker;

	return worker->budget &&
	       (worker->phase < LOAD_SETTLE || (worker->late && engine->arrivals.next_ns <= worker->window_end_ns));
}

/*
 * A request that has waited for longer than its timeout, from the time when it was due, has failed, and is not sent.
 * Bounded, so that events are handled in between.
 */
static void engine_expire(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	for (int i = 0; i < EXPIRE_BATCH && arrival_left(engine); i++) {
		uint64_t due = engine->arrivals.next_ns;
		if (due > now_ns || now_ns - due <= worker->spec->timeout_ns || !worker_take(worker))
			return;
		worker_started(worker);
		worker_failed(worker, LOAD_TIMEOUT, due, now_ns);
		worker->counts.open_loop.waited += worker->measuring;
		engine->taken++;
		arrivals_step(&engine->arrivals);
	}
}

/* Ends what has taken too long, and lets resting connections continue. */
static void engine_sweep(struct engine *engine, uint64_t now_ns)
{
	uint32_t last = 0;

	if (engine->open_loop)
		engine_expire(engine, now_ns);
	for (uint32_t i = 0; i < engine->swept; i++)
		if (conn_sweep(engine, &engine->conns[i], now_ns))
			last = i + 1;
	/* A crowd that has fallen silent needs no scan. */
	if (engine->crowd && engine->worker->phase != LOAD_RAMP)
		engine->swept = last > engine->worker->active ? last : engine->worker->active;
}

/* Opens some more connections. Returns whether there are more to open right now. */
static bool engine_open(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;
	int batch = engine->keepalive ? RAMP_BATCH_KEEPALIVE : RAMP_BATCH_CLOSE;
	/* Connections of a crowd that the ramp did not open are not opened while measuring. */
	uint32_t max = engine->crowd && worker->phase != LOAD_RAMP ? worker->active : worker->connections;

	if (engine->open_loop)
		return false;
	for (int i = 0; i < batch && engine->opened < max; i++) {
		if (engine->keepalive && worker->phase == LOAD_RAMP && engine->ramp_waiting >= engine->ramp_waiting_max)
			return false;
		engine->ramp_waiting++;
		engine->swept = engine->opened + 1;
		conn_begin(engine, &engine->conns[engine->opened++], now_ns, now_ns);
	}
	return engine->opened < max;
}

/* The lag of a request of the window: its delay that is not the server's. */
static void lag_add(struct worker *worker, uint64_t could_ns, uint64_t now_ns)
{
	if (could_ns)
		hist_add(&worker->lag_ns, now_ns > could_ns ? now_ns - could_ns : 0);
}

void engine_left(struct engine *engine, uint64_t before_ns, uint64_t after_ns)
{
	/* They are sent one after the other, each after those before it. */
	for (uint32_t i = 0; i < engine->leaving_count; i++)
		lag_add(engine->worker, engine->leaving[i],
			before_ns + (after_ns - before_ns) * i / engine->leaving_count);
	engine->leaving_count = 0;
}

/* Starts the next arrival, which is due and has a free connection. */
static void arrival_start(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;
	uint64_t due = engine->arrivals.next_ns;
	uint32_t slot = engine->free[--engine->free_count];
	struct conn *conn = &engine->conns[slot];

	if (slot >= engine->swept)
		engine->swept = engine->opened = slot + 1;
	/* Until a connection was free the request waited for the server: that is not our lag. */
	bool waited = due < engine->freed_ns;
	uint64_t could_ns = !worker->measuring ? 0 : waited ? engine->freed_ns : due;
	worker->counts.open_loop.waited += waited && worker->measuring;
	if (!engine->io->flush)
		lag_add(worker, could_ns, now_ns);
	engine->taken++;
	arrivals_step(&engine->arrivals);
	if (conn->state == CONN_IDLE)
		conn_request(engine, conn, due);
	else
		conn_begin(engine, conn, due, now_ns);
	if (!engine->io->flush)
		return;
	engine->leaving[engine->leaving_count++] = could_ns;
	if (engine->leaving_count == ENGINE_LEAVING_MAX)
		engine->io->flush(engine);
}

uint64_t engine_arrive(struct engine *engine, uint64_t now_ns)
{
	uint64_t due = engine->arrivals.next_ns;

	if (!engine->free_count || !arrival_left(engine))
		return WAIT_NS;
	if (due > now_ns)
		return due - now_ns;
	if (now_ns - due > engine->worker->spec->timeout_ns)
		engine_expire(engine, now_ns);
	else
		arrival_start(engine, now_ns);
	return 0;
}

/* How long the thread may wait for events, which is the time until an arrival is due, after `due_ns`. */
static uint64_t engine_rest(const struct engine *engine, uint64_t due_ns)
{
	if (due_ns >= WAIT_NS)
		return WAIT_NS;
	if (!engine->worker->has_cpu)
		return due_ns;
	return due_ns > AWAKE_NS ? due_ns - AWAKE_NS : 0;
}

/* The arrivals that are due and not started. */
static uint64_t engine_waiting(const struct engine *engine, uint64_t now_ns)
{
	uint64_t due = engine->open_loop ? arrivals_due(&engine->arrivals, now_ns) : 0;

	return due < engine->worker->budget ? due : engine->worker->budget;
}

/* The window opens or closes: counts the arrivals of an open loop so far, and those that wait. */
static void engine_window(struct engine *engine, bool opens, uint64_t now_ns)
{
	if (!engine->open_loop)
		return;

	struct load_figures *counts = &engine->worker->counts;
	uint64_t waiting = engine_waiting(engine, now_ns), arrived = engine->taken + waiting;

	if (opens) {
		counts->open_loop.waiting_start = (double)waiting;
		engine->arrived_start = arrived;
	} else {
		counts->open_loop.waiting_end = (double)waiting;
		counts->open_loop.scheduled = (double)(arrived - engine->arrived_start);
	}
}

/*
 * Closes, at the end of a crowd's ramp, the silent connections that have had no response yet. Their requests would
 * otherwise end in the window, among those of the active connections.
 */
static void engine_drop_unreached(struct engine *engine)
{
	for (uint32_t i = engine->worker->active; i < engine->swept; i++) {
		struct conn *conn = &engine->conns[i];
		if (conn->state != CONN_CONNECTING && conn->state != CONN_READING)
			continue;
		engine->worker->in_flight--;
		conn_end(engine, conn, CONN_ENDED);
	}
}

/* Counts the window's requests that are still in flight when the time to end them is over. */
static void engine_unfinished(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;

	if (engine->open_loop) {
		worker->counts.open_loop.unfinished = (double)(worker->in_flight +
							       engine_waiting(engine, worker->window_end_ns));
		return;
	}
	worker->counts.unfinished = worker->unsettled;
	for (uint32_t i = 0; i < engine->swept; i++) {
		const struct conn *conn = &engine->conns[i];
		bool busy = conn->state == CONN_CONNECTING || conn->state == CONN_READING;
		if (busy && window_holds(&worker->window, conn->start_ns))
			worker->window.lost_ns += now_ns - conn->start_ns;
	}
}

static void engine_follow(struct engine *engine, enum load_phase phase, uint64_t now)
{
	struct worker *worker = engine->worker;
	enum load_phase before = worker->phase;
	bool measured = worker->measuring, counted = worker->spec->requests > 0;

	if (measured)
		engine_window(engine, false, now);
	if (before == LOAD_MEASURE && phase > LOAD_MEASURE)
		engine_window_end(engine, now);
	if (before == LOAD_RAMP && engine->crowd)
		engine_drop_unreached(engine);
	worker_enter(worker, phase, now);
	if (before < LOAD_DRAIN && phase >= LOAD_DRAIN && !engine->open_loop)
		engine_unfinished(engine, now);
	if (worker->measuring && !measured) {
		engine_window(engine, true, now);
		if (!counted && !engine->open_loop)
			engine_window_start(engine, now);
	}
	if (before == LOAD_RAMP)
		engine_sweep(engine, now); /* sets free the connections held for the ramp */
	/* The crew's window is over; that of a worker whose requests have all ended was over before. */
	if (engine->crowd && before < LOAD_SETTLE && phase >= LOAD_SETTLE)
		worker->counts.crowd.silent = engine->silent;
}

/* Begins the schedule, once the crew has said when. */
static void engine_schedule(struct engine *engine)
{
	const struct worker *worker = engine->worker;
	const struct load_spec *spec = worker->spec;
	uint64_t start_ns = worker_schedule_ns(worker);

	if (start_ns)
		arrivals_init(&engine->arrivals, spec->arrivals, spec->offered_rps / worker->workers, start_ns,
			      worker->index, worker->workers, spec->seed);
}

/* When the last connection began its request: opening many takes a while, and until then not all were in flight. */
static uint64_t last_start_ns(const struct engine *engine, uint64_t now_ns)
{
	for (uint32_t i = 0; i < engine->swept; i++) {
		const struct conn *conn = &engine->conns[i];
		bool busy = conn->state == CONN_CONNECTING || conn->state == CONN_READING;
		if (busy && conn->start_ns > now_ns)
			now_ns = conn->start_ns;
	}
	return now_ns;
}

bool engine_turn(struct engine *engine, enum load_phase phase, uint64_t now_ns)
{
	if (engine->open_loop && !engine->arrivals.start_ns)
		engine_schedule(engine);
	if (phase != engine->worker->phase)
		engine_follow(engine, phase, now_ns);
	bool more = phase < LOAD_DRAIN && engine_open(engine, now_ns);
	/*
	 * With a fixed number of requests the level is judged from the time when all connections are open: until then
	 * not all have work.
	 */
	struct worker *worker = engine->worker;
	if (!more && worker->measuring && !engine->open_loop && !worker->window.start.at_ns && !worker->exhausted)
		engine_window_start(engine, last_start_ns(engine, now_ns));
	return more;
}

void engine_look(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;
	enum load_phase phase = worker->phase;

	if (now_ns >= engine->next_sweep_ns) {
		engine_sweep(engine, now_ns);
		engine->next_sweep_ns = now_ns + SWEEP_NS * (1 + engine->swept / SWEEP_MORE);
	}
	worker_publish(worker, engine->closing);
	if (worker->in_flight || worker->idle)
		return;
	if (phase == LOAD_DRAIN ? arrival_left(engine) : phase < LOAD_MEASURE || worker->budget)
		return;
	if (worker->measuring) {
		engine_window(engine, false, now_ns);
		engine_window_end(engine, now_ns);
		worker_window_end(worker, now_ns);
	}
	worker->idle = true;
}

/* Starts all arrivals that are due. Each reads the clock, since sending takes time. Returns how long to wait. */
static uint64_t engine_arrive_all(struct engine *engine)
{
	uint64_t due_ns;

	do
		due_ns = engine_arrive(engine, clock_ns());
	while (!due_ns);
	return engine_rest(engine, due_ns);
}

/* Drives all connections until the crew says stop. Returns 0, or -1 with the worker's err set. */
static int engine_loop(struct engine *engine)
{
	struct worker *worker = engine->worker;

	atomic_store(&worker->ready, true);
	for (uint64_t now_ns = clock_ns();; now_ns = clock_ns()) {
		enum load_phase phase = worker_phase(worker);
		bool more = engine_turn(engine, phase, now_ns);
		if (phase == LOAD_STOP) {
			if (engine->open_loop && worker->late)
				engine_unfinished(engine, now_ns);
			return 0;
		}
		uint64_t wait_ns = more ? 0 : engine->open_loop ? engine_arrive_all(engine) : WAIT_NS;
		if (engine->io->wait(engine, wait_ns, &worker->err))
			return -1;
		engine_look(engine, clock_ns());
	}
}

/* How evenly the responses were spread over the connections that carry requests. */
static void engine_fairness(const struct engine *engine)
{
	struct worker *worker = engine->worker;

	struct load_figures *counts = &worker->counts;

	if (engine->open_loop) /* there connections are opened as they are needed */
		return;
	counts->never_served = 0;
	for (uint32_t i = 0; i < worker->active; i++) {
		double served = engine->conns[i].served;
		worker->served_squares += served * served;
		counts->never_served += served < 1;
		counts->served_min = fmin(counts->served_min, served);
		counts->served_max = fmax(counts->served_max, served);
	}
}

/* Allocates the connections, and the list of free ones. */
static int engine_allocate(struct engine *engine)
{
	struct worker *worker = engine->worker;
	size_t bytes = (size_t)worker->connections * sizeof *engine->conns;

	engine->conns = aligned_alloc(64, bytes);
	if (!engine->conns)
		return err_set(&worker->err, "out of memory for %u connections", worker->connections);
	memset(engine->conns, 0, bytes);
	worker->engine_bytes += sizeof *engine + bytes;
	if (engine->target->https) {
		engine->tls_context = tls_context_new(&engine->target->tls, engine->target->host, &worker->err);
		engine->tls = engine->tls_context ? calloc(worker->connections, sizeof *engine->tls) : NULL;
		engine->plain = malloc(ENGINE_PLAIN);
		if (!engine->tls_context)
			return -1;
		if (!engine->tls || !engine->plain)
			return err_set(&worker->err, "out of memory for %u connections", worker->connections);
		worker->counts.tls.handshakes = worker->counts.tls.resumed = 0;
	}
	if (!engine->open_loop)
		return 0;
	engine->free = calloc(worker->connections, sizeof *engine->free);
	if (!engine->free)
		return err_set(&worker->err, "out of memory for %u connections", worker->connections);
	while (engine->free_count < worker->connections) {
		engine->free[engine->free_count] = worker->connections - 1 - engine->free_count;
		engine->free_count++;
	}
	worker->engine_bytes += (uint64_t)worker->connections * sizeof *engine->free;
	return 0;
}

/* The requests, what is remembered of the response to each, and their order in this thread. Returns 0, or -1 with err set. */
static int requests_prepare(struct engine *engine)
{
	struct worker *worker = engine->worker;
	const struct target *target = engine->target;
	uint32_t count = engine->requests_count = (uint32_t)target->others_count + 1;
	size_t *order = calloc(count, sizeof *order);

	engine->requests = calloc(count, sizeof *engine->requests);
	engine->responses = calloc(count, sizeof *engine->responses);
	engine->order = calloc(count, sizeof *engine->order);
	if (!order || !engine->requests || !engine->responses || !engine->order) {
		free(order);
		return err_set(&worker->err, "out of memory for %u requests", count);
	}
	for (uint32_t i = 0; i < count; i++)
		order[i] = (i + (uint64_t)worker->index * count / worker->workers) % count;
	if (target->order == REQUEST_SHUFFLED)
		random_order(order, count, worker->spec->seed, worker->index);
	for (uint32_t i = 0; i < count; i++) {
		engine->requests[i] = target_bytes(target, i, engine->keepalive);
		engine->responses[i].expected = &target_request(target, i)->expected;
		engine->responses[i].worker = worker;
		engine->order[i] = (uint16_t)order[i];
	}
	free(order);
	worker->engine_bytes += (uint64_t)count * (sizeof *engine->requests + sizeof *engine->responses);
	return 0;
}

static void engine_init(struct engine *engine, struct worker *worker, const struct engine_io *io)
{
	const struct load_spec *spec = worker->spec;
	const struct target *target = spec->target;

	*engine = (struct engine){
		.worker = worker,
		.io = io,
		.target = target,
		.keepalive = spec->mode != LOAD_CLOSE,
		.crowd = spec->mode == LOAD_CROWD,
		.open_loop = spec->offered_rps > 0,
		.spread = worker->spread,
		.next_source = worker->index,
	};
	sources_init(&engine->sources, target);
	engine->ramp_waiting_max = RAMP_WAITING / worker->workers;
	if (engine->open_loop) {
		prctl(PR_SET_TIMERSLACK, 1);           /* of this thread: timeouts end on time, without slack */
		engine->arrivals.next_ns = UINT64_MAX; /* until it is known when the schedule begins */
	}
}

struct engine *engine_new(struct worker *worker, const struct engine_io *io)
{
	struct engine *engine = calloc(1, sizeof *engine);

	worker->phase = LOAD_RAMP;
	if (!engine) {
		err_set(&worker->err, "out of memory");
		return NULL;
	}
	engine_init(engine, worker, io);
	if (!engine_allocate(engine) && !requests_prepare(engine) && !io->init(engine, &worker->err))
		return engine;
	engine_free(engine);
	return NULL;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	engine->io->release(engine);
	for (uint32_t i = 0; engine->tls && i < engine->worker->connections; i++)
		tls_release(&engine->tls[i]);
	tls_context_free(engine->tls_context);
	free(engine->tls);
	free(engine->plain);
	free(engine->free);
	free(engine->conns);
	free(engine->requests);
	free(engine->responses);
	free(engine->order);
	free(engine);
}

void engine_work(struct worker *worker, const struct engine_io *io)
{
	struct engine *engine = engine_new(worker, io);

	if (!engine || engine_loop(engine))
		worker->broken = true;
	else
		engine_fairness(engine);
	engine_free(engine);
}
