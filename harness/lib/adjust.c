#include "harness/lib/adjust.h"

#include <math.h>
#include <stdlib.h>

static int by_p(const void *a, const void *b)
{
	double x = **(double *const *)a, y = **(double *const *)b;

	return (x > y) - (x < y);
}

/* The tests by rising p, to be freed; NULL where memory is out. */
static double **sorted(double *p, size_t count, size_t *tests)
{
	double **order = calloc(count + 1, sizeof *order);

	*tests = 0;
	for (size_t i = 0; order && i < count; i++)
		if (!isnan(p[i]))
			order[(*tests)++] = &p[i];
	if (order)
		qsort(order, *tests, sizeof *order, by_p);
	return order;
}

long adjust_holm(double *p, size_t count)
{
	size_t tests;
	double **order = sorted(p, count, &tests), most = 0;

	if (!order)
		return -1;
	for (size_t i = 0; i < tests; i++) {
		most = fmax(most, fmin(1, *order[i] * (double)(tests - i)));
		*order[i] = most;
	}
	free(order);
	return (long)tests;
}

long adjust_benjamini_hochberg(double *p, size_t count)
{
	size_t tests;
	double **order = sorted(p, count, &tests), least = 1;

	if (!order)
		return -1;
	for (size_t i = tests; i--;) {
		least = fmin(least, *order[i] * (double)tests / (double)(i + 1));
		*order[i] = least;
	}
	free(order);
	return (long)tests;
}
