/*
 * findings: the findings of a run about its servers in one mode.
 *
 * There is a line for each server that was measured in the mode, the control server first, then the fastest. All that a
 * page says of a server comes from here, so that the sentence (sentence.h), the table (overview.h) and its Markdown
 * cannot differ. A mode may have levels, rates, or both; a run of one request at a time alone is of the mode of these
 * requests.
 */
#ifndef HARNESS_REPORT_FINDINGS_H
#define HARNESS_REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/law.h"
#include "harness/analysis/rates.h"
#include "harness/analysis/scaling.h"
#include "harness/analysis/summary.h"
#include "harness/analysis/verdicts.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"
#include "harness/text/text_table.h"

struct findings_row {
	const char *server; /* of the document */
	bool is_control;    /* it is the control server */
	struct scaling scaling;
	struct law law;
	struct summary sequential, near, last; /* one by one; at the level near 100; at the highest level */
	struct summary *levels;                /* of each level of the mode; owned */
	double last_p99_ns;                    /* at the highest level */
	bool last_censored;                    /* the true value is higher */
	double memory_bytes;                   /* a connection */
};

struct findings {
	const struct document *document;
	const char *mode; /* of the document */
	uint64_t *levels; /* of the mode, rising; owned */
	size_t levels_count;
	uint64_t near_level, last_level;
	bool has_ceiling;          /* no server is faster than the control server (ceiling.h) */
	struct verdicts verdicts;  /* of its servers; owned */
	struct rate_point *points; /* of its open loops; owned */
	size_t points_count;
	unsigned blocks;           /* launches of a server, at most */
	struct findings_row *rows; /* owned */
	size_t rows_count;
	double *room; /* a number a cell, for medians; owned */
};

/* The level that is shown next to the highest, or the level nearest to it: that of 2010. */
#define FINDINGS_LEVEL 100

/* Summarises a mode. Returns 0, or -1 with err set where memory is out. Release it in both cases. */
int findings_fill(struct findings *findings, const struct document *document, const char *mode, struct err *err);

void findings_release(struct findings *findings);

/* The findings of a whole run: those of each mode. */
struct findings_set {
	const char **modes;  /* NULL-terminated, owned; the names are the document's */
	struct findings *of; /* each mode, owned */
	size_t count;
};

/* Summarises all modes. Returns 0, or -1 with err set where memory is out. Release it in both cases. */
int findings_set_fill(struct findings_set *set, const struct document *document, struct err *err);

void findings_set_release(struct findings_set *set);

/* The findings of that mode, or NULL. */
const struct findings *findings_set_find(const struct findings_set *set, const char *mode);

/* The name of a server for people: it says which server is the ceiling, or our own revival. Returns out. */
char *findings_name(char out[TEXT_TABLE_TEXT], const struct findings *findings, const char *server);

/*
 * The median of a figure over the cells that a summary of the document uses; NAN where it is unknown. `censored` becomes true
 * where the latency of one of them is.
 */
double findings_median(const struct findings *findings, const struct summary *summary,
		       double (*figure)(const struct cell *cell), bool *censored);

#endif
