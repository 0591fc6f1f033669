#include "harness/analysis/launches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"
#include "harness/analysis/interval.h"
#include "harness/analysis/summary.h"
#include "harness/host/cpus.h"
#include "harness/lib/control.h"
#include "harness/lib/units.h"

#define CLIENT_FULL 0.90
/* A rate of at least this share of the control server's is at the harness's own limit, where that server is a ceiling. */
#define AT_CEILING 0.90
/* A number of connections that differs by less does not grow; responses a connection, after which its turn has come. */
#define STAYS         0.99
#define OVER_AND_OVER 2
/* Rates beyond one a level that it takes to tell whether a server's follow the control server's. */
#define FOLLOW_FREEDOM 6
/* The share of the timeout that a round takes at the server's best rate, from which on requests wait longer than that. */
#define IMPATIENT 0.5

bool launches_has_rate(const struct cell *cell)
{
	return !cell_is_failed(cell) && cell->rate_rps > 0 && !(cell->invalid & ~(1u << INVALID_CLIENT_BOUND));
}

/* The control server shows the harness's limit and is not invalid where it meets it; but it is not its own limit. */
bool launches_is_bound(const struct cell *cell)
{
	return cell->invalid & 1u << INVALID_CLIENT_BOUND ||
	       (strcmp(cell->server, CONTROL_SERVER) == 0 && cell->client_cpu_busiest > CLIENT_FULL);
}

double launches_rate(const struct launches *launches, size_t level, size_t without)
{
	double rates[LAUNCHES_MAX];
	size_t known = 0;

	for (size_t i = 0; i < launches->count && known < LAUNCHES_MAX; i++)
		if (i != without && launches_at(launches, i, level)->counts)
			rates[known++] = launches_at(launches, i, level)->rate_rps;
	return summary_median(rates, known);
}

/* Where there is no cell. */
static const struct launch_point unmeasured = {
	.rate_rps = NAN,
	.cost_us = NAN,
	.cores = NAN,
	.client_cpu = NAN,
	.latency_ns = NAN,
	.connect_p99_ns = NAN,
	.syn_share = NAN,
	.steal_share = NAN,
	.pressure_share = NAN,
	.throttled = NAN,
	.control_cost_us = NAN,
	.control_latency_ns = NAN,
};

static bool is_of(const struct cell *cell, const char *server, const char *client, const char *mode)
{
	return !cell_is_open_loop(cell) && strcmp(cell->server, server) == 0 && strcmp(cell->client, client) == 0 &&
	       strcmp(cell->mode, mode) == 0;
}

static int count_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The blocks of the mode, each once. */
static int blocks_fill(struct launches *launches, const struct document *document, const char *client, struct err *err)
{
	size_t all = 0;

	launches->blocks = calloc(document->cells_count + 1, sizeof *launches->blocks);
	if (!launches->blocks)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < document->cells_count; i++)
		if (is_of(&document->cells[i], launches->server, client, launches->mode))
			launches->blocks[all++] = document->cells[i].block;
	qsort(launches->blocks, all, sizeof *launches->blocks, count_order);
	for (size_t i = 0; i < all && launches->count < LAUNCHES_MAX; i++)
		if (!launches->count || launches->blocks[launches->count - 1] != launches->blocks[i])
			launches->blocks[launches->count++] = launches->blocks[i];
	return 0;
}

/* The index of a level or a block in its list; `count` where it is not in the list. */
static size_t place_of(const uint64_t *list, size_t count, uint64_t wanted)
{
	const uint64_t *found = bsearch(&wanted, list, count, sizeof *list, count_order);

	return found ? (size_t)(found - list) : count;
}

/* The failures of a cell that are the server's doing. Where no request has reached it, it has not failed. */
static void failures_take(struct launch_point *point, const struct cell *cell)
{
	double client = (double)(cell->failed[LOAD_NO_LOCAL_PORT] + cell->failed[LOAD_NO_FD]);
	double failed = (double)cell_failed(cell) - client;

	point->requests = (double)cell->ok + (double)cell_failed(cell);
	point->timed_out = (double)cell->failed[LOAD_TIMEOUT];
	point->active = cell_active(cell);
	point->client_short = client > 0 && client > point->requests / 1000;
	point->failed = failed;
	point->silent = !cell->error && !cell->ok && !(client > 0 && failed <= 0);
	point->died = cell->error || point->silent;
}

