/*
 * engine: many connections in one thread, each a state machine.
 *
 * The engine decides what each connection does next: when it is opened, when it asks, whether its response was right,
 * and what becomes of it then. A `struct engine_io` moves the bytes, by epoll(7) or io_uring(7), and tells the engine
 * what happened. So both measure the same, phase by phase and count by count, and differ only in speed.
 *
 * Nothing here allocates, locks or logs while measuring, and a connection is one cache line.
 */
#ifndef CLIENTS_ENGINE_H
#define CLIENTS_ENGINE_H

#include "clients/arrivals.h"
#include "clients/response.h"
#include "clients/sources.h"
#include "clients/tls.h"
#include "clients/worker.h"

enum conn_state {
	CONN_UNUSED,     /* not open */
	CONN_CONNECTING, /* the handshake or the sending is not over */
	CONN_READING,    /* the request is sent */
	CONN_HELD,       /* open, response received, waiting for the ramp's end */
	CONN_SILENT,     /* open, response received, with nothing more to send: silent in a crowd */
	CONN_IDLE,       /* open, response received, waiting for the next arrival of an open loop */
	CONN_CLOSING,    /* response received in close mode: the server's FIN is still to come */
	CONN_RESTING,    /* closed after a failure until start_ns */
	CONN_ENDED,      /* closed for good: no request left to start */
};

/* A connection, or its slot: in close mode connections follow each other in a slot. */
struct conn {
	uint64_t
		start_ns; /* of the request in flight; for a resting connection, when it may continue; else since when */
	uint64_t dial_ns;     /* when the connection was begun */
	uint32_t handle;      /* the engine_io's own: a descriptor, or the number of this connection in its slot */
	uint16_t sent;        /* the engine_io's own: bytes of the request */
	uint8_t state;        /* enum conn_state */
	bool registered : 1;  /* the engine_io's own */
	bool established : 1; /* this TCP connection */
	bool reused : 1;      /* it has carried a response before */
	bool reached : 1;     /* has been through the ramp */
	bool sending : 1;     /* the engine_io's own: a part of the request is still to be sent */
	uint8_t body;         /* of the response: what expected_take() remembers */
	uint8_t failures;     /* of the slot, one after the other, without a right response between them; 255 at most */
	uint16_t request;     /* which of the requests it carries, or has carried last */
	uint32_t served;      /* ok responses in the window */
	struct http_reader reader;
} __attribute__((aligned(64))); /* one cache line */

_Static_assert(sizeof(struct conn) == 64, "a connection is one cache line");

/* Requests of an open loop that may wait to be sent together: the last is late by the sending of the others. */
#define ENGINE_LEAVING_MAX 8

/* After this number of connections that the server should have closed and did not, it is taken to close none. */
#define ENGINE_IGNORED_MAX 3

/* The longest record of TLS, in plain text (RFC 8446 5.1). */
#define ENGINE_PLAIN 16384

struct engine {
	struct worker *worker;
	const struct engine_io *io;
	void *io_state; /* the engine_io's own */
	const struct target *target;
	struct responses *responses; /* requests_count of them, as the requests */
	bool keepalive;              /* a connection carries more than one request */
	bool crowd, open_loop;
	struct http_span *requests; /* requests_count of them: the bytes of each */
	uint32_t requests_count;
	struct tls_context *tls_context; /* https; NULL without */
	struct tls *tls;                 /* one a connection */
	char *plain;                     /* ENGINE_PLAIN bytes that were decrypted */
	uint16_t *order;                 /* of the requests, where there are several */
	uint32_t ordered;                /* how many of the order have begun */
	struct conn *conns;
	uint32_t opened;       /* connections begun */
	uint32_t swept;        /* connections that the timeout scan looks at */
	uint32_t ramp_waiting; /* of those in the ramp, not through it */
	uint32_t ramp_waiting_max;
	uint32_t reached;
	uint32_t closing; /* connections in CONN_CLOSING */
	uint32_t silent;  /* connections in CONN_SILENT */
	uint32_t
		ignored; /* connections that the server did not close, in a row; from ENGINE_IGNORED_MAX on the client closes */
	uint32_t spread, next_source; /* of the sources: those in use, see engine_source() */
	/* Of an open loop. */
	struct arrivals arrivals;
	uint32_t *free; /* free_count connections that carry no request; the last is the next to be used */
	uint32_t free_count;
	uint64_t freed_ns; /* since when there has been a free one again */
	uint64_t taken;    /* arrivals started */
	/* Of arrivals handed to an engine_io that sends later: when each could have been started, 0 outside the window. */
	uint64_t leaving[ENGINE_LEAVING_MAX];
	uint32_t leaving_count;
	uint64_t arrived_start; /* arrivals before the window */
	uint64_t next_sweep_ns;
	struct sources sources;
};

