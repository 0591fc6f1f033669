/*
 * plan: in which order a run launches its servers. Pure: the same seed gives the same plan.
 *
 * A run consists of blocks. In each block every server is launched once, in an order of its own, so that a drift of
 * the machine falls on all servers alike and is not read as a difference between them (docs/method.md).
 */
#ifndef HARNESS_RUN_PLAN_H
#define HARNESS_RUN_PLAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * The order in which arms are launched that are compared with each other: 0 to count - 1 in blocks 1, 3, 5, ..., and
 * reversed in blocks 2, 4, 6, ...; two arms run AB BA AB BA. Over each two blocks all arms have the same mean place in time,
 * so that an even drift favours none of them. It follows from the block alone: in a few launches, a shuffle would often put
 * one arm mostly first. Servers that are not arms are shuffled: random_order(), with the block as its stream.
 */
void plan_mirrored(size_t *order, size_t count, uint64_t block);

#endif
