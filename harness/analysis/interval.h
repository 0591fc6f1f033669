/*
 * interval: where a ratio lies, by the launches that it was measured in.
 *
 * Student's t on the logarithms of the launches' ratios. Of three launches, which is as many as a short run has, order
 * statistics and the bootstrap reach no more than 75 %. The variance of so few is itself uncertain; so it is moderated by
 * what the other servers of the run have (Smyth, "Linear models and empirical Bayes methods", 2004):
 * s² = (f0 s0² + f s²) / (f0 + f), with f0 + f degrees of freedom. How often the interval holds what it should is checked
 * by simulation in tests/unit/interval_test.c, with scatter that is not normal too.
 */
#ifndef HARNESS_ANALYSIS_INTERVAL_H
#define HARNESS_ANALYSIS_INTERVAL_H

#include <stddef.h>

/*
 * Two-sided. What is wrong by a bound is wrong at one of its ends, so in 1.25 % of the looks; four looks at growing numbers
 * of launches (SETTLE_LOOKS) then err in 5 % at most.
 */
#define INTERVAL_CONFIDENCE 0.975

struct interval {
	double value, low, high; /* value: geometric mean. NAN where unknown: low and high of one launch */
	double scatter;          /* standard deviation of the logarithms, as it was used; NAN unknown */
};

/* What is known of the scatter before a server's own launches are looked at. */
struct interval_prior {
	double variance; /* of the logarithms */
	double freedom;  /* that it counts for; 0: nothing is known */
};

/* The degrees of freedom that the other servers' scatter counts for, where there are at least this many to learn it from. */
#define INTERVAL_PRIOR_FREEDOM 6

/* Where the ratio lies. Ratios that are not positive or unknown are passed over. */
struct interval interval_of(const double *ratios, size_t count, struct interval_prior prior);

/* The variance of the logarithms of the ratios; NAN of fewer than two. */
double interval_variance(const double *ratios, size_t count);

/*
 * The prior from the variances of several servers, of which each has `freedom` degrees: their median, which is the variance of
 * a server in the middle once it is corrected for the skew of a chi-square. NAN are passed over; changes the order.
 */
struct interval_prior interval_prior_of(double *variances, const double *freedom, size_t count);

/* The probability of an event that was seen k times in n launches is at least this, with the confidence of one end (Clopper-Pearson). */
double interval_share_low(unsigned k, unsigned n);

#endif
