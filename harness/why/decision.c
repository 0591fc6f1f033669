#include "harness/why/decision.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "harness/lib/rank.h"

/* More launches than a budget of minutes has room for. */
#define NEEDED_MAX 100

/* The logarithms of the values that are known; returns how many. */
static size_t logs_take(double *logs, const double *values, size_t count)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		if (values[i] > 0 && isfinite(values[i]))
			logs[known++] = log(values[i]);
	return known;
}

/* The mean of the two sides' standard deviations; NAN where a side has fewer than two values. */
static double spread_of(const double *x, size_t n, const double *y, size_t m)
{
	const double *sides[] = { x, y };
	const size_t counts[] = { n, m };
	double spread = 0;

	for (int side = 0; side < 2; side++) {
		double sum = 0, squares = 0;
		for (size_t i = 0; i < counts[side]; i++)
			sum += sides[side][i];
		for (size_t i = 0; i < counts[side]; i++)
			squares += pow(sides[side][i] - sum / (double)counts[side], 2);
		spread += counts[side] > 1 ? sqrt(squares / (double)(counts[side] - 1)) / 2 : NAN;
	}
	return spread;
}

int decision_make(struct decision *decision, const double *before, size_t n, const double *after, size_t m, double size,
		  int below, double alpha)
{
	double *x = calloc(n + m + 1, sizeof *x), *y = x ? x + n : NULL;
	struct rank_shift shift;
	struct rank_test test;
	int result = -1;

	if (!x)
		return -1;
	n = logs_take(x, before, n);
	m = logs_take(y, after, m);
	for (size_t i = 0; i < n; i++)
		x[i] += log(size); /* so that the test is of a difference from the size */
	if (rank_test(&test, x, n, y, m) || rank_shift(&shift, x, n, y, m, alpha))
		goto out;
	*decision = (struct decision){
		.effect = size * exp(shift.shift),
		.low = size * exp(shift.low),
		.high = size * exp(shift.high),
		.p = test.p,
		.moved = CAUSE_MOVED_UNDECIDED,
	};
	if (shift.low > 0)
		decision->moved = below ? CAUSE_NOT_MOVED : CAUSE_MOVED;
	else if (shift.high < 0)
		decision->moved = below ? CAUSE_MOVED : CAUSE_NOT_MOVED;
	else
		decision->needed = rank_needed(fabs(shift.shift), spread_of(x, n, y, m), 0, alpha, 1, NEEDED_MAX);
	result = 0;
out:
	free(x);
	return result;
}

size_t decision_launches(size_t tests, double alpha)
{
	return rank_needed(NAN, NAN, 0, alpha, tests, NEEDED_MAX);
}
