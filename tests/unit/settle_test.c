/*
 * Does measuring until it is known err as seldom as it should? Curves of known class, with the scatter of real runs, looked at as
 * `run --until-known` does. Prints the confusion matrix, which docs/method.md has.
 */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/settle.h"
#include "harness/analysis/verdicts.h"
#include "harness/lib/random.h"

#define LEVELS       17
#define TRIALS       500
#define QUICK_TRIALS 60 /* in `make check`: 500 take half a minute on two CPUs */
#define OTHERS       5  /* servers that the scatter is learned from */

/* The share of wrong verdicts that is allowed in a cell. */
#define ALLOWED 0.05

/* The same as a number of these trials, with two standard deviations of chance. */
static double allowed_of(unsigned trials)
{
	return trials * ALLOWED + 2 * sqrt(trials * ALLOWED * (1 - ALLOWED));
}

struct shape {
	const char *name;
	enum verdict_class class;
	double rise;  /* the share of the best rate at one connection */
	double keeps; /* what is kept at the end, falling evenly over the last `falling` doublings */
	unsigned falling;
	double dip;        /* what is left at 256 alone; 0: all */
	unsigned cliff_at; /* the place of the level from which on only `keeps` is left; 0: none */
	double fails;      /* the share of the launches that fail at and above 16,384; 0: none */
	bool bounded;      /* the client is the limit from 64 on */
};

static const struct shape shapes[] = {
	{ "flat", VERDICT_HOLDS, 0.8, 1.00, 1, 0, 0, 0, false },
	{ "rises slowly", VERDICT_HOLDS, 0.1, 1.00, 1, 0, 0, 0, false },
	{ "keeps 96 %", VERDICT_HOLDS, 0.3, 0.96, 6, 0, 0, 0, false },
	{ "dips and comes back", VERDICT_HOLDS, 0.3, 1.00, 1, 0.6, 0, 0, false },
	{ "fails in 5 % of the launches", VERDICT_HOLDS, 0.3, 1.00, 1, 0, 0, 0.05, false },
	{ "keeps 85 %", VERDICT_SAGS, 0.3, 0.85, 6, 0, 0, 0, false },
	{ "keeps 70 %", VERDICT_SAGS, 0.3, 0.70, 6, 0, 0, 0, false },
	{ "dips, and keeps 75 %", VERDICT_SAGS, 0.3, 0.75, 6, 0.6, 0, 0, false },
	{ "keeps 40 %", VERDICT_COLLAPSES, 0.3, 0.40, 8, 0, 0, 0, false },
	{ "keeps 20 %", VERDICT_COLLAPSES, 0.3, 0.20, 10, 0, 0, 0, false },
	{ "halves at 8,192", VERDICT_CLIFF, 0.3, 0.50, 0, 0, 13, 0, false },
	{ "halves at the end", VERDICT_CLIFF, 0.3, 0.50, 0, 0, 16, 0, false },
	{ "fails from 16,384", VERDICT_FAILS, 0.3, 1.00, 1, 0, 0, 1, false },
	{ "as fast as the client", VERDICT_CLIENT, 0.3, 1.00, 1, 0, 0, 0, true },
	{ "at the bound, 90 %", VERDICT_HOLDS, 0.3, 0.90, 6, 0, 0, 0, false },
};

#include "tests/unit/scatter.h"

/* A residual of a real run, as a factor. */
static double factor(const struct scatter *scatter, uint64_t *state)
{
	return exp(scatter->residuals[random_next(state) % scatter->count]);
}

static double rate_of(const struct shape *shape, size_t level)
{
	double rise = fmin(1, shape->rise * pow(1 / shape->rise, (double)level / 5));
	double rate = 1e4 * rise;
	size_t start = LEVELS - 1 - shape->falling;

	if (shape->cliff_at)
		return level >= shape->cliff_at ? rate * shape->keeps : rate;
	if (shape->falling && level > start)
		rate *= pow(shape->keeps, (double)(level - start) / shape->falling);
	return level == 8 && shape->dip > 0 ? rate * shape->dip : rate;
}

static void launch_make(struct launches *launches, const struct shape *shape, const struct scatter *scatter,
			const uint64_t *wanted, size_t count, uint64_t *state)
{
	size_t launch = launches->count++;
	bool fails = random_unit(state) <= shape->fails;

	for (size_t level = 0; level < LEVELS; level++) {
		struct launch_point *point = &launches->points[launch * LEVELS + level];
		bool is_wanted = !count;
		for (size_t i = 0; i < count; i++)
			is_wanted |= wanted[i] == launches->levels[level];
		*point = (struct launch_point){ .rate_rps = NAN, .control_cost_us = NAN };
		if (!is_wanted)
			continue;
		*point = (struct launch_point){
			.measured = true,
			.counts = true,
			.rate_rps = rate_of(shape, level) * factor(scatter, state),
			.requests = 1e4,
			.cost_us = 90,
			.cores = 0.9,
			.client_cpu = 0.9,
			.bounded = shape->bounded && level >= 6,
			.control_cost_us = NAN,
		};
		if (fails && level >= 14)
			point->failed = 200;
	}
}

