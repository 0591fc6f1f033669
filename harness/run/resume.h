/*
 * resume: whether a run that was interrupted can be resumed here.
 *
 * Cells of one run must be comparable with each other, so what they depend on has to be the same: the options, the
 * host, the build of benchctl, the client that runs (which --client auto leaves to the host), and the servers with their
 * versions.
 */
#ifndef HARNESS_RUN_RESUME_H
#define HARNESS_RUN_RESUME_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

/*
 * Compares the preamble of the interrupted run with the present one. Returns 0 where nothing that matters differs; else
 * -1 with err set: it names the field and both its values.
 */
int resume_match(const struct document *before, const struct document *now, struct err *err);

#endif
