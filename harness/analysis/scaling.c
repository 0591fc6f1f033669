#include "harness/analysis/scaling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"
#include "harness/analysis/launches.h"
#include "harness/analysis/summary.h"
#include "harness/host/cpus.h"
#include "harness/lib/control.h"
#include "harness/lib/units.h"

#define ERRORS    0.001
#define NEAR_BEST 0.95
/* A rate of at least this share of the control server's is at the harness's own limit, where that server is a ceiling. */
#define AT_CEILING 0.90
/* From which value a resource explains a rate: shares, of a request or of the window. */
#define CLIENT_FULL 0.90
#define COST_RISES  1.15
#define FILES_FULL  0.98
#define MEMORY_FULL 0.80
#define PRESSED     0.10
#define STOLEN      0.05
#define DROPPED     0.01

const char *const scaling_cause_names[SCALING_CAUSES] = {
	[SCALING_DIED] = "the server failed",
	[SCALING_CLIENT_PORTS] = "the client's local ports",
	[SCALING_CLIENT_FILES] = "the client's file limit",
	[SCALING_FILES] = "the server's file limit",
	[SCALING_MEMORY] = "memory",
	[SCALING_STEAL] = "CPU stolen by the hypervisor",
	[SCALING_CLIENT_CPU] = "the client's CPU",
	[SCALING_CPU_RISING] = "server CPU, at a rising cost per request",
	[SCALING_BACKLOG] = "a full accept queue",
	[SCALING_SYN_LOSS] = "lost SYNs",
	[SCALING_CPU_FLAT] = "server CPU",
	[SCALING_NOT_MEASURED] = "no valid figure",
	[SCALING_UNKNOWN] = "unknown",
};

/* The figures of a cell that are considered; all are medians over the launches. */
enum figure {
	RATE,
	CEILING,
	COST,
	CORES,
	FILES,
	CLIENT,
	DROPS,
	SYNS,
	STEAL,
	PRESSURE,
	RESIDENT,
	OPEN,
	SERVER_ERRORS,
	PORT_ERRORS,
	FILE_ERRORS,
	FIGURES
};

struct point {
	uint64_t level;
	const struct cell **cells; /* not owned */
	size_t count;
	bool counts;     /* it has a usable rate, if only as a lower bound */
	bool is_bounded; /* the client was the limit */
	bool at_ceiling; /* its rate is the control server's, which limits all servers at this level */
	bool has_errors;
	const char *error;
	double figures[FIGURES];
};

struct shape {
	const struct document *document;
	const struct cell **cells; /* of the server, client and mode, by level; owned */
	struct point *points;      /* a level each, rising; owned */
	size_t points_count;
	double *room; /* owned */
};

static double per_request(const struct cell *cell, double count)
{
	double requests = (double)(cell->ok + cell_failed(cell));

	return requests > 0 ? count / requests : NAN;
}

static double of_window(const struct cell *cell, double ms)
{
	return cell->window_s > 0 ? ms / 1e3 / cell->window_s : NAN;
}

static double figure_of(const struct cell *cell, enum figure figure, const struct host *host)
{
	double client_errors = (double)(cell->failed[LOAD_NO_LOCAL_PORT] + cell->failed[LOAD_NO_FD]);

	switch (figure) {
	case RATE: return cell->rate_rps;
	case CEILING: return cell->rate_rps / cell->ceiling_rps;
	case COST: return cell->server_cpu_us_per_request;
	case CORES: return cell->server_cpu_us_per_request * cell->rate_rps / 1e6;
	case FILES: return cell->server_use.files_max / cell->server_use.files_limit;
	case CLIENT: return cell->client_cpu_busiest;
	case DROPS: return per_request(cell, cell->kernel.counters[KERNEL_LISTEN_OVERFLOWS]);
	case SYNS: return per_request(cell, cell->kernel.counters[KERNEL_SYN_RETRANS]);
	case STEAL: return of_window(cell, cell->kernel.counters[KERNEL_STEAL_MS]);
	case PRESSURE: return of_window(cell, cell->kernel.counters[KERNEL_MEMORY_PRESSURE_MS]);
	case RESIDENT: return host->memory_bytes ? cell->server_rss_bytes / (double)host->memory_bytes : NAN;
	case OPEN: return cell->open_mean;
	case SERVER_ERRORS:
		/* A server that no request has reached has not failed. */
		if (!cell_is_failed(cell) && client_errors > 0 && (double)cell_failed(cell) <= client_errors)
			return 0;
		return cell_is_failed(cell) || !cell->ok ? 1
							 : per_request(cell, (double)cell_failed(cell) - client_errors);
	case PORT_ERRORS: return per_request(cell, (double)cell->failed[LOAD_NO_LOCAL_PORT]);
	case FILE_ERRORS: return per_request(cell, (double)cell->failed[LOAD_NO_FD]);
	case FIGURES: break;
	}
	return NAN;
}

