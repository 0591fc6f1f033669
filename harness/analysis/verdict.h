/*
 * verdict: what the launches of a server say together of how it scales, or that they do not tell yet.
 *
 * A verdict is something that a second run agrees with. So it rests on launches (launches.h), at least VERDICT_LAUNCHES
 * of them, and on intervals over these (interval.h): it is settled where the whole interval of what the class rests on lies
 * in that class, and in the greater part of the launches each by itself shows it. Else the class is "not yet known", and
 * `missing` says what is.
 *
 * - fails: more than 0.1 % of the requests, beyond what counting so few could err, or of the connections, which are shut out
 *   (launches.h), or the server itself, in at least two launches or in all; settled where that is so in a tenth of the launches that there could be, at least (Clopper-Pearson).
 *   Failures of one launch are a note, from five launches on; before that they leave it open.
 * - cliff: at least 30 % are lost in one doubling, and no higher level reaches 85 % of the rate before that. What comes back is a
 *   dip, which is a note.
 * - holds, sags, collapses: what the server keeps at the highest level of its maximum rate: at least 90 %, 50 %, less.
 * - as fast as the client: the harness was the limit at the highest level, so the server's own was not met.
 *
 * *Retention* is of the rate, launch by launch; the best level of each launch is chosen by the other launches, since the maximum
 * of what scatters is too high. What the host takes is not the server's: by as much as the control server's CPU per request
 * rises between two levels, in the same block, every server's does. Where the server's CPU is full, `remains` is retention *
 * (own cost at its best + that rise) / own cost at its best. The class is of what remains.
 *
 * *Kind*: rate is CPU used divided by CPU per request, so a rate falls because a request costs more (it works more), or because
 * less CPU is used: the server waits, or others took its CPU, where the hypervisor stole.
 */
#ifndef HARNESS_ANALYSIS_VERDICT_H
#define HARNESS_ANALYSIS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/interval.h"

#define VERDICT_LAUNCHES 3

enum verdict_class {
	VERDICT_HOLDS,
	VERDICT_SAGS,
	VERDICT_COLLAPSES,
	VERDICT_CLIFF,
	VERDICT_FAILS,
	VERDICT_CLIENT,  /* as fast as the client */
	VERDICT_UNKNOWN, /* not yet known */
	VERDICT_CLASSES
};

extern const char *const verdict_names[VERDICT_CLASSES];    /* in words: "holds", ... "not yet known" */
extern const char *const verdict_meanings[VERDICT_CLASSES]; /* what each means, for people */

enum verdict_kind { VERDICT_NO_KIND, VERDICT_WORKS_MORE, VERDICT_WAITS, VERDICT_CPU_TAKEN, VERDICT_KINDS };

extern const char *const verdict_kind_names[VERDICT_KINDS]; /* "", "works more", "waits", "CPU taken" */

#define VERDICT_NOTES 8
#define VERDICT_TEXT  256 /* of a note, and of what is missing */
#define VERDICT_TITLE 1024

struct verdict {
	const char *server, *mode; /* of the document */
	enum verdict_class class;  /* VERDICT_UNKNOWN where it is not settled */
	enum verdict_class leans;  /* what it would be if the figures were exact; VERDICT_UNKNOWN where they are none */
	bool settled;
	bool launches_help;  /* where it is not: more launches may settle it */
	unsigned launches;   /* with the figures that the class rests on */
	unsigned agree;      /* of them: each by itself is of the class that it leans to */
	uint64_t best_level; /* of the best rate; 0: none */
	uint64_t last_level; /* the highest of the mode in this run */
	uint64_t
		from_level; /* where the trouble begins: of fails and cliff the first bad level, else the first at which
				     * less than 90 % is left for good; 0: there is none */
	uint64_t before_level; /* the next lower level that was measured: the trouble begins between the two; 0 none */
	struct interval retention;   /* of the rate, at the highest level */
	struct interval remains;     /* of that, without what the host takes from everybody */
	struct interval fall;        /* what is left of the rate after the worst doubling */
	uint64_t fall_from, fall_to; /* its levels; 0: none */
	uint64_t back_level;         /* above the fall, that of the best rate; 0: none */
	uint64_t
		failing_level; /* the lowest at which half of the launches measured there fail, else the lowest where one does */
	unsigned failing;       /* launches in which it fails */
	double failure_share;   /* of the requests at from_level, median of the launches; 1: the server itself; NAN */
	enum verdict_kind kind; /* of what class and level say is lost */
	double waits_ns;        /* latency while client and server idle, in the middle; NAN: not so at any level */
	uint64_t waits_to;      /* the highest level of that; 0: only the sequential client waits */
	size_t notes_count;
	char notes[VERDICT_NOTES][VERDICT_TEXT];
	char missing[VERDICT_TEXT]; /* what it takes to be settled; "" */
};

/* "holds to 65,536", "sags to 79 %" (with a blank at which no line breaks), "not yet known". Returns out. */
char *verdict_title(char out[VERDICT_TITLE], const struct verdict *verdict);

/* The same with the launches that agree, the interval, the kind: "sags to 79 % (75 to 83 %, 5 of 5 launches)". Returns out. */
char *verdict_words(char out[VERDICT_TITLE], const struct verdict *verdict);

/* Kind and waits alone: " [works more; waits 40 ms, up to 64]"; "" where there is neither. Returns out. */
char *verdict_beside(char out[VERDICT_TITLE], const struct verdict *verdict);

/* Adds a note; without effect where there are VERDICT_NOTES. */
void verdict_note(struct verdict *verdict, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says what is missing, and whether more launches may help. */
void verdict_miss(struct verdict *verdict, bool launches_help, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
