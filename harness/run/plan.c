#include "harness/run/plan.h"

/* SplitMix64 (Steele, Lea, Flood 2014): small, and good from any seed. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

void plan_order(size_t *order, size_t count, uint64_t seed, uint64_t block)
{
	uint64_t state = seed ^ block * 0xd1342543de82ef95ull;

	for (size_t i = 0; i < count; i++) {
		/* Modulo bias is below 2^-50 for any number of servers. */
		size_t j = (size_t)(next_random(&state) % (i + 1));
		order[i] = order[j];
		order[j] = i;
	}
}

void plan_mirrored(size_t *order, size_t count, uint64_t block)
{
	for (size_t i = 0; i < count; i++)
		order[i] = block % 2 ? i : count - 1 - i;
}
