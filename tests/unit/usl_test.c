/* The Universal Scalability Law: the fits that the R package usl publishes, bounds at zero, what a curve of launches has or lacks. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "harness/analysis/law.h"
#include "harness/analysis/usl.h"
#include "harness/lib/random.h"

/* To three digits. */
static void check_near(const char *what, double seen, double wanted)
{
	if (fabs(seen - wanted) > 0.005 * fabs(wanted) + 1e-12)
		fail_msg("%s is %.6g, not %.6g", what, seen, wanted);
}

static const double processors[] = { 1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64 };
static const double raytracer[] = { 20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310 };

/* Data and fits of version 3.0.3, which squares the errors themselves: README, vignette, tests/confint.Rout.save, tests/coef.Rout.save. */
static void published_fits_are_met(void **state)
{
	static const double users[] = { 1, 18, 36, 72, 108, 144, 216 };
	static const double specsdm91[] = { 64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2 };
	static const double few[] = { 1, 2, 4, 6, 8, 10 }, exact[] = { 1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557 };
	static const struct {
		const char *name;
		const double *loads, *rates;
		size_t count;
		struct usl usl;
		double peak; /* 0: not published */
	} fits[] = {
		{ "specsdm91", users, specsdm91, LENGTH(users), { 89.995233, 0.0277285, 0.0001044 }, 96.52 },
		{ "the first six of raytracer", processors, raytracer, 6, { 20.85605, 0.02444, 0.00163 }, 0 },
		{ "raytracer", processors, raytracer, LENGTH(processors), { 21.848843, 0.057771, 0 }, INFINITY },
		{ "an exact curve", few, exact, LENGTH(few), { 1, 0.02, 0.02 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(fits); i++) {
		struct usl usl;
		assert_int_equal(usl_fit(&usl, fits[i].loads, fits[i].rates, fits[i].count, USL_ABSOLUTE), 0);
		print_message("# %s: λ %.7g, σ %.7g, κ %.7g\n", fits[i].name, usl.lambda_rps, usl.sigma, usl.kappa);
		check_near(fits[i].name, usl.lambda_rps, fits[i].usl.lambda_rps);
		check_near(fits[i].name, usl.sigma, fits[i].usl.sigma);
		check_near(fits[i].name, usl.kappa, fits[i].usl.kappa);
		if (isinf(fits[i].peak))
			assert_true(isinf(usl_peak(&usl)));
		else if (fits[i].peak > 0)
			check_near("its peak", usl_peak(&usl), fits[i].peak);
	}
}

/* Curves of the law itself, from 1 to 65,536 connections, are found again; an error counts by its share at each level. */
static void what_follows_the_law_is_found(void **state)
{
	static const struct usl laws[] = {
		{ 3000, 0.15, 0 },    { 3000, 0.02, 1e-9 }, { 3000, 0.5, 1e-6 },
		{ 20000, 0.9, 3e-5 }, { 500, 0, 1e-4 },     { 500, 0, 0 },
	};
	double loads[17], rates[17];

	(void)state;
	for (size_t i = 0; i < LENGTH(laws); i++) {
		struct usl usl;
		for (size_t j = 0; j < 17; j++) {
			loads[j] = (double)(1u << j);
			rates[j] = usl_at(&laws[i], loads[j]);
		}
		assert_int_equal(usl_fit(&usl, loads, rates, 17, USL_RELATIVE), 0);
		for (size_t j = 0; j < 17; j++)
			check_near("a rate", usl_at(&usl, loads[j]), rates[j]);
		check_near("λ", usl.lambda_rps, laws[i].lambda_rps);
		if (laws[i].sigma > 0)
			check_near("σ", usl.sigma, laws[i].sigma);
		if (laws[i].kappa > 0)
			check_near("κ", usl.kappa, laws[i].kappa);
		assert_true(usl.sigma >= 0 && usl.kappa >= 0);
	}
}

static void nothing_is_negative(void **state)
{
	/* It rises faster than the load: σ would be negative. */
	static const double loads[] = { 1, 2, 4, 8, 16, 32 }, rates[] = { 1, 2.2, 5, 11, 25, 50 };
	struct usl usl;
	uint64_t seed = 1;

	(void)state;
	assert_int_equal(usl_fit(&usl, loads, rates, LENGTH(loads), USL_RELATIVE), 0);
	assert_true(usl.sigma >= 0 && usl.sigma < 1e-12 && usl.kappa >= 0 && usl.kappa < 1e-12 && usl.lambda_rps > 1);
	assert_int_equal(usl_fit(&usl, loads, rates, 2, USL_RELATIVE), -1);
	for (unsigned trial = 0; trial < 300; trial++) {
		double any[LENGTH(loads)];
		for (size_t i = 0; i < LENGTH(loads); i++)
			any[i] = exp(10 * random_unit(&seed));
		if (!usl_fit(&usl, loads, any, LENGTH(loads), USL_RELATIVE) &&
		    !(usl.lambda_rps > 0 && usl.sigma >= 0 && usl.kappa >= 0))
			fail_msg("λ %g, σ %g, κ %g", usl.lambda_rps, usl.sigma, usl.kappa);
	}
}

#define LEVELS   17
#define LAUNCHES 5

/* Launches that follow a law with such scatter, times a factor from a level on. */
static void launches_make(struct launches *launches, const struct usl *usl, double scatter, size_t from, double factor,
			  uint64_t *seed)
{
	for (size_t i = 0; i < LAUNCHES; i++) {
		double launch = exp(scatter * (random_unit(seed) - 0.5));
		for (size_t level = 0; level < LEVELS; level++) {
			struct launch_point *point = &launches->points[i * LEVELS + level];
			launches->levels[level] = (uint64_t)1 << level;
			*point = (struct launch_point){ .measured = true, .counts = true };
			point->rate_rps = usl_at(usl, (double)launches->levels[level]) * launch *
					  exp(scatter * (random_unit(seed) - 0.5)) * (level >= from ? factor : 1);
		}
	}
}

static void a_curve_has_a_law_or_a_reason(void **state)
{
	static const struct usl usl = { 3000, 0.12, 1e-7 };
	uint64_t levels[LEVELS], blocks[LAUNCHES], seed = 7;
	struct launch_point points[LAUNCHES * LEVELS];
	struct launches launches = { "s", "close", levels, LEVELS, blocks, LAUNCHES, points, 1, false, 0, 0 };
	struct law law;
	char words[LAW_TEXT];

	(void)state;
	launches_make(&launches, &usl, 0.04, LEVELS, 1, &seed);
	law_of(&law, &launches, NULL);
	assert_string_equal(law.refused, "");
	law_resample(&law, &launches);
	assert_true(law.sigma.low <= usl.sigma && usl.sigma <= law.sigma.high);
	assert_true(law.kappa.low <= usl.kappa && usl.kappa <= law.kappa.high);
	assert_true(law.sigma.low <= law.usl.sigma && law.usl.sigma <= law.sigma.high);
	check_words(law_words(words, &law), "most at ");
	check_words(law_part(words, law.usl.sigma, law.sigma), "0.12 (0.1");

	law_of(&law, &launches, "it falls off a cliff");
	assert_string_equal(law.refused, "it falls off a cliff");
	check_words(law_words(words, &law), "none: it falls off a cliff");

	/* A step in the middle is no law's. */
	launches_make(&launches, &usl, 0.04, 10, 0.6, &seed);
	law_of(&law, &launches, NULL);
	check_words(law.refused, "the law");

	launches_make(&launches, &usl, 0.04, LEVELS, 1, &seed);
	for (size_t i = 0; i < LAUNCHES; i++)
		points[i * LEVELS + 9].bounded = true;
	law_of(&law, &launches, NULL);
	check_words(law.refused, "the client was the limit at 512");

	launches_make(&launches, &usl, 0.04, LEVELS, 1, &seed);
	launches.levels_count = 5;
	law_of(&law, &launches, NULL);
	check_words(law.refused, "5 levels are fewer than 6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_fits_are_met),
		cmocka_unit_test(what_follows_the_law_is_found),
		cmocka_unit_test(nothing_is_negative),
		cmocka_unit_test(a_curve_has_a_law_or_a_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
