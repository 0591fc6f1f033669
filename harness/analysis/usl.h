/*
 * usl: the Universal Scalability Law, fitted to a curve.
 *
 * X(N) = λN / (1 + σ(N-1) + κN(N-1)), where N is the load, λ the rate at a load of one, σ contention (the share of the work
 * that waits for its turn) and κ cross-talk (what each pair costs to keep in agreement). Gunther, "Guerrilla Capacity
 * Planning", 2007.
 *
 * N/X is linear in 1/λ, σ/λ and κ/λ. Their weighted linear fit is where the least squares of the rates begin, which GSL finds by a
 * trust region (Levenberg and Marquardt). None of the three may be negative: where the best fit has a negative one, the best of
 * those with some of σ and κ at 0 is the fit, of which there are three.
 */
#ifndef HARNESS_ANALYSIS_USL_H
#define HARNESS_ANALYSIS_USL_H

#include <stddef.h>

struct usl {
	double lambda_rps;   /* > 0 */
	double sigma, kappa; /* >= 0 */
};

/* What is squared: the error as a share of the rate, so that each level counts alike; or the error itself, as the R package usl does. */
enum usl_error { USL_RELATIVE, USL_ABSOLUTE };

#define USL_POINTS_MAX 512

/*
 * The fit to `count` points, of which loads and rates are positive, at most USL_POINTS_MAX. Returns 0, or -1 where there are
 * fewer than three or none converges.
 */
int usl_fit(struct usl *usl, const double *loads, const double *rates, size_t count, enum usl_error error);

/* The rate at a load, by the law. */
double usl_at(const struct usl *usl, double load);

/* The load of the highest rate, by the law; INFINITY where it rises for good. */
double usl_peak(const struct usl *usl);

#endif
