#include "harness/analysis/interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "harness/analysis/summary.h"

/* What is outside at one end. */
#define TAIL ((1 - INTERVAL_CONFIDENCE) / 2)

static size_t mean_and_variance(const double *ratios, size_t count, double *mean, double *variance)
{
	size_t known = 0;
	double sum = 0, squares = 0;

	for (size_t i = 0; i < count; i++)
		if (ratios[i] > 0) {
			sum += log(ratios[i]);
			known++;
		}
	*mean = known ? sum / (double)known : NAN;
	for (size_t i = 0; i < count; i++)
		if (ratios[i] > 0)
			squares += (log(ratios[i]) - *mean) * (log(ratios[i]) - *mean);
	*variance = known > 1 ? squares / (double)(known - 1) : NAN;
	return known;
}

struct interval interval_of(const double *ratios, size_t count, struct interval_prior prior)
{
	double mean, variance;
	size_t known = mean_and_variance(ratios, count, &mean, &variance);
	struct interval interval = { exp(mean), NAN, NAN, NAN };

	if (known < 2)
		return interval;
	double own = (double)(known - 1), freedom = own + prior.freedom;
	if (prior.freedom > 0)
		variance = (own * variance + prior.freedom * prior.variance) / freedom;
	double half = gsl_cdf_tdist_Qinv(TAIL, freedom) * sqrt(variance / (double)known);
	interval.scatter = sqrt(variance);
	interval.low = exp(mean - half);
	interval.high = exp(mean + half);
	return interval;
}

double interval_variance(const double *ratios, size_t count)
{
	double mean, variance;

	mean_and_variance(ratios, count, &mean, &variance);
	return variance;
}

struct interval_prior interval_prior_of(double *variances, const double *freedom, size_t count)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		if (variances[i] >= 0 && freedom[i] >= 1)
			variances[known++] = variances[i] * freedom[i] / gsl_cdf_chisq_Pinv(0.5, freedom[i]);
	if (known < 3)
		return (struct interval_prior){ 0, 0 };
	return (struct interval_prior){ summary_median(variances, known), INTERVAL_PRIOR_FREEDOM };
}

double interval_share_low(unsigned k, unsigned n)
{
	return k ? gsl_cdf_beta_Pinv(TAIL, k, n - k + 1.0) : 0;
}
