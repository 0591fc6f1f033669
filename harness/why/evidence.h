/*
 * evidence: what a look at a server shows, from which suspects are taken.
 *
 * A look is a launch for each mode and level: cells that are measured as those of a sweep, at few levels. How high the levels
 * go follows from the server's own rate, since N requests at once take N / rate seconds, whatever limit there is.
 */
#ifndef HARNESS_WHY_EVIDENCE_H
#define HARNESS_WHY_EVIDENCE_H

#include <stdbool.h>

#include "clients/client.h"
#include "harness/record/document.h"

struct evidence {
	const struct document *document; /* its cells are the look */
	const char *server;              /* the cells of this one; NULL: of all */
	unsigned modes;                  /* bit set of 1 << enum load_mode: those of these modes; 0: of all */
	bool keepalive;                  /* the server keeps connections open */
	double memory_bytes;             /* of the host */
	double cpus;                     /* that the server may use */
	const struct document *control;  /* cells of the control server, driven alike; it may have none */
	const struct client *other;      /* another client than the one that measured; NULL: none can run here */
	bool has_quota;                  /* a share of a CPU can be given here */
	double threads_one,
		threads_four; /* that it has when asked for one worker, and for four; NAN where not looked at */
};

/* The cells of the look, closed loops, one after the other: NULL begins, and ends. */
const struct cell *evidence_next(const struct evidence *evidence, const struct cell *after);

/* The cell of a mode and level; NULL: it was not looked at. */
const struct cell *evidence_cell(const struct evidence *evidence, enum load_mode mode, uint64_t level);

/* The cell of a mode with the lowest or the highest level; NULL: it was not looked at. */
const struct cell *evidence_lowest(const struct evidence *evidence, enum load_mode mode);
const struct cell *evidence_highest(const struct evidence *evidence, enum load_mode mode);

/* CPUs that the server used in the window; NAN where unknown. */
double evidence_cpus(const struct cell *cell);

/* Connections that were served at once: all that were open, each answered once, as the load began. */
double evidence_served(const struct cell *cell);

/* Whether requests wait while neither side is busy: its server and its client leave most of their CPUs idle. */
bool evidence_waits(const struct evidence *evidence, const struct cell *cell);

/* Whether requests failed, the server did, or connections were not served. */
bool evidence_fails(const struct cell *cell);

/* Whether the host itself makes a request wait as long: the control server, driven alike, takes a fifth of it. */
bool evidence_is_of_host(const struct evidence *evidence, const struct cell *cell);

/*
 * Whether the rate falls: at the highest level of a mode it is less than 90 % of the best. Stores both cells, of which each has
 * figures.
 */
bool evidence_falls(const struct evidence *evidence, enum load_mode mode, const struct cell **best,
		    const struct cell **highest);

/* By how much the control server's CPU per request rises between the levels of two cells, us; 0 where that is not known. */
double evidence_host_rise_us(const struct evidence *evidence, const struct cell *from, const struct cell *to);

/* Resident memory for each open connection, bytes, of keep-alive; NAN where it is not known. */
double evidence_connection_bytes(const struct evidence *evidence);

#endif
