#include "clients/epoll.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/crew.h"
#include "clients/http.h"
#include "clients/worker.h"

#define EVENTS 512
/* One buffer a thread, not a connection: an answer is checked as it passes. */
#define BUFFER_BYTES 65536
/* A wrong body is read to its end, so that the loop goes on as usual, unless it is longer than the right one by this. */
#define SURPLUS_MAX (1u << 20)
/*
 * Connections that a worker opens between two looks at its events, so that the ramp does not come as one burst. In
 * close mode those already open start over meanwhile, up to EVENTS of them: the ramp must outrun them.
 */
#define RAMP_BATCH_KEEPALIVE 64
#define RAMP_BATCH_CLOSE (2 * EVENTS)
/* In keepalive, connections of all workers together that may wait for their first answer during the ramp. */
#define RAMP_WAITING 512
/* Timeouts and rests are swept this often: coarse, and cheap at 65536 connections. */
#define SWEEP_NS (50 * CLOCK_MS)
/* A connection rests this long after a failure, so that a server that refuses is not asked in a tight loop. */
#define REST_NS (500 * CLOCK_MS)
/*
 * In close mode the server closes first, as HTTP/1.0 has it, and keeps the TIME_WAIT. Were it the client, its ports
 * would run out and connect() would search ever longer for one. A server that does not close is waited for so long.
 */
#define CLOSING_NS CLOCK_S
/* How long epoll_wait may block before the phase is looked at. */
#define WAIT_MS 5

enum conn_state {
	CONN_UNUSED,	/* not opened yet */
	CONN_CONNECTING,	/* the handshake or the sending is not over */
	CONN_READING,	/* the request is sent */
	CONN_HELD,	/* open and answered, waiting for the ramp's end */
	CONN_CLOSING,	/* answered in close mode: the server's end of the connection is still to come */
	CONN_RESTING,	/* closed after a failure until start_ns */
	CONN_ENDED,	/* closed for good: no request left to start */
};

/* A connection, or the slot of one: in close mode one follows the other. */
struct conn {
	uint64_t start_ns;	/* of the request in flight; of a resting connection, when it may go on */
	int fd;
	uint16_t sent;		/* bytes of the request */
	uint8_t state;		/* enum conn_state */
	bool established : 1;	/* this TCP connection */
	bool registered : 1;	/* with epoll */
	bool reached : 1;	/* has been through the ramp */
	bool wrong : 1;		/* the answer's body differs from the right one's */
	uint32_t served;	/* ok answers in the window */
	struct http_reader reader;
} __attribute__((aligned(64)));	/* one cache line */

_Static_assert(sizeof(struct conn) == 64, "a connection is one cache line");

struct engine {
	struct worker *worker;
	const struct target *target;
	enum target_check check;
	bool keepalive;
	const char *request;
	size_t request_bytes;
	int epoll;
	struct conn *conns;
	uint32_t opened;	/* connections begun in the ramp */
	uint32_t ramp_waiting;	/* of those, not through it */
	uint32_t ramp_waiting_most;
	uint32_t reached;
	uint32_t closing;	/* connections in CONN_CLOSING */
	uint32_t spread, next_source;
	char buffer[BUFFER_BYTES];
};

static void conn_begin(struct engine *engine, struct conn *conn);

/* Binds to the next of the source addresses; the port is chosen by connect(), which knows the whole tuple. */
static int source_bind(struct engine *engine, int fd)
{
	int on = 1;
	struct sockaddr_in source = { .sin_family = AF_INET };

	source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + engine->next_source++ % engine->spread);
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on))
		return -1;
	return bind(fd, (const struct sockaddr *)&source, sizeof source);
}

/* A socket on its way to the target, or -1 with errno set. */
static int conn_dial(struct engine *engine, struct conn *conn)
{
	const struct target *target = engine->target;
	bool spreads = target->address.ss_family == AF_INET && target_is_loopback(target);

	for (;;) {
		int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		if (engine->spread <= 1 || !source_bind(engine, fd)) {
			conn->start_ns = clock_ns();
			if (!connect(fd, (const struct sockaddr *)&target->address, target->address_bytes) ||
			    errno == EINPROGRESS)
				return fd;
		}
		int number = errno;
		close(fd);
		errno = number;
		/* Out of ports on these addresses (TIME_WAIT holds them too): on loopback there are more. */
		if (number != EADDRNOTAVAIL || !spreads || engine->spread >= LOAD_ADDRESSES_MAX)
			return -1;
		engine->spread++;
	}
}

