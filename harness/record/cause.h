/*
 * cause: what limits a server, found by experiment, as run.json holds it (harness/why finds it).
 *
 * The cells of the experiments are not cells of the run: only their outcome is kept here.
 */
#ifndef HARNESS_RECORD_CAUSE_H
#define HARNESS_RECORD_CAUSE_H

#include <stdint.h>

#include "harness/lib/field.h"

/* What the limit is, and so what can be done. */
enum cause_answer {
	CAUSE_CONFIGURATION, /* a setting of the server's */
	CAUSE_HOST,          /* a limit of the host's */
	CAUSE_CLIENT,        /* benchctl could not offer more */
	CAUSE_INHERENT,      /* the server itself */
	CAUSE_NONE,          /* nothing limits it */
	CAUSE_UNDECIDED,
	CAUSE_ANSWERS
};

extern const char *const cause_answers[CAUSE_ANSWERS]; /* "configuration", ... */

/* Whether the figure of an experiment moved as it must if the suspect is the cause. */
enum cause_moved { CAUSE_NOT_MOVED, CAUSE_MOVED, CAUSE_MOVED_UNDECIDED, CAUSE_MOVES };

extern const char *const cause_moves[CAUSE_MOVES]; /* "no", "yes", "undecided" */

/* One suspect, and what came out. All texts are owned. */
struct cause_experiment {
	char *cause;   /* the suspect */
	char *changed; /* the one thing that was changed */
	char *mode, *figure;
	enum cause_moved moved;
	double effect; /* the figure with the change by the figure without; NAN: it was not measured */
	double interval[2];
	uint64_t interval_count; /* 2 */
	double p, size;          /* of the test that the effect is beyond `size` */
	double before, after;    /* medians of the figure */
	uint64_t launches;       /* of each arm */
};

struct cause {
	char *server, *mode; /* owned, as all texts; mode NULL: any */
	enum cause_answer answer;
	char *cause;         /* name of the suspect that it is; NULL: none */
	char *meaning;       /* in words */
	uint64_t from_level; /* from which on; 0: at any, or not known */
	struct cause_experiment *experiments;
	uint64_t experiments_count;
};

#define CAUSE_TEXT 512

/* What it says of the server, in one sentence without its name. Returns out. */
char *cause_sentence(char out[CAUSE_TEXT], const struct cause *cause);

/* The table of the fields of a struct cause. */
extern const struct field cause_fields[];

#endif
