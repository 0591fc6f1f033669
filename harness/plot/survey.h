/*
 * survey: what a run says of all its servers at all levels of one mode, as the pictures of that mode need it.
 */
#ifndef HARNESS_SURVEY_H
#define HARNESS_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/summary.h"
#include "harness/lib/err.h"
#include "harness/plot/curves.h"
#include "harness/record/document.h"

/* A server at a level. Figures are medians over the cells of its summary (summary.h), NAN where unknown. */
struct survey_point {
	struct summary summary;
	struct cell_times latency_ns, connect_ns;
	bool censored; /* the latency of one of these cells is */
	double rss_bytes;
};

struct survey {
	const struct document *doc;
	const char *mode;
	uint64_t *levels; /* rising; owned */
	size_t levels_count;
	struct curves curves;        /* a score is the highest rate */
	struct survey_point *points; /* of servers x levels; owned */
	size_t blocks;               /* most cells of one point */
	uint64_t backlog;            /* the largest */
};

/* Returns 0, or -1 with err set; release in both cases. */
int survey_init(struct survey *survey, const struct document *doc, const char *mode, struct err *err);

void survey_release(struct survey *survey);

/* The point of a curve at the level of an index. */
const struct survey_point *survey_point(const struct survey *survey, const struct curve *curve, size_t level);

/* Whether a cell is one of those that the figures of that point are from. */
bool survey_uses(const struct survey *survey, const struct curve *curve, size_t level, const struct cell *cell);

/* Whether there is a rate. */
bool survey_has(const struct survey_point *point);

/* The last level with a rate; the one with the highest; both are indexes. There must be one. */
size_t survey_last(const struct survey *survey, const struct curve *curve);
size_t survey_best(const struct survey *survey, const struct curve *curve);

/* The level from which on there is no rate because all cells failed; 0: it ends with one. */
uint64_t survey_failed_from(const struct survey *survey, const struct curve *curve);

#endif
