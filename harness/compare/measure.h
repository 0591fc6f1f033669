/*
 * measure: what a comparison compares, and how each measure is read from a cell.
 *
 * The rows of one table: name, unit, direction, and which reasons for an invalid cell leave the measure intact. Where the
 * client's CPU was the limit, the rate and the latency are the client's; what a request costs the server and what memory it
 * needs are facts all the same. Failures are counted, whatever else is wrong.
 */
#ifndef HARNESS_COMPARE_MEASURE_H
#define HARNESS_COMPARE_MEASURE_H

#include <stdbool.h>

#include "harness/record/cell.h"

enum compare_measure {
	COMPARE_RATE,     /* right responses a second; gates */
	COMPARE_CPU,      /* CPU time of the server for each request; gates */
	COMPARE_FAILURES, /* share of requests that failed; gates */
	COMPARE_P99,      /* 99th percentile of latency */
	COMPARE_RSS,      /* resident memory of the server */
	COMPARE_MEASURES
};

#define COMPARE_GATING 3 /* the measures before this one gate */

/* Holds a figure with its unit, and most texts of a comparison. */
#define COMPARE_TEXT 256

struct compare_measure_row {
	const char *name;                                   /* "rate", "cpu", ...: for files */
	const char *description;                            /* for people */
	double (*value)(const struct cell *cell);           /* NAN: unknown */
	unsigned tolerated;                                 /* bit set of enum invalid: reasons that do not affect it */
	bool is_cost;                                       /* more of it is worse */
	bool is_share;                                      /* compared as a difference, and not as a ratio */
	bool has_bounds;                                    /* where the client was the limit, it is a lower bound */
	void (*show)(char out[COMPARE_TEXT], double value); /* with its unit; the value is finite and not negative */
};

extern const struct compare_measure_row compare_measures[COMPARE_MEASURES];

/* A figure with its unit: 12,345/s, 83.1 us, 0.12 %, 1.23ms, 14.5 MiB; "-" where unknown. Returns out. */
char *compare_show_value(char out[COMPARE_TEXT], enum compare_measure measure, double value);

/*
 * The figure of a cell as it is compared: a logarithm, or a share. NAN where it has none; the reasons (bit set of enum
 * invalid) are added to *reasons.
 */
double compare_value(const struct cell *cell, enum compare_measure measure, unsigned *reasons);

/*
 * The lower bound that a cell gives, on the same scale: where only the client's CPU was the limit, the server can do at
 * least what it did. NAN where it gives none.
 */
double compare_bound(const struct cell *cell, enum compare_measure measure);

/* The figure itself, from what compare_value() gives. */
double compare_unscaled(enum compare_measure measure, double value);

#endif
