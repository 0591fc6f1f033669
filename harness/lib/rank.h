/*
 * rank: whether two small sets of values differ, and by how much, without assuming a distribution.
 *
 * The test is Mann and Whitney's (1947; Wilcoxon's rank sum), two-sided and exact: of all ways to deal the values to the
 * two sides it counts those whose rank sum is at least as far from the middle as the observed one. Equal values have their
 * mean rank, and are dealt like the others, so that p is exact with ties too; there it may differ from the published
 * tables, which know of none. The shift is Hodges and Lehmann's (1963): the median of all differences between a value
 * of one side and one of the other. Its interval is what the test does not reject: from the K-th smallest difference to
 * the K-th largest (Hollander and Wolfe, Nonparametric Statistical Methods, 4.2 and 4.3), exact without ties, and with
 * them on the safe side.
 *
 * Of logarithms a shift is the logarithm of a ratio. Values are finite, or infinite on one side alone; none is NAN.
 */
#ifndef HARNESS_LIB_RANK_H
#define HARNESS_LIB_RANK_H

#include <stdbool.h>
#include <stddef.h>

/* The maximum number of values of both sides together for which p is exact; beyond, it is approximated, and says so. */
#define RANK_EXACT_MAX 50

/* The maximum number of values of a side. */
#define RANK_MAX 2000

struct rank_test {
	double p;   /* two-sided; NAN where a side is empty */
	bool exact; /* else by the normal distribution, corrected for ties and continuity */
};

/* Tests whether x (n values) and y (m values) differ. Returns 0, or -1 where memory is out. */
int rank_test(struct rank_test *test, const double *x, size_t n, const double *y, size_t m);

struct rank_shift {
	double shift;     /* of y against x; NAN where a side is empty */
	double low, high; /* NAN where so few values have no interval of that confidence */
};

/*
 * The shift of y against x, with its interval of confidence 1 - alpha (at least that, up to RANK_EXACT_MAX values; approximately,
 * beyond). Returns 0, or -1 where memory is out.
 */
int rank_shift(struct rank_shift *shift, const double *x, size_t n, const double *y, size_t m, double alpha);

/* The smallest p that n values against m can have, without ties: 2 / (n + m over n); 1 where a side is empty. */
double rank_min_p(size_t n, size_t m);

/*
 * The number of values a side for a conclusive result, with `tests` tests of which each may have to meet alpha / tests:
 * the smallest n for which p can be small enough at all and, with values that have a standard deviation of `spread`,
 * either a shift of `effect` beyond the floor is found with a probability of 0.8, or for one within it the interval is
 * within the floor. By the normal approximation, in which ranks need pi/3 times the values that means do. spread or
 * effect NAN: only the first condition. 0 where it is more than `max`.
 */
size_t rank_needed(double effect, double spread, double floor, double alpha, size_t tests, size_t max);

/* Compares two doubles, neither of them NAN, for qsort(3): ascending. */
int rank_order(const void *a, const void *b);

#endif
