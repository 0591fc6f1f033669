/*
 * comparison: what compare_sides() (compare.h) finds, and all outputs show.
 *
 * There are two tables. The *gate* has a row for each server, client, mode and band of levels, and may fail a build:
 * the figure of a launch is the geometric mean over the band's levels, and all tests of the gate together are adjusted
 * by Holm. The *cells* have a row for each level, for reading: each measure is adjusted by Benjamini-Hochberg. One
 * finding of the cells gates too, a cliff: a fall of the rate by significantly more than a fifth at one level.
 *
 * Where nothing could be compared at all there is a comparison nevertheless, without rows and with the reason, so that
 * every output can say so.
 */
#ifndef HARNESS_COMPARE_COMPARISON_H
#define HARNESS_COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/compare/difference.h"
#include "harness/compare/measure.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"

enum side { SIDE_BASE, SIDE_NEW, SIDES };

enum compare_verdict {
	COMPARE_REGRESSED,
	COMPARE_IMPROVED,
	COMPARE_EQUIVALENT,   /* the whole interval is within the floor */
	COMPARE_INCONCLUSIVE, /* none of the others: see `more` */
	COMPARE_INCOMPARABLE, /* the two sides were not measured alike: see the differences */
	COMPARE_NOT_COMPARED, /* lower bounds that decide nothing, or no usable figure on either side */
	COMPARE_INVALID,      /* no valid figure on a side */
	COMPARE_VERDICTS
};

extern const char *const compare_verdict_names[COMPARE_VERDICTS];  /* for files: "regressed", "not_compared", ... */
extern const char *const compare_verdict_titles[COMPARE_VERDICTS]; /* for people: "regressed", "not compared", ... */

/* One side: its runs, all of them judged (document_judge(), or as they were read). */
struct compare_side {
	const struct document *const *documents;
	size_t count;
	const char *
		server; /* only this server, which is compared with that of the other side; NULL: all, each with its namesake */
};

/*
 * The noise of this host: the ratio between two sides of the same program, as a share (0.02: 2 %), for a server,
 * client, mode, measure and the levels from min_level to max_level, which are equal for a cell. NAN where it is not
 * known. Not called for failures.
 */
struct compare_noise {
	double (*at)(const void *context, const char *server, const char *client, const char *mode,
		     enum compare_measure measure, uint64_t min_level, uint64_t max_level);
	const void *context;
	uint64_t
		launches; /* launches a side from which the noise was measured: with fewer there is more noise; 0: unknown */
};

#define COMPARE_FLOOR          0.05
#define COMPARE_ALPHA          0.05
#define COMPARE_NOISE_TIMES    2 /* the floor is at least this many times the noise */
#define COMPARE_CLIFF          0.80
#define COMPARE_FAILURES_FLOOR 0.001 /* a share of requests; a smaller difference is no finding */

struct compare_settings {
	double floor;               /* a share: a smaller effect does not count; COMPARE_FLOOR */
	double alpha;               /* COMPARE_ALPHA */
	struct compare_noise noise; /* `at` NULL: unknown */
	bool allow_missing;         /* what NEW lacks is reported, and does not make the comparison blind */
	bool strict;                /* a part that is inconclusive, or an interrupted run, is no pass */
	bool no_strict;             /* not to see is a pass */
};

/* What is usual. */
extern const struct compare_settings compare_settings_usual;

/* The result of one measure in one row. */
struct compare_figure {
	size_t base_all, new_all;     /* launches measured */
	size_t base_count, new_count; /* launches that count: with a valid figure, or a lower bound that is used */
	double base, new;             /* their medians: 1/s, us, a share, ns, bytes; NAN: none */
	double ratio;                 /* NEW/BASE (Hodges-Lehmann); NAN where unknown, and of failures */
	double low, high;     /* its interval, of confidence 1 - alpha; NAN where the launches are too few for one */
	double p, p_adjusted; /* NAN where there is no test; 1 where a lower bound can't decide */
	unsigned bounds;      /* bit set of enum side: sides of which it has lower bounds. The ratio is then
	                         an upper bound of the true one (of BASE), a lower bound (of NEW), or none (of both) */
	size_t levels;        /* of the band that it is from: those that most launches of both sides have */
	double floor;         /* the floor in force */
	bool exact;           /* p is exact; else by the normal approximation */
	bool cliff;           /* of a rate in the cells: a cliff gates */
	enum compare_verdict verdict;
	size_t more;      /* inconclusive: launches a side that it would take beyond those there are, by the spread
	                          seen; 0: more than COMPARE_MORE_MAX */
	unsigned invalid; /* bit set of enum invalid: why figures were left out, on either side */
	unsigned
		new_failures; /* of failures: bit set of enum load_failure, kinds that most launches of NEW have, and none
	                          of BASE; beyond chance they have regressed, whatever the share of all failures */
};

