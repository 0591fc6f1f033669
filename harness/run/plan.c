#include "harness/run/plan.h"

void plan_mirrored(size_t *order, size_t count, uint64_t block)
{
	for (size_t i = 0; i < count; i++)
		order[i] = block % 2 ? i : count - 1 - i;
}