static double median_of(const struct shape *shape, const struct point *point, enum figure figure, bool only_rates,
			bool only_free)
{
	size_t known = 0;

	for (size_t i = 0; i < point->count; i++) {
		const struct cell *cell = point->cells[i];
		if ((!only_rates || launches_has_rate(cell)) && (!only_free || !launches_is_bound(cell)))
			shape->room[known++] = figure_of(cell, figure, &shape->document->host);
	}
	return summary_median(shape->room, known);
}

static void point_fill(const struct shape *shape, struct point *point)
{
	bool any_free = false;

	for (size_t i = 0; i < point->count; i++) {
		const struct cell *cell = point->cells[i];
		point->counts |= launches_has_rate(cell);
		any_free |= launches_has_rate(cell) && !launches_is_bound(cell);
		point->has_errors |= cell_is_failed(cell) || cell_failed(cell) > 0;
		if (!point->error)
			point->error = cell->error;
	}
	point->is_bounded = point->counts && !any_free;
	for (enum figure figure = 0; figure < FIGURES; figure++) {
		bool is_share = figure == SERVER_ERRORS || figure == PORT_ERRORS || figure == FILE_ERRORS;
		point->figures[figure] = median_of(shape, point, figure, !is_share && point->counts,
						   !is_share && any_free);
	}
	point->at_ceiling = point->figures[CEILING] >= AT_CEILING &&
			    ceiling_holds(shape->document, point->cells[0]->mode, point->level);
	if (!point->counts)
		point->figures[RATE] = NAN;
}

static int cell_order(const void *a, const void *b)
{
	const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	return (x->block > y->block) - (x->block < y->block);
}

static int shape_fill(struct shape *shape, const struct document *document, const char *server, const char *mode,
		      struct err *err)
{
	const char *client = summary_client(document);
	size_t count = 0;

	shape->document = document;
	shape->cells = calloc(document->cells_count + 1, sizeof *shape->cells);
	shape->points = calloc(document->cells_count + 1, sizeof *shape->points);
	shape->room = calloc(document->cells_count + 1, sizeof *shape->room);
	if (!shape->cells || !shape->points || !shape->room)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (!cell_is_open_loop(cell) && strcmp(cell->server, server) == 0 &&
		    strcmp(cell->client, client) == 0 && strcmp(cell->mode, mode) == 0)
			shape->cells[count++] = cell;
	}
	qsort(shape->cells, count, sizeof *shape->cells, cell_order);
	for (size_t i = 0; i < count; i++) {
		struct point *point = shape->points_count ? &shape->points[shape->points_count - 1] : NULL;
		if (!point || point->level != shape->cells[i]->level) {
			point = &shape->points[shape->points_count++];
			*point = (struct point){ .level = shape->cells[i]->level, .cells = &shape->cells[i] };
		}
		point->count++;
	}
	for (size_t i = 0; i < shape->points_count; i++)
		point_fill(shape, &shape->points[i]);
	return 0;
}

static void shape_release(struct shape *shape)
{
	free(shape->cells);
	free(shape->points);
	free(shape->room);
}

static const struct point *point_at(const struct shape *shape, uint64_t level)
{
	for (size_t i = 0; i < shape->points_count; i++)
		if (shape->points[i].level == level)
			return &shape->points[i];
	return NULL;
}

/* Whether the harness may be what limits a rate: a fall to it need not be due to the server. */
static bool is_harness_limit(const struct point *point)
{
	return point->is_bounded || point->at_ceiling;
}

