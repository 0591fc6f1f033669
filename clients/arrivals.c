#include "clients/arrivals.h"

#include <math.h>
#include <stddef.h>

#include "harness/lib/random.h"

const char *const arrivals_names[] = { "uniform", "poisson", NULL };

static double gap_next(struct arrivals *arrivals)
{
	if (arrivals->kind == ARRIVALS_UNIFORM)
		return arrivals->gap_ns;
	return -log(random_unit(&arrivals->random)) * arrivals->gap_ns;
}

void arrivals_init(struct arrivals *arrivals, enum arrivals_kind kind, double rate_rps, uint64_t start_ns,
		   unsigned part, unsigned parts, uint64_t seed)
{
	*arrivals = (struct arrivals){
		.kind = kind,
		.gap_ns = 1e9 / rate_rps,
		.start_ns = start_ns,
		.random = seed + part * 0x632be59bd9b4e019u,
	};
	arrivals->at_ns = kind == ARRIVALS_UNIFORM ? arrivals->gap_ns * part / parts : gap_next(arrivals);
	arrivals->next_ns = start_ns + (uint64_t)arrivals->at_ns;
}

void arrivals_step(struct arrivals *arrivals)
{
	/* The sum is a double: at 2^53 ns, after 104 days, it is still exact to the nanosecond. */
	arrivals->at_ns += gap_next(arrivals);
	arrivals->next_ns = arrivals->start_ns + (uint64_t)arrivals->at_ns;
}

uint64_t arrivals_due(const struct arrivals *arrivals, uint64_t now_ns)
{
	struct arrivals ahead = *arrivals;
	uint64_t due = 0;

	for (; ahead.next_ns <= now_ns; due++)
		arrivals_step(&ahead);
	return due;
}