#define COMPARE_MORE_MAX 1000

/* The bands of the gate: 1-16, 17-2047, 2048 and above. */
#define COMPARE_BANDS 3
size_t compare_band(uint64_t level);

/* A row of the gate, or of the cells, where min_level and max_level are the same. Names belong to the documents. */
struct compare_row {
	const char *server, *client, *mode;
	uint64_t min_level, max_level; /* the lowest and the highest level of the band that both sides have */
	struct compare_figure figures[COMPARE_MEASURES]; /* the gate: those before COMPARE_GATING only */
	enum compare_verdict verdict;                    /* the row to look at first */
	enum compare_measure by;                         /* the measure that has it */
	size_t lost;      /* levels whose rate most launches of BASE know, and most of NEW do not: no pass then */
	unsigned lost_to; /* bit set of enum invalid: the reasons in NEW's cells there */
	size_t worse, better, undecided; /* levels by enum pair_claim: what lower bounds can show */
	size_t not_compared;             /* levels whose rate was not compared, once the verdict is known */
};

/* What BASE has and NEW lacks: levels of a server, client and mode. Names belong to the documents. */
struct compare_gone {
	const char *server, *client, *mode;
	uint64_t min_level, max_level;
	size_t levels;
	bool is_whole; /* NEW has no level of them at all */
};

/* A verdict that has changed (shift.h). Server and mode belong to the documents. */
struct compare_shift {
	const char *server, *mode;
	const char *base, *new; /* verdict_names[] */
};

struct comparison {
	struct compare_settings settings;
	struct err failure;                 /* why nothing could be compared at all; "": something could */
	size_t base_launches, new_launches; /* the maximum over the servers */
	struct differences differences;     /* owned; not empty: every verdict is `incomparable` */
	struct compare_row *gate, *cells;   /* owned; by server, client, mode, level */
	size_t gate_count, cells_count;
	struct compare_gone *gone; /* owned */
	size_t gone_count;
	struct compare_shift *shifts; /* owned */
	size_t shifts_count;
	size_t base_only, new_only;               /* rows of cells that only one side has, and that are not compared */
	size_t base_interrupted, new_interrupted; /* runs that are not whole */
	size_t open_loops; /* cells of open loops, which are not compared: their rate is a choice */
	size_t gate_verdicts[COMPARE_VERDICTS], cell_verdicts[COMPARE_VERDICTS]; /* rows by verdict */
	size_t cliffs;
	size_t gate_tests;            /* the tests that Holm has counted */
	size_t too_few;               /* rows of the gate with too few launches for any verdict */
	size_t launches_needed;       /* where there is such a row: the minimum of launches a side */
	enum compare_verdict verdict; /* of the whole: regressed where the gate or a cliff says so */
};

/*
 * Whether the gate could not decide: NEW lacks a server or level (unless settings.allow_missing), or has lost its valid
 * figures there; a rate was not compared; or a row has too few launches for any verdict.
 */
bool comparison_is_blind(const struct comparison *comparison);

/* Whether a pass may be relied on: not blind, no row of the gate is inconclusive, and no run was interrupted. */
bool comparison_is_sure(const struct comparison *comparison);

/* Whether what could be seen suffices for a pass, as the settings have it; what has regressed is no part of this. */
bool comparison_suffices(const struct comparison *comparison);

/* A comparison that could not be made, and why. There is nothing in it to be released. */
void comparison_fail(struct comparison *comparison, const struct compare_settings *settings, const struct err *why);

void comparison_release(struct comparison *comparison);

/* The level or the band, for people: 64, 1-16, 2048-65536. Returns out. */
#define COMPARE_AT 48
char *compare_show_at(char out[COMPARE_AT], uint64_t min_level, uint64_t max_level);

#endif
