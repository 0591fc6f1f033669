/*
 * compare: whether NEW is slower than BASE, with evidence.
 *
 * Each side is a number of launches of the same servers: the blocks of one or more runs. A launch gives one figure for
 * a server, client, mode and level; what happened inside of one launch is never taken for several samples. The two sets
 * of launches are compared by the exact rank test and shift of harness/lib/rank.h, on logarithms, so that a shift is a
 * ratio. docs/method.md, "Comparing two versions", has the rules, and why they are so.
 *
 * There are two tables. The *gate* has a row for each server, client, mode and band of levels, and may fail a build: the
 * figure of a launch is the geometric mean over the band's levels, and all tests of the gate together are adjusted by
 * Holm. The *cells* have a row for each level, for reading: each measure is adjusted by Benjamini-Hochberg. One thing of
 * theirs gates too, a cliff: a fall of the rate by more than a fifth, for certain, at one level.
 *
 * Nothing is read, printed or measured here. `ab` and `calibrate` compare the arms of one run: then both sides are the
 * same document, and `server` names the arm.
 */
#ifndef HARNESS_COMPARE_COMPARE_H
#define HARNESS_COMPARE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/compare/difference.h"
#include "harness/compare/measure.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"

enum compare_verdict {
	COMPARE_REGRESSED,
	COMPARE_IMPROVED,
	COMPARE_EQUIVALENT,   /* the whole interval is within the floor */
	COMPARE_INCONCLUSIVE, /* none of the other: see `more` */
	COMPARE_INCOMPARABLE, /* the two sides were not measured alike: see the differences */
	COMPARE_INVALID,      /* no valid figure on a side */
	COMPARE_VERDICTS
};

extern const char *const compare_verdict_names[COMPARE_VERDICTS]; /* "regressed", ... */

/* One side: its runs, all of them judged (document_judge(), or as they were read). */
struct compare_side {
	const struct document *const *documents;
	size_t count;
	const char
		*server; /* only this server; it meets the other side's `server`. NULL: all, each meets its namesake */
};

/*
 * What this host makes of no difference at all: the ratio between two sides of the same program, as a share (0.02: 2 %),
 * for a server, client, mode, measure and the levels from least to most, which are the same for a cell.
 * NAN where it is not known. Of failures it is not asked.
 */
struct compare_noise {
	double (*at)(const void *context, const char *server, const char *client, const char *mode,
		     enum compare_measure measure, uint64_t least, uint64_t most);
	const void *context;
	uint64_t
		launches; /* of a side, by which it was measured: with fewer there is more noise; 0: unknown, taken as it is */
};

#define COMPARE_FLOOR          0.05
#define COMPARE_ALPHA          0.05
#define COMPARE_NOISE_TIMES    2 /* the floor is at least so many times the noise */
#define COMPARE_CLIFF          0.80
#define COMPARE_FAILURES_FLOOR 0.001 /* a share of requests; fewer failures than this are no finding */

struct compare_settings {
	double floor;               /* a share: a smaller effect is none; COMPARE_FLOOR */
	double alpha;               /* COMPARE_ALPHA */
	struct compare_noise noise; /* `at` NULL: unknown */
};

/* What the launches say of one measure in one row. */
struct compare_figure {
	size_t base_count, new_count; /* launches with a valid figure */
	double base, new;             /* their medians: 1/s, us, a share, ns, bytes; NAN: none */
	double ratio;                 /* NEW/BASE (Hodges-Lehmann); NAN where unknown, and of failures */
	double low, high;     /* its interval, of confidence 1 - alpha; NAN where the launches are too few for one */
	double p, p_adjusted; /* NAN where there is no test */
	size_t levels;        /* of the band that it is from: those that most launches of both sides have */
	double floor;         /* the one that was used */
	bool exact;           /* p is exact; else by the normal approximation */
	bool cliff;           /* of a rate in the cells: this gates */
	enum compare_verdict verdict;
	size_t more;      /* inconclusive: launches a side that it takes beside those there are, by the spread seen;
					   0: more than COMPARE_MORE_MOST */
	unsigned invalid; /* bit set of enum invalid: why figures were left out, on either side */
	unsigned
		new_failures; /* of failures: bit set of enum load_failure, kinds that most launches of NEW have, none of BASE;
					   beyond chance they have regressed, whatever the share of all failures */
};

#define COMPARE_MORE_MOST 1000

/* The bands of the gate: 1-16, 17-2047, 2048 and above. */
#define COMPARE_BANDS 3
size_t compare_band(uint64_t level);

/* A row of the gate, or of the cells, where least and most are the same. Names belong to the documents. */
struct compare_row {
	const char *server, *client, *mode;
	uint64_t least, most; /* the lowest and the highest level of the band that both sides have */
	struct compare_figure figures[COMPARE_MEASURES]; /* the gate: those before COMPARE_GATING only */
	enum compare_verdict verdict;                    /* the one to look at first */
	enum compare_measure by;                         /* the measure that has it */
	size_t lost;      /* levels whose speed most launches of BASE know, and not most of NEW: no pass then */
	unsigned lost_to; /* bit set of enum invalid: what NEW's cells have there */
};

struct comparison {
	struct compare_settings settings;
	size_t base_launches, new_launches; /* most that a server has */
	struct differences differences;     /* owned; not empty: every verdict is `incomparable` */
	struct compare_row *gate, *cells;   /* owned; by server, client, mode, level */
	size_t gate_count, cells_count;
	size_t base_only, new_only;         /* rows of cells that the other side has not, and that are not compared */
	struct compare_row first_base_only; /* where there is one: its names and its level */
	size_t base_interrupted, new_interrupted; /* runs that are not whole */
	size_t open_loops; /* cells of open loops, which are not compared: their rate is a choice */
	size_t gate_verdicts[COMPARE_VERDICTS], cell_verdicts[COMPARE_VERDICTS]; /* rows by verdict */
	size_t cliffs;
	size_t gate_tests;            /* those that Holm has counted */
	enum compare_verdict verdict; /* of the whole: regressed where the gate or a cliff says so */
};

/*
 * Whether a pass may be relied on: nothing of the gate is inconclusive, all that BASE has was measured of NEW too, and no run
 * was interrupted.
 */
bool compare_is_sure(const struct comparison *comparison);

/* What is usual. */
extern const struct compare_settings compare_settings_usual;

/*
 * Compares two sides, which must outlive the comparison. Returns 0: release it then. Or -1 with err set, and nothing to
 * release: the sides have no cell in common, a run has a cell twice or was given twice, or memory is out.
 */
int compare_sides(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  const struct compare_settings *settings, struct err *err);

void comparison_release(struct comparison *comparison);

/* The level or the band, for people: 64, 1-16, 2048-65536. Returns out. */
#define COMPARE_AT 48
char *compare_show_at(char out[COMPARE_AT], const struct compare_row *row);

#endif
