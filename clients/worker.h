/*
 * worker: one thread of an engine, and what it counts.
 *
 * An engine (clients/engine.h) drives many connections from each of a few threads. A worker's counters and histograms
 * belong to its thread; nothing is shared while measuring but the phase, which the thread reads, and a few live
 * figures, which it publishes with relaxed stores and the crew samples. Everything else is merged after the join
 * (clients/crew.h).
 *
 * Every worker has a file table of its own: close_range(2) with CLOSE_RANGE_UNSHARE. RLIMIT_NOFILE applies to each
 * table, so four threads reach 65536 connections where a table holds 20000.
 */
#ifndef CLIENTS_WORKER_H
#define CLIENTS_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "clients/client.h"
#include "clients/window.h"
#include "harness/lib/clock.h"

struct crew;

struct worker {
	/* Set before the thread starts. */
	const struct load_spec *spec;
	struct crew *crew;
	pthread_t thread;
	unsigned index, workers; /* its index, and the number of workers */
	bool has_cpu;            /* neither another worker nor the server is on its CPU */
	uint32_t connections;    /* this worker's share */
	uint32_t active;         /* of these, the first carry requests */
	uint32_t spread;         /* source addresses; 1: the kernel's choice */
	uint64_t budget;         /* requests still to start; UINT64_MAX where time ends the window */

	/* Published while running. */
	_Atomic int live_phase;          /* the phase that it has followed the crew into */
	_Atomic uint32_t live_in_flight; /* connections that are busy */
	_Atomic uint32_t live_reached;   /* connections through the ramp */
	_Atomic uint64_t live_right;     /* right responses since the start */
	_Atomic uint64_t live_ended;     /* requests that have ended since the start */
	_Atomic uint32_t live_closing;   /* connections that wait for the server to close them */
	_Atomic uint32_t live_handshaking, live_resting;
	_Atomic uint32_t live_unsettled; /* requests in flight at the window's end that have not ended */
	_Atomic bool exhausted;          /* a connection has asked for a request, and there was none left */
	_Atomic bool ready;              /* it is set up */
	_Atomic bool idle;               /* nothing in flight and nothing left to start */
	_Atomic bool broken;             /* the thread could not work; err says why */

	/* The thread's own; to be read after the join. */
	enum load_phase phase;    /* as last seen */
	bool measuring;           /* inside the window */
	bool late;                /* after the window, while requests of it are still to end */
	uint64_t latency_from_ns; /* latency is of requests that were due after it */
	uint32_t in_flight, unsettled;
	uint32_t handshaking, resting;    /* connections begun and not established; those that rest after failures */
	uint64_t busy_ns, closing_ns;     /* see struct window_edge */
	uint64_t right_outside, failures; /* right responses outside of the window; failures, wherever */
	struct window window;             /* of a closed loop: what its rate is made of */
	struct load_figures counts;       /* those that merge; the crew adds the others */
	struct hist latency_ns, connect_ns, handshake_ns, lag_ns;
	char tls_version[16], tls_cipher[64];
	struct raw raw_ns; /* mapped before the thread starts */
	uint64_t window_start_ns, window_end_ns;
	struct load_thread usage;
	uint32_t *tenths; /* tenths_room of them */
	unsigned tenths_room, tenth;
	uint64_t tenth_end_ns;
	double served_squares;
	uint64_t engine_bytes;
	char wrong[256];
	struct err err;
};

/* The crew's present phase. */
enum load_phase worker_phase(const struct worker *worker);

/* When the schedules of an open loop begin, all at once; 0 while that is not known. */
uint64_t worker_schedule_ns(const struct worker *worker);

/* Follows the crew into another phase: opens or closes the window. */
void worker_enter(struct worker *worker, enum load_phase phase, uint64_t now_ns);

/* Closes the window, where it is open: the phase is over, or the last request has ended. */
void worker_window_end(struct worker *worker, uint64_t now_ns);

