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
	double **order = sorted(p, count, &tests), max = 0;

	if (!order)
		return -1;
	for (size_t i = 0; i < tests; i++) {
		max = fmax(max, fmin(1, *order[i] * (double)(tests - i)));
		*order[i] = max;
	}
	free(order);
	return (long)tests;
}

long adjust_benjamini_hochberg(double *p, size_t count)
{
	size_t tests;
	double **order = sorted(p, count, &tests), min = 1;

	if (!order)
		return -1;
	for (size_t i = tests; i--;) {
		min = fmin(min, *order[i] * (double)tests / (double)(i + 1));
		*order[i] = min;
	}
	free(order);
	return (long)tests;
}