/* The share of the connections that the server never takes in (launches.h). In close mode none stays open. */
static double shut_out_of(const struct cell *cell)
{
	double level = (double)cell->level;
	bool is_full = cell->open_max > 0 && cell->open_max < level && cell->open_mean >= STAYS * cell->open_max &&
		       (double)cell->ramp_reached >= STAYS * cell->open_max;

	if (!is_full || strcmp(cell->mode, load_mode_names[LOAD_CLOSE]) == 0 || !(cell->never_served > 0) ||
	    (double)cell->ok < OVER_AND_OVER * (cell_active(cell) - cell->never_served))
		return 0;
	return (level - cell->open_max) / level;
}

static void point_fill(struct launch_point *point, const struct document *document, const struct cell *cell)
{
	double window_ms = cell->window_s * 1e3;

	*point = (struct launch_point){
		.measured = true,
		.counts = launches_has_rate(cell),
		.scaled = !isnan(cell->scaled_from),
		.rate_rps = NAN,
		.cost_us = cell->server_cpu_us_per_request,
		.cores = cell->server_cpu_us_per_request * cell->rate_rps / 1e6,
		.client_cpu = cell->client_cpu_busiest,
		.latency_ns = cell->latency_ns.p50,
		.connect_p99_ns = cell->connect_ns.p99,
		.steal_share = cell->kernel.counters[KERNEL_STEAL_MS] / window_ms,
		.pressure_share = cell->shared_cpus > 0 ? NAN
							: cell->kernel.counters[KERNEL_CPU_PRESSURE_MS] / window_ms,
		.throttled = cell->throttled,
		.control_cost_us = NAN,
		.control_latency_ns = NAN,
	};
	failures_take(point, cell);
	point->shut_out = shut_out_of(cell);
	point->open_max = cell->open_max;
	point->syn_share = cell->kernel.counters[KERNEL_SYN_RETRANS] / point->requests;
	if (!point->counts)
		return;
	point->rate_rps = cell->rate_rps;
	point->bounded = launches_is_bound(cell);
	point->at_ceiling = cell->rate_rps >= AT_CEILING * cell->ceiling_rps &&
			    ceiling_holds(document, cell->mode, cell->level);
}

/* The launches of a level in which both the server and the control server have a rate: the logarithms, less their means. */
static size_t deviations_of(const struct launches *launches, const struct launch_point *control, size_t level,
			    double own[LAUNCHES_MAX], double others[LAUNCHES_MAX])
{
	double own_sum = 0, other_sum = 0;
	size_t known = 0;

	for (size_t i = 0; i < launches->count; i++) {
		double own_rps = launches_at(launches, i, level)->rate_rps;
		double control_rps = control[i * launches->levels_count + level].rate_rps;
		if (!(own_rps > 0) || !(control_rps > 0))
			continue;
		own_sum += own[known] = log(own_rps);
		other_sum += others[known] = log(control_rps);
		known++;
	}
	for (size_t i = 0; i < known; i++) {
		own[i] -= own_sum / (double)known;
		others[i] -= other_sum / (double)known;
	}
	return known;
}

/*
 * The share of the control server's deviations from launch to launch that the server's rates have too: the common slope within
 * the levels (analysis of covariance), from 0 to 1. What they don't share is each one's own scatter, and would only be added.
 */
static double follow_of(const struct launches *launches, const struct launch_point *control)
{
	double own[LAUNCHES_MAX], others[LAUNCHES_MAX], together = 0, alone = 0;
	size_t freedom = 0;

	for (size_t level = 0; level < launches->levels_count; level++) {
		size_t known = deviations_of(launches, control, level, own, others);
		for (size_t i = 0; i < known; i++) {
			together += own[i] * others[i];
			alone += others[i] * others[i];
		}
		freedom += known ? known - 1 : 0;
	}
	return freedom < FOLLOW_FREEDOM || !(alone > 0) ? 0 : fmin(fmax(together / alone, 0), 1);
}

/* Takes over what the control server, whose points have the same places, says of each block. */
static void control_apply(struct launches *launches, const struct launch_point *control)
{
	bool is_control = strcmp(launches->server, CONTROL_SERVER) == 0;
	double rates[LAUNCHES_MAX];

	launches->follows = is_control ? 0 : follow_of(launches, control);
	for (size_t level = 0; level < launches->levels_count; level++) {
		size_t known = 0;
		for (size_t i = 0; i < launches->count; i++) {
			double rate = control[i * launches->levels_count + level].rate_rps;
			if (rate > 0)
				rates[known++] = rate;
		}
		double scatter = sqrt(interval_variance(rates, known)), middle = summary_median(rates, known);
		bool unsteady = scatter > LAUNCHES_UNSTEADY && !is_control;
		if (unsteady && scatter > launches->unsteady)
			launches->unsteady = scatter;
		for (size_t i = 0; i < launches->count; i++) {
			struct launch_point *point = &launches->points[i * launches->levels_count + level];
			const struct launch_point *by = &control[i * launches->levels_count + level];
			point->control_cost_us = by->cost_us;
			point->control_latency_ns = by->latency_ns;
			if (unsteady && by->rate_rps > 0)
				point->rate_rps *= pow(middle / by->rate_rps, launches->follows);
		}
	}
}

