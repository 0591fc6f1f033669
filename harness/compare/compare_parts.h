/*
 * compare_parts: what the three parts of a comparison share, and nobody else needs.
 *
 * compare.c finds launches, rows and figures; difference.c whether the two sides may be compared at all;
 * verdict.c what the figures say together.
 */
#ifndef HARNESS_COMPARE_COMPARE_PARTS_H
#define HARNESS_COMPARE_COMPARE_PARTS_H

#include "harness/compare/compare.h"

enum side { BASE, NEW, SIDES };

/* How a measure is read. */
struct compare_how {
	double (*value)(const struct cell *cell);
	unsigned tolerated; /* bit set of enum invalid: reasons that do not touch it */
	bool is_cost;       /* more of it is worse */
	bool is_share;      /* compared as it is, and not as a ratio */
};

extern const struct compare_how compare_hows[COMPARE_MEASURES];

/* What the verdict of a figure needs beside it: it is given when all tests are known, and can be adjusted. */
struct compare_extra {
	double spread;
	bool is_certain; /* failures: most launches of one side have them and not one of the other */
	bool is_new;     /* failures: a kind of them that is new, beyond chance */
};

/*
 * Adds a difference, unless there is one of that field. The field is static, or of a document. Returns 0, or -1 with err set
 * where memory is out.
 */
int compare_difference_add(struct comparison *comparison, const char *field, const char *base, const char *new,
			   struct err *err);

/* Adds what differs between all runs of both sides and the first of BASE. Returns 0, or -1 with err set where memory is out. */
int compare_alike(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  struct err *err);

/*
 * Gives the verdicts of the gate, of the cells and of the whole. The extras are those of the rows, in their order. Returns
 * 0, or -1 with err set where memory is out.
 */
int compare_judge(struct comparison *comparison, struct compare_extra (*gate)[COMPARE_MEASURES],
		  struct compare_extra (*cells)[COMPARE_MEASURES], struct err *err);

#endif