/* Closing takes the descriptor out of epoll, since nothing else refers to it (epoll(7)). */
static void conn_close(struct conn *conn)
{
	if (conn->fd >= 0)
		close(conn->fd);
	conn->fd = -1;
}

static void conn_failed(struct engine *engine, struct conn *conn, enum load_failure failure)
{
	conn_close(conn);
	worker_failed(engine->worker, failure);
	conn->state = CONN_RESTING;
	conn->start_ns = clock_ns() + REST_NS;
}

static void conn_errno(struct engine *engine, struct conn *conn)
{
	conn_failed(engine, conn, load_failure_of_errno(errno));
}

/* Asks epoll for events, at most once a connection where the handshake is over when send() is tried. */
static bool conn_register(struct engine *engine, struct conn *conn, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = conn };
	int op = conn->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (epoll_ctl(engine->epoll, op, conn->fd, &event)) {
		conn_errno(engine, conn);
		return false;
	}
	conn->registered = true;
	return true;
}

/* Counts the connection as through the ramp, once. */
static void conn_reached(struct engine *engine, struct conn *conn)
{
	if (conn->reached)
		return;
	conn->reached = true;
	engine->ramp_waiting--;
	atomic_store_explicit(&engine->worker->live_reached, ++engine->reached, memory_order_relaxed);
}

static void conn_established(struct engine *engine, struct conn *conn)
{
	conn->established = true;
	worker_connected(engine->worker, clock_ns() - conn->start_ns);
	if (!engine->keepalive)
		conn_reached(engine, conn);
}

/* Sends what is left of the request. */
static void conn_send(struct engine *engine, struct conn *conn)
{
	while (conn->sent < engine->request_bytes) {
		ssize_t bytes = send(conn->fd, engine->request + conn->sent, engine->request_bytes - conn->sent,
				     MSG_NOSIGNAL);
		if (bytes < 0) {
			if (errno == EAGAIN)
				conn_register(engine, conn, EPOLLOUT);
			else
				conn_errno(engine, conn);
			return;
		}
		if (!conn->established)
			conn_established(engine, conn);
		conn->sent = (uint16_t)(conn->sent + bytes);
	}
	bool waited = conn->registered && conn->state == CONN_CONNECTING;
	conn->state = CONN_READING;
	if (!conn->registered || waited)
		conn_register(engine, conn, EPOLLIN | EPOLLRDHUP);
}

/* The next request of an open connection. */
static void conn_request(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	if (!worker_take(engine->worker)) {
		conn_close(conn);
		conn->state = CONN_ENDED;
		return;
	}
	worker_started(engine->worker);
	conn->start_ns = now_ns;
	conn->sent = 0;
	conn->wrong = false;
	conn->state = CONN_READING;	/* registered for EPOLLIN already */
	http_reader_reset(&conn->reader);
	conn_send(engine, conn);
}

/* Opens a connection for the slot's next request. */
static void conn_begin(struct engine *engine, struct conn *conn)
{
	if (!worker_take(engine->worker)) {
		conn->state = CONN_ENDED;
		return;
	}
	worker_started(engine->worker);
	conn->sent = 0;
	conn->established = false;
	conn->registered = false;
	conn->wrong = false;
	conn->state = CONN_CONNECTING;
	http_reader_reset(&conn->reader);
	conn->fd = conn_dial(engine, conn);
	if (conn->fd < 0)
		conn_errno(engine, conn);
	else
		conn_send(engine, conn);
}

/* A complete answer has been read; was it right? */
static void conn_answered(struct engine *engine, struct conn *conn, bool more, bool ended)
{
	struct worker *worker = engine->worker;
	const struct http_reader *reader = &conn->reader;
	uint64_t now = clock_ns();

	if (more) {
		worker_wrong(worker, "bytes behind the answer");
		worker_failed(worker, LOAD_BAD_HTTP);
	} else if (reader->status != engine->target->status) {
		worker_wrong(worker, "status %u instead of %u", reader->status, engine->target->status);
		worker_failed(worker, LOAD_BAD_STATUS);
	} else if (conn->wrong || !target_end_matches(engine->target, engine->check, reader->body_bytes)) {
		worker_wrong(worker, "a body of %llu bytes that is not the right one (%zu bytes)",
			     (unsigned long long)reader->body_bytes, engine->target->body_bytes);
		worker_failed(worker, LOAD_BAD_BODY);
	} else {
		worker_ok(worker, conn->start_ns, now);
		conn->served += worker->measuring;
	}
	conn_reached(engine, conn);
	if (engine->keepalive && !more && http_keeps_alive(reader)) {
		if (worker->phase == LOAD_RAMP)
			conn->state = CONN_HELD;
		else
			conn_request(engine, conn, now);
	} else if (engine->keepalive && worker->phase == LOAD_RAMP) {
		/* The server ended it: nothing to hold. It is opened again when the ramp is over. */
		conn_close(conn);
		conn->state = CONN_RESTING;
		conn->start_ns = 0;
	} else if (ended) {
		conn_close(conn);
		conn_begin(engine, conn);
	} else {
		conn->state = CONN_CLOSING;
		conn->start_ns = now;
		engine->closing++;
	}
}

