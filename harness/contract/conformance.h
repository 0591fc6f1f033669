/*
 * conformance: whether a server keeps the server contract (docs/server-contract.md).
 *
 * A figure means something only where each server does the same work, so before it is measured a server can be
 * checked: it is launched as for a run, but with its stderr captured, and asked by libcurl (a client that this
 * project did not write) and by bare sockets (for what no well-behaved client does: a request byte by byte, half
 * of one, a reset, garbage). Then it is told to end.
 *
 * Of a service that its URL describes, a part of this is checked, with the request that is to be measured.
 *
 * A check is one row of a table: a name and a function. It ends with a finding: passed; or failed, with what was
 * tried, what the contract expects there and what came instead; or not asked. A check never fails for another's
 * fault: after each one the server must still respond; where it does not, that is a fault of this check, and the
 * next one gets a server started anew.
 *
 * Everything is bounded: a single wait by the caller's timeout, each check and all checks of a server by
 * constants. So a server that hangs costs seconds, not the command.
 */
#ifndef HARNESS_CONTRACT_CONFORMANCE_H
#define HARNESS_CONTRACT_CONFORMANCE_H

#include <stddef.h>

#include "harness/contract/subject.h"
#include "harness/lib/err.h"

/* Holds the text of any finding. */
#define CONFORMANCE_TEXT_MAX 1024

/* All findings of one server, in the order of the checks. The first is "ready"; where that failed it is all. */
struct conformance {
	struct conformance_finding findings[CONFORMANCE_FINDINGS_MAX];
	size_t count;
};

/*
 * Launches the server, runs every check on it and ends it. Returns 0 with the findings, passed or not (where *stop was
 * set: those of the finished checks); or -1 with err set where the checks could not be made: the port is in use, out of
 * memory. In each case nothing of the server is left running. From one thread only, as supervisor_launch().
 */
int conformance_check(struct conformance *conformance, const struct conformance_spec *spec, struct err *err);

/* How many of the findings have that outcome. */
size_t conformance_count(const struct conformance *conformance, enum conformance_outcome outcome);

/* A finding in one sentence. Returns out. */
const char *conformance_show(const struct conformance_finding *finding, char out[CONFORMANCE_TEXT_MAX]);

#endif
