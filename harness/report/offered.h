/*
 * offered: the load that a run put on its servers, as text.
 *
 * A run offers levels of connections (a closed loop), rates of requests (an open loop), shares of each server's own
 * maximum rate after the levels, and one request at a time. What a page, an index and a feed say of a run follows from
 * which of these it has.
 */
#ifndef HARNESS_REPORT_OFFERED_H
#define HARNESS_REPORT_OFFERED_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/record/document.h"

struct offered {
	uint64_t level_min, level_max; /* connections; 0: no levels */
	double rate_min, rate_max;     /* requests a second; 0: no rates */
	double share_min, share_max;   /* of a server's maximum rate, 1 is all of it; 0: no shares */
	bool is_open_loop;             /* there are rates or shares */
	bool is_sequential;            /* there are requests one at a time */
	bool is_2010;                  /* all of it as in 2010: the preset */
	const char *closed_loop_client, *open_loop_client; /* of the document; NULL: no such load */
};

/* The load of a mode, or with mode NULL of all. */
void offered_of(struct offered *offered, const struct document *document, const char *mode);

/* A load as text. Each returns out. */
#define OFFERED_TEXT 256
char *offered_levels(char out[OFFERED_TEXT], const struct offered *offered); /* "1 to 65,536 connections" */
char *offered_rates(char out[OFFERED_TEXT], const struct offered *offered);  /* "200 to 500 requests a second" */

/* "from 1 to 65,536 connections, then at 50 to 90 % of the server's own maximum rate"; for a title: it follows "31 servers ". */
char *offered_title(char out[OFFERED_TEXT], const struct offered *offered);

/* "close and keepalive modes · 1 to 65,536 connections · 50 to 90 % of the server's own maximum rate", for an index. */
char *offered_list(char out[OFFERED_TEXT], const struct document *document);

#endif
