/*
 * hist: a log-linear histogram of durations in nanoseconds.
 *
 * Values up to 255 ns are counted exactly. Above that each power of two is divided into 128 equal buckets, so
 * that a bucket is at most 1/128 of its values wide: a quantile is at most 0.8 % off, at any scale. Values
 * above HIST_MAX (about 73 minutes) are counted in the last bucket; `max` stays exact. The idea is Gil Tene's
 * HdrHistogram; the layout is the one of an unsigned floating-point number with a 7-bit mantissa.
 *
 * A histogram has a fixed size and no pointers: adding is one shift, one increment, and allocates nothing.
 */
#ifndef HARNESS_LIB_HIST_H
#define HARNESS_LIB_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HIST_SUB_BITS 7
#define HIST_MAX_BITS 42
#define HIST_BUCKETS  ((HIST_MAX_BITS - HIST_SUB_BITS + 1) << HIST_SUB_BITS)
#define HIST_MAX      ((1ull << HIST_MAX_BITS) - 1)

struct hist {
	uint64_t count; /* values added */
	uint64_t max;   /* the largest value added, exact; 0 where there is none */
	double sum;     /* of the values added, exact as far as a double is */
	uint64_t buckets[HIST_BUCKETS];
};

/* Forgets all values. A histogram in zeroed memory is already empty. */
void hist_reset(struct hist *hist);

/* The bucket of a value: 0 to HIST_BUCKETS - 1, increasing with the value. */
static inline size_t hist_bucket(uint64_t value)
{
	if (value > HIST_MAX)
		value = HIST_MAX;
	/* The bits below the leading one and its seven followers are what the bucket leaves out. */
	unsigned dropped = value >> (HIST_SUB_BITS + 1) ? 63u - HIST_SUB_BITS - (unsigned)__builtin_clzll(value) : 0;
	return ((size_t)dropped << HIST_SUB_BITS) + (size_t)(value >> dropped);
}

/* Adds one value. */
static inline void hist_add(struct hist *hist, uint64_t value)
{
	hist->buckets[hist_bucket(value)]++;
	hist->count++;
	hist->sum += (double)value;
	if (value > hist->max)
		hist->max = value;
}

/* The smallest value that falls into a bucket. */
uint64_t hist_bucket_low(size_t bucket);

/* Adds all values of `from` to `into`. */
void hist_merge(struct hist *into, const struct hist *from);

/*
 * The value that a share q of all values does not exceed (0 < q <= 1): the middle of the bucket that holds the
 * ceil(q * count)-th smallest value (nearest-rank quantile), never more than `max`. 0 where the histogram is empty.
 */
uint64_t hist_quantile(const struct hist *hist, double q);

/* The mean of all values; 0 where the histogram is empty. */
double hist_mean(const struct hist *hist);

/*
 * Prints the whole histogram as one line of text, without loss:
 *
 *     COUNT MAX SUM @BUCKET N N N .. @BUCKET N ..
 *
 * `@BUCKET` says where the counts that follow begin; empty buckets are passed over. For example two values of 3 ns:
 * "2 3 6 @3 2".
 */
void hist_print(const struct hist *hist, FILE *out);

/* Reads what hist_print() wrote. Returns whether the text is one, with counts that add up, to 2^63 - 1 at most. */
bool hist_parse(struct hist *hist, const char *text);

#endif