/*
 * Publishes the live figures. `closing` connections carry no request any more but are not free for the next request.
 * The phase comes last (release): a crew that sees it sees the counts of that phase too.
 */
static inline void worker_publish(struct worker *worker, uint32_t closing)
{
	atomic_store_explicit(&worker->live_in_flight, worker->in_flight + closing, memory_order_relaxed);
	uint64_t right = worker->counts.ok + worker->right_outside;
	atomic_store_explicit(&worker->live_right, right, memory_order_relaxed);
	atomic_store_explicit(&worker->live_ended, right + worker->failures, memory_order_relaxed);
	atomic_store_explicit(&worker->live_closing, closing, memory_order_relaxed);
	atomic_store_explicit(&worker->live_handshaking, worker->handshaking, memory_order_relaxed);
	atomic_store_explicit(&worker->live_resting, worker->resting, memory_order_relaxed);
	atomic_store_explicit(&worker->live_unsettled, worker->unsettled, memory_order_relaxed);
	atomic_store_explicit(&worker->live_phase, (int)worker->phase, memory_order_release);
}

/* May another request start? Takes it from the budget, if there is one. */
static inline bool worker_take(struct worker *worker)
{
	/* The ramp's requests are not part of the fixed number: a worker may have only silent connections. */
	if (worker->phase == LOAD_RAMP)
		return true;
	if (worker->budget == 0)
		return false;
	if (worker->budget != UINT64_MAX)
		worker->budget--;
	return true;
}

static inline void worker_started(struct worker *worker)
{
	worker->in_flight++;
	if (worker->measuring)
		worker->counts.started++;
	else if (worker->phase < LOAD_MEASURE)
		worker->counts.started_before++;
	else
		worker->counts.started_after += worker->phase == LOAD_SETTLE;
}

static inline void worker_connected(struct worker *worker, uint64_t connect_ns)
{
	if (worker->measuring) {
		worker->counts.connects++;
		hist_add(&worker->connect_ns, connect_ns);
	}
}

static inline void worker_opened(struct worker *worker, uint64_t handshake_ns, bool resumed)
{
	if (!worker->measuring)
		return;
	worker->counts.tls.handshakes++;
	worker->counts.tls.resumed += resumed;
	hist_add(&worker->handshake_ns, handshake_ns);
}

/* A latency of the window's: in an open loop, of a request that was due in it, whenever it ends. */
static inline void worker_latency(struct worker *worker, uint64_t start_ns, uint64_t now_ns)
{
	if (start_ns < worker->latency_from_ns)
		return;
	hist_add(&worker->latency_ns, now_ns - start_ns);
	if (window_holds(&worker->window, start_ns)) {
		worker->window.count++;
		worker->window.sum_ns += now_ns - start_ns;
	}
	if (worker->raw_ns.values)
		raw_add(&worker->raw_ns, now_ns - start_ns);
}

/* A right response before or after the window. After it, those that were in flight at its end count. */
void worker_ok_outside(struct worker *worker, uint64_t start_ns, uint64_t now_ns);

static inline void worker_ok(struct worker *worker, uint64_t start_ns, uint64_t now_ns)
{
	worker->in_flight--;
	worker->busy_ns += now_ns - start_ns;
	if (!worker->measuring) {
		worker_ok_outside(worker, start_ns, now_ns);
		return;
	}
	worker->counts.ok++;
	worker_latency(worker, start_ns, now_ns);
	while (now_ns >= worker->tenth_end_ns && worker->tenth + 1 < worker->tenths_room) {
		worker->tenth++;
		worker->tenth_end_ns += CLOCK_S / 10;
	}
	worker->tenths[worker->tenth]++;
}

void worker_failed(struct worker *worker, enum load_failure failure, uint64_t start_ns, uint64_t now_ns);

/* Keeps the description of the first wrong response. */
void worker_wrong(struct worker *worker, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