/* The scatter of the other servers of the run, which have as many launches. */
static struct interval_prior prior_of(const struct scatter *scatter, size_t launches, uint64_t *state)
{
	double variances[OTHERS], freedom[OTHERS], ratios[12];

	for (size_t i = 0; i < OTHERS; i++) {
		for (size_t j = 0; j < launches; j++)
			ratios[j] = factor(scatter, state) / factor(scatter, state);
		variances[i] = interval_variance(ratios, launches);
		freedom[i] = (double)launches - 1;
	}
	return interval_prior_of(variances, freedom, OTHERS);
}

/* As a run until it is known: a first pass over all levels, then launches where they decide, looked at as they may be. */
static enum verdict_class settle_one(const struct shape *shape, const struct scatter *scatter, uint64_t *state)
{
	static const unsigned last = 12;
	uint64_t levels[LEVELS], blocks[16], wanted[SETTLE_LEVELS];
	struct launch_point points[16 * LEVELS];
	struct launches launches = { "s", "close", levels, LEVELS, blocks, 0, points, 1, false, 0, 0 };
	struct interval_prior none = { 0, 0 };
	struct verdict verdict;

	for (size_t i = 0; i < LEVELS; i++)
		levels[i] = (uint64_t)1 << i;
	launch_make(&launches, shape, scatter, NULL, 0, state);
	verdict_of(&verdict, &launches, none);
	while (launches.count < last) {
		size_t count = settle_levels(wanted, &launches, &verdict);
		launch_make(&launches, shape, scatter, wanted, count, state);
		verdict_of(&verdict, &launches, launches.count > 1 ? prior_of(scatter, launches.count, state) : none);
		if (settle_is_over(&verdict))
			break;
	}
	return verdict.class;
}

static void few_verdicts_are_wrong(void **state)
{
	const char *tests = getenv("BENCHCTL_TESTS");
	unsigned trials = tests && strcmp(tests, "quick") == 0 ? QUICK_TRIALS : TRIALS;

	(void)state;
	print_message("# | curve, of known class | scatter |");
	for (int class = 0; class < VERDICT_CLASSES; class ++)
		print_message(" %s |", verdict_names[class]);
	print_message(" wrong |\n# | --- | --- |");
	for (int class = 0; class <= VERDICT_CLASSES; class ++)
		print_message(" ---: |");
	print_message("\n");
	for (size_t i = 0; i < LENGTH(shapes); i++)
		for (size_t j = 0; j < LENGTH(scatters); j++) {
			unsigned found[VERDICT_CLASSES] = { 0 };
			uint64_t seed = 1000 * i + j + 1;
			for (unsigned trial = 0; trial < trials; trial++)
				found[settle_one(&shapes[i], &scatters[j], &seed)]++;
			unsigned wrong = trials - found[shapes[i].class] - found[VERDICT_UNKNOWN];
			print_message("# | %s: %s | %s |", shapes[i].name, verdict_names[shapes[i].class],
				      scatters[j].name);
			for (int class = 0; class < VERDICT_CLASSES; class ++)
				print_message(" %u |", found[class]);
			print_message(" %.1f %% |\n", 100.0 * wrong / trials);
			if (wrong > allowed_of(trials))
				fail_msg("%s, %s: %u of %u are wrong", shapes[i].name, scatters[j].name, wrong, trials);
		}
}

static void only_what_decides_is_launched(void **state)
{
	struct verdict verdict = { .leans = VERDICT_FAILS, .from_level = 32768, .before_level = 16384 };

	(void)state;
	assert_int_equal(settle_between(&verdict), 23170);
	verdict.before_level = 30000;
	assert_int_equal(settle_between(&verdict), 0);
	verdict.leans = VERDICT_SAGS;
	verdict.before_level = 1;
	assert_int_equal(settle_between(&verdict), 0);
	verdict = (struct verdict){ .settled = true, .launches = 3 };
	assert_true(settle_is_over(&verdict));
	verdict.launches = 4; /* no look */
	assert_false(settle_is_over(&verdict));
	verdict = (struct verdict){ .launches = 3, .launches_help = false };
	assert_true(settle_is_over(&verdict));
	verdict.launches_help = true;
	assert_false(settle_is_over(&verdict));
	verdict.launches = 12;
	assert_true(settle_is_over(&verdict));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_verdicts_are_wrong),
		cmocka_unit_test(only_what_decides_is_launched),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
