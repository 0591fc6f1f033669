/*
 * trends: one server over the runs of a site.
 */
#ifndef HARNESS_SITE_TRENDS_H
#define HARNESS_SITE_TRENDS_H

#include "harness/site/site.h"

/*
 * A trend: the runs in which one server was measured in the same mode by the same client, in the same branch, on the same kind of
 * host (site_run_is_same_host()), newest first: by the date of the commit where that is known, else by that of the run. What
 * else differs between two runs (kernel, governor, pinning, backlog, version) is part of the story that a trend tells.
 */
struct site_trend {
	const struct site_run **runs;     /* owned; all else is the site's */
	const struct site_curve **curves; /* of each, owned */
	size_t count;
	const struct site_run *first; /* the one that was measured first, */
	const struct site_curve *first_curve;
	size_t number; /* and from 1 the order by that, which stays as a history grows */
	bool is_main;  /* see site_is_main() */
};

struct site_trends {
	struct site_trend
		*trends; /* those of the main branch before the others, then that with the newest run first; owned */
	size_t count;
};

/* The trends of a server, by its current name. Returns 0, or -1 with err set and nothing to release: memory is out. */
int site_trends_of(struct site_trends *trends, const struct site *site, const char *server, struct err *err);
void site_trends_release(struct site_trends *trends);

/*
 * What changed from the run `before` to `run` besides the server's rate: "kernel, version"; "" where nothing did.
 * Returns out.
 */
char *site_changes(char *out, size_t room, const struct site_run *run, const struct site_curve *curve,
		   const struct site_run *before, const struct site_curve *curve_before);

#endif
