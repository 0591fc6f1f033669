#include "harness/site/trends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
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
		if (site_run_is_same_host(trend->runs[0], run) && is_same(trend->runs[0]->branch, run->branch) &&
		    is_same(trend->curves[0]->mode, curve->mode) && is_same(trend->curves[0]->client, curve->client))
			return trend;
	}
	struct site_trend *more = realloc(trends->trends, (trends->count + 1) * sizeof *more);
	if (!more)
		return NULL;
	trends->trends = more;
	struct site_trend *trend = &more[trends->count++];
	*trend = (struct site_trend){ .is_main = site_is_main(site, run),
				      .runs = calloc(site->runs_count, sizeof *trend->runs),
				      .curves = calloc(site->runs_count, sizeof *trend->curves) };
	return trend->runs && trend->curves ? trend : NULL;
}

/* Whether one trend is older than another: by its first run, in which there may be one of each mode and client. */
static bool begins_before(const struct site_trend *a, const struct site_trend *b)
{
	const struct site_curve *x = a->first_curve, *y = b->first_curve;
	int order = strcmp(a->first->id, b->first->id);

	if (!order)
		order = strcmp(x->mode, y->mode);
	if (!order)
		order = strcmp(x->client, y->client);
	return order < 0;
}

/* The date that a run has in a trend. */
static const char *date_of(const struct site_run *run)
{
	return run->committed ? run->committed : run->date;
}

/* Runs come by their own dates, the newest first; those of an older commit go further back. */
static void sort(struct site_trend *trend)
{
	for (size_t i = 1; i < trend->count; i++) {
		const struct site_run *run = trend->runs[i];
		const struct site_curve *curve = trend->curves[i];
		size_t at = i;
		for (; at && strcmp(date_of(trend->runs[at - 1]), date_of(run)) < 0; at--) {
			trend->runs[at] = trend->runs[at - 1];
			trend->curves[at] = trend->curves[at - 1];
		}
		trend->runs[at] = run;
		trend->curves[at] = curve;
	}
}

/* The main branch first; else the order stays as it is. */
static void main_first(struct site_trends *trends)
{
	for (size_t i = 1; i < trends->count; i++)
		for (size_t at = i; at && trends->trends[at].is_main && !trends->trends[at - 1].is_main; at--) {
			struct site_trend trend = trends->trends[at];
			trends->trends[at] = trends->trends[at - 1];
			trends->trends[at - 1] = trend;
		}
}

int site_trends_of(struct site_trends *trends, const struct site *site, const char *server, struct err *err)
{
	*trends = (struct site_trends){ 0 };
	for (size_t i = 0; i < site->runs_count; i++) {
		const struct site_run *run = &site->runs[i];
		for (size_t j = 0; j < run->curves_count; j++) {
			if (strcmp(run->curves[j].current, server) != 0)
				continue;
			struct site_trend *trend = trend_for(trends, site, run, &run->curves[j]);
			if (!trend) {
				site_trends_release(trends);
				return err_set(err, "out of memory");
			}
			/* A manifest from outside may hold a curve twice: the first counts. */
			if (trend->count && trend->runs[trend->count - 1] == run)
				continue;
			trend->runs[trend->count] = trend->first = run;
			trend->curves[trend->count++] = trend->first_curve = &run->curves[j];
		}
	}
	for (size_t i = 0; i < trends->count; i++)
		sort(&trends->trends[i]);
	main_first(trends);
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
		{ "name", is_same(curve->server, curve_before->server) },
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
