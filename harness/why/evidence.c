#include "harness/why/evidence.h"

#include <math.h>
#include <string.h>

/* The client that asks one thing at a time: its cell is of no level. */
#define SEQUENTIAL "seq"
/* Less than this part of its CPUs is idle: the rest is for the harness's own delays. */
#define IDLE 0.7
/* Of the requests, as in the verdicts (docs/method.md). */
#define FAILED 0.001
/* Fewer of the connections served than this is not the last of a ramp that was cut short. */
#define SERVED 0.9
/* A wait of less than so many times the control server's is the host's: it is busy. */
#define OF_HOST 5
/* Of the best rate, as in the verdicts. */
#define HOLDS 0.9
/* Connections between two levels, so that their memory is more than the noise of an allocator. */
#define APART 200

static bool is_of(const struct cell *cell, enum load_mode mode)
{
	return strcmp(cell->mode, load_mode_names[mode]) == 0;
}

const struct cell *evidence_next(const struct evidence *evidence, const struct cell *after)
{
	const struct document *document = evidence->document;

	for (size_t i = after ? (size_t)(after - document->cells) + 1 : 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (evidence->modes && !(evidence->modes & 1u << load_mode_find(cell->mode)))
			continue;
		if ((!evidence->server || strcmp(cell->server, evidence->server) == 0) && !cell_is_open_loop(cell) &&
		    strcmp(cell->client, SEQUENTIAL) != 0)
			return cell;
	}
	return NULL;
}

const struct cell *evidence_cell(const struct evidence *evidence, enum load_mode mode, uint64_t level)
{
	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (is_of(cell, mode) && cell->level == level)
			return cell;
	}
	return NULL;
}

/* `sign`: 1 the highest, -1 the lowest. */
static const struct cell *cell_outermost(const struct evidence *evidence, enum load_mode mode, double sign)
{
	const struct cell *found = NULL;

	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (is_of(cell, mode) && (!found || sign * ((double)cell->level - (double)found->level) > 0))
			found = cell;
	}
	return found;
}

const struct cell *evidence_lowest(const struct evidence *evidence, enum load_mode mode)
{
	return cell_outermost(evidence, mode, -1);
}

const struct cell *evidence_highest(const struct evidence *evidence, enum load_mode mode)
{
	return cell_outermost(evidence, mode, 1);
}

double evidence_cpus(const struct cell *cell)
{
	/* Not the sum of user and system: in an idle server's window the kernel's clock may not have ticked once. */
	return cell->server_cpu_us_per_request * (double)cell->ok / 1e6 / cell->window_s;
}

double evidence_served(const struct cell *cell)
{
	return (double)cell->ramp_reached;
}

bool evidence_waits(const struct evidence *evidence, const struct cell *cell)
{
	return !cell_is_failed(cell) && evidence_cpus(cell) < IDLE * evidence->cpus && cell->client_cpu_busiest < IDLE;
}

bool evidence_fails(const struct cell *cell)
{
	uint64_t failed = cell_failed(cell);

	return cell->error || (double)failed > FAILED * (double)(cell->ok + failed) ||
	       (!is_of(cell, LOAD_CLOSE) && evidence_served(cell) < SERVED * (double)cell->level);
}

/* The control server's cell that is like another one; NULL: none. */
static const struct cell *control_of(const struct evidence *evidence, const struct cell *like)
{
	const struct document *control = evidence->control;

	for (size_t i = 0; control && i < control->cells_count; i++)
		if (control->cells[i].level == like->level && strcmp(control->cells[i].mode, like->mode) == 0)
			return &control->cells[i];
	return NULL;
}

bool evidence_is_of_host(const struct evidence *evidence, const struct cell *cell)
{
	const struct cell *control = control_of(evidence, cell);

	return control && cell->latency_ns.p50 < OF_HOST * control->latency_ns.p50;
}

bool evidence_falls(const struct evidence *evidence, enum load_mode mode, const struct cell **best,
		    const struct cell **highest)
{
	*best = *highest = NULL;
	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell)) {
		if (!is_of(cell, mode) || cell_is_failed(cell))
			continue;
		if (!*best || cell->rate_rps > (*best)->rate_rps)
			*best = cell;
		if (!*highest || cell->level > (*highest)->level)
			*highest = cell;
	}
	return *best && (*highest)->level > (*best)->level && (*highest)->rate_rps < HOLDS * (*best)->rate_rps;
}

double evidence_host_rise_us(const struct evidence *evidence, const struct cell *from, const struct cell *to)
{
	const struct cell *low = control_of(evidence, from), *high = control_of(evidence, to);
	double rise = low && high ? high->server_cpu_us_per_request - low->server_cpu_us_per_request : 0;

	return rise > 0 ? rise : 0;
}

double evidence_connection_bytes(const struct evidence *evidence)
{
	const struct cell *low = evidence_lowest(evidence, LOAD_KEEPALIVE);
	const struct cell *high = evidence_highest(evidence, LOAD_KEEPALIVE);

	if (!low || !high || !(high->open_mean - low->open_mean >= APART))
		return NAN;
	return (high->server_rss_bytes - low->server_rss_bytes) / (high->open_mean - low->open_mean);
}
