/*
 * scaling: does a server keep up as connections grow, and if not, what stood in its way?
 *
 * The answer is the shape of its curve, without a model: requests per second at the levels of one mode, each the median
 * over the blocks. Its class follows from four numbers: the best rate, the rate at the highest level as a share of that
 * (`retention`), the worst fall in one doubling of the connections, and the share of requests that failed.
 *
 * What may be concluded is bounded by what was measured. Where the client's CPU was the limit, the server could have
 * done more: such a rate is a lower bound. A fall from it is real, and at least as large as it looks; a fall to it need
 * not be the server's, nor is one to a rate that is that of the control server, where no server is faster. A
 * class that would rest on such rates is `unclear`, and says so. Cells that are not valid for another reason are left
 * out; without them the shape has a hole, and where that is at the highest level, it is unclear too.
 *
 * The cause is the likeliest one by the evidence of the level where the trouble is. It is a hint: whether it is *the*
 * cause shows when only that limit is lifted and the run is made again.
 */
#ifndef HARNESS_ANALYSIS_SCALING_H
#define HARNESS_ANALYSIS_SCALING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"

enum scaling_class {
	SCALING_HOLDS,     /* at the highest level at least 90 % of its best rate */
	SCALING_SAGS,      /* 50 % to 90 % */
	SCALING_COLLAPSES, /* less than 50 % */
	SCALING_CLIFF,     /* loses at least 30 % in one doubling, in at least 80 % of the blocks */
	SCALING_FAILS,     /* more than 0.1 % of the requests failed at a level, or the server did */
	SCALING_UNCLEAR,   /* what was measured does not tell */
	SCALING_CLASSES
};

extern const char *const scaling_names[SCALING_CLASSES];    /* "holds", ... */
extern const char *const scaling_meanings[SCALING_CLASSES]; /* what each means, for people */

/* What stood in the way, by the evidence. In the order in which they explain: the first that is seen is the cause. */
enum scaling_cause {
	SCALING_DIED,         /* the server ended, hung or could not be started */
	SCALING_CLIENT_PORTS, /* the client had no local port left */
	SCALING_CLIENT_FILES, /* the client had no descriptor left */
	SCALING_FILES,        /* the server's limit of open files is met */
	SCALING_MEMORY,       /* tasks waited for memory, or the server fills that of the host */
	SCALING_STEAL,        /* the hypervisor gave the CPU to others */
	SCALING_CLIENT_CPU,   /* the client's CPU was the limit, or the rate is the control server's */
	SCALING_CPU_RISING,   /* the server's CPU is full, and a request costs more than at its best */
	SCALING_BACKLOG,      /* the accept queue was full: connections were dropped */
	SCALING_SYN_LOSS,     /* connections were asked for again without that */
	SCALING_CPU_FLAT,     /* the server's CPU is full, at the same cost per request */
	SCALING_NOT_MEASURED, /* no figure to rely on where it counts */
	SCALING_UNKNOWN,      /* nothing of these is seen */
	SCALING_CAUSES
};

extern const char *const scaling_cause_names[SCALING_CAUSES]; /* "its file limit", ... */

struct scaling {
	const char *server, *mode; /* of the document */
	enum scaling_class class;
	enum scaling_cause cause;
	unsigned causes;                  /* bit set of all that are seen at that level */
	unsigned blocks;                  /* maximum of the cells of one level: launches that the figures are from */
	size_t levels;                    /* with a rate that counts */
	uint64_t first_level, last_level; /* of the mode, in this run */
	double one_rps;                   /* at one connection; NAN where that was not measured */
	double max_rps;                   /* the best; NAN where there is none */
	uint64_t max_level, n95_level;    /* where that is; the first with 95 % of it */
	bool max_bounded;                 /* the client was the limit at a level: the server's best may be higher */
	double last_rps;                  /* at last_level; NAN where it does not count */
	bool last_bounded;                /* the harness may be what limits that */
	double retention;                 /* last_rps / max_rps */
	double fall;                      /* the worst in one doubling, 0..1; 0: none; NAN: fewer than two levels */
	uint64_t fall_from, fall_to;      /* its levels, 0: none */
	uint64_t errors_level;            /* the first with a failed request or cell; 0: none */
	uint64_t fails_level;             /* the first with more than 0.1 %; 0: none */
	double error_share;               /* of the requests there, at least; 1 where the server itself failed */
	uint64_t at;                      /* the level whose evidence names the cause; 0: none */
	double open_mean;                 /* connections open inside the server at last_level; NAN unknown */
	const char *error;                /* why the server failed, of the document; or NULL */
	bool never_started;               /* in the whole run (summary_never_started()); `error` says why */
	struct {                          /* at `at`, NAN where unknown */
		double files_share;       /* open files of their limit */
		double cpu_cores;         /* that the server used */
		double cost_us, cost_best_us; /* server CPU per request, there and at its best rate */
		double client_cpu;            /* of its busiest CPU */
		double dropped_share;         /* connections dropped by a full accept queue, per request */
		double syn_share;             /* SYNs sent again, per request */
	} evidence;
};

/*
 * The shape and class of one server in one mode, as summary_client() measured it. A server without a cell in it is
 * unclear. Returns 0, or -1 with err set where memory is out.
 */
int scaling_of(struct scaling *scaling, const struct document *document, const char *server, const char *mode,
	       struct err *err);

#define SCALING_TEXT 512

/*
 * The verdict in a few words, for a title or a table: "sags to 79 %" (with a blank at which no line breaks), "fails from
 * 4,096", "never started". Returns out.
 */
char *scaling_title(char out[SCALING_TEXT], const struct scaling *scaling);

/* Why, in one sentence with the figures it rests on, without what came from outside. Returns out. */
char *scaling_reason(char out[SCALING_TEXT], const struct scaling *scaling);

#endif
