#include "harness/compare/verdict.h"

#include <math.h>
#include <stdlib.h>

#include "harness/lib/adjust.h"
#include "harness/lib/rank.h"

static enum compare_verdict worse_or_better(enum compare_measure measure, double base, double new)
{
	return (new > base) == compare_measures[measure].is_cost ? COMPARE_REGRESSED : COMPARE_IMPROVED;
}

static enum compare_verdict failures_verdict(const struct compare_figure *figure, const struct figure_basis *basis,
					     double alpha)
{
	/* A kind that BASE has never had is a finding of its own: another kind may have become rarer by as much. */
	if (figure->new_failures)
		return basis->is_new ? COMPARE_REGRESSED : COMPARE_INCONCLUSIVE;
	if (isnan(figure->p))
		return COMPARE_EQUIVALENT;
	/* One side has none at all: then nothing is estimated, and its own test is enough. */
	if ((basis->is_certain && figure->p < alpha) ||
	    (figure->p_adjusted < alpha && fabs(figure->new - figure->base) > COMPARE_FAILURES_FLOOR))
		return worse_or_better(COMPARE_FAILURES, figure->base, figure->new);
	return COMPARE_INCONCLUSIVE;
}

static enum compare_verdict ratio_verdict(const struct compare_figure *figure, enum compare_measure measure,
					  double alpha)
{
	double min = 1 - figure->floor, max = 1 / min;
	bool is_beyond = figure->ratio < min || figure->ratio > max;

	if (figure->p_adjusted < alpha && is_beyond)
		return worse_or_better(measure, 1, figure->ratio);
	/* More launches can tell whether NEW is beyond a bound; within it, nothing can. */
	if (figure->bounds)
		return is_beyond && figure->p < 1 ? COMPARE_INCONCLUSIVE : COMPARE_NOT_COMPARED;
	return figure->low >= min && figure->high <= max ? COMPARE_EQUIVALENT : COMPARE_INCONCLUSIVE;
}

static void figure_judge(const struct comparison *comparison, struct compare_figure *figure,
			 const struct figure_basis *basis, enum compare_measure measure, size_t tests)
{
	double alpha = comparison->settings.alpha;
	bool is_share = compare_measures[measure].is_share;

	if (!figure->base_count || !figure->new_count)
		figure->verdict = COMPARE_INVALID;
	else if (comparison->differences.count)
		figure->verdict = COMPARE_INCOMPARABLE;
	else if (is_share)
		figure->verdict = failures_verdict(figure, basis, alpha);
	else
		figure->verdict = ratio_verdict(figure, measure, alpha);
	if (figure->verdict != COMPARE_INCONCLUSIVE)
		return;
	size_t have = figure->base_count < figure->new_count ? figure->base_count : figure->new_count;
	size_t needed = rank_needed(is_share ? NAN : log(figure->ratio), basis->spread, -log(1 - figure->floor), alpha,
				    basis->is_certain || figure->new_failures ? 1 : tests, COMPARE_MORE_MAX);
	figure->more = !needed ? 0 : needed > have ? needed - have : 1;
}

/* The first gating measure that has regressed; COMPARE_MEASURES: none. */
static enum compare_measure regressed_by(const struct compare_row *row)
{
	int measure = 0;

	while (measure < COMPARE_GATING && row->figures[measure].verdict != COMPARE_REGRESSED)
		measure++;
	return measure < COMPARE_GATING ? (enum compare_measure)measure : COMPARE_MEASURES;
}

/*
 * A row has the verdict of its worst figure; else possibly new failures, and levels that are lost or were not compared,
 * keep it from passing; else it has the verdict of its rate. Server CPU can make the verdict worse, and never stands in
 * for a rate that was not compared. Returns whether anything that both sides have could be compared.
 */
static bool row_judge(struct compare_row *row, bool is_alike)
{
	const struct compare_figure *rate = &row->figures[COMPARE_RATE];
	const struct compare_figure *failures = &row->figures[COMPARE_FAILURES];
	enum compare_measure regressed = regressed_by(row);
	bool has_speed = rate->verdict != COMPARE_INVALID || row->figures[COMPARE_CPU].verdict != COMPARE_INVALID;

	row->not_compared = row->undecided + (rate->verdict == COMPARE_REGRESSED ? 0 : row->worse) +
			    (rate->verdict == COMPARE_IMPROVED ? 0 : row->better);
	row->by = COMPARE_RATE;
	row->verdict = rate->verdict;
	if (regressed != COMPARE_MEASURES) {
		row->verdict = COMPARE_REGRESSED;
		row->by = regressed;
		return true;
	}
	if (!is_alike)
		return has_speed;
	if (failures->verdict == COMPARE_INCONCLUSIVE) {
		row->verdict = COMPARE_INCONCLUSIVE;
		row->by = COMPARE_FAILURES;
		return true;
	}
	if (row->lost)
		row->verdict = COMPARE_INCONCLUSIVE;
	else if (row->not_compared)
		row->verdict = COMPARE_NOT_COMPARED;
	return has_speed;
}

