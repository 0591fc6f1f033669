/*
 * arrivals: when the requests of an open loop are to start.
 *
 * In an open loop requests arrive by a schedule, whatever the server does: a request that waits because the server is
 * slow began to wait when it arrived. The schedule is made here, one arrival after the other, and nothing else decides
 * it. Uniform arrivals are evenly apart. Poisson arrivals have exponentially distributed gaps, as those of many people
 * who know nothing of each other; their seed makes them repeatable (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
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
 * A schedule of rate_rps (above 0) arrivals a second from start_ns on. The `part`-th of `parts` schedules of the same
 * rate are as far apart as can be, so that together they are one of `parts` times the rate.
 */
void arrivals_init(struct arrivals *arrivals, enum arrivals_kind kind, double rate_rps, uint64_t start_ns,
		   unsigned part, unsigned parts, uint64_t seed);

/* Moves on to the next arrival. */
void arrivals_step(struct arrivals *arrivals);

/* How many arrivals are due until now_ns, counted by going through them; the schedule itself stays where it is. */
uint64_t arrivals_due(const struct arrivals *arrivals, uint64_t now_ns);

#endif
