/*
 * cell: one measurement and its evidence, as it goes into the ledger and run.json.
 *
 * A cell is server x client x mode x level x block, and in an open loop x rate offered. A failed cell is data too: then `error` says why, and there
 * are no figures. What was not measured is NAN, which is null in the JSON, and never 0.
 */
#ifndef HARNESS_RECORD_CELL_H
#define HARNESS_RECORD_CELL_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "clients/client.h"
#include "harness/host/kernel.h"
#include "harness/lib/field.h"
#include "harness/record/validity.h"

struct cell_times {
	double mean, p50, p90, p99, p999, max; /* ns */
};

/* Evidence of a server on this host that can be missing though the server is alive. */
enum unseen {
	UNSEEN_PROCESSES, /* and so all the others */
	UNSEEN_CPU,
	UNSEEN_MEMORY,
	UNSEEN_FILES,
	UNSEEN_FILES_LIMIT,
	UNSEEN_QUEUE,
	UNSEENS
};

extern const char *const unseen_names[UNSEENS];        /* "processes", "cpu", ... */
extern const char *const unseen_descriptions[UNSEENS]; /* for people: "its processes" */

struct cell {
	struct load_figures; /* what the client measured; over the whole window, like all that follows */
	char *server;        /* owned, as all texts */
	char *client;
	char *mode;            /* one of load_mode_names */
	uint64_t level, block; /* the level; for an open loop the maximum of open connections */
	uint64_t backlog;
	double open_mean, open_max; /* connections open inside the server */
	struct {
		double mean, max; /* connections that the kernel had completed and the server had not accepted */
	} accept_queue;
	struct cell_times latency_ns, connect_ns;
	struct cell_times handshake_ns;    /* of TLS */
	char *tls_version, *tls_cipher;    /* or NULL */
	struct cell_times lag_ns;          /* open loop: how late the client was to start what it could have started */
	char *latency_hist, *connect_hist; /* the whole histograms, as hist_print() writes them, or NULL */
	bool latency_censored; /* the window was too short for slow requests: latency looks better than it is */
	double little;         /* residual of Little's law |X R / N - 1| over the mean concurrency N */
	uint32_t *tenths;      /* owned; right responses in each tenth of a second of the window */
	uint64_t tenths_count;
	double client_user[LOAD_THREADS_MAX], client_system[LOAD_THREADS_MAX]; /* fractions of a core, by thread */
	double client_cpu[LOAD_THREADS_MAX];                                   /* their sum */
	uint64_t client_threads;
	double shared_cpus;  /* CPUs on which both a thread of the client and one of the server may run */
	double observer_cpu; /* fraction of a core that observing took besides the load */
	double ceiling_rps;  /* the control server's rate at the same mode, level and block */
	double capacity_rps; /* where the client was the limit: what a whole CPU would do at the server's CPU time per request */
	double server_share;   /* of a CPU that the server got; NAN: as much as there was */
	double throttled;      /* of the periods in which it could run, the share in which that was used up */
	double throttled_time; /* share of the window in which it waited for the next period */
	double scaled_from;    /* rate_rps is divided by server_share, and was this; NAN: it is as measured */
	double server_cpu_us_per_request, server_rss_bytes;
	struct {
		double user_s, system_s; /* CPU in the window; they add up to the exact sum */
		double peak_rss_bytes;   /* since the server's start */
		double files_max;        /* open files, the maximum over the window */
		double files_limit;      /* of the process with the smallest limit */
		double files_given;      /* the limit that it was started with, where it has lowered it; else NAN */
		double processes, threads;
		double switches_voluntary, switches_involuntary; /* in the window */
	} server_use;
	unsigned unseen;      /* bit set of enum unseen: what was looked for and not seen of a server that was alive */
	struct kernel kernel; /* over the window, see harness/host/kernel.h */
	bool debug_build;     /* measured by a build that is no benchmark; known only while measuring */
	bool restarted;       /* the server had to be restarted after this cell */
	double status;        /* of the right response */
	char *address;        /* the address used, where the URL has a name; or NULL */
	char *error;          /* why the cell has failed, or NULL */
	char *wrong;          /* what the first wrong response was, or NULL */
	bool valid;
	unsigned invalid; /* bit set of enum invalid */
};

