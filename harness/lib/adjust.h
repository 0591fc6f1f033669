/*
 * adjust: p-values of many tests, adjusted for their number.
 *
 * Who looks at a hundred tests finds five "significant" ones where there is nothing. An adjusted p-value is compared with
 * alpha as if there were one test. Holm's (1979) bounds the probability of even one false finding; Benjamini and
 * Hochberg's (1995) bounds the share of the false ones among the findings.
 *
 * What is NAN is no test: it stays NAN and does not count. Both are done in place.
 */
#ifndef HARNESS_LIB_ADJUST_H
#define HARNESS_LIB_ADJUST_H

#include <stddef.h>

/* Returns the number of tests, or -1 where memory is out and p is as it was. */
long adjust_holm(double *p, size_t count);
long adjust_benjamini_hochberg(double *p, size_t count);

#endif
