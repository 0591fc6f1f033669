/*
 * until_known: goes on with a sweep until its verdicts are settled, or the time is over.
 *
 * After the first pass each further block launches the servers whose verdict is not settled, and measures only the levels that
 * decide (harness/analysis/settle.h), with the control server beside them: it tells what the host takes. Where a cliff or the
 * failures begin between two levels, one level between them is measured too, until these are within a tenth. A resumed run
 * plans anew from what was measured.
 */
#ifndef HARNESS_RUN_UNTIL_KNOWN_H
#define HARNESS_RUN_UNTIL_KNOWN_H

#include <stdint.h>

#include "harness/lib/err.h"
#include "harness/run/sweep.h"

/*
 * Goes on until deadline_ns of clock_ns() at most: no launch begins that would take longer by what the same cells took
 * before. Says by sweep->watch what is being settled, and in the end what is not and why. Returns as sweep_run().
 */
int until_known_run(struct sweep *sweep, uint64_t deadline_ns, struct err *err);

#endif