/* The table of all these fields; those that load_figures has are among them. */
extern const struct field cell_fields[];

/*
 * A cell without figures: all figures are unknown. Texts are copied. Returns 0; or -1 if out of memory, and then there
 * is nothing to release.
 */
int cell_init(struct cell *cell, const char *server, const char *client, const char *mode, uint64_t level,
	      uint64_t block);

/* Takes over the right response's status, and the address. Returns 0; or -1 if out of memory. */
int cell_take_target(struct cell *cell, const struct target *target);

/* Takes over the figures of a sample. Returns 0; or -1 if out of memory, and then it has no figures. */
int cell_take(struct cell *cell, const struct load_sample *sample);

/* What was not seen of a server, in words: "its memory, its accept queue". Returns out. */
#define CELL_UNSEEN 128
char *cell_show_unseen(char out[CELL_UNSEEN], unsigned unseen);

/* What became of the share of a CPU that a server got, in a window. */
struct cell_share {
	double share;          /* of a CPU, below 1 */
	double used;           /* CPU time by time; a server that used it all up has used `share` */
	double throttled;      /* as in struct cell; NAN: unknown */
	double throttled_time; /* as in struct cell; NAN: unknown */
};

/*
 * Whether the share was what limited the server: it used the share up, and was hardly ever idle while it could run. A server
 * that waits for its clients between two periods of waiting for the CPU, as one connection's does, uses the share up too.
 */
bool cell_share_is_limit(const struct cell_share *use);

/*
 * Notes the share that the server got. Where that was the limit, it would have served 1 / share times as many with a whole
 * CPU, and its rate is scaled by that. Any other rate stays as it is, as does that of an open loop, which is offered. Times
 * of a server that has to wait for the CPU are none of the server's: latency is unknown then.
 */
void cell_take_share(struct cell *cell, const struct cell_share *use);

/* A share of a CPU in words: "a quarter of a CPU". Returns out. */
#define CELL_SHARE 40
char *cell_show_share(char out[CELL_SHARE], double share);

/* The mean, some quantiles and the maximum of a histogram; unknown where it is empty. */
struct cell_times cell_times_of(const struct hist *hist);

/* Whether it has no figures; a cell whose rate is unknown is no better than a failed one. */
bool cell_is_failed(const struct cell *cell);

/* Whether it is of an open loop: requests were, or would have been, offered at a rate. */
bool cell_is_open_loop(const struct cell *cell);

/* The connections that carry requests: those active in a crowd, else the level. */
double cell_active(const struct cell *cell);

/*
 * Whether an open loop's right responses were at least 95 % of the arrivals in its window. One request may be in flight
 * as the window ends. Where there are fewer, requests wait ever longer, and their latency only tells how long the load
 * lasted.
 */
#define CELL_KEPT_UP 0.95
bool cell_keeps_up(const struct cell *cell);

/*
 * Whether both are of the same client, mode, level, block and, in an open loop, rate offered; of any servers. A rate
 * that is a share of a server's own maximum follows from the share.
 */
bool cell_is_alike(const struct cell *cell, const struct cell *other);

/*
 * The load, as `explain` takes it after the @: 1024, or 5000/s; 90% if the rate of which it is a share is unknown.
 * Returns out.
 */
#define CELL_AT 32
char *cell_show_at(char out[CELL_AT], const struct cell *cell);

/* All failures together. */
uint64_t cell_failed(const struct cell *cell);

/* A copy of text in a field that owns it; NULL text clears it. Returns 0; or -1 if out of memory, and it is clear. */
int cell_set_text(char **field, const char *text);

void cell_release(struct cell *cell);

#endif
