#include "harness/lib/rank.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define POWER 0.80

int rank_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double tail(double z)
{
	return erfc(z / sqrt(2)) / 2;
}

/* The z above which a share q of the normal distribution is. */
static double tail_quantile(double q)
{
	double low = -40, high = 40;

	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;
		if (tail(middle) > q)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* All values in order, each with twice its mean rank (a whole number) and its side. */
struct ranked {
	double value;
	bool in_x;
	uint32_t rank2;
};

static int ranked_order(const void *a, const void *b)
{
	return rank_order(&((const struct ranked *)a)->value, &((const struct ranked *)b)->value);
}

/* Returns them, to be freed, with the sum of t^3 - t over the groups of t equal values; NULL where memory is out. */
static struct ranked *rank_all(const double *x, size_t n, const double *y, size_t m, double *ties)
{
	struct ranked *all = calloc(n + m, sizeof *all);

	*ties = 0;
	if (!all)
		return NULL;
	for (size_t i = 0; i < n + m; i++)
		all[i] = (struct ranked){ .value = i < n ? x[i] : y[i - n], .in_x = i < n };
	qsort(all, n + m, sizeof *all, ranked_order);
	for (size_t i = 0, next; i < n + m; i = next) {
		for (next = i + 1; next < n + m && all[next].value == all[i].value; next++)
			;
		double t = (double)(next - i);
		*ties += t * t * t - t;
		for (size_t j = i; j < next; j++)
			all[j].rank2 = (uint32_t)(i + 1 + next);
	}
	return all;
}

/*
 * In how many ways do `few` of the ranks have each sum? Returns the counts of sums from 0 to *max, to be freed. They
 * are at most 50 over 25, about 1.3e14, which a double holds exactly. The ranks are in ascending order.
 */
static double *sums_of(const struct ranked *all, size_t count, size_t few, size_t *max)
{
	*max = 0;
	for (size_t i = count - few; i < count; i++)
		*max += all[i].rank2;
	size_t width = *max + 1;
	double *ways = calloc((few + 1) * width, sizeof *ways);
	if (!ways)
		return NULL;
	ways[0] = 1;
	for (size_t i = 0; i < count; i++)
		for (size_t k = i < few ? i + 1 : few; k; k--) {
			const double *from = ways + (k - 1) * width;
			double *to = ways + k * width;
			for (size_t sum = all[i].rank2; sum < width; sum++)
				to[sum] += from[sum - all[i].rank2];
		}
	memmove(ways, ways + few * width, width * sizeof *ways);
	return ways;
}

static int exact_p(double *p, const struct ranked *all, size_t n, size_t m)
{
	size_t count = n + m, few = n < m ? n : m, max, seen = 0;
	double total = 0, far = 0;
	double *ways = sums_of(all, count, few, &max);

	if (!ways)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (all[i].in_x == (n <= m))
			seen += all[i].rank2;
	/* Twice the mean rank is count + 1. */
	long long middle = (long long)(few * (count + 1)), off = llabs((long long)seen - middle);
	for (size_t sum = 0; sum <= max; sum++) {
		total += ways[sum];
		if (llabs((long long)sum - middle) >= off)
			far += ways[sum];
	}
	*p = far / total;
	free(ways);
	return 0;
}

static double normal_p(const struct ranked *all, size_t n, size_t m, double ties)
{
	double count = (double)(n + m), sum = 0;
	double variance = (double)n * (double)m / 12 * (count + 1 - ties / (count * (count - 1)));

	for (size_t i = 0; i < n + m; i++)
		if (all[i].in_x)
			sum += all[i].rank2 / 2.0;
	double off = fabs(sum - (double)n * (count + 1) / 2) - 0.5;
	return variance > 0 && off > 0 ? 2 * tail(off / sqrt(variance)) : 1;
}

int rank_test(struct rank_test *test, const double *x, size_t n, const double *y, size_t m)
{
	double ties;

	*test = (struct rank_test){ .p = NAN };
	if (!n || !m)
		return 0;
	struct ranked *all = rank_all(x, n, y, m, &ties);
	if (!all)
		return -1;
	int result = 0;
	test->exact = n + m <= RANK_EXACT_MAX;
	if (test->exact)
		result = exact_p(&test->p, all, n, m);
	else
		test->p = normal_p(all, n, m, ties);
	free(all);
	return result;
}

/*
 * How many differences are left out at each end of the interval: the largest C for which U < C has a probability of at
 * most alpha/2. 0: there is no interval. Returns 0, or -1 where memory is out.
 */
static int left_out(size_t *out, size_t n, size_t m, double alpha)
{
	size_t count = n + m, few = n < m ? n : m, max;
	double total = 0, below = 0;

	*out = 0;
	if (count > RANK_EXACT_MAX) {
		double middle = (double)n * (double)m / 2;
		double cut = middle - tail_quantile(alpha / 2) * sqrt(middle * ((double)count + 1) / 6);
		*out = cut > 0 ? (size_t)cut : 0;
		return 0;
	}
	struct ranked all[RANK_EXACT_MAX];
	for (size_t i = 0; i < count; i++)
		all[i] = (struct ranked){ .rank2 = (uint32_t)(i + 1) };
	double *ways = sums_of(all, count, few, &max);
	if (!ways)
		return -1;
	for (size_t sum = 0; sum <= max; sum++)
		total += ways[sum];
	/* The smallest sum of ranks is that of U = 0. */
	for (size_t sum = few * (few + 1) / 2; sum <= max; sum++) {
		below += ways[sum];
		if (below / total > alpha / 2)
			break;
		++*out;
	}
	free(ways);
	return 0;
}

int rank_shift(struct rank_shift *shift, const double *x, size_t n, const double *y, size_t m, double alpha)
{
	size_t count = n * m, out;

	*shift = (struct rank_shift){ NAN, NAN, NAN };
	if (!n || !m)
		return 0;
	double *differences = malloc(count * sizeof *differences);
	if (!differences || left_out(&out, n, m, alpha)) {
		free(differences);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			differences[i * m + j] = y[j] - x[i];
	qsort(differences, count, sizeof *differences, rank_order);
	shift->shift = (differences[(count - 1) / 2] + differences[count / 2]) / 2;
	if (out) {
		shift->low = differences[out - 1];
		shift->high = differences[count - out];
	}
	free(differences);
	return 0;
}

double rank_min_p(size_t n, size_t m)
{
	double ways = 1;

	for (size_t i = 1; i <= m; i++)
		ways *= (double)(n + i) / (double)i;
	return n && m ? 2 / ways : 1;
}

size_t rank_needed(double effect, double spread, double floor, double alpha, size_t tests, size_t max)
{
	double each = alpha / (double)(tests ? tests : 1);
	bool is_known = !isnan(effect) && !isnan(spread);
	bool is_beyond = fabs(effect) > floor;
	double room = is_beyond ? fabs(effect) : floor - fabs(effect);
	double z = is_beyond ? tail_quantile(each / 2) + tail_quantile(1 - POWER) : tail_quantile(alpha / 2);
	size_t min = 1;

	while (min <= max && rank_min_p(min, min) >= each)
		min++;
	if (!is_known)
		return min <= max ? min : 0;
	/* room >= z * spread * sqrt(2/n * pi/3) */
	double wanted = spread > 0 ? ceil(z * z * spread * spread * 2 * M_PI / 3 / (room * room)) : 0;
	if (!(wanted <= (double)max) || min > max)
		return 0;
	return (size_t)wanted > min ? (size_t)wanted : min;
}