/* The server has closed, or has had its time to. */
static void conn_closed(struct engine *engine, struct conn *conn)
{
	engine->closing--;
	conn_close(conn);
	conn_begin(engine, conn);
}

static void conn_read(struct engine *engine, struct conn *conn, bool ended)
{
	struct http_reader *reader = &conn->reader;
	struct http_span body;
	enum http_event event;
	ssize_t bytes = recv(conn->fd, engine->buffer, sizeof engine->buffer, 0);

	if (bytes < 0) {
		if (errno != EAGAIN)
			conn_errno(engine, conn);
		return;
	}
	if (bytes == 0) {
		if (http_read_eof(reader))
			conn_answered(engine, conn, false, true);
		else
			conn_failed(engine, conn, LOAD_EOF_EARLY);
		return;
	}
	const char *input = engine->buffer, *end = input + bytes;
	uint64_t offset = reader->body_bytes;
	while ((event = http_read(reader, &input, end, &body)) == HTTP_BODY) {
		if (!target_piece_matches(engine->target, engine->check, offset, &body))
			conn->wrong = true;
		offset = reader->body_bytes;
		if (conn->wrong && offset > engine->target->body_bytes + SURPLUS_MAX)
			break;
	}
	switch (event) {
	case HTTP_MORE:
		break;
	case HTTP_END:
		conn_answered(engine, conn, input < end, ended);
		break;
	case HTTP_BODY:
		worker_wrong(engine->worker, "a body without an end");
		conn_failed(engine, conn, LOAD_BAD_BODY);
		break;
	case HTTP_BAD:
		worker_wrong(engine->worker, "not a valid HTTP answer");
		conn_failed(engine, conn, LOAD_BAD_HTTP);
		break;
	}
}

static void conn_event(struct engine *engine, struct conn *conn, uint32_t events)
{
	switch ((enum conn_state)conn->state) {
	case CONN_CONNECTING:
		conn_send(engine, conn);
		break;
	case CONN_READING:
		conn_read(engine, conn, events & (EPOLLRDHUP | EPOLLHUP));
		break;
	case CONN_HELD:
		/* Bytes or an end that nobody asked for. The request that follows will meet it and count it. */
		conn_close(conn);
		conn->state = CONN_RESTING;
		conn->start_ns = 0;
		break;
	case CONN_CLOSING:
		conn_closed(engine, conn);
		break;
	case CONN_UNUSED:
	case CONN_RESTING:
	case CONN_ENDED:
		break;	/* closed: no event can be for it */
	}
}

/* Ends what has taken too long, and lets the rested go on. */
static void engine_sweep(struct engine *engine, uint64_t now_ns)
{
	struct worker *worker = engine->worker;
	uint64_t timeout_ns = worker->spec->timeout_ns;

	for (uint32_t i = 0; i < engine->opened; i++) {
		struct conn *conn = &engine->conns[i];
		switch ((enum conn_state)conn->state) {
		case CONN_CONNECTING:
		case CONN_READING:
			if (now_ns > conn->start_ns && now_ns - conn->start_ns > timeout_ns)
				conn_failed(engine, conn, LOAD_TIMEOUT);
			break;
		case CONN_RESTING:
			if (now_ns >= conn->start_ns && (conn->start_ns || worker->phase != LOAD_RAMP))
				conn_begin(engine, conn);
			break;
		case CONN_HELD:
			if (worker->phase != LOAD_RAMP)
				conn_request(engine, conn, now_ns);
			break;
		case CONN_CLOSING:
			if (now_ns > conn->start_ns && now_ns - conn->start_ns > CLOSING_NS)
				conn_closed(engine, conn);
			break;
		case CONN_UNUSED:
		case CONN_ENDED:
			break;
		}
	}
}

