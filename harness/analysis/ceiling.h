/*
 * ceiling: whether the control server is what limits all others.
 *
 * The control server is the simplest that there is, so what the harness reaches with it is thought to bound what it can
 * reach with any other one. Where a server is faster, that is not so: then its rate is one among others, and nothing
 * may be concluded from the distance to it.
 */
#ifndef HARNESS_ANALYSIS_CEILING_H
#define HARNESS_ANALYSIS_CEILING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/record/document.h"

/* What the control server is called where it is one. */
#define CEILING_NAME "control (ceiling)"

/* A server is faster where its rate is more than this times the control server's: less is noise. */
#define CEILING_NOISE 1.05

/*
 * Whether the control server was measured in closed loops of a mode, and none is faster: at one level, or with level 0
 * at any. A server is faster where it was so in each block that has a rate of it there.
 */
bool ceiling_holds(const struct document *document, const char *mode, uint64_t level);

#endif