static void find_rates(struct scaling *scaling, const struct shape *shape)
{
	const struct point *last = point_at(shape, scaling->last_level);

	for (size_t i = 0; i < shape->points_count; i++) {
		const struct point *point = &shape->points[i];
		double rate = point->figures[RATE];
		if (point->count > scaling->blocks)
			scaling->blocks = (unsigned)point->count;
		if (!point->counts)
			continue;
		scaling->levels++;
		scaling->max_bounded |= point->is_bounded;
		if (point->level == 1)
			scaling->one_rps = rate;
		if (!(rate <= scaling->max_rps)) {
			scaling->max_rps = rate;
			scaling->max_level = point->level;
		}
	}
	for (size_t i = 0; i < shape->points_count && !scaling->n95_level; i++)
		if (shape->points[i].counts && shape->points[i].figures[RATE] >= NEAR_BEST * scaling->max_rps)
			scaling->n95_level = shape->points[i].level;
	if (last && last->counts) {
		scaling->last_rps = last->figures[RATE];
		scaling->last_bounded = is_harness_limit(last);
		scaling->retention = scaling->last_rps / scaling->max_rps;
	}
	if (last)
		scaling->open_mean = last->figures[OPEN];
}

static void find_errors(struct scaling *scaling, const struct shape *shape)
{
	for (size_t i = 0; i < shape->points_count; i++) {
		const struct point *point = &shape->points[i];
		if (point->has_errors && !scaling->errors_level)
			scaling->errors_level = point->level;
	}
}

/* The level whose evidence explains the class, or what it leans to. */
static uint64_t level_that_explains(const struct scaling *scaling, const struct shape *shape)
{
	enum verdict_class leans = scaling->verdict.leans;

	if (leans == VERDICT_FAILS || leans == VERDICT_CLIFF)
		return scaling->verdict.from_level;
	for (size_t i = 0; i < shape->points_count; i++)
		if (shape->points[i].figures[PORT_ERRORS] > ERRORS || shape->points[i].figures[FILE_ERRORS] > ERRORS)
			return shape->points[i].level;
	return scaling->last_level;
}

/* How many CPUs a server can fill: one, or if it has used more than that at any level, all that it may use. */
static double cpus_of(const struct shape *shape)
{
	unsigned allowed = cpus_count(shape->document->server_cpus);

	if (!allowed)
		allowed = (unsigned)shape->document->host.cores;
	for (size_t i = 0; i < shape->points_count; i++)
		if (shape->points[i].figures[CORES] > LAUNCHES_ONE_CPU && allowed > 1)
			return allowed;
	return 1;
}

static unsigned causes_at(const struct scaling *scaling, const struct shape *shape, const struct point *point)
{
	const double *figures = point->figures;
	double best = scaling->evidence.cost_best_us;
	bool cpu_full = figures[CORES] >= LAUNCHES_CPU_FULL * cpus_of(shape),
	     rises = figures[COST] >= COST_RISES * best;
	bool drops = figures[DROPS] > DROPPED;

	return (unsigned)(scaling->verdict.leans == VERDICT_FAILS && figures[SERVER_ERRORS] >= 1) << SCALING_DIED |
	       (unsigned)(figures[PORT_ERRORS] > ERRORS) << SCALING_CLIENT_PORTS |
	       (unsigned)(figures[FILE_ERRORS] > ERRORS) << SCALING_CLIENT_FILES |
	       (unsigned)(figures[FILES] >= FILES_FULL) << SCALING_FILES |
	       (unsigned)(figures[PRESSURE] > PRESSED || figures[RESIDENT] > MEMORY_FULL) << SCALING_MEMORY |
	       (unsigned)(figures[STEAL] > STOLEN) << SCALING_STEAL |
	       (unsigned)(point->counts && is_harness_limit(point)) << SCALING_CLIENT_CPU |
	       (unsigned)(cpu_full && rises) << SCALING_CPU_RISING | (unsigned)drops << SCALING_BACKLOG |
	       (unsigned)(figures[SYNS] > DROPPED && !drops) << SCALING_SYN_LOSS |
	       (unsigned)(cpu_full && !rises) << SCALING_CPU_FLAT;
}

