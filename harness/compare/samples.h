/*
 * samples: the cells of both sides of a comparison, in the order of its rows, each with its launch.
 *
 * A launch is a block of a run. Open loops are counted and left out: their rate was chosen.
 */
#ifndef HARNESS_COMPARE_SAMPLES_H
#define HARNESS_COMPARE_SAMPLES_H

#include "harness/compare/comparison.h"

struct sample {
	const char *server; /* of the row */
	const struct cell *cell;
	enum side side;
	size_t launch; /* its number among the launches of its side */
};

struct samples {
	struct sample *all; /* by server, client, mode, level, side, launch; owned */
	size_t count;
	size_t launches[SIDES];
	size_t open_loops; /* cells left out */
};

/*
 * Collects the cells of two sides into a struct that is zeroed. Returns 0, or -1 with err set: a cell is in a run twice, a run
 * is given twice, there are more than RANK_MAX launches, or memory is out. Release it in both cases.
 */
int samples_collect(struct samples *samples, const struct compare_side *const sides[SIDES], struct err *err);

void samples_release(struct samples *samples);

/* How many of the samples, from the first on, are in the same row of the cells, or of the gate. */
size_t samples_of_level(const struct sample *samples, size_t count);
size_t samples_of_band(const struct sample *samples, size_t count);

/* How many are of each side. */
void samples_count(size_t counts[SIDES], const struct sample *samples, size_t count);

/* What a side has, for a message: "a@1 (epoll, close), ...", or "none at all". Returns out. */
char *samples_show(char *out, size_t room, const struct samples *samples, enum side side);

#endif
