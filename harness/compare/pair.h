/*
 * pair: what can be said of the rate at a level, by its state in BASE and in NEW.
 *
 * A rate at which the client's CPU was the limit is a lower bound of the server's rate: the server can do that much,
 * and perhaps more. So a bound of BASE can show a regression, a bound of NEW an improvement, and neither can show that
 * nothing has changed. One table decides, for all levels and launches; docs/method.md, "Lower bounds", shows it.
 */
#ifndef HARNESS_COMPARE_PAIR_H
#define HARNESS_COMPARE_PAIR_H

#include <stddef.h>

/* The state of most launches of a side at a level. */
enum pair_state {
	PAIR_VALID,
	PAIR_BOUND,  /* a lower bound, together with those that are valid */
	PAIR_FAILED, /* no usable rate: the server failed, or a validity rule other than client_bound */
	PAIR_ABSENT, /* not measured */
	PAIR_STATES
};

enum pair_claim {
	PAIR_COMPARED,  /* both are known: the test decides */
	PAIR_WORSE,     /* regressed, by at least that much, where NEW is below the bound; else not compared */
	PAIR_BETTER,    /* improved, by at least that much, where the bound is above BASE; else not compared */
	PAIR_UNDECIDED, /* not compared */
	PAIR_LOST,      /* NEW has no usable rate any more: inconclusive at best */
	PAIR_GAINED,    /* BASE had none: nothing to compare with, and no fault of NEW */
	PAIR_GONE,      /* NEW was not measured */
	PAIR_ADDED,     /* BASE was not */
	PAIR_CLAIMS
};

/* By the state of BASE and of NEW. Absent on both sides is not a pair; it counts as added. */
extern const enum pair_claim pair_claims[PAIR_STATES][PAIR_STATES];

/* The state of a side: `valid` and `bound` are how many of its `all` launches have such a rate. */
enum pair_state pair_state(size_t all, size_t valid, size_t bound);

#endif