/*
 * Where a round of all connections, even at the server's best rate, takes about as long as the timeout, a request that was given
 * up tells of the client's patience: it has not failed.
 */
static void impatience_find(struct launches *launches, const struct document *document)
{
	const char *shown = document_option(document, "timeout");
	double best_rps = 0;
	uint64_t timeout_ns;
	struct err err;

	if (!shown || units_duration(&timeout_ns, shown, &err))
		return;
	for (size_t level = 0; level < launches->levels_count; level++)
		best_rps = fmax(best_rps, launches_rate(launches, level, launches->count));
	for (size_t i = 0; i < launches->count * launches->levels_count && best_rps > 0; i++) {
		struct launch_point *point = &launches->points[i];
		double round_s = point->active / best_rps;
		if (!(point->timed_out > 0) || round_s < IMPATIENT * (double)timeout_ns / 1e9)
			continue;
		point->failed -= point->timed_out;
		point->died &= !point->silent || point->failed > 0;
		point->impatient = point->timed_out > point->requests / 1000;
		point->round_s = round_s;
	}
}

/* How many CPUs a server can fill: one, or where it has used more than that at any level, all that it may use. */
static double cpus_of(const struct launches *launches, const struct document *document)
{
	unsigned allowed = cpus_count(document->server_cpus);

	if (!allowed)
		allowed = (unsigned)document->host.cores;
	for (size_t i = 0; i < launches->count * launches->levels_count; i++)
		if (launches->points[i].cores > LAUNCHES_ONE_CPU && allowed > 1)
			return allowed;
	return 1;
}

int launches_of(struct launches *launches, const struct document *document, const char *server, const char *mode,
		struct err *err)
{
	const char *client = summary_client(document);
	struct launch_point *control = NULL;

	const struct document_server *described = document_server(document, server);

	*launches = (struct launches){ .server = server, .mode = mode };
	launches->is_elsewhere = described && described->launched;
	if (summary_levels(document, mode, &launches->levels, &launches->levels_count, err) ||
	    blocks_fill(launches, document, client, err))
		return -1;
	size_t all = launches->count * launches->levels_count;
	launches->points = calloc(all + 1, sizeof *launches->points);
	control = calloc(all + 1, sizeof *control);
	if (!launches->points || !control) {
		free(control);
		return err_set(err, "out of memory");
	}
	for (size_t i = 0; i < all; i++)
		launches->points[i] = control[i] = unmeasured;
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		bool own = is_of(cell, server, client, mode), other = is_of(cell, CONTROL_SERVER, client, mode);
		if (!own && !other)
			continue;
		size_t launch = place_of(launches->blocks, launches->count, cell->block);
		size_t level = place_of(launches->levels, launches->levels_count, cell->level);
		if (launch == launches->count || level == launches->levels_count)
			continue;
		if (own)
			point_fill(&launches->points[launch * launches->levels_count + level], document, cell);
		if (other)
			point_fill(&control[launch * launches->levels_count + level], document, cell);
	}
	control_apply(launches, control);
	impatience_find(launches, document);
	launches->cpus = cpus_of(launches, document);
	free(control);
	return 0;
}

void launches_release(struct launches *launches)
{
	free(launches->levels);
	free(launches->blocks);
	free(launches->points);
	*launches = (struct launches){ 0 };
}

/* Whether at least half of the launches that count at a level are `is` there. */
bool launches_most(const struct launches *launches, size_t level, bool (*is)(const struct launch_point *))
{
	size_t known = 0, yes = 0;

	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *point = launches_at(launches, i, level);
		known += point->counts;
		yes += point->counts && is(point);
	}
	return yes > 0 && 2 * yes >= known;
}

bool launches_is_harness_limit(const struct launch_point *point)
{
	return point->bounded || point->at_ceiling;
}

/* Launches that were measured at a level. */
unsigned launches_measured(const struct launches *launches, size_t level)
{
	unsigned count = 0;

	for (size_t i = 0; i < launches->count; i++)
		count += launches_at(launches, i, level)->measured;
	return count;
}
