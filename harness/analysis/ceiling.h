/*
 * ceiling: whether the control server is what limits all others.
 *
 * The control server does the minimum of work, so the rate that the harness reaches with it is taken as the maximum
 * that it can reach with any server. Where a server is faster, that is wrong: then its rate is one among others, and
 * nothing follows from the distance to it.
 */
#ifndef HARNESS_ANALYSIS_CEILING_H
#define HARNESS_ANALYSIS_CEILING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/record/document.h"

/* The name of the control server where it is a ceiling. */
#define CEILING_NAME "control (ceiling)"

/* A server is faster where its rate is more than this times the control server's: a smaller difference is noise. */
#define CEILING_NOISE 1.05

/*
 * Whether the control server was measured in closed loops of a mode, and none is faster: at one level, or with level 0
 * at any. A server is faster where it was so in each block that has a rate of it there.
 */
bool ceiling_holds(const struct document *document, const char *mode, uint64_t level);

#endif
