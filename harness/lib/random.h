/*
 * random: pseudo-random numbers that are the same on every machine and in every version, for the same seed.
 *
 * SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): 64 bits of state, which may
 * start at any value. Not for secrets. The state is the caller's, so that each thread and each purpose has its own.
 */
#ifndef HARNESS_LIB_RANDOM_H
#define HARNESS_LIB_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The next 64 random bits. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* The next random number in (0, 1], never 0, with 53 random bits. */
static inline double random_unit(uint64_t *state)
{
	return (double)((random_next(state) >> 11) + 1) * 0x1p-53;
}

/*
 * Fills order with the numbers 0 to count - 1 in random order (Fisher-Yates). Each stream of a seed is another order: a
 * run has one a block.
 */
void random_order(size_t *order, size_t count, uint64_t seed, uint64_t stream);

#endif
