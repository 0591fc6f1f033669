/*
 * verdicts: the verdicts on all servers of a run, worked out from their launches.
 *
 * A verdict on one server borrows from the others what a launch usually scatters (interval.h).
 */
#ifndef HARNESS_ANALYSIS_VERDICTS_H
#define HARNESS_ANALYSIS_VERDICTS_H

#include <stddef.h>

#include "harness/analysis/interval.h"
#include "harness/analysis/launches.h"
#include "harness/analysis/verdict.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"

/* The verdicts on all servers of a run in a mode, by name. */
struct verdicts {
	struct verdict *of; /* owned */
	size_t count;
};

/* Returns 0, or -1 with err set where memory is out. Release them in both cases. */
int verdicts_of(struct verdicts *verdicts, const struct document *document, const char *mode, struct err *err);

void verdicts_release(struct verdicts *verdicts);

/* The verdict on a server; NULL where it was not measured in the mode. */
const struct verdict *verdicts_find(const struct verdicts *verdicts, const char *server);

/*
 * The verdict of launches alone, with what the scatter of other servers says beforehand. Pure: notes of the sequential
 * client are not in it.
 */
void verdict_of(struct verdict *verdict, const struct launches *launches, struct interval_prior prior);

/* The scatter of what remains over the launches, for a prior; and the degrees of freedom that it has. NAN: unknown. */
double verdict_scatter(const struct launches *launches, double *freedom);

/* Writes the verdicts of all modes into the document, in place of those that it has. Returns 0, or -1 with err set. */
int verdicts_record(struct document *document, struct err *err);

#endif
