/*
 * figure: the result of all launches for one measure in one row.
 *
 * The figure of a launch is the mean over the levels of the row (of logarithms: the geometric mean). Levels that do not
 * count on both sides are left out, and then so is a launch that lacks one of the others, since a mean over other
 * levels would be a different figure. pair.h says what counts, and what a lower bound can show.
 */
#ifndef HARNESS_COMPARE_FIGURE_H
#define HARNESS_COMPARE_FIGURE_H

#include "harness/compare/samples.h"

/* What the verdict depends on besides the figure itself. */
struct figure_basis {
	double spread;   /* standard deviation of the launches; NAN: unknown */
	bool is_certain; /* failures: most launches of one side have them, and none of the other */
	bool is_new;     /* failures: a new kind of them, unlikely by chance */
};

/* Working memory for figures; all owned. */
struct figure_room {
	const struct compare_settings *settings;
	size_t launches[SIDES];
	double *values[SIDES]; /* of each launch that counts */
	double *sums[SIDES];   /* of each launch, over the levels so far */
	size_t *levels[SIDES]; /* of how many levels */
	struct figure_level *all;
};

/* Returns 0, or -1 with err set: memory is out. Release it in both cases. */
int figure_room_init(struct figure_room *room, const struct samples *samples, const struct compare_settings *settings,
		     struct err *err);
void figure_room_release(struct figure_room *room);

/*
 * Makes a figure of a row from its samples, and of the rate counts the row's levels by what can be said of them. All but the
 * verdict and the adjusted p is filled in. Returns 0, or -1 with err set: memory is out.
 */
int figure_make(struct figure_room *room, struct compare_row *row, enum compare_measure measure,
		const struct sample *samples, size_t count, struct figure_basis *basis, struct err *err);

#endif
