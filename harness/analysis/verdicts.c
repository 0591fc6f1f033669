#include "harness/analysis/verdicts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/failing.h"
#include "harness/analysis/judgement.h"
#include "harness/analysis/missing.h"
#include "harness/analysis/notes.h"
#include "harness/analysis/retention.h"
#include "harness/analysis/summary.h"
#include "harness/analysis/trouble.h"
#include "harness/analysis/waits.h"
#include "harness/lib/control.h"

/* What one launch shows by itself. */
static enum verdict_class class_of_launch(const struct judgement *judgement, size_t launch)
{
	const struct launches *launches = judgement->launches;
	size_t best = retention_best_for(launches, launch);

	if (failing_first(launches, launch) < launches->levels_count)
		return VERDICT_FAILS;
	if (judgement->is_cliff) {
		double left = retention_kept(launches, launch, judgement->fall_from, judgement->fall_to, true);
		double back = judgement->back
				      ? retention_kept(launches, launch, judgement->fall_from, judgement->back, true)
				      : 0;
		if (retention_of_doubling(launches, left, judgement->fall_from, judgement->fall_to) <=
			    JUDGEMENT_CLIFF &&
		    !(back >= JUDGEMENT_COME_BACK))
			return VERDICT_CLIFF;
	}
	if (best == launches->levels_count)
		return VERDICT_UNKNOWN;
	enum verdict_class class = judgement_class(retention_kept(launches, launch, best, judgement->last, true));
	/* A lower bound at the end is what it has kept at least. */
	bool is_bound = judgement->last_bounded &&
			launches_is_harness_limit(launches_at(launches, launch, judgement->last));
	return is_bound && (class != VERDICT_HOLDS || judgement->best_bounded) ? VERDICT_CLIENT : class;
}

/* Counts the launches that have what the class rests on, and those of them that show it. */
static void launches_count(struct judgement *judgement, size_t failing)
{
	const struct launches *launches = judgement->launches;
	struct verdict *verdict = judgement->verdict;

	verdict->launches = 0;
	if (verdict->leans == VERDICT_UNKNOWN) /* as many as there are, at their best */
		for (size_t level = 0; level < launches->levels_count; level++)
			if (launches_measured(launches, level) > verdict->launches)
				verdict->launches = launches_measured(launches, level);
	for (size_t i = 0; i < launches->count && verdict->leans != VERDICT_UNKNOWN; i++) {
		enum verdict_class class = class_of_launch(judgement, i);
		bool is_basis = verdict->leans == VERDICT_FAILS ? launches_at(launches, i, failing)->measured
				: verdict->leans == VERDICT_CLIFF
					? !isnan(retention_kept(launches, i, judgement->fall_from, judgement->fall_to,
								true))
				: verdict->leans == VERDICT_CLIENT ? launches_at(launches, i, judgement->last)->counts
								   : class != VERDICT_UNKNOWN;
		verdict->launches += is_basis || class == verdict->leans;
		verdict->agree += class == verdict->leans;
	}
}

static enum verdict_class lean(const struct judgement *judgement)
{
	const struct verdict *verdict = judgement->verdict;

	if (verdict->failing >= 2 ||
	    (verdict->failing && verdict->failing == launches_measured(judgement->launches, judgement->last)))
		return VERDICT_FAILS;
	if (judgement->is_cliff)
		return VERDICT_CLIFF;
	if (retention_levels(judgement->launches) < 2 || isnan(verdict->retention.value))
		return VERDICT_UNKNOWN;
	/* A lower bound at the end: what it has kept at least; one of the best: what it has kept at most. */
	if (judgement->last_bounded)
		return !judgement->best_bounded && verdict->remains.value >= JUDGEMENT_HOLDS ? VERDICT_HOLDS
											     : VERDICT_CLIENT;
	if (verdict->remains.value >= JUDGEMENT_HOLDS && judgement->best_bounded)
		return VERDICT_UNKNOWN;
	return judgement_class(verdict->remains.value);
}

