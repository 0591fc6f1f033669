#include "clients/arrivals.h"

#include <math.h>
#include <stddef.h>

const char *const arrivals_names[] = { "uniform", "poisson", NULL };

static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static double gap_next(struct arrivals *arrivals)
{
	if (arrivals->kind == ARRIVALS_UNIFORM)
		return arrivals->gap_ns;
	/* 53 random bits, never 0, as a number in (0, 1]. */
	double random = (double)((random_next(&arrivals->random) >> 11) + 1) * 0x1p-53;
	return -log(random) * arrivals->gap_ns;
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
