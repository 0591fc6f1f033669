/*
 * launches: the curves of a server in one mode, launch by launch.
 *
 * A launch is the sample: what is seen within it is not independent of each other. Each has a point at each level of the
 * mode, with the three curves that tell what a server does (its rate, its CPU for each request, how busy it was) and what
 * went wrong. A launch that was not measured at a level has a point without a rate there.
 *
 * A server that takes in so many connections and no more keeps its rate, by those that it has. The others are shut out: the
 * number of those open inside it stays below that offered and does not grow, while it serves these over and over. One that
 * is only slow to accept has more and more open.
 *
 * A machine that is unsteady shows in the control server, which does the same in every block. Where its rate at a level
 * scatters by more than LAUNCHES_UNSTEADY between the blocks, what a server shares of that is taken out of its rates there,
 * block by block. A disturbance of seconds is not shared: the two are not measured at the same time.
 */
#ifndef HARNESS_ANALYSIS_LAUNCHES_H
#define HARNESS_ANALYSIS_LAUNCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* From this share of the window on others than client and server take the CPU, where these are not busy. */
#define LAUNCHES_PRESSED 0.5
/* The maximum number of launches that are looked at. */
#define LAUNCHES_MAX 1000
/* A server that never uses more than this many cores has one thread, however many CPUs it may use. */
#define LAUNCHES_ONE_CPU 1.05
/* From this share of the CPUs that it can fill, a server's CPU is full. */
#define LAUNCHES_CPU_FULL 0.85
/* Standard deviation of the logarithm of the control server's rate at a level, beyond which the machine is unsteady. */
#define LAUNCHES_UNSTEADY 0.10

struct launch_point {
	bool measured;     /* there is a cell */
	bool counts;       /* it has a rate to rely on, if only as a lower bound */
	bool bounded;      /* the client's CPU was the limit */
	bool at_ceiling;   /* its rate is the control server's, which limits all servers at this level */
	bool scaled;       /* the rate is that of a part of a CPU, scaled */
	bool died;         /* the server itself failed */
	bool silent;       /* for not one right response alone */
	bool client_short; /* the client had no port or descriptor left */
	bool impatient; /* the client gave up requests that even the server at its best would have kept waiting so long */
	double active;    /* connections that ask */
	double timed_out; /* requests that the client gave up */
	double round_s;   /* that all of them take at the server's best rate, where the client was impatient */
	double rate_rps; /* NAN where it does not count; without what it shares with the control server where the machine is unsteady */
	double cost_us;          /* server CPU per request */
	double cores;            /* that the server used: cost times rate */
	double client_cpu;       /* of its busiest CPU */
	double failed, requests; /* requests that failed for the server's doing, and all */
	double shut_out;         /* of the connections, the share that the server never takes in; 0 unknown */
	double open_max;         /* connections open inside the server */
	double latency_ns;       /* in the middle */
	double connect_p99_ns;
	double syn_share, steal_share; /* SYNs sent again for each request; CPU stolen, of the window */
	double pressure_share;  /* of the window, in which a task waited for a CPU; NAN: client and server share CPUs */
	double throttled;       /* of the periods of its quota, the share in which that was used up; NAN: it has none */
	double control_cost_us; /* of the control server, at this level in this block; NAN where unknown */
	double control_latency_ns; /* likewise */
};

struct launches {
	const char *server, *mode; /* of the document */
	uint64_t *levels;          /* of the mode in this run, rising; owned */
	size_t levels_count;
	uint64_t *blocks;            /* of the run, rising; owned */
	size_t count;                /* of them: as many launches as the server may have */
	struct launch_point *points; /* of launches x levels; owned */
	double cpus;                 /* that the server can fill */
	bool is_elsewhere;           /* it was not launched here: all its points are of one launch */
	double follows;  /* the share of the control server's deviations that this one's rates have too; 0 to 1 */
	double unsteady; /* the most that the control server scatters at a level, where that is too much; else 0 */
};

/*
 * The launches of a server in a mode, as summary_client() measured them. Returns 0, or -1 with err set where memory is
 * out. Release them in both cases.
 */
int launches_of(struct launches *launches, const struct document *document, const char *server, const char *mode,
		struct err *err);

void launches_release(struct launches *launches);

static inline const struct launch_point *launches_at(const struct launches *launches, size_t launch, size_t level)
{
	return &launches->points[launch * launches->levels_count + level];
}

/* Whether a cell has a rate, if only as a lower bound; whether the client was its limit. */
bool launches_has_rate(const struct cell *cell);
bool launches_is_bound(const struct cell *cell);

/*
 * The median rate at a level, over the launches that have one but for `without` (`count`: over all); NAN where none has.
 */
double launches_rate(const struct launches *launches, size_t level, size_t without);

/* How many launches were measured at a level. */
unsigned launches_measured(const struct launches *launches, size_t level);

/* Whether at least half of the launches that count at a level are `is` there. */
bool launches_most(const struct launches *launches, size_t level, bool (*is)(const struct launch_point *));

/* Whether the client or the control server's rate was the limit. */
bool launches_is_harness_limit(const struct launch_point *point);

#endif
