#include "harness/compare/pair.h"

const enum pair_claim pair_claims[PAIR_STATES][PAIR_STATES] = {
	/* NEW is     valid          bound           failed          absent */
	[PAIR_VALID] = { PAIR_COMPARED, PAIR_BETTER, PAIR_LOST, PAIR_GONE },
	[PAIR_BOUND] = { PAIR_WORSE, PAIR_UNDECIDED, PAIR_LOST, PAIR_GONE },
	[PAIR_FAILED] = { PAIR_GAINED, PAIR_GAINED, PAIR_UNDECIDED, PAIR_GONE },
	[PAIR_ABSENT] = { PAIR_ADDED, PAIR_ADDED, PAIR_ADDED, PAIR_ADDED },
};

enum pair_state pair_state(size_t all, size_t valid, size_t bound)
{
	if (!all)
		return PAIR_ABSENT;
	if (2 * valid > all)
		return PAIR_VALID;
	return 2 * (valid + bound) > all ? PAIR_BOUND : PAIR_FAILED;
}
