/* The interval of a ratio by its launches: does it contain the true ratio as often as it claims? */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/analysis/interval.h"
#include "harness/lib/random.h"

#define TRIALS  4000
#define SERVERS 6

static double normal(uint64_t *state)
{
	return sqrt(-2 * log(random_unit(state))) * cos(2 * M_PI * random_unit(state));
}

/* One launch in eight is off by three times as much: what a shared machine does. */
static double spoiled(uint64_t *state)
{
	return normal(state) * (random_unit(state) < 0.125 ? 3 : 1);
}

static double even(uint64_t *state)
{
	return (random_unit(state) - 0.5) * sqrt(12);
}

/* The share of the intervals that the true ratio is above or below. */
static double missed(double (*scatter)(uint64_t *), double spread, double unlike, size_t launches, uint64_t seed)
{
	static const double truth = 0.8;
	double ratios[SERVERS][12], variances[SERVERS], freedom[SERVERS];
	size_t outside = 0;

	for (size_t trial = 0; trial < TRIALS; trial++) {
		for (size_t i = 0; i < SERVERS; i++) {
			/* Each server scatters by a different amount. */
			double own = spread * exp(unlike * normal(&seed));
			for (size_t j = 0; j < launches; j++)
				ratios[i][j] = truth * exp(own * scatter(&seed));
			variances[i] = interval_variance(ratios[i], launches);
			freedom[i] = (double)launches - 1;
		}
		struct interval_prior prior = interval_prior_of(variances, freedom, SERVERS);
		struct interval interval = interval_of(ratios[0], launches, prior);
		outside += interval.low > truth || interval.high < truth;
	}
	return (double)outside / TRIALS;
}

static void it_holds_the_truth_as_often_as_it_says(void **state)
{
	static const struct {
		const char *name;
		double (*scatter)(uint64_t *);
		double unlike, allowed;
	} cases[] = {
		{ "normal", normal, 0, 0.030 },
		{ "even", even, 0, 0.032 },
		{ "spoiled", spoiled, 0, 0.035 },
		{ "normal, unlike servers", normal, 0.4, 0.050 },
		{ "spoiled, unlike servers", spoiled, 0.4, 0.055 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (size_t launches = 3; launches <= 12; launches += launches < 5 ? 2 : 7) {
			double share = missed(cases[i].scatter, 0.05, cases[i].unlike, launches, 18);
			print_message("# %s, %zu launches: %.1f %% outside\n", cases[i].name, launches, 100 * share);
			if (share > cases[i].allowed)
				fail_msg("%s, %zu launches: %.3f of the intervals miss", cases[i].name, launches,
					 share);
		}
}

static void few_launches_have_none(void **state)
{
	static const struct interval_prior none = { 0, 0 };
	const double ratios[] = { 0.5, 0.8, NAN, 0, 0.8 };

	(void)state;
	assert_true(isnan(interval_of(ratios, 0, none).value));
	assert_true(interval_of(ratios, 1, none).value == 0.5 && isnan(interval_of(ratios, 1, none).low));
	struct interval interval = interval_of(ratios + 1, 4, none);
	assert_true(fabs(interval.value - 0.8) < 1e-12 && fabs(interval.low - 0.8) < 1e-12);
	/* Student's t of 2 and 4 degrees of freedom, at one end 1.25 % (tables): 6.205 and 3.495. */
	const double three[] = { exp(-0.1), 1, exp(0.1) };
	interval = interval_of(three, 3, none);
	assert_true(fabs(log(interval.high) - 6.205 * 0.1 / sqrt(3)) < 1e-4);
	/* With a prior that is as wide, it is narrower, since it is better known: 8 degrees, 2.752. */
	interval = interval_of(three, 3, (struct interval_prior){ 0.01, 6 });
	assert_true(fabs(log(interval.high) - 2.752 * 0.1 / sqrt(3)) < 1e-4);
	assert_true(isnan(interval_variance(ratios, 1)));
	double variances[] = { 0.01, 0.02 }, freedom[] = { 2, 2 };
	assert_true(interval_prior_of(variances, freedom, 2).freedom == 0);
}

static void shares_have_a_lower_end(void **state)
{
	(void)state;
	assert_true(interval_share_low(0, 5) == 0);
	/* All n of n: the n-th root of 0.0125. */
	assert_true(fabs(interval_share_low(3, 3) - cbrt(0.0125)) < 1e-9);
	assert_true(interval_share_low(2, 3) < 0.10 && interval_share_low(3, 5) > 0.10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_the_truth_as_often_as_it_says),
		cmocka_unit_test(few_launches_have_none),
		cmocka_unit_test(shares_have_a_lower_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
