#include "harness/record/judge.h"

#include <math.h>
#include <string.h>

#include "clients/choice.h"
#include "harness/lib/control.h"

/* The bounds of docs/method.md, "Is a cell valid?". */
#define CONCURRENCY_SHORT 0.05
#define CLIENT_BUSY       0.90
#define CONTROL_AHEAD     1.5
#define LITTLE_OFF        0.05
#define LAG_MOST          0.10
#define PAUSE_MAX_S       0.25

static bool is_off(double value, double wanted)
{
	return !(fabs(value - wanted) <= CONCURRENCY_SHORT * wanted);
}

/*
 * By sampled counts where these are known: a connection that is being closed is in use, though its request has ended.
 * Otherwise by the times of the requests, which lack the time between the end of one connection and the start of the
 * next: each thread of the client may have one connection less, since it does that work for one at a time.
 */
static bool is_short(const struct cell *cell)
{
	double silent = (double)cell->level - cell_active(cell);
	double used = isnan(cell->concurrency_sampled) ? cell->concurrency_mean : cell->concurrency_sampled;

	bool by_times = isnan(cell->concurrency_sampled) && !isnan(cell->rounds);
	double allowed = by_times && strcmp(cell->mode, load_mode_names[LOAD_CLOSE]) == 0 ? (double)cell->client_threads
											  : 0;
	double missing = cell_active(cell) - used;
	bool is_allowed = missing > 0 && missing <= allowed;

	return (is_off(used, cell_active(cell)) && !is_allowed) || (silent > 0 && is_off(cell->crowd.silent, silent));
}

/*
 * The latency of an open loop contains the lag, which must be small beside it, in the median and at the 99th
 * percentile.
 */
static bool is_lagging(const struct cell *cell)
{
	return cell->lag_ns.p50 > LAG_MOST * cell->latency_ns.p50 || cell->lag_ns.p99 > LAG_MOST * cell->latency_ns.p99;
}

/* A rate without its scaling: what the client has met, and latency goes with. */
static double met_rps(const struct cell *cell)
{
	return isnan(cell->scaled_from) ? cell->rate_rps : cell->scaled_from;
}

static bool is_client_bound(const struct cell *cell, double client_rps)
{
	return cell->client_cpu_busiest > CLIENT_BUSY && !(client_rps >= CONTROL_AHEAD * met_rps(cell));
}

/*
 * If the control server can't keep up with a rate either, a server's limit can't be told from the client's; but a
 * control server that is slower than the server shows no limit of the client.
 */
static bool is_beyond_control(const struct cell *cell, double control_rps)
{
	return strcmp(cell->server, CONTROL_SERVER) != 0 && !cell_keeps_up(cell) && control_rps >= cell->rate_rps &&
	       control_rps < CELL_KEPT_UP * cell->open_loop.offered_rps;
}

/*
 * By the times of the requests, including those unfinished at the window's edges, against the sampled counts; unknown
 * where there were too few samples, or over another interval, as with a fixed number of requests. Files of earlier
 * versions (without `rounds`) have no such times: there it is by the mean latency of what has ended.
 */
static double little_residual(const struct cell *cell)
{
	if (!isnan(cell->concurrency_sampled))
		return fabs(cell->concurrency_mean / cell->concurrency_sampled - 1);
	if (!isnan(cell->rounds))
		return NAN;
	return fabs(met_rps(cell) * cell->latency_ns.mean / 1e9 / cell->concurrency_mean - 1);
}

static bool breaks_little(const struct cell *cell)
{
	/* In close mode latency and the time between two requests of a connection are not the same. */
	return strcmp(cell->mode, load_mode_names[LOAD_CLOSE]) != 0 && cell->little > LITTLE_OFF;
}

static bool breaks_conservation(const struct cell *cell)
{
	if (cell_is_open_loop(cell) && cell->open_loop.scheduled + cell->open_loop.waiting_start !=
					       (double)cell->started + cell->open_loop.waiting_end)
		return true;
	/* Files of earlier versions do not have the requests that ended after the window. */
	if (cell_is_open_loop(cell) && !isnan(cell->open_loop.unfinished) &&
	    (double)cell->in_flight_end + cell->open_loop.waiting_end !=
		    cell->open_loop.late_ok + cell->open_loop.late_failed + cell->open_loop.unfinished)
		return true;
	return cell->in_flight_start + cell->started != cell->ok + cell_failed(cell) + cell->in_flight_end;
}

/* What a load of many connections in a closed loop can be invalid for. */
static unsigned judge_closed_loop(const struct cell *cell, double client_rps)
{
	unsigned invalid = (unsigned)is_short(cell) << INVALID_SHORT_CONCURRENCY | (unsigned)breaks_little(cell)
											   << INVALID_LITTLE;

	/* The control server shows the client's limit: to be bound by it is its purpose. */
	if (strcmp(cell->server, CONTROL_SERVER) != 0)
		invalid |= (unsigned)is_client_bound(cell, client_rps) << INVALID_CLIENT_BOUND;
	return invalid;
}

void cell_judge(struct cell *cell, double control_rps, double client_rps)
{
	const struct client *client = client_find(cell->client);
	unsigned invalid = 0;

	cell->ceiling_rps = control_rps;
	cell->little = little_residual(cell);
	cell->capacity_rps = NAN;
	if (cell->error) {
		invalid = 1u << INVALID_FAILED;
	} else if (!cell->ok) {
		invalid = 1u << INVALID_NO_ANSWERS;
	} else {
		invalid |= (unsigned)breaks_conservation(cell) << INVALID_CONSERVATION;
		if (cell_is_open_loop(cell))
			invalid |= (unsigned)is_lagging(cell) << INVALID_LAG |
				   (unsigned)is_beyond_control(cell, control_rps) << INVALID_CLIENT_BOUND;
		else if (!client || client->max_connections != 1)
			invalid |= judge_closed_loop(cell, client_rps);
	}
	invalid |= (unsigned)(cell->ok && cell->client_pause_s > PAUSE_MAX_S) << INVALID_CLIENT_PAUSED;
	invalid |= (unsigned)(cell->ok && cell->shared_cpus > 0) << INVALID_SHARED_CPU;
	/* The build is known only while measuring; its effect on the cell is kept. */
	invalid |= (unsigned)cell->debug_build << INVALID_BUILD | (cell->invalid & 1u << INVALID_BUILD);
	if (invalid & 1u << INVALID_CLIENT_BOUND && cell->server_cpu_us_per_request > 0 && isnan(cell->server_share))
		cell->capacity_rps = 1e6 / cell->server_cpu_us_per_request;
	cell->invalid = invalid;
	cell->valid = !invalid;
}
