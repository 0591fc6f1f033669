/*
 * scaling: the curve of a server as figures, and what stood in its way.
 *
 * The figures are medians over the blocks. Whether the server keeps up is the verdict of its launches (verdict.h), which goes
 * with them. What may be concluded is bounded by what was measured: where the client's CPU was the limit, the server could
 * have done more, and such a rate is a lower bound. Cells that are not valid for another reason are left out.
 *
 * The cause is the likeliest one by the evidence of the level where the trouble is. It is a hint: to confirm it, lift
 * only that limit and make the run again.
 */
#ifndef HARNESS_ANALYSIS_SCALING_H
#define HARNESS_ANALYSIS_SCALING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/verdict.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"

/* What stood in the way, by the evidence. In the order in which they explain: the first that is seen is the cause. */
enum scaling_cause {
	SCALING_DIED,         /* the server ended, hung or could not be started */
	SCALING_CLIENT_PORTS, /* the client had no local port left */
	SCALING_CLIENT_FILES, /* the client had no descriptor left */
	SCALING_FILES,        /* the server's limit of open files is reached */
	SCALING_MEMORY,       /* tasks waited for memory, or the server fills that of the host */
	SCALING_STEAL,        /* the hypervisor gave the CPU to other guests */
	SCALING_CLIENT_CPU,   /* the client's CPU was the limit, or the rate is the control server's */
	SCALING_CPU_RISING,   /* the server's CPU is full, and a request costs more than at its maximum rate */
	SCALING_BACKLOG,      /* the accept queue was full: connections were dropped */
	SCALING_SYN_LOSS,     /* SYNs were sent again without that */
	SCALING_CPU_FLAT,     /* the server's CPU is full, at the same cost per request */
	SCALING_NOT_MEASURED, /* no usable figure where it matters */
	SCALING_UNKNOWN,      /* none of these is seen */
	SCALING_CAUSES
};

extern const char *const scaling_cause_names[SCALING_CAUSES]; /* "its file limit", ... */

struct scaling {
	const char *server, *mode; /* of the document */
	struct verdict verdict;
	enum scaling_cause cause;
	unsigned causes;                  /* bit set of all causes that are seen at that level */
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
	uint64_t errors_level;            /* the first with a failed request or cell; 0: none */
	uint64_t at;                      /* the level whose evidence names the cause; 0: none */
	double open_mean;                 /* connections open inside the server at last_level; NAN unknown */
	bool never_started;               /* in the whole run (summary_never_started()) */
	const char *error;                /* why not, of the document; or NULL */
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
 * The figures of one server in one mode, as summary_client() measured it, with the verdict on it and the likely cause of what
 * it leans to. Returns 0, or -1 with err set where memory is out.
 */
int scaling_of(struct scaling *scaling, const struct document *document, const struct verdict *verdict,
	       struct err *err);

#define SCALING_TEXT 1024

/* verdict_title(), or "never started". Returns out. */
char *scaling_title(char out[SCALING_TEXT], const struct scaling *scaling);

/* Why, in one sentence with the figures it rests on and its notes, or what is missing; without what came from outside. Returns out. */
char *scaling_reason(char out[SCALING_TEXT], const struct scaling *scaling);

#endif
