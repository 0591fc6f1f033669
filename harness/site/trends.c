#include "harness/site/trends.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_OFF 0.03

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_host(const struct site_run *a, const struct site_run *b)
{
	double x = (double)a->memory_bytes, y = (double)b->memory_bytes;

	return is_same(a->cpu_model, b->cpu_model) && a->cores == b->cores && fabs(x - y) <= MEMORY_OFF * fmax(x, y);
}

void site_trends_release(struct site_trends *trends)
{
	for (size_t i = 0; i < trends->count; i++) {
		free(trends->trends[i].runs);
		free(trends->trends[i].curves);
	}
	free(trends->trends);
	*trends = (struct site_trends){ 0 };
}

/* The trend that a curve belongs to, which is made where there is none. NULL where memory is out. */
static struct site_trend *trend_for(struct site_trends *trends, const struct site *site, const struct site_run *run,
				    const struct site_curve *curve)
{
	for (size_t i = 0; i < trends->count; i++) {
		struct site_trend *trend = &trends->trends[i];
		if (is_same_host(trend->runs[0], run) && is_same(trend->curves[0]->mode, curve->mode) &&
		    is_same(trend->curves[0]->client, curve->client))
			return trend;
	}
	struct site_trend *more = realloc(trends->trends, (trends->count + 1) * sizeof *more);
	if (!more)
		return NULL;
	trends->trends = more;
	struct site_trend *trend = &more[trends->count++];
	*trend = (struct site_trend){ .runs = calloc(site->runs_count, sizeof *trend->runs),
				      .curves = calloc(site->runs_count, sizeof *trend->curves) };
	return trend->runs && trend->curves ? trend : NULL;
}

/* Whether one trend is older than another: by its oldest run, in which there may be one of each mode and client. */
static bool begins_before(const struct site_trend *a, const struct site_trend *b)
{
	const struct site_curve *x = a->curves[a->count - 1], *y = b->curves[b->count - 1];
	int order = strcmp(a->runs[a->count - 1]->id, b->runs[b->count - 1]->id);

	if (!order)
		order = strcmp(x->mode, y->mode);
	if (!order)
		order = strcmp(x->client, y->client);
	return order < 0;
}

int site_trends_of(struct site_trends *trends, const struct site *site, const char *server, struct err *err)
{
	*trends = (struct site_trends){ 0 };
	for (size_t i = 0; i < site->runs_count; i++) {
		const struct site_run *run = &site->runs[i];
		for (size_t j = 0; j < run->curves_count; j++) {
			if (strcmp(run->curves[j].server, server) != 0)
				continue;
			struct site_trend *trend = trend_for(trends, site, run, &run->curves[j]);
			if (!trend) {
				site_trends_release(trends);
				return err_set(err, "out of memory");
			}
			/* A manifest from outside may hold a curve twice: the first counts. */
			if (trend->count && trend->runs[trend->count - 1] == run)
				continue;
			trend->runs[trend->count] = run;
			trend->curves[trend->count++] = &run->curves[j];
		}
	}
	for (size_t i = 0; i < trends->count; i++)
		for (size_t j = 0; j < trends->count; j++)
			trends->trends[i].number += !begins_before(&trends->trends[i], &trends->trends[j]);
	return 0;
}

char *site_changes(char *out, size_t room, const struct site_run *run, const struct site_curve *curve,
		   const struct site_run *before, const struct site_curve *curve_before)
{
	const struct {
		const char *what;
		bool same;
	} parts[] = {
		{ "version",
		  is_same(curve->version, curve_before->version) && curve->revival == curve_before->revival },
		{ "kernel", is_same(run->kernel, before->kernel) },
		{ "governor", is_same(run->governor, before->governor) },
		{ "pinning",
		  is_same(run->client_cpus, before->client_cpus) && is_same(run->server_cpus, before->server_cpus) },
		{ "backlog", run->backlog == before->backlog },
		{ "benchctl", is_same(run->benchctl, before->benchctl) },
	};
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!parts[i].same && used + strlen(parts[i].what) + 3 < room)
			used += (size_t)snprintf(out + used, room - used, "%s%s", used ? ", " : "", parts[i].what);
	return out;
}
