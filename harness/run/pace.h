/*
 * pace: how long a run will take yet, by how long it has taken so far. Pure: the time is a parameter.
 *
 * Cells are not alike: one of 65536 connections takes ten times as long as one of 8, and each server has both. So what is
 * counted are visits, of a server from its first level to its last: the rest of the one that goes on is what the others
 * took from the same place on, and those to come take the mean of them. Until the first is over there is only a lower
 * bound: the levels rise.
 */
#ifndef HARNESS_RUN_PACE_H
#define HARNESS_RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cells of a visit whose beginnings are remembered; later ones count as if they were all alike. */
#define PACE_CELLS 512

struct pace {
	uint64_t start_ns, visit_ns; /* when the run, and when the visit that goes on, began */
	size_t first, visit_first;   /* cells that were done then; SIZE_MAX before the first */
	bool under_way, partial;     /* a cell of this visit has begun; others of it are of an earlier call */
	size_t visits, visits_cells; /* those that are over, and were measured in whole */
	double visits_s;
	struct {
		double sum_s; /* from the visit's begin to that of the cell, over all visits */
		size_t count;
	} begun[PACE_CELLS];
	double begun_s[PACE_CELLS]; /* of the visit that goes on */
};

void pace_init(struct pace *pace, uint64_t now_ns);

/* A cell begins, when `done` of all are over. */
void pace_begin(struct pace *pace, size_t done, uint64_t now_ns);

/* A visit is over. Returns whether a cell was measured in it: in a resumed run, all of it may have been measured before. */
bool pace_end(struct pace *pace, size_t done, uint64_t now_ns);

/* Seconds to the end of all cells; NAN where there is nothing to go by. *at_least: it is a lower bound. */
double pace_left_s(const struct pace *pace, size_t done, size_t all, uint64_t now_ns, bool *at_least);

#endif
