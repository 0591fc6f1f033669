#include "harness/analysis/law.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/lib/random.h"
#include "harness/lib/units.h"

#define MISSES     0.15
#define STRUCTURED 0.03
#define CHANCE     0.05
#define TAIL       0.025
#define PEAK_SHOWN 1e7 /* a maximum at more connections is none */
#define SEED       1   /* the same launches have the same intervals */

/* A curve: levels with a rate. */
struct curve {
	double loads[USL_POINTS_MAX], rates[USL_POINTS_MAX];
	size_t count;
};

/* The medians over launches: of all, or of those drawn at the levels that these have. */
static void curve_fill(struct curve *curve, const struct launches *launches, const size_t *drawn)
{
	double rates[LAUNCHES_MAX];

	curve->count = 0;
	for (size_t level = 0; level < launches->levels_count && curve->count < USL_POINTS_MAX; level++) {
		size_t known = 0;
		for (size_t i = 0; drawn && i < launches->count; i++)
			if (launches_at(launches, drawn[i], level)->counts)
				rates[known++] = launches_at(launches, drawn[i], level)->rate_rps;
		double rate = known ? summary_median(rates, known) : launches_rate(launches, level, launches->count);
		if (!(rate > 0))
			continue;
		curve->loads[curve->count] = (double)launches->levels[level];
		curve->rates[curve->count++] = rate;
	}
}

/* In how many ways `items` can be divided into `parts`, each with one at least. */
static double divisions(unsigned items, unsigned parts)
{
	return parts >= 1 && items >= parts ? gsl_sf_choose(items - 1, parts - 1) : 0;
}

/* The probability of so few runs of signs, or fewer, where their order is chance. */
static double runs_chance(unsigned above, unsigned below, unsigned runs)
{
	double ways = 0;

	if (!above || !below)
		return 0;
	for (unsigned r = 2; r <= runs; r++)
		ways += r % 2 ? divisions(above, r / 2 + 1) * divisions(below, r / 2) +
					divisions(above, r / 2) * divisions(below, r / 2 + 1)
			      : 2 * divisions(above, r / 2) * divisions(below, r / 2);
	return ways / gsl_sf_choose(above + below, above);
}

/* What the residuals have against the law. */
static void residuals_judge(struct law *law, const struct curve *curve)
{
	unsigned above = 0, runs = 0;
	double squares = 0;
	bool was_above = false;

	for (size_t i = 0; i < curve->count; i++) {
		double miss = curve->rates[i] / usl_at(&law->usl, curve->loads[i]) - 1;
		bool is_above = miss > 0;
		squares += miss * miss;
		above += is_above;
		runs += !i || is_above != was_above;
		was_above = is_above;
	}
	double misses = sqrt(squares / (double)curve->count);
	if (misses > MISSES)
		snprintf(law->refused, LAW_TEXT, "the law misses the curve by %.0f\u00a0%%", 100 * misses);
	else if (misses > STRUCTURED && runs_chance(above, (unsigned)curve->count - above, runs) < CHANCE)
		snprintf(law->refused, LAW_TEXT,
			 "the curve is of another form than the law: %.0f\u00a0%% off, in long runs above and below it",
			 100 * misses);
}

/* The first level at which the harness is the limit. Returns whether there is one. */
static bool is_bounded(const struct launches *launches, uint64_t *level)
{
	for (size_t i = 0; i < launches->levels_count; i++)
		if (launches_most(launches, i, launches_is_harness_limit)) {
			*level = launches->levels[i];
			return true;
		}
	return false;
}

void law_of(struct law *law, const struct launches *launches, const char *against)
{
	struct curve curve;
	uint64_t level;
	char shown[UNITS_TEXT];

	*law = (struct law){ .usl = { NAN, NAN, NAN }, .sigma = { NAN, NAN }, .kappa = { NAN, NAN } };
	curve_fill(&curve, launches, NULL);
	if (against)
		snprintf(law->refused, LAW_TEXT, "%s", against);
	else if (curve.count < LAW_LEVELS)
		snprintf(law->refused, LAW_TEXT, "%zu levels are fewer than %d", curve.count, LAW_LEVELS);
	else if (is_bounded(launches, &level))
		snprintf(law->refused, LAW_TEXT, "the client was the limit at %s connections",
			 units_show_count(shown, level));
	else if (usl_fit(&law->usl, curve.loads, curve.rates, curve.count, USL_RELATIVE))
		snprintf(law->refused, LAW_TEXT, "no fit converges");
	else
		residuals_judge(law, &curve);
	if (law->refused[0])
		law->usl = (struct usl){ NAN, NAN, NAN };
}

/* What a verdict has against a law; NULL: nothing. */
static const char *const against[VERDICT_CLASSES] = {
	[VERDICT_CLIFF] = "it falls off a cliff",
	[VERDICT_FAILS] = "it fails",
	[VERDICT_CLIENT] = "it is as fast as the client",
};

int law_of_verdict(struct law *law, const struct document *document, const struct verdict *verdict, bool has_ranges,
		   struct err *err)
{
	struct launches launches;
	int result = launches_of(&launches, document, verdict->server, verdict->mode, err);

	if (!result) {
		law_of(law, &launches, against[verdict->leans]);
		if (has_ranges)
			law_resample(law, &launches);
	}
	launches_release(&launches);
	return result;
}

static int number_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct law_range range_of(double *numbers, size_t count)
{
	size_t out = (size_t)(TAIL * (double)count);

	qsort(numbers, count, sizeof *numbers, number_order);
	return (struct law_range){ numbers[out], numbers[count - 1 - out] };
}

void law_resample(struct law *law, const struct launches *launches)
{
	double sigmas[LAW_RESAMPLES], kappas[LAW_RESAMPLES];
	size_t drawn[LAUNCHES_MAX], known = 0;
	uint64_t random = SEED;

	if (law->refused[0] || launches->count < 3)
		return;
	for (size_t i = 0; i < LAW_RESAMPLES; i++) {
		struct curve curve;
		struct usl usl;
		for (size_t j = 0; j < launches->count; j++)
			drawn[j] = random_next(&random) % launches->count;
		curve_fill(&curve, launches, drawn);
		if (usl_fit(&usl, curve.loads, curve.rates, curve.count, USL_RELATIVE))
			continue;
		sigmas[known] = usl.sigma;
		kappas[known++] = usl.kappa;
	}
	if (2 * known < LAW_RESAMPLES)
		return;
	law->sigma = range_of(sigmas, known);
	law->kappa = range_of(kappas, known);
}

char *law_part(char out[LAW_TEXT], double value, struct law_range range)
{
	if (isnan(range.low))
		snprintf(out, LAW_TEXT, "%.2g", value);
	else
		snprintf(out, LAW_TEXT, "%.2g (%.2g to %.2g)", value, range.low, range.high);
	return out;
}

char *law_words(char out[LAW_TEXT], const struct law *law)
{
	char level[UNITS_TEXT];
	double peak = usl_peak(&law->usl);

	if (law->refused[0])
		snprintf(out, LAW_TEXT, "none: %.200s", law->refused);
	else if (peak < PEAK_SHOWN && !(law->kappa.low <= 0))
		snprintf(out, LAW_TEXT, "most at %s connections", units_show_count(level, units_whole(peak)));
	else
		snprintf(out, LAW_TEXT, "rises to %s/s",
			 units_show_count(level, units_whole(law->usl.lambda_rps / law->usl.sigma)));
	return out;
}
