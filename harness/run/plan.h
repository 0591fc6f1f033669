/*
 * plan: which cells a run measures, and in which order. Pure: the same settings and seed give the same plan.
 *
 * A run is some blocks. In each block every server is launched once, in an order of its own, so that a drift of
 * the machine falls on all servers alike and is not read as a difference between them (docs/method.md).
 */
#ifndef HARNESS_RUN_PLAN_H
#define HARNESS_RUN_PLAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Fills order with the numbers 0 to count - 1 in the order of a block: a Fisher-Yates shuffle, seeded with the
 * run's seed and the block's number.
 */
void plan_order(size_t *order, size_t count, uint64_t seed, uint64_t block);

/*
 * The order in which arms are launched that are to be compared with each other: 0 to count - 1 in blocks 1, 3, 5, ..., and
 * back in blocks 2, 4, 6, ...; of two arms AB BA AB BA. Over each two blocks all arms have the same mean place in time,
 * so that a drift that is even takes nothing from one and gives nothing to another. It follows from the block alone:
 * of a few launches, a shuffle would often enough put one arm mostly first.
 */
void plan_mirrored(size_t *order, size_t count, uint64_t block);

#endif