static void judge(struct judgement *judgement)
{
	struct verdict *verdict = judgement->verdict;
	size_t failing = failing_find(verdict, judgement->launches);

	judgement_retention(judgement);
	judgement_fall(judgement);
	verdict->leans = lean(judgement);
	launches_count(judgement, failing);
	trouble_find(judgement, failing);
	waits_find(judgement);
	verdict->settled = missing_is_none(judgement);
	if (judgement->launches->is_elsewhere) {
		/* However often it was measured: what is alike in all of it may be due to this one start. */
		verdict->settled = false;
		verdict->launches = verdict->launches > 0;
		verdict->agree = verdict->agree > 0;
		verdict_miss(verdict, false, "not launched here: one launch");
	}
	if (verdict->settled)
		verdict->class = verdict->leans;
	notes_find(judgement);
}

void verdict_of(struct verdict *verdict, const struct launches *launches, struct interval_prior prior)
{
	static const struct interval unknown = { NAN, NAN, NAN, NAN };
	double room[launches->count + 1];
	struct judgement judgement = {
		.verdict = verdict,
		.launches = launches,
		.ratios = room,
		.prior = prior,
		.come_back = unknown,
	};

	*verdict = (struct verdict){
		.server = launches->server,
		.mode = launches->mode,
		.class = VERDICT_UNKNOWN,
		.leans = VERDICT_UNKNOWN,
		.retention = unknown,
		.remains = unknown,
		.fall = unknown,
		.failure_share = NAN,
		.waits_ns = NAN,
	};
	if (!launches->levels_count) {
		verdict_miss(verdict, false, "it was not measured");
		return;
	}
	judgement.last = launches->levels_count - 1;
	verdict->last_level = launches->levels[judgement.last];
	judge(&judgement);
}

double verdict_scatter(const struct launches *launches, double *freedom)
{
	double ratios[launches->count + 1];
	size_t known = 0;

	for (size_t i = 0; i < launches->count; i++) {
		size_t best = retention_best_for(launches, i);
		if (best + 1 >=
		    launches->levels_count) /* none, or the highest itself, which scatters against nothing */
			continue;
		double ratio = retention_kept(launches, i, best, launches->levels_count - 1, true);
		if (ratio > 0)
			ratios[known++] = ratio;
	}
	*freedom = known > 1 ? (double)known - 1 : 0;
	return interval_variance(ratios, known);
}

int verdicts_of(struct verdicts *verdicts, const struct document *document, const char *mode, struct err *err)
{
	const char **servers = summary_servers(document, err);
	struct launches *launches = NULL;
	double *variances = NULL, *freedoms = NULL;
	size_t count = 0, known = 0;
	int result = -1;

	*verdicts = (struct verdicts){ 0 };
	if (!servers)
		return -1;
	while (servers[count])
		count++;
	launches = calloc(count + 1, sizeof *launches);
	variances = calloc(count + 1, sizeof *variances);
	freedoms = calloc(count + 1, sizeof *freedoms);
	verdicts->of = calloc(count + 1, sizeof *verdicts->of);
	if (!launches || !variances || !freedoms || !verdicts->of) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		if (launches_of(&launches[i], document, servers[i], mode, err))
			goto out;
		if (!launches[i].count || strcmp(servers[i], CONTROL_SERVER) == 0)
			continue;
		variances[known] = verdict_scatter(&launches[i], &freedoms[known]);
		known += freedoms[known] > 0;
	}
	struct interval_prior prior = interval_prior_of(variances, freedoms, known);
	for (size_t i = 0; i < count; i++) {
		verdict_of(&verdicts->of[verdicts->count], &launches[i], prior);
		waits_sequential(&verdicts->of[verdicts->count++], document);
	}
	result = 0;
out:
	for (size_t i = 0; i < count && launches; i++)
		launches_release(&launches[i]);
	free(launches);
	free(variances);
	free(freedoms);
	free(servers);
	return result;
}

void verdicts_release(struct verdicts *verdicts)
{
	free(verdicts->of);
	*verdicts = (struct verdicts){ 0 };
}

const struct verdict *verdicts_find(const struct verdicts *verdicts, const char *server)
{
	for (size_t i = 0; i < verdicts->count; i++)
		if (strcmp(verdicts->of[i].server, server) == 0)
			return &verdicts->of[i];
	return NULL;
}