/* What the connection is to send, from its first byte on. */
static inline struct http_span engine_output(const struct engine *engine, const struct conn *conn)
{
	if (engine->tls) {
		const struct tls *tls = &engine->tls[conn - engine->conns];
		return (struct http_span){ tls->output, tls->output_bytes };
	}
	return engine->requests[conn->request];
}

/* How an engine reaches the server. Each gets called from the engine's thread only. */
struct engine_io {
	/* Makes io_state, for worker->connections of them. Returns 0, or -1 with err set; io_state is released then too. */
	int (*init)(struct engine *engine, struct err *err);
	/* Closes all connections, and frees io_state. */
	void (*release)(struct engine *engine);
	/*
	 * Begins a connection and sends the request on it; a previous connection of this slot is closed. Calls
	 * engine_dials() when it begins to connect. May report the outcome before it returns.
	 */
	void (*open)(struct engine *engine, struct conn *conn, uint64_t now_ns);
	/*
	 * Sends the request on an open connection, which is in CONN_READING already: engine_sent() need not be called.
	 * May report a failure before it returns.
	 */
	void (*request)(struct engine *engine, struct conn *conn);
	/* Submits what is only queued so far, and calls engine_left(); NULL: everything is sent at once. */
	void (*flush)(struct engine *engine);
	/* Closes a connection, whatever its state. Nothing more is reported about it. */
	void (*close)(struct engine *engine, struct conn *conn);
	/* Waits for events, at most timeout_ns, and reports those that occurred. Returns 0, or -1 with err set. */
	int (*wait)(struct engine *engine, uint64_t timeout_ns, struct err *err);
};

/* An engine for that worker's connections, in phase LOAD_RAMP. NULL with worker->err set where it can't be made. */
struct engine *engine_new(struct worker *worker, const struct engine_io *io);
void engine_free(struct engine *engine);

/* Does the work of one thread of a crew (see crew_work in clients/crew.h) with that io. */
void engine_work(struct worker *worker, const struct engine_io *io);

/*
 * The events that an engine_io reports, with their time. The time is a parameter: the engine itself reads no clock
 * between events. An io reads one for each completion, after what has completed and before what the engine starts next:
 * a batch of 512 events with a system call or two each takes milliseconds, which a clock read once a batch would add to
 * latencies.
 */

/* The connection is about to be made. */
static inline void engine_dials(const struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	conn->dial_ns = now_ns;
	if (!engine->open_loop) /* the time at which the request began if it was due then */
		conn->start_ns = now_ns;
}

/* The handshake is over. */
void engine_established(struct engine *engine, struct conn *conn, uint64_t now_ns);

/* The request is sent. */
static inline void engine_sent(struct conn *conn)
{
	conn->state = CONN_READING;
}

/* Bytes have arrived in CONN_READING; `ended`: it is known that nothing will follow them. */
void engine_received(struct engine *engine, struct conn *conn, const char *data, size_t bytes, bool ended,
		     uint64_t now_ns);

/* The server has closed the connection in CONN_READING. */
void engine_ended(struct engine *engine, struct conn *conn, uint64_t now_ns);

/*
 * A call for the connection has failed with that errno: the request fails, or if the connection carries none, it is
 * disturbed.
 */
void engine_failed(struct engine *engine, struct conn *conn, int number, uint64_t now_ns);

/* Bytes, an end or an error on a connection that waits for no response; `bytes`: there were some. */
void engine_disturbed(struct engine *engine, struct conn *conn, bool bytes, uint64_t now_ns);

/*
 * Bytes on a connection over TLS that waits for no response: a ticket, the announcement of the end; or what engine_disturbed() is
 * for.
 */
void engine_unasked(struct engine *engine, struct conn *conn, const char *data, size_t bytes, uint64_t now_ns);

/* What was handed over to be sent is on its way: the first since before_ns, the last since after_ns at the latest. */
void engine_left(struct engine *engine, uint64_t before_ns, uint64_t after_ns);

/*
 * Starts the next arrival of an open loop if it is due. Returns how long nothing is due or can be started; 0: call
 * again with the current time, since sending takes time. Called between events too, so that no arrival waits for all of
 * them.
 */
uint64_t engine_arrive(struct engine *engine, uint64_t now_ns);

/* The two halves of a round of the engine's loop, between which it waits for events (io->wait). */

/* Follows the crew into `phase`, and opens some connections. Returns whether there are more to open at once. */
bool engine_turn(struct engine *engine, enum load_phase phase, uint64_t now_ns);

/* Ends requests that have taken too long, lets resting connections continue, and publishes the live figures. */
void engine_look(struct engine *engine, uint64_t now_ns);

/*
 * The source address that the next connection is to be bound to, since a single address does not have enough ports. The
 * engine's. NULL: the kernel's choice will do.
 */
const struct source *engine_source(struct engine *engine);

/* No port was left on the source addresses. Returns whether there is another address to try. */
bool engine_spread(struct engine *engine);

#endif
