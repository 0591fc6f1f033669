#include "harness/analysis/usl.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdbool.h>

#define PARTS      3 /* 1/λ, σ/λ, κ/λ */
#define STEPS      200
#define TOLERANCE  1e-10
#define SIGMA_PART 1
#define KAPPA_PART 2

/* A fit in which some of the parts are used, and the others are 0. */
struct trial {
	const double *loads, *rates;
	size_t count;
	double scale_rps; /* of absolute errors; 0: they are relative */
	int parts[PARTS]; /* used */
	size_t used;
};

static double factor_of(int part, double load)
{
	return part == SIGMA_PART ? load - 1 : part == KAPPA_PART ? load * (load - 1) : 1;
}

/* N/X by the law. */
static double time_of(const struct trial *trial, const gsl_vector *at, double load)
{
	double sum = 0;

	for (size_t i = 0; i < trial->used; i++)
		sum += gsl_vector_get(at, i) * factor_of(trial->parts[i], load);
	return sum;
}

/* The unit of the error at a point. */
static double unit_of(const struct trial *trial, size_t point)
{
	return trial->scale_rps > 0 ? trial->scale_rps : trial->rates[point];
}

static int errors_fill(const gsl_vector *at, void *context, gsl_vector *errors)
{
	const struct trial *trial = context;

	for (size_t i = 0; i < trial->count; i++) {
		double rate = trial->loads[i] / time_of(trial, at, trial->loads[i]);
		if (!isfinite(rate))
			return GSL_EDOM;
		gsl_vector_set(errors, i, (rate - trial->rates[i]) / unit_of(trial, i));
	}
	return GSL_SUCCESS;
}

static int slopes_fill(const gsl_vector *at, void *context, gsl_matrix *slopes)
{
	const struct trial *trial = context;

	for (size_t i = 0; i < trial->count; i++) {
		double load = trial->loads[i], time = time_of(trial, at, load);
		for (size_t j = 0; j < trial->used; j++)
			gsl_matrix_set(slopes, i, j,
				       -load / (time * time) * factor_of(trial->parts[j], load) / unit_of(trial, i));
	}
	return GSL_SUCCESS;
}

/* The linear fit of N/X, in which an error counts as it does in the rate. */
static bool start_find(const struct trial *trial, gsl_vector *start)
{
	gsl_matrix *factors = gsl_matrix_alloc(trial->count, trial->used);
	gsl_matrix *covariance = gsl_matrix_alloc(trial->used, trial->used);
	gsl_vector *times = gsl_vector_alloc(trial->count), *weights = gsl_vector_alloc(trial->count);
	gsl_multifit_linear_workspace *room = gsl_multifit_linear_alloc(trial->count, trial->used);
	bool is_found = false;
	double square;

	if (factors && covariance && times && weights && room) {
		for (size_t i = 0; i < trial->count; i++) {
			double load = trial->loads[i], rate = trial->rates[i];
			for (size_t j = 0; j < trial->used; j++)
				gsl_matrix_set(factors, i, j, factor_of(trial->parts[j], load));
			gsl_vector_set(times, i, load / rate);
			gsl_vector_set(weights, i, pow(rate * rate / (load * unit_of(trial, i)), 2));
		}
		is_found = !gsl_multifit_wlinear(factors, weights, times, start, covariance, &square, room);
	}
	gsl_multifit_linear_free(room);
	gsl_vector_free(weights);
	gsl_vector_free(times);
	gsl_matrix_free(covariance);
	gsl_matrix_free(factors);
	return is_found;
}

/* The sum of the squared errors of a fit, which is stored in `usl`; NAN where it does not converge or a part is negative. */
static double trial_fit(struct trial *trial, struct usl *usl)
{
	gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
	gsl_multifit_nlinear_fdf problem = {
		.f = errors_fill, .df = slopes_fill, .n = trial->count, .p = trial->used, .params = trial
	};
	gsl_vector *start = gsl_vector_alloc(trial->used);
	gsl_multifit_nlinear_workspace *room = NULL;
	double square = NAN, parts[PARTS] = { 0 };
	int info;

	if (start && start_find(trial, start))
		room = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &how, trial->count, trial->used);
	if (room && !gsl_multifit_nlinear_init(start, &problem, room) &&
	    !gsl_multifit_nlinear_driver(STEPS, TOLERANCE, TOLERANCE, 0, NULL, NULL, &info, room)) {
		const gsl_vector *errors = gsl_multifit_nlinear_residual(room);
		const gsl_vector *found = gsl_multifit_nlinear_position(room);
		bool is_allowed = gsl_vector_get(found, 0) > 0;
		for (size_t i = 0; i < trial->used; i++) {
			parts[trial->parts[i]] = gsl_vector_get(found, i);
			is_allowed &= parts[trial->parts[i]] >= 0;
		}
		*usl = (struct usl){ 1 / parts[0], parts[SIGMA_PART] / parts[0], parts[KAPPA_PART] / parts[0] };
		square = 0;
		for (size_t i = 0; i < trial->count; i++)
			square += pow(gsl_vector_get(errors, i), 2);
		square = is_allowed ? square : NAN;
	}
	gsl_multifit_nlinear_free(room);
	gsl_vector_free(start);
	return square;
}

int usl_fit(struct usl *usl, const double *loads, const double *rates, size_t count, enum usl_error error)
{
	struct trial trials[] = {
		{ .parts = { 0, SIGMA_PART, KAPPA_PART }, .used = 3 },
		{ .parts = { 0, SIGMA_PART }, .used = 2 },
		{ .parts = { 0, KAPPA_PART }, .used = 2 },
		{ .parts = { 0 }, .used = 1 },
	};
	double least = INFINITY, highest_rps = 0;

	if (count < PARTS || count > USL_POINTS_MAX)
		return -1;
	for (size_t i = 0; i < count; i++)
		highest_rps = fmax(highest_rps, rates[i]);
	/* What does not converge is a return value; GSL would end the program. */
	gsl_error_handler_t *handler = gsl_set_error_handler_off();
	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
		struct usl found;
		trials[i].loads = loads;
		trials[i].rates = rates;
		trials[i].count = count;
		trials[i].scale_rps = error == USL_ABSOLUTE ? highest_rps : 0;
		double square = trial_fit(&trials[i], &found);
		if (!(square < least))
			continue;
		least = square;
		*usl = found;
		if (!i) /* nothing was negative: the others can't be better */
			break;
	}
	gsl_set_error_handler(handler);
	return isinf(least) ? -1 : 0;
}

double usl_at(const struct usl *usl, double load)
{
	return usl->lambda_rps * load / (1 + usl->sigma * (load - 1) + usl->kappa * load * (load - 1));
}

double usl_peak(const struct usl *usl)
{
	if (usl->kappa <= 0)
		return INFINITY;
	return usl->sigma < 1 ? sqrt((1 - usl->sigma) / usl->kappa) : 1;
}
