#include "harness/lib/random.h"

void random_order(size_t *order, size_t count, uint64_t seed, uint64_t stream)
{
	uint64_t state = seed ^ stream * 0xd1342543de82ef95u;

	for (size_t i = 0; i < count; i++) {
		/* The bias of the modulo is below 2^-50 for any number of servers. */
		size_t j = (size_t)(random_next(&state) % (i + 1));
		order[i] = order[j];
		order[j] = i;
	}
}
