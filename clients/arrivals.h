/*
 * arrivals: when the requests of an open loop are to start.
 *
 * In an open loop requests arrive on a schedule, whatever the server does: a request that waits because the server is
 * slow began to wait when it arrived. The schedule is generated here, one arrival after the other, and depends on
 * nothing else. Uniform arrivals are evenly apart. Poisson arrivals have exponentially distributed gaps, like those of
 * many independent users; their seed makes them repeatable (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
 */
#ifndef CLIENTS_ARRIVALS_H
#define CLIENTS_ARRIVALS_H

#include <stdint.h>

enum arrivals_kind { ARRIVALS_UNIFORM, ARRIVALS_POISSON };

extern const char *const arrivals_names[]; /* "uniform", "poisson", NULL */

struct arrivals {
	enum arrivals_kind kind;
	double gap_ns; /* mean */
	double at_ns;  /* of the next arrival, since start_ns */
	uint64_t start_ns;
	uint64_t next_ns; /* the next arrival, on the clock of start_ns */
	uint64_t random;
};

/*
 * A schedule of rate_rps (above 0) arrivals a second from start_ns on. The `parts` schedules of the same rate, of which
 * this is the `part`-th, are evenly offset, so that together they are one of `parts` times the rate.
 */
void arrivals_init(struct arrivals *arrivals, enum arrivals_kind kind, double rate_rps, uint64_t start_ns,
		   unsigned part, unsigned parts, uint64_t seed);

/* Moves on to the next arrival. */
void arrivals_step(struct arrivals *arrivals);

/* How many arrivals are due by now_ns, counted by generating them; the schedule itself does not move. */
uint64_t arrivals_due(const struct arrivals *arrivals, uint64_t now_ns);

#endif
