#include "clients/epoll.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/crew.h"
#include "clients/engine.h"

#define EVENTS 512
/*
 * Edge-triggered: an event is reported once, and the next wait does not check the connection again. All that has
 * arrived is read at once, or a new event is requested.
 */
#define EVENTS_RESPONSE (EPOLLIN | EPOLLRDHUP | EPOLLET)
#define EVENTS_SENDING  EPOLLOUT
/* One buffer a thread, not a connection: a response is checked as it passes. */
#define BUFFER_BYTES 65536

struct epoll_state {
	int epoll;
	struct epoll_event events[EVENTS];
	char buffer[BUFFER_BYTES];
};

static struct epoll_state *state_of(const struct engine *engine)
{
	return engine->io_state;
}

/* Closing removes the descriptor from epoll, since nothing else refers to it (epoll(7)). Descriptor 0 is never ours. */
static void epoll_close(struct engine *engine, struct conn *conn)
{
	(void)engine;
	if (conn->handle > 0)
		close((int)conn->handle);
	conn->handle = 0;
}

/* Binds to the next of the source addresses; the port is chosen by connect(), which knows the whole tuple. */
static int source_bind(struct engine *engine, int fd)
{
	int on = 1;
	const struct source *source = engine_source(engine);

	if (!source)
		return 0;
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on))
		return -1;
	return bind(fd, &source->any, source->bytes);
}

/* A socket on its way to the target, or -1 with errno set. */
static int conn_dial(struct engine *engine, struct conn *conn)
{
	const struct target *target = engine->target;

	for (;;) {
		int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		if (engine->spread <= 1 || !source_bind(engine, fd)) {
			engine_dials(engine, conn, clock_ns());
			if (!connect(fd, (const struct sockaddr *)&target->address, target->address_bytes) ||
			    errno == EINPROGRESS)
				return fd;
			if (errno == EAGAIN) /* a Unix socket whose accept queue is full (connect(2)) */
				errno = ECONNREFUSED;
		}
		int number = errno;
		close(fd);
		errno = number;
		if (number != EADDRNOTAVAIL || !engine_spread(engine))
			return -1;
	}
}

/* Registers with epoll: once for each connection, where the handshake is over when send() is tried. */
static void conn_register(struct engine *engine, struct conn *conn, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = conn };
	int op = conn->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (epoll_ctl(state_of(engine)->epoll, op, (int)conn->handle, &event))
		engine_failed(engine, conn, errno, clock_ns());
	else
		conn->registered = true;
}

/* A send has failed, or must wait until there is room. */
static void conn_send_failed(struct engine *engine, struct conn *conn)
{
	conn->sending = errno == EAGAIN;
	if (conn->sending)
		conn_register(engine, conn, EVENTS_SENDING);
	else
		engine_failed(engine, conn, errno, clock_ns());
}

/* Sends the rest of the request. */
static void conn_send_rest(struct engine *engine, struct conn *conn)
{
	const struct http_span output = engine_output(engine, conn);

	while (conn->sent < output.bytes) {
		ssize_t bytes = send((int)conn->handle, output.data + conn->sent, output.bytes - conn->sent,
				     MSG_NOSIGNAL);
		if (bytes < 0) {
			conn_send_failed(engine, conn);
			return;
		}
		if (!conn->established)
			engine_established(engine, conn, clock_ns());
		conn->sent = (uint16_t)(conn->sent + bytes);
	}
	engine_sent(conn);
	/* Where epoll waited for room, it must now wait for the response. */
	if (!conn->registered || conn->sending)
		conn_register(engine, conn, EVENTS_RESPONSE);
	conn->sending = false;
}

/* Sends the request. Returns whether it went out whole, as it does as a rule; else the rest is taken care of. */
static bool conn_send(struct engine *engine, struct conn *conn)
{
	const struct http_span output = engine_output(engine, conn);
	ssize_t bytes = send((int)conn->handle, output.data, output.bytes, MSG_NOSIGNAL);

	if (bytes == (ssize_t)output.bytes)
		return true;
	if (bytes < 0) {
		conn_send_failed(engine, conn);
		return false;
	}
	if (!conn->established)
		engine_established(engine, conn, clock_ns());
	conn->sent = (uint16_t)bytes;
	conn_send_rest(engine, conn);
	return false;
}

static void epoll_request(struct engine *engine, struct conn *conn)
{
	conn_send(engine, conn);
}

