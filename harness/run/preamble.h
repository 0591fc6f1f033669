/*
 * preamble: what the document of a run has before its first cell: the configuration in force, the host, the servers.
 */
#ifndef HARNESS_RUN_PREAMBLE_H
#define HARNESS_RUN_PREAMBLE_H

#include "harness/record/document.h"
#include "harness/run/sweep.h"
#include "harness/server/availability.h"

/*
 * Fills an empty document for a sweep whose settings, servers and CPUs are known. `found` has the availability of each
 * server, in the same order. Returns 0, or -1 with err set: memory is out. Release the document in both cases.
 */
int preamble_write(struct document *document, const struct sweep *sweep, const struct availability *found,
		   struct err *err);

#endif
