/*
 * rates: the figures of a server at the rates offered to it, over all launches.
 *
 * The cells of an open loop have no level to be compared at: what they share is the rate offered or, where rates are
 * shares of each server's own maximum, the share. The cells of one server, mode and rate or share are a point; its
 * figures are medians over the launches, taken as in summary.h from the valid cells; only if there are none, from all
 * that have figures.
 */
#ifndef HARNESS_ANALYSIS_RATES_H
#define HARNESS_ANALYSIS_RATES_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

struct rate_point {
	const char *server, *mode;    /* of the document */
	unsigned cells, failed, used; /* the number of cells; those without figures; those that the figures are from */
	bool valid;                   /* these are valid */
	unsigned invalid;             /* bit set of enum invalid, of the cells used */
	bool errors;                  /* a cell failed, or a request in one did, in the window or after it */
	bool keeps_up;                /* for each of the cells used: cell_keeps_up() */
	const char *error;            /* why the first failed cell did; of the document; or NULL */
	double share;                 /* of the server's own maximum rate; NAN where the rate was not chosen so */
	double offered_rps;           /* NAN where there was nothing to take a share of; then so are all others */
	double rate_rps;              /* of right responses */
	struct cell_times latency_ns; /* max: the maximum of all */
	bool censored;                /* the latency of one of the cells used is censored: the true value is higher */
	double lag_p99_ns, lag_max_ns;
	double waited; /* requests started late because no connection was free */
};

/*
 * The points of a run's open loops, by mode (as in load_mode_names), server (as in summary_servers) and rising rate or,
 * where they were chosen so, rising share.
 * Returns 0 with *points to free(), NULL where there are none; or -1 with err set where memory is out.
 */
int rates_points(const struct document *document, struct rate_point **points, size_t *count, struct err *err);

#endif
