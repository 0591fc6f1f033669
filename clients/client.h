/*
 * client: what generates load. One interface, several clients.
 *
 * A caller says in a `struct load_spec` what to offer, and gets a `struct load_sample` back: how many responses were
 * right, how many requests failed and why, how long they took, and how many connections were really in flight. Clients
 * know nothing of servers as processes; a caller that observes the server under load sets a `struct load_watch` in the
 * spec.
 *
 * A cell goes through four phases. In *ramp* the connections are opened, not all at once; in *warmup* all of them run;
 * in *measure*, the window, everything is counted; in *drain* no more requests start and those in flight may end. Where
 * the number of requests is given (`requests`), there is only the window, from the first connect to the last response,
 * as in ab.
 *
 * As a rule this is a closed loop: each connection starts its next request when the last one has ended, so latency is
 * the latency under this load, not at a rate of arrivals. With a rate (`offered_rps`) it is an open loop: requests
 * start by a schedule (clients/arrivals.h), on a connection that is free or on a new one, and latency counts from the
 * scheduled time, so that a request which has to wait shows its waiting. Its latency is that of the requests which were
 * due in the window: those in flight or waiting as it ends are included, and end in the drain.
 */
#ifndef CLIENTS_CLIENT_H
#define CLIENTS_CLIENT_H

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "clients/arrivals.h"
#include "clients/failure.h"
#include "clients/figures.h"
#include "clients/raw.h"
#include "clients/target.h"
#include "harness/lib/clock.h"
#include "harness/lib/err.h"
#include "harness/lib/hist.h"

enum load_mode {
	LOAD_CLOSE,     /* a new connection for each request */
	LOAD_KEEPALIVE, /* each connection carries one request after another */
	LOAD_CROWD,     /* the same, but only some are active: the others are open and silent */
	LOAD_MODES
};

extern const char *const load_mode_names[]; /* "close", "keepalive", "crowd", NULL */

/* The mode of that name, or LOAD_MODES. */
enum load_mode load_mode_find(const char *name);

enum load_phase { LOAD_RAMP, LOAD_WARMUP, LOAD_MEASURE, LOAD_SETTLE, LOAD_DRAIN, LOAD_STOP };

/* A server that has been silent for this long is reported to the watch. */
#define LOAD_SILENCE_NS (2 * CLOCK_S)

/* Calls from the thread that called run(), never from one that generates load. Keep them short. */
struct load_watch {
	void (*enter)(void *context, enum load_phase phase); /* as a phase begins */
	bool (*tick)(void *context); /* about every 20 ms until the drain; false: it is pointless to continue */
	void *context;
	/* Once, where there has been no right response and no new connection for LOAD_SILENCE_NS; or NULL. */
	void (*stalled)(void *context, uint64_t silent_ns);
	/* With each tick: right responses and requests that have ended so far, since the start of all; or NULL. */
	void (*look)(void *context, uint64_t now_ns, uint64_t right, uint64_t ended);
};

struct load_spec {
	const struct target *target;
	enum load_mode mode;
	bool links;                  /* follow the numbered links from /0 (clients `seq` and `curl` only) */
	uint32_t connections;        /* the level: at least 1; in an open loop, the maximum of open connections */
	uint32_t active;             /* crowd: how many of the connections carry requests; else ignored */
	double offered_rps;          /* an open loop of this many arrivals a second; 0: a closed loop */
	enum arrivals_kind arrivals; /* of an open loop */
	uint64_t seed;               /* of random arrivals */
	uint64_t requests;           /* stop after this number; 0: measure for a time */
	bool raw;                    /* keep each latency too, not only the histogram */
	uint64_t warmup_ns;
	uint64_t duration_ns;              /* the minimum window; it grows to two rounds of all connections */
	uint64_t max_window_ns;            /* the maximum window */
	uint64_t max_ramp_ns;              /* the maximum ramp; what it reached is recorded */
	uint64_t timeout_ns;               /* of a request */
	unsigned threads;                  /* 0: one per CPU, and more where the file limit requires it */
	const cpu_set_t *cpus;             /* threads are pinned to these in turn; NULL: not pinned */
	const cpu_set_t *server_cpus;      /* where the server runs; NULL: not known */
	const volatile sig_atomic_t *stop; /* set by a signal: end early and keep what was measured; or NULL */
	const struct load_watch *watch;    /* or NULL */
};

#define LOAD_THREADS_MAX 64

/*
 * The number of connections that one thread can hold with a file table of this size: some descriptors are no
 * connections.
 */
static inline uint64_t load_connections_of(uint64_t descriptors)
{
	const uint64_t reserve = 32;

	return descriptors > 2 * reserve ? descriptors - reserve : reserve;
}
#define LOAD_TENTHS_MAX 36000 /* an hour of tenths of a second */

struct load_thread {
	double user_s, system_s; /* CPU time in the window */
	double window_s;
	cpu_set_t cpus; /* where it may run: its affinity in force as the window ended */
};

struct load_sample {
	struct load_figures;
	struct hist latency_ns;   /* of ok responses, from the start of connect(), or of send() on an open connection */
	struct hist connect_ns;   /* to the established connection */
	struct hist handshake_ns; /* of TLS, from the established connection on */
	char tls_version[16], tls_cipher[64]; /* of the first connection; "" without TLS */
	struct hist lag_ns; /* open loop: how late the client itself was to start what it could have started */
	uint32_t *tenths;   /* ok responses in each tenth of a second of the window; freed by load_sample_release */
	unsigned tenths_count;
	struct load_thread threads[LOAD_THREADS_MAX];
	struct raw raw_ns[LOAD_THREADS_MAX]; /* with spec.raw: each value of latency_ns; released with the sample */
	unsigned threads_count;
	uint64_t engine_bytes; /* memory of the connections' state, without histograms */
	bool interrupted;      /* `stop` was set */
	char wrong[256];       /* a description of the first wrong response; "" where there was none */
};

struct client {
	const char *name;
	const char *summary;
	uint32_t max_connections; /* 1 for those that make one request at a time; 0: no limit */
	/*
	 * Returns 0 if it can run here with this number of source addresses; else -1 with err set. NULL: it can run
	 * everywhere.
	 */
	int (*find)(uint32_t sources, struct err *err);
	/*
	 * Offers the load and fills in the sample (from load_sample_init). Returns 0 if it was offered, however many
	 * requests failed; -1 with err set where it could not be (no thread, no memory). Release the sample in either
	 * case.
	 */
	int (*run)(const struct load_spec *spec, struct load_sample *sample, struct err *err);
};

/* The connections that carry requests: all, except in a crowd. */
static inline uint32_t load_active(const struct load_spec *spec)
{
	return spec->mode == LOAD_CROWD && spec->active < spec->connections ? spec->active : spec->connections;
}

/*
 * Whether it is pointless to wait for the rest of a fixed number of requests: since the last right response both
 * --duration and the timeout of a request have passed. Otherwise a server that hangs would be sent requests for hours.
 */
static inline bool load_has_stalled(const struct load_spec *spec, uint64_t last_ok_ns, uint64_t now_ns)
{
	return now_ns > last_ok_ns && now_ns - last_ok_ns > spec->duration_ns + spec->timeout_ns;
}

/*
 * Adds the CPU time that the calling thread has used so far, `sign` (1 or -1) times: the window is a difference. Notes its
 * affinity too.
 */
void load_thread_add(struct load_thread *thread, double sign);

/* An empty sample: it holds no memory, and its figures are unknown. */
void load_sample_init(struct load_sample *sample);

void load_sample_release(struct load_sample *sample);

#endif