/* Opens some more connections. Returns whether there are more to open right now. */
static bool engine_open(struct engine *engine)
{
	struct worker *worker = engine->worker;

	int batch = engine->keepalive ? RAMP_BATCH_KEEPALIVE : RAMP_BATCH_CLOSE;

	for (int i = 0; i < batch && engine->opened < worker->connections; i++) {
		if (engine->keepalive && worker->phase == LOAD_RAMP && engine->ramp_waiting >= engine->ramp_waiting_most)
			return false;
		engine->ramp_waiting++;
		conn_begin(engine, &engine->conns[engine->opened++]);
	}
	return engine->opened < worker->connections;
}

static void engine_follow(struct engine *engine, enum load_phase phase)
{
	struct worker *worker = engine->worker;
	enum load_phase before = worker->phase;
	uint64_t now = clock_ns();

	worker_enter(worker, phase, now);
	if (before == LOAD_RAMP)
		engine_sweep(engine, now);	/* sets free the connections held for the ramp */
}

static void engine_loop(struct engine *engine)
{
	struct worker *worker = engine->worker;
	struct epoll_event events[EVENTS];
	uint64_t next_sweep = 0;

	for (;;) {
		enum load_phase phase = worker_phase(worker);
		if (phase != worker->phase)
			engine_follow(engine, phase);
		if (phase == LOAD_STOP)
			return;
		bool more = phase < LOAD_DRAIN && engine_open(engine);
		int count = epoll_wait(engine->epoll, events, EVENTS, more ? 0 : WAIT_MS);
		if (count < 0 && errno != EINTR) {
			err_set_errno(&worker->err, "epoll_wait");
			worker->broken = true;
			return;
		}
		for (int i = 0; i < count; i++)
			conn_event(engine, events[i].data.ptr, events[i].events);
		uint64_t now = clock_ns();
		if (now >= next_sweep) {
			engine_sweep(engine, now);
			next_sweep = now + SWEEP_NS;
		}
		worker_publish(worker, engine->closing);
		if (!worker->in_flight && (phase == LOAD_DRAIN || !worker->budget) && !worker->idle) {
			if (!worker->budget)
				worker_window_end(worker, now);
			worker->idle = true;
		}
	}
}

/* How evenly the answers were spread over the connections. */
static void engine_fairness(const struct engine *engine)
{
	struct worker *worker = engine->worker;

	worker->served_min = UINT64_MAX;
	for (uint32_t i = 0; i < worker->connections; i++) {
		uint64_t served = engine->conns[i].served;
		worker->served_squares += (double)served * (double)served;
		worker->never_served += !served;
		if (served < worker->served_min)
			worker->served_min = served;
		if (served > worker->served_max)
			worker->served_max = served;
	}
}

static void epoll_work(struct worker *worker)
{
	const struct load_spec *spec = worker->spec;
	const struct target *target = spec->target;
	struct engine *engine = calloc(1, sizeof *engine);
	struct conn *conns = aligned_alloc(64, (size_t)worker->connections * sizeof *conns);

	worker->phase = LOAD_RAMP;
	if (!engine || !conns) {
		err_set(&worker->err, "out of memory for %u connections", worker->connections);
		worker->broken = true;
		goto out;
	}
	memset(conns, 0, (size_t)worker->connections * sizeof *conns);
	for (uint32_t i = 0; i < worker->connections; i++)
		conns[i].fd = -1;
	engine->worker = worker;
	engine->target = target;
	engine->check = spec->check;
	engine->keepalive = spec->mode == LOAD_KEEPALIVE;
	engine->request = engine->keepalive ? target->request_keepalive : target->request_close;
	engine->request_bytes = engine->keepalive ? target->request_keepalive_bytes : target->request_close_bytes;
	engine->conns = conns;
	engine->spread = worker->spread;
	engine->next_source = worker->index;
	engine->ramp_waiting_most = RAMP_WAITING / ((spec->connections + worker->connections - 1) / worker->connections);
	engine->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (engine->epoll < 0) {
		err_set_errno(&worker->err, "epoll_create1");
		worker->broken = true;
		goto out;
	}
	worker->engine_bytes = sizeof *engine + (uint64_t)worker->connections * sizeof *conns +
			       EVENTS * sizeof(struct epoll_event);
	engine_loop(engine);
	engine_fairness(engine);
	for (uint32_t i = 0; i < worker->connections; i++)
		conn_close(&conns[i]);
	close(engine->epoll);
out:
	free(conns);
	free(engine);
}

static int epoll_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	return crew_run(spec, epoll_work, sample, err);
}

const struct client client_epoll = {
	.name = "epoll",
	.summary = "closed loop over many non-blocking connections, by epoll(7)",
	.run = epoll_run,
};
