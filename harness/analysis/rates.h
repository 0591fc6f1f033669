/*
 * rates: what the blocks of a run say together of a server at the rates that it was offered.
 *
 * The cells of an open loop have no level to be compared at: what they share is the rate offered or, where the rates
 * are shares of each server's own best one, the share. The cells of one server, mode and rate or share are a point;
 * its figures are medians over the blocks, and as in summary.h they are those of the valid cells, only where there is
 * none of all that have figures.
 */
#ifndef HARNESS_ANALYSIS_RATES_H
#define HARNESS_ANALYSIS_RATES_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

struct rate_point {
	const char *server, *mode;    /* of the document */
	unsigned cells, failed, used; /* how many there are; without figures; that the figures are from */
	bool valid;                   /* these are valid */
	unsigned invalid;             /* bit set of enum invalid, of the cells used */
	bool errors;                  /* a cell failed, or a request in one did, in the window or after it */
	bool keeps_up;                /* each of the cells used: cell_keeps_up() */
	const char *error;            /* why the first failed cell did; of the document; or NULL */
	double share;                 /* of the server's own best rate; NAN where the rate was not chosen so */
	double offered_rps;           /* NAN where there was nothing to take a share of, as are all others then */
	double rate_rps;              /* of right answers */
	struct cell_times latency_ns; /* max: the highest of all */
	bool censored;                /* the latency of one of the cells used is: it is higher than that */
	double lag_p99_ns, lag_max_ns;
	double waited; /* requests started late for want of a connection */
};

/*
 * The points of a run's open loops, by mode (as in load_mode_names), server (as in summary_servers) and rising rate or,
 * where they were chosen so, rising share.
 * Returns 0 with *points to free(), NULL where there are none; or -1 with err set where memory is out.
 */
int rates_points(const struct document *document, struct rate_point **points, size_t *count, struct err *err);

#endif