/* Adjusts one measure of all cells by Benjamini and Hochberg, or those of the gate together by Holm. */
static long adjust(struct compare_row *rows, size_t count, int first, int end, long (*how)(double *, size_t),
		   struct err *err)
{
	size_t each = (size_t)(end - first);
	double *p = calloc(count * each + 1, sizeof *p);
	long tests = -1;

	for (size_t i = 0; p && i < count * each; i++)
		p[i] = rows[i / each].figures[(size_t)first + i % each].p;
	if (!p || (tests = how(p, count * each)) < 0)
		err_set(err, "out of memory");
	for (size_t i = 0; tests >= 0 && i < count * each; i++)
		rows[i / each].figures[(size_t)first + i % each].p_adjusted = p[i];
	free(p);
	return tests;
}

/* Returns 1 where anything could be compared, 0 where nothing; -1 with err set. */
static int gate_judge(struct comparison *comparison, struct figure_basis (*bases)[COMPARE_MEASURES], struct err *err)
{
	bool has_speed = false;
	long tests = adjust(comparison->gate, comparison->gate_count, 0, COMPARE_GATING, adjust_holm, err);

	if (tests < 0)
		return -1;
	comparison->gate_tests = (size_t)tests;
	for (size_t i = 0; i < comparison->gate_count; i++) {
		struct compare_row *row = &comparison->gate[i];
		for (int measure = 0; measure < COMPARE_GATING; measure++)
			figure_judge(comparison, &row->figures[measure], &bases[i][measure],
				     (enum compare_measure)measure, comparison->gate_tests);
		has_speed |= row_judge(row, !comparison->differences.count);
		comparison->gate_verdicts[row->verdict]++;
	}
	return has_speed;
}

static int cells_judge(struct comparison *comparison, struct figure_basis (*bases)[COMPARE_MEASURES], struct err *err)
{
	for (int measure = 0; measure < COMPARE_MEASURES; measure++) {
		long tests = adjust(comparison->cells, comparison->cells_count, measure, measure + 1,
				    adjust_benjamini_hochberg, err);
		if (tests < 0)
			return -1;
		for (size_t i = 0; i < comparison->cells_count; i++)
			figure_judge(comparison, &comparison->cells[i].figures[measure], &bases[i][measure],
				     (enum compare_measure)measure, (size_t)tests);
	}
	for (size_t i = 0; i < comparison->cells_count; i++) {
		struct compare_row *row = &comparison->cells[i];
		struct compare_figure *rate = &row->figures[COMPARE_RATE];
		rate->cliff = rate->verdict == COMPARE_REGRESSED && rate->high < COMPARE_CLIFF;
		row_judge(row, !comparison->differences.count);
		comparison->cliffs += rate->cliff;
		comparison->cell_verdicts[row->verdict]++;
	}
	return 0;
}

static void whole_judge(struct comparison *comparison, bool has_speed)
{
	static const enum compare_verdict order[] = {
		COMPARE_REGRESSED,    COMPARE_INCOMPARABLE, COMPARE_NOT_COMPARED,
		COMPARE_INCONCLUSIVE, COMPARE_IMPROVED,     COMPARE_EQUIVALENT,
	};

	comparison->verdict = COMPARE_INVALID;
	for (size_t i = 0; i < sizeof order / sizeof *order && has_speed; i++)
		if (comparison->gate_verdicts[order[i]]) {
			comparison->verdict = order[i];
			break;
		}
	if (comparison->cliffs)
		comparison->verdict = COMPARE_REGRESSED;
}

/*
 * Rows of the gate with too few launches: even the minimum p is not small enough. If the whole interval of a rate is
 * within the floor, there is a verdict all the same.
 */
static void launches_judge(struct comparison *comparison)
{
	/* A regression is a verdict, and so is a cliff, which takes fewer launches. */
	for (size_t i = 0; i < comparison->gate_count && comparison->verdict != COMPARE_REGRESSED; i++) {
		const struct compare_figure *rate = &comparison->gate[i].figures[COMPARE_RATE];
		double min_p = rank_min_p(rate->base_count, rate->new_count) * (double)comparison->gate_tests;
		comparison->too_few += rate->verdict == COMPARE_INCONCLUSIVE && min_p >= comparison->settings.alpha;
	}
	if (comparison->too_few)
		comparison->launches_needed = verdict_min_launches(comparison->gate_tests, comparison->settings.alpha);
}

size_t verdict_min_launches(size_t tests, double alpha)
{
	return rank_needed(NAN, NAN, 0, alpha, tests, COMPARE_MORE_MAX);
}

int verdict_give(struct comparison *comparison, struct figure_basis (*gate)[COMPARE_MEASURES],
		 struct figure_basis (*cells)[COMPARE_MEASURES], struct err *err)
{
	int has_speed = gate_judge(comparison, gate, err);

	if (has_speed < 0 || cells_judge(comparison, cells, err))
		return -1;
	whole_judge(comparison, has_speed);
	launches_judge(comparison);
	return 0;
}
