#include "harness/compare/verdict.h"

#include <math.h>
#include <stdlib.h>

#include "harness/lib/adjust.h"
#include "harness/lib/rank.h"

static enum compare_verdict worse_or_better(enum compare_measure measure, double base, double new)
{
	return (new > base) == compare_measures[measure].is_cost ? COMPARE_REGRESSED : COMPARE_IMPROVED;
}

static enum compare_verdict failures_verdict(const struct compare_figure *figure, const struct verdict_basis *basis,
					     double alpha)
{
	/* A kind that BASE has never had is a finding of its own: as many of another kind may have gone. */
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
	double least = 1 - figure->floor, most = 1 / least;

	if (figure->p_adjusted < alpha && (figure->ratio < least || figure->ratio > most))
		return worse_or_better(measure, 1, figure->ratio);
	return figure->low >= least && figure->high <= most ? COMPARE_EQUIVALENT : COMPARE_INCONCLUSIVE;
}

static void figure_judge(const struct comparison *comparison, struct compare_figure *figure,
			 const struct verdict_basis *basis, enum compare_measure measure, size_t tests)
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
				    basis->is_certain || figure->new_failures ? 1 : tests, COMPARE_MORE_MOST);
	figure->more = !needed ? 0 : needed > have ? needed - have : 1;
}

/*
 * A row is what its worst figure says. Else it is what its rate says or, where that is not valid, the CPU of its server:
 * that no request failed says nothing of speed. Returns whether anything of both sides could be compared.
 */
static bool speed_judge(struct compare_row *row)
{
	static const enum compare_measure speeds[] = { COMPARE_RATE, COMPARE_CPU };

	row->verdict = COMPARE_INVALID;
	row->by = COMPARE_RATE;
	for (int measure = 0; measure < COMPARE_GATING; measure++)
		if (row->figures[measure].verdict == COMPARE_REGRESSED) {
			row->verdict = COMPARE_REGRESSED;
			row->by = (enum compare_measure)measure;
			return true;
		}
	if (row->figures[COMPARE_FAILURES].verdict == COMPARE_INCONCLUSIVE) {
		row->verdict = COMPARE_INCONCLUSIVE;
		row->by = COMPARE_FAILURES;
		return true;
	}
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds && row->verdict == COMPARE_INVALID; i++) {
		row->verdict = row->figures[speeds[i]].verdict;
		row->by = row->verdict == COMPARE_INVALID ? COMPARE_RATE : speeds[i];
	}
	return row->verdict != COMPARE_INVALID;
}

/* The same, but for what NEW has lost: what can't be seen any more is not as good as it was. */
static bool row_judge(struct compare_row *row)
{
	bool has_speed = speed_judge(row);

	if (row->lost && row->verdict != COMPARE_REGRESSED && row->verdict != COMPARE_INCOMPARABLE)
		row->verdict = COMPARE_INCONCLUSIVE;
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
static int gate_judge(struct comparison *comparison, struct verdict_basis (*bases)[COMPARE_MEASURES], struct err *err)
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
		has_speed |= row_judge(row);
		comparison->gate_verdicts[row->verdict]++;
	}
	return has_speed;
}

static int cells_judge(struct comparison *comparison, struct verdict_basis (*bases)[COMPARE_MEASURES], struct err *err)
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
		row_judge(row);
		comparison->cliffs += rate->cliff;
		comparison->cell_verdicts[row->verdict]++;
	}
	return 0;
}

static void whole_judge(struct comparison *comparison, bool has_speed)
{
	static const enum compare_verdict order[] = {
		COMPARE_REGRESSED, COMPARE_INCOMPARABLE, COMPARE_INCONCLUSIVE, COMPARE_IMPROVED, COMPARE_EQUIVALENT,
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

int verdict_give(struct comparison *comparison, struct verdict_basis (*gate)[COMPARE_MEASURES],
		 struct verdict_basis (*cells)[COMPARE_MEASURES], struct err *err)
{
	int has_speed = gate_judge(comparison, gate, err);

	if (has_speed < 0 || cells_judge(comparison, cells, err))
		return -1;
	whole_judge(comparison, has_speed);
	return 0;
}

bool compare_is_sure(const struct comparison *comparison)
{
	return !comparison->gate_verdicts[COMPARE_INCONCLUSIVE] && !comparison->base_only &&
	       !comparison->base_interrupted && !comparison->new_interrupted;
}