static void epoll_open(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	(void)now_ns; /* of the event that led here: closing the last connection and socket() have taken time since */
	epoll_close(engine, conn);
	conn->registered = conn->sending = false;
	int fd = conn_dial(engine, conn);
	conn->handle = fd > 0 ? (uint32_t)fd : 0;
	if (fd < 0) {
		engine_failed(engine, conn, errno, clock_ns());
	} else if (conn_send(engine, conn)) {
		engine_established(engine, conn, clock_ns());
		engine_sent(conn);
		conn_register(engine, conn, EVENTS_RESPONSE);
	}
}

/* `ended`: the server has closed its side, so the end follows the bytes received. */
static void conn_receive(struct engine *engine, struct conn *conn, bool ended)
{
	struct epoll_state *state = state_of(engine);
	uint64_t dial_ns = conn->dial_ns;
	ssize_t bytes = recv((int)conn->handle, state->buffer, sizeof state->buffer, 0);
	bool full = bytes == sizeof state->buffer;

	if (bytes > 0)
		engine_received(engine, conn, state->buffer, (size_t)bytes, ended && !full, clock_ns());
	else if (bytes == 0)
		engine_ended(engine, conn, clock_ns());
	else if (errno != EAGAIN)
		engine_failed(engine, conn, errno, clock_ns());
	/* Still the same connection, and what is left in it causes no new event. */
	if (bytes > 0 && (full || ended) && conn->handle > 0 && conn->dial_ns == dial_ns)
		conn_register(engine, conn, EVENTS_RESPONSE);
}

/* What has happened on a connection that waits for no response: in close mode the end, as a rule, and nothing is asked. */
static void conn_disturbed(struct engine *engine, struct conn *conn, uint32_t events)
{
	bool waits = conn->state == CONN_IDLE || conn->state == CONN_HELD || conn->state == CONN_SILENT;
	char byte;

	if (engine->tls && !(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) {
		struct epoll_state *state = state_of(engine);
		ssize_t bytes = recv((int)conn->handle, state->buffer, sizeof state->buffer, 0);
		if (bytes > 0) {
			engine_unasked(engine, conn, state->buffer, (size_t)bytes, clock_ns());
			return;
		}
	}
	engine_disturbed(engine, conn, waits && recv((int)conn->handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0,
			 clock_ns());
}

static void conn_event(struct engine *engine, struct conn *conn, uint32_t events)
{
	if (conn->sending)
		conn_send_rest(engine, conn);
	else if (conn->state == CONN_READING)
		conn_receive(engine, conn, events & (EPOLLRDHUP | EPOLLHUP));
	else
		conn_disturbed(engine, conn, events);
}

static int epoll_wait_events(struct engine *engine, uint64_t timeout_ns, struct err *err)
{
	struct epoll_state *state = state_of(engine);
	struct timespec timeout = clock_timespec(timeout_ns);
	int count = epoll_pwait2(state->epoll, state->events, EVENTS, &timeout, NULL);

	if (count < 0 && errno != EINTR)
		return err_set_errno(err, "epoll_pwait2");
	for (int i = 0; i < count; i++) {
		conn_event(engine, state->events[i].data.ptr, state->events[i].events);
		while (engine->open_loop && !engine_arrive(engine, clock_ns()))
			;
	}
	return 0;
}

static int epoll_init(struct engine *engine, struct err *err)
{
	struct epoll_state *state = engine->io_state = calloc(1, sizeof *state);

	if (!state)
		return err_set(err, "out of memory");
	state->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (state->epoll < 0)
		return err_set_errno(err, "epoll_create1");
	engine->worker->engine_bytes += sizeof *state;
	return 0;
}

static void epoll_release(struct engine *engine)
{
	struct epoll_state *state = state_of(engine);

	for (uint32_t i = 0; i < engine->opened; i++)
		epoll_close(engine, &engine->conns[i]);
	if (state && state->epoll > 0)
		close(state->epoll);
	free(state);
}

static const struct engine_io epoll_io = {
	.init = epoll_init,
	.release = epoll_release,
	.open = epoll_open,
	.request = epoll_request,
	.close = epoll_close,
	.wait = epoll_wait_events,
};

static void epoll_work(struct worker *worker)
{
	engine_work(worker, &epoll_io);
}

static int epoll_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	return crew_run(spec, epoll_work, sample, err);
}

const struct client client_epoll = {
	.name = "epoll",
	.summary = "many non-blocking connections, by epoll(7)",
	.run = epoll_run,
};
