/*
 * levels: the numbers of connections to measure, as people write them, and the rates and shares of a rate.
 *
 * A list of items, separated by commas: `A..B` doubles from A and always ends with B, `A..B:+S` goes in steps of S and
 * always ends with B, `N` is one level. The levels of all items together are sorted, each once.
 *
 *     1..65536        1, 2, 4, 8, ..., 65536
 *     1..100          1, 2, 4, 8, 16, 32, 64, 100
 *     1..64:+8,1000   1, 9, 17, ..., 57, 64, 1000
 *
 * Rates (requests a second) and shares (percent) are written the same way, each in a range of their own.
 */
#ifndef HARNESS_CONFIG_LEVELS_H
#define HARNESS_CONFIG_LEVELS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"
#include "harness/lib/options.h"

/* The highest level that can be asked for: 250 loopback addresses of 16384 connections each. */
#define LEVELS_HIGHEST 4096000
/* The highest rate, 1/s: more than one host can offer. */
#define LEVELS_RATE_HIGHEST 10000000
/* The most levels of one run. */
#define LEVELS_MAX 1024

struct levels {
	uint32_t *level; /* rising; count of them, owned */
	size_t count;
	char *text; /* as written, owned */
};

/* Reads levels. Returns 0, or -1 with err set; `levels` holds an earlier value or zero bytes, and is replaced. */
int levels_parse(struct levels *levels, const char *text, struct err *err);

/* The same for rates, from 1 to LEVELS_RATE_HIGHEST, and for percentages from 1 to 100. */
int levels_parse_rates(struct levels *levels, const char *text, struct err *err);
int levels_parse_shares(struct levels *levels, const char *text, struct err *err);

void levels_release(struct levels *levels);

/* Fields of type struct levels, for option tables. Without a value, `count` is 0. */
extern const struct option_type option_levels, option_rates, option_shares;
typedef struct levels option_levels_value, option_rates_value, option_shares_value;

#endif
