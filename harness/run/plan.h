/*
 * plan: in which order a run launches its servers. Pure: the same seed gives the same plan.
 *
 * A run consists of blocks. In each block every server is launched once, in a new order, so that a drift of the machine
 * affects all servers alike and does not look like a difference between them (docs/method.md).
 */
#ifndef HARNESS_RUN_PLAN_H
#define HARNESS_RUN_PLAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * The order in which arms, which are compared with each other, are launched: 0 to count - 1 in blocks 1, 3, 5, ..., and
 * reversed in blocks 2, 4, 6, ...; two arms run AB BA AB BA. Over each two blocks all arms have the same mean place in
 * time, so that an even drift favours none of them. The order depends on the block alone: with few launches, a shuffle
 * would often put one arm mostly first. Servers that are not arms are shuffled: random_order(), with the block as its
 * stream.
 */
void plan_mirrored(size_t *order, size_t count, uint64_t block);

#endif
