/*
 * plot_data: the figures of all servers at all levels of one mode, as the pictures of that mode need them.
 */
#ifndef HARNESS_PLOT_PLOT_DATA_H
#define HARNESS_PLOT_PLOT_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/law.h"
#include "harness/analysis/summary.h"
#include "harness/analysis/verdicts.h"
#include "harness/lib/err.h"
#include "harness/plot/curves.h"
#include "harness/record/document.h"

/* A server at a level. Figures are medians over the cells of its summary (summary.h), NAN where unknown. */
struct plot_data_point {
	struct summary summary;
	struct cell_times latency_ns, connect_ns;
	bool censored; /* the latency of one of these cells is censored */
	double rss_bytes;
};

struct plot_data {
	const struct document *doc;
	const char *mode;
	uint64_t *levels; /* rising; owned */
	size_t levels_count;
	struct verdicts verdicts;       /* on the servers; owned */
	struct law *laws;               /* of the servers, by the index of their curves; owned */
	struct curves curves;           /* a score is the highest rate */
	struct plot_data_point *points; /* of servers x levels; owned */
	bool is_log, is_linear;         /* the scale of rates, where it was asked for */
	bool is_ceiling;                /* the control server is one here (ceiling.h) */
	struct plot_data_ends {
		size_t last, best; /* the last level with a rate, and that with the maximum; 0 where there is none */
	} * ends;                  /* of the servers, by the index of their curves; owned */
	double highest_rps;        /* of all cells of all points; 0: there is no rate */
	size_t blocks;             /* maximum of the cells of one point */
	uint64_t backlog;          /* the largest */
};

/* Returns 0, or -1 with err set; release in both cases. */
int plot_data_init(struct plot_data *data, const struct document *doc, const char *mode, struct err *err);

void plot_data_release(struct plot_data *data);

/* The point of a curve at the level of an index. */
const struct plot_data_point *plot_data_point(const struct plot_data *data, const struct curve *curve, size_t level);

/* Whether the figures of that point include a cell. */
bool plot_data_uses(const struct plot_data *data, const struct curve *curve, size_t level, const struct cell *cell);

/* Whether there is a rate. */
bool plot_data_has(const struct plot_data_point *point);

/* The last level with a rate, and the level with the maximum; both are indexes. There must be one. */
size_t plot_data_last(const struct plot_data *data, const struct curve *curve);
size_t plot_data_best(const struct plot_data *data, const struct curve *curve);

/* The level from which on there is no rate because all cells failed; 0: the last level has one. */
uint64_t plot_data_failed_from(const struct plot_data *data, const struct curve *curve);

#endif
