/*
 * baseline: which run of a site another run is compared with.
 *
 * The newest of the main branch that was not interrupted, on the same kind of host, with the same options, and with all servers and
 * modes of the other. Before these comes one that was measured by the same benchctl under the same kernel, since others are
 * incomparable (harness/compare/difference.h), and then one that has no further servers, which a gate would miss. Never the run itself.
 */
#ifndef HARNESS_SITE_BASELINE_H
#define HARNESS_SITE_BASELINE_H

#include "harness/lib/err.h"
#include "harness/site/site.h"

/* The baseline for a run; or NULL with err set: what the nearest run there differs in. */
const struct site_run *baseline_find(const struct site *site, const struct site_run *run, struct err *err);

/*
 * Finds the baseline of a document, whose run.json has that hash, in a site: a folder, or an address as of fetch_open(). Returns its
 * path or address, to be freed; or NULL with err set.
 */
char *baseline_of(const char *place, const struct document *document, const char *sha256, uint64_t timeout_ns,
		  struct err *err);

#endif
