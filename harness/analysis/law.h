/*
 * law: the Universal Scalability Law of a server's curve (usl.h), or why it has none.
 *
 * The law is smooth and has one bend. So it is refused, with the reason, where the curve is not the server's alone or not of that
 * kind: for a cliff and for failures, where the client or the control server was the limit at a level, of fewer than LAW_LEVELS
 * levels, and where the law misses the curve: by more than 15 % (root of the mean square), or by more than 3 % in runs too long
 * for chance (the levels above it and below it in turn, Wald and Wolfowitz; 5 %).
 *
 * Intervals are those of LAW_RESAMPLES fits to resampled launches (percentile bootstrap, 95 %). Launches that settle a verdict
 * lack levels: one that no launch drawn has keeps its median. Of fewer than three launches there is none.
 */
#ifndef HARNESS_ANALYSIS_LAW_H
#define HARNESS_ANALYSIS_LAW_H

#include "harness/analysis/launches.h"
#include "harness/analysis/usl.h"
#include "harness/analysis/verdict.h"

#define LAW_LEVELS    6
#define LAW_RESAMPLES 200
#define LAW_TEXT      256

struct law_range {
	double low, high; /* NAN: unknown */
};

struct law {
	struct usl usl;                /* of the medians over the launches; NAN where it is refused */
	struct law_range sigma, kappa; /* unknown until law_resample() */
	char refused[LAW_TEXT];        /* why there is none; "" */
};

/* The law of launches; `against`: what the verdict has against it, or NULL. */
void law_of(struct law *law, const struct launches *launches, const char *against);

/* Fills in the ranges; nothing where it is refused. Takes some 10 ms. */
void law_resample(struct law *law, const struct launches *launches);

/*
 * The law of the server and mode of a verdict, with what that has against it. Returns 0, or -1 with err set where memory is
 * out.
 */
int law_of_verdict(struct law *law, const struct document *document, const struct verdict *verdict, bool has_ranges,
		   struct err *err);

/* "0.12 (0.11 to 0.13)", a part with its range. Returns out. */
char *law_part(char out[LAW_TEXT], double value, struct law_range range);

/* "most at 2,966 connections", "rises to 20,000/s" where κ may be 0, or "none: " and why. Returns out. */
char *law_words(char out[LAW_TEXT], const struct law *law);

#endif
