/*
 * noise: the differences that this host shows where there are none.
 *
 * A server is launched many times, and its launches are dealt to two sides at random: any difference between these is
 * noise. One set of launches is dealt NOISE_DEALS times, and each time the two sides are compared as any two sides are.
 * The noise of a figure is the root mean square of the logarithm of its ratio: a share, 0.02 for 2 %. It holds for a
 * comparison with as many launches a side as a deal has, and for launches in turn: how one day differs from the next is
 * not in it.
 *
 * A comparison's floor is a multiple of the noise (COMPARE_NOISE_TIMES) that was measured as the two sides were: on
 * this host, with the same options.
 */
#ifndef HARNESS_COMPARE_NOISE_H
#define HARNESS_COMPARE_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/compare/comparison.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"

#define NOISE_DEALS 200

/* Of one row of the gate, or of the cells, where min_level and max_level are the same. */
struct noise_figure {
	char *server, *client, *mode; /* owned */
	uint64_t min_level, max_level;
	double share[COMPARE_MEASURES]; /* NAN: unknown */
};

struct noise {
	struct document document;     /* the host, the options and the servers; no cells */
	uint64_t launches;            /* of a side */
	struct noise_figure *figures; /* owned */
	size_t count;
};

/*
 * Finds the noise in the launches of each server of a document, `deals` times two halves of them. A figure with fewer than two
 * valid launches a side, in most deals, stays unknown. Fills in launches and figures of a noise that is zeroed. Returns 0, or
 * -1 with err set: there are too few launches, or memory is out. Release it in both cases.
 */
int noise_find(struct noise *noise, const struct document *document, size_t deals, uint64_t seed, struct err *err);

/*
 * Puts the figures of `from`, which is left without them, in place of those that the noise has of the same server.
 * Returns 0, or -1 where memory is out.
 */
int noise_merge(struct noise *noise, struct noise *from);

/* Whether the noise was measured as the runs were. Returns 1; 0 with the difference in *why; -1 where memory is out. */
int noise_fits(const struct noise *noise, const struct document *run, struct err *why);

/*
 * For struct compare_noise; the context is a struct noise. For a band that was not measured with exactly these levels
 * it is the maximum over the levels in it.
 */
double noise_at(const void *context, const char *server, const char *client, const char *mode,
		enum compare_measure measure, uint64_t min_level, uint64_t max_level);

void noise_release(struct noise *noise);

#endif