/* What can explain a class at all: a busy CPU makes no request fail, and a full queue does not bound what is kept. */
static unsigned causes_of(enum verdict_class class)
{
	unsigned cpu = 1u << SCALING_CPU_RISING | 1u << SCALING_CPU_FLAT | 1u << SCALING_STEAL;

	switch (class) {
	case VERDICT_HOLDS:
	case VERDICT_CLIENT: return cpu | 1u << SCALING_CLIENT_CPU;
	case VERDICT_FAILS: return ~(cpu | 1u << SCALING_CLIENT_CPU);
	case VERDICT_SAGS:
	case VERDICT_COLLAPSES:
	case VERDICT_CLIFF: return ~(1u << SCALING_CLIENT_CPU);
	case VERDICT_UNKNOWN:
	case VERDICT_CLASSES: break;
	}
	return ~0u;
}

static void find_cause(struct scaling *scaling, const struct shape *shape)
{
	const struct point *point = point_at(shape, scaling->at), *best = point_at(shape, scaling->max_level);

	if (best)
		scaling->evidence.cost_best_us = best->figures[COST];
	if (point) {
		scaling->causes = causes_at(scaling, shape, point) & causes_of(scaling->verdict.leans);
		scaling->evidence.files_share = point->figures[FILES];
		scaling->evidence.cpu_cores = point->figures[CORES];
		scaling->evidence.cost_us = point->figures[COST];
		scaling->evidence.client_cpu = point->figures[CLIENT];
		scaling->evidence.dropped_share = point->figures[DROPS];
		scaling->evidence.syn_share = point->figures[SYNS];
	}
	if (scaling->verdict.leans == VERDICT_UNKNOWN) {
		unsigned client = 1u << SCALING_CLIENT_PORTS | 1u << SCALING_CLIENT_FILES;
		if (scaling->causes & client)
			scaling->causes &= client;
		else if (scaling->levels < 2 || isnan(scaling->retention))
			scaling->causes = 1u << SCALING_NOT_MEASURED;
		else
			scaling->causes = 1u << SCALING_CLIENT_CPU;
	}
	scaling->cause = SCALING_UNKNOWN;
	for (int cause = SCALING_CAUSES - 1; cause >= 0; cause--)
		if (scaling->causes >> cause & 1)
			scaling->cause = (enum scaling_cause)cause;
}

int scaling_of(struct scaling *scaling, const struct document *document, const struct verdict *verdict, struct err *err)
{
	const char *server = verdict->server, *mode = verdict->mode;
	struct shape shape = { 0 };
	uint64_t *levels = NULL;
	size_t count;
	int result = -1;

	*scaling = (struct scaling){
		.server = server,
		.mode = mode,
		.verdict = *verdict,
		.one_rps = NAN,
		.max_rps = NAN,
		.last_rps = NAN,
		.retention = NAN,
		.open_mean = NAN,
		.evidence = { NAN, NAN, NAN, NAN, NAN, NAN, NAN },
	};
	if (summary_levels(document, mode, &levels, &count, err) || shape_fill(&shape, document, server, mode, err))
		goto out;
	if (count) {
		scaling->first_level = levels[0];
		scaling->last_level = levels[count - 1];
	}
	find_rates(scaling, &shape);
	find_errors(scaling, &shape);
	const char *error;
	scaling->never_started = summary_never_started(document, server, &error);
	if (scaling->never_started)
		scaling->error = error;
	scaling->at = level_that_explains(scaling, &shape);
	find_cause(scaling, &shape);
	result = 0;
out:
	free(levels);
	shape_release(&shape);
	return result;
}

char *scaling_title(char out[SCALING_TEXT], const struct scaling *scaling)
{
	return scaling->never_started ? strcpy(out, "never started") : verdict_title(out, &scaling->verdict);
}

