/*
 * units: numbers with units, as people write and read them.
 *
 * Parsing is strict: the whole text must be one number with one unit, without blanks, else it is an error that
 * shows what would be right. Nothing is rounded or cut silently.
 */
#ifndef HARNESS_LIB_UNITS_H
#define HARNESS_LIB_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"

/* A whole number of at most 18 digits. Returns 0, or -1 with err set. */
int units_count(uint64_t *count, const char *text, struct err *err);

/*
 * A duration: a decimal number and one of ns, us, ms, s, m, h, as in 500ms, 1.5s, 2m. A whole number of
 * nanoseconds, which it stores, and at most 1000 hours. Returns 0, or -1 with err set.
 */
int units_duration(uint64_t *ns, const char *text, struct err *err);

/* Holds the longest text that a units_show function writes. */
#define UNITS_TEXT 32

/* A duration so that units_duration reads it back exactly: 3s, 250ms, 90s. Returns out. */
char *units_show_duration(char out[UNITS_TEXT], uint64_t ns);

/* A duration for people, with three digits: 1.23ms, 45.6s. Returns out. */
char *units_show_latency(char out[UNITS_TEXT], uint64_t ns);

/*
 * A figure as a count, rounded down. A figure from a file can be any number: NAN or below 1 gives 0, and too large
 * gives the maximum.
 */
uint64_t units_whole(double figure);

/* A count for people, with commas: 65,536. Returns out. */
char *units_show_count(char out[UNITS_TEXT], uint64_t count);

#endif
