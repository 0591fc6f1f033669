/*
 * raw: every latency of a window, one by one, to check the histogram.
 *
 * A histogram rounds; this keeps the values themselves, in the order in which they came. A thread that measures may
 * neither allocate nor write, so the room for all of them is mapped before it starts: anonymous memory without reserved
 * swap (mmap(2), MAP_NORESERVE), of which only what is written to takes a page. What does not fit is counted.
 */
#ifndef CLIENTS_RAW_H
#define CLIENTS_RAW_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/lib/err.h"

/* Values that a thread keeps at most: 512 MiB of them, eleven minutes at 100,000 a second. */
#define RAW_MAX (1u << 26)

struct raw {
	uint64_t *values; /* room for `room` of them; NULL: none are kept */
	size_t room, count;
	uint64_t missed; /* values that did not fit */
};

/* Maps room for `values` of them, RAW_MAX at most. Returns 0, or -1 with err set. */
int raw_init(struct raw *raw, uint64_t values, struct err *err);

/* Keeps one value. */
static inline void raw_add(struct raw *raw, uint64_t value)
{
	if (raw->count < raw->room)
		raw->values[raw->count++] = value;
	else
		raw->missed++;
}

/* Prints the values as they are, one a line. What could not be written is in the stream's ferror(). */
void raw_print(const struct raw *raw, FILE *out);

/* Forgets the values and gives the room back. Memory that was zeroed is fine. */
void raw_release(struct raw *raw);

#endif
