/*
 * summary: the figures of a server at a level, over all launches.
 *
 * Tables and pictures show one figure for the cells of a server, client, mode and level: the median over the launches.
 * It is taken from the valid cells; only if there are none, from all cells that have figures, and then this is stated.
 * Failed cells have no figures and are counted separately. Cells of an open loop are not included: they have no level
 * (rates.h).
 */
#ifndef HARNESS_ANALYSIS_SUMMARY_H
#define HARNESS_ANALYSIS_SUMMARY_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* The client that makes one request at a time, and has no mode. */
#define SUMMARY_SEQUENTIAL "seq"

struct summary {
	const char *server, *client, *mode; /* as given; mode NULL: any */
	uint64_t level;
	unsigned cells, failed;                      /* the number of cells, and how many of them have no figures */
	unsigned used;                               /* cells that the figures are from */
	bool valid;                                  /* these are valid */
	unsigned invalid;                            /* bit set of enum invalid, of the cells used */
	bool errors;                                 /* a cell failed, or a request in one did */
	bool partial;                                /* less than a round of all connections, in a cell used */
	const char *error;                           /* why the first failed cell did; of the document; or NULL */
	double rate_rps, rate_min_rps, rate_max_rps; /* median, minimum and maximum over the cells used; NAN: none */
	double server_cpu_us_per_request;            /* median, NAN where unknown */
	double open_mean;                            /* connections open inside the server, median, NAN where unknown */
	double queue_mean,
		queue_max; /* connections in its accept queue: median of the means, and the maximum; likewise */
	double share;      /* of a CPU, the smallest that the rate of a cell used is scaled from; NAN: none is scaled */
	double capacity_rps; /* of the cells used, median; NAN: the client was not the limit, or it is unknown */
	unsigned unseen;     /* bit set of enum unseen, of the cells used */
	double files_given,
		files_limit; /* of the last cell used whose server has lowered its limit of open files; else NAN */
	uint64_t backlog;    /* the largest */
	uint64_t ok, failures[LOAD_FAILURES]; /* requests that ended, by how, over all cells */
};

/*
 * Summarises the cells of a server, client, mode and level; mode NULL is any mode. Without such a cell, `cells` is 0
 * and the figures are NAN. Returns 0, or -1 with err set where memory is out.
 */
int summary_of(struct summary *summary, const struct document *document, const char *server, const char *client,
	       const char *mode, uint64_t level, struct err *err);

/* Whether a summary's figures are from that cell. */
bool summary_uses(const struct summary *summary, const struct cell *cell);

/* The client that offered the levels: that of the cells; the default where there are none. */
const char *summary_client(const struct document *document);

/*
 * The names in a document, each once, as a NULL-terminated array to free(); the names stay the document's.
 * Servers: the control server first, the others sorted. Modes: those of summary_client(), in the order of
 * load_mode_names, others after them. NULL with err set where memory is out.
 */
const char **summary_servers(const struct document *document, struct err *err);
const char **summary_modes(const struct document *document, struct err *err);

/*
 * The levels of summary_client() in a mode (NULL: any), rising, each once. Returns 0 with *levels to free(), or
 * -1 with err set where memory is out.
 */
int summary_levels(const struct document *document, const char *mode, uint64_t **levels, size_t *count,
		   struct err *err);

/* The median of those numbers that are known, NAN where none is; changes their order. */
double summary_median(double *numbers, size_t count);

/*
 * Which of the cells give a figure: the valid ones; only if there are none, all that have figures. Moves them to the
 * front and returns their number; if it is 0, the order is unchanged. Stores whether they are valid.
 */
size_t summary_keep(const struct cell **cells, size_t count, bool *valid);

/* A mode, for people: "close mode: a new TCP connection for each request". Returns out. */
#define SUMMARY_MODE 160
char *summary_mode(char out[SUMMARY_MODE], const struct document *document, const char *mode);

/* The level nearest to `wanted`, the lower of two; 0 where there is none. */
uint64_t summary_nearest(const uint64_t *levels, size_t count, uint64_t wanted);

/*
 * Resident memory of a server per connection, bytes: the slope of its memory over the connections of the mode crowd, by
 * least squares, in which the highest levels have the most weight: at the lowest levels the memory that a server had
 * from its start is enough. Each level counts with its medians over the launches, at the connections that were really
 * open. NAN where fewer than three levels are known, or they are less than 256 connections apart. Returns 0, or -1 with
 * err set where memory is out.
 */
int summary_memory(double *bytes, const struct document *document, const char *server, struct err *err);

/*
 * Whether a server was to be measured and never started: every launch failed before a request could be made. Stores why, of
 * the document, which may be NULL.
 */
bool summary_never_started(const struct document *document, const char *server, const char **error);

/* Whether the connections open inside a server differ from those offered by more than a tenth (docs/method.md). */
bool summary_open_differs(const struct summary *summary);

#endif
