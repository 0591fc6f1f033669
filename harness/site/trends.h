/*
 * trends: one server over the runs of a site.
 */
#ifndef HARNESS_SITE_TRENDS_H
#define HARNESS_SITE_TRENDS_H

#include "harness/site/site.h"

/*
 * A trend: the runs in which one server was measured in the same mode by the same client on the same kind of host, newest
 * first. Hosts are the same where the CPU's model and number are and memory differs by less than 3 %. What else differs
 * between two runs (kernel, governor, pinning, backlog, version) is part of the story that a trend tells.
 */
struct site_trend {
	const struct site_run **runs;     /* owned; all else is the site's */
	const struct site_curve **curves; /* of each, owned */
	size_t count;
	size_t number; /* from 1: by the oldest run, so that it stays as a history grows */
};

struct site_trends {
	struct site_trend *trends; /* that with the newest run first, owned */
	size_t count;
};

/* The trends of a server. Returns 0, or -1 with err set and nothing to release: memory is out. */
int site_trends_of(struct site_trends *trends, const struct site *site, const char *server, struct err *err);
void site_trends_release(struct site_trends *trends);

/*
 * What changed from the run `before` to `run` besides the server's rate: "kernel, version"; "" where nothing did.
 * Returns out.
 */
char *site_changes(char *out, size_t room, const struct site_run *run, const struct site_curve *curve,
		   const struct site_run *before, const struct site_curve *curve_before);

#endif
