/*
 * adjust: p-values of many tests, adjusted for their number.
 *
 * Of a hundred tests at the level .05, five are "significant" where there is no effect. An adjusted p-value is compared
 * with alpha as if there were one test. Holm's adjustment (1979) bounds the probability of even one false finding;
 * Benjamini and Hochberg's (1995) bounds the share of false ones among the findings.
 *
 * NAN is no test: it stays NAN and does not count. Both adjust in place.
 */
#ifndef HARNESS_LIB_ADJUST_H
#define HARNESS_LIB_ADJUST_H

#include <stddef.h>

/* Returns the number of tests, or -1 where memory is out and p is as it was. */
long adjust_holm(double *p, size_t count);
long adjust_benjamini_hochberg(double *p, size_t count);

#endif
