/*
 * pace: how much longer a run will take, from the time it has taken so far. Pure: the time is a parameter.
 *
 * Cells differ: one of 65536 connections takes ten times as long as one of 8, and each server has both. So the unit is
 * a visit, that of a server from its first level to its last: the rest of the current visit is expected to take what
 * earlier visits took from the same cell on, and each later visit the mean of the earlier ones. Until the first visit
 * is over there is only a lower bound, since the levels rise.
 */
#ifndef HARNESS_RUN_PACE_H
#define HARNESS_RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cells of a visit whose start times are remembered; the time of later cells is taken as evenly spread. */
#define PACE_CELLS 512

struct pace {
	uint64_t start_ns, visit_ns; /* when the run, and when the current visit, began */
	size_t first, visit_first;   /* cells that were done then; SIZE_MAX before the first */
	bool under_way, partial;     /* a cell of this visit was begun; others of it are from an earlier call */
	size_t visits, visits_cells; /* those that are over, and were measured in full */
	double visits_s;
	struct {
		double sum_s; /* from the start of the visit to that of the cell, over all visits */
		size_t count;
	} begun[PACE_CELLS];
	double begun_s[PACE_CELLS]; /* of the current visit */
};

void pace_init(struct pace *pace, uint64_t now_ns);

/* A cell begins, when `done` cells are over. */
void pace_begin(struct pace *pace, size_t done, uint64_t now_ns);

/*
 * A visit is over. Returns whether a cell was measured in it: in a resumed run, all of its cells may have been measured
 * before.
 */
bool pace_end(struct pace *pace, size_t done, uint64_t now_ns);

/* Seconds to the end of all cells; NAN where nothing is known yet. *at_least: it is a lower bound. */
double pace_left_s(const struct pace *pace, size_t done, size_t all, uint64_t now_ns, bool *at_least);

#endif
