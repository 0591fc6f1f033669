/*
 * window: the rate of a closed loop.
 *
 * The responses in a window, divided by its length, are not the rate if it holds few rounds of all connections: whether
 * the last round counts depends on where the window ends, and 10 connections that all get a response once a second, at
 * the same moment, have 10 or 20 responses in 1.8 seconds. So the rate is Little's law solved for X: the mean of the
 * requests in flight over the window (an exact time average: unfinished requests count with their time until its end),
 * divided by the mean latency of the requests that *started* in it, each followed to its end. Whether the k-th request
 * of a connection starts in the window depends only on those before it, so the mean over requests that started has no
 * bias (Wald's equation), where the mean over requests that *ended* lacks the slow ones. The rate is bounded by the
 * counts: not below the requests that both started and ended in the window, not above all that were in flight in it.
 *
 * A window of less than half a round of all connections has hardly a request that both started in it and ended: its
 * rate is that of the responses counted in it.
 */
#ifndef CLIENTS_WINDOW_H
#define CLIENTS_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* The state of a thread at one end of the window; sums since its start. */
struct window_edge {
	uint64_t at_ns;      /* 0: not reached */
	uint64_t busy_ns;    /* sum of the time that requests have been in flight; modulo 2^64 */
	uint64_t closing_ns; /* sum of the time that connections have waited for the server to close them */
	uint64_t ok;
	uint64_t in_flight;
};

/* The window of a thread. */
struct window {
	struct window_edge start, end;
	/* Of the requests that started in it: */
	uint64_t count, sum_ns; /* those that ended rightly, and their time */
	uint64_t lost_ns;       /* time of the others; for unfinished requests, until they were last seen */
};

/* Whether a request that started then is one of the window's. */
static inline bool window_holds(const struct window *window, uint64_t start_ns)
{
	return window->start.at_ns && start_ns >= window->start.at_ns &&
	       (!window->end.at_ns || start_ns <= window->end.at_ns);
}

/* Seconds of the window; 0 unless it was both opened and closed. */
double window_seconds(const struct window *window);

/* The mean number of requests in flight, and that including connections that waited to be closed. */
double window_in_flight(const struct window *window);
double window_busy(const struct window *window);

/* The windows of all threads. */
struct window_sum {
	double in_flight, busy; /* sums of the above */
	double ok_rps, low_rps, high_rps;
	uint64_t count, sum_ns, lost_ns;
	bool known;   /* each thread had one */
	bool missing; /* a thread had none: the others' windows show only a part of the load */
};

/* Adds the window of a thread that had requests to make. */
void window_add(struct window_sum *sum, const struct window *window);

/* Requests of the window that had no end long after it, as a share of the right responses: of more, too little is known. */
#define WINDOW_UNFINISHED_MAX 0.001

/*
 * Right responses a second. Of fewer than half of `round` that started in it, those that ended in it count; 0: any
 * number is enough. So they do where too many are `unfinished`: then the times of the slow ones, those that wait for a full accept
 * queue, say, are not known.
 */
double window_rate(const struct window_sum *sum, uint32_t round, double unfinished);

#endif
