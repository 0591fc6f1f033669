/*
 * preamble: what the document of a run says before its first cell: the configuration as used, the host, the servers.
 */
#ifndef HARNESS_RUN_PREAMBLE_H
#define HARNESS_RUN_PREAMBLE_H

#include "harness/record/document.h"
#include "harness/run/sweep.h"
#include "harness/server/availability.h"

/*
 * Fills an empty document for a sweep of which the settings, the servers and the CPUs are known. `found` is what is known of
 * each server, in their order. Returns 0, or -1 with err set: memory is out. Release the document in both cases.
 */
int preamble_write(struct document *document, const struct sweep *sweep, const struct availability *found,
		   struct err *err);

#endif