/* The evidence of a cause as text; "" where its name says it all. */
static void evidence_say(char *out, size_t room, const struct scaling *scaling, enum scaling_cause cause)
{
	*out = 0;
	switch (cause) {
	case SCALING_FILES:
		snprintf(out, room, " (%.0f %% of its descriptors open)", 100 * scaling->evidence.files_share);
		break;
	case SCALING_CPU_RISING:
		snprintf(out, room, " (%.1f µs a request, %.1f µs at its maximum rate)", scaling->evidence.cost_us,
			 scaling->evidence.cost_best_us);
		break;
	case SCALING_BACKLOG:
		snprintf(out, room, " (%.2g connections dropped for each request)", scaling->evidence.dropped_share);
		break;
	case SCALING_SYN_LOSS:
		snprintf(out, room, " (%.2g sent again for each request)", scaling->evidence.syn_share);
		break;
	case SCALING_CPU_FLAT:
		snprintf(out, room, " (%.2f cores, %.1f µs a request)", scaling->evidence.cpu_cores,
			 scaling->evidence.cost_us);
		break;
	case SCALING_CLIENT_CPU: snprintf(out, room, " (%.0f %% busy)", 100 * scaling->evidence.client_cpu); break;
	case SCALING_DIED:
	case SCALING_CLIENT_PORTS:
	case SCALING_CLIENT_FILES:
	case SCALING_MEMORY:
	case SCALING_STEAL:
	case SCALING_NOT_MEASURED:
	case SCALING_UNKNOWN:
	case SCALING_CAUSES: break;
	}
}

/* What happened, before the cause. */
static int outcome_say(char *out, size_t room, const struct scaling *scaling)
{
	const struct verdict *verdict = &scaling->verdict;
	char level[UNITS_TEXT], other[UNITS_TEXT], host[64] = "";

	if (scaling->never_started)
		return snprintf(out, room, "it never started");
	if (!verdict->settled)
		return snprintf(out, room, "not yet known: %s", verdict->missing);
	units_show_count(level, verdict->last_level);
	switch (verdict->class) {
	case VERDICT_HOLDS:
	case VERDICT_SAGS:
	case VERDICT_COLLAPSES:
		if (lround(100 * verdict->remains.value) != lround(100 * verdict->retention.value))
			snprintf(host, sizeof host, " (%.0f %% without the host's share)",
				 100 * verdict->remains.value);
		return snprintf(out, room, "at %s connections %s%.0f %% of its maximum rate%s", level,
				scaling->max_bounded ? "at most " : "", 100 * verdict->retention.value, host);
	case VERDICT_CLIFF:
		return snprintf(out, room, "from %s to %s connections it loses %.0f %% in a doubling",
				units_show_count(other, verdict->fall_from), units_show_count(level, verdict->fall_to),
				100 * (1 - verdict->fall.value));
	case VERDICT_FAILS:
		units_show_count(level, verdict->from_level);
		if (verdict->failure_share >= 1)
			return snprintf(out, room, "at %s connections it no longer responds", level);
		return snprintf(out, room, "at %s connections %.2g %% of the requests failed", level,
				100 * verdict->failure_share);
	case VERDICT_CLIENT:
		return snprintf(out, room,
				"at %s connections it is as fast as the client: its own limit "
				"was not reached",
				level);
	case VERDICT_UNKNOWN:
	case VERDICT_CLASSES: break;
	}
	return snprintf(out, room, "%s", verdict_meanings[VERDICT_UNKNOWN]);
}

char *scaling_reason(char out[SCALING_TEXT], const struct scaling *scaling)
{
	const struct verdict *verdict = &scaling->verdict;
	int bytes = outcome_say(out, SCALING_TEXT, scaling);
	const char *before = verdict->class == VERDICT_HOLDS ? "; its limit is " : "; likely cause: ";
	char evidence[128];

	for (int cause = 0;
	     cause < SCALING_UNKNOWN && bytes < SCALING_TEXT && verdict->settled && verdict->class != VERDICT_CLIENT;
	     cause++) {
		if (!(scaling->causes >> cause & 1) || cause == SCALING_DIED)
			continue;
		evidence_say(evidence, sizeof evidence, scaling, (enum scaling_cause)cause);
		bytes += snprintf(out + bytes, SCALING_TEXT - (size_t)bytes, "%s%s%s", before,
				  scaling_cause_names[cause], evidence);
		before = "; also seen: ";
	}
	for (size_t i = 0; i < verdict->notes_count && bytes < SCALING_TEXT; i++)
		bytes += snprintf(out + bytes, SCALING_TEXT - (size_t)bytes, "; %s", verdict->notes[i]);
	return out;
}
