/*
 * lines: the figures of a comparison as lines, the changed ones first, and their wording.
 *
 * All outputs for people show the same lines in the same order and wording; only the format differs.
 */
#ifndef HARNESS_COMPARE_LINES_H
#define HARNESS_COMPARE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/compare/comparison.h"
#include "harness/lib/err.h"
#include "harness/text/text_table.h"

struct compare_line {
	const struct compare_row *row;
	enum compare_measure measure;
	bool is_gate;
};

/* The figure of a line. */
const struct compare_figure *compare_line_figure(const struct compare_line *line);

/* The groups of lines, in their order. */
enum line_group {
	LINES_CHANGED,      /* regressed or improved */
	LINES_SUSPECT,      /* inconclusive, and the effect is beyond the floor */
	LINES_INCONCLUSIVE, /* the others of these */
	LINES_NOT_COMPARED, /* not comparable, not valid, or not compared */
	LINES_EQUIVALENT,
	LINES_GROUPS
};

enum line_group compare_line_group(const struct compare_line *line);

/*
 * All lines of the gate (is_gate) or of the cells, group by group; within one in the order of the rows. Failures where there are none make no line. Returns 0 with *lines to free(), or -1 with
 * err set where memory is out.
 */
int compare_lines(struct compare_line **lines, size_t *count, const struct comparison *comparison, bool is_gate,
		  struct err *err);

/*
 * The ratio and its interval: "0.877", "0.836 to 0.919"; "<= 0.877", "up to 0.919" where BASE is a lower bound; "-" where
 * unknown. Return out.
 */
char *compare_show_ratio(char out[COMPARE_TEXT], const struct compare_figure *figure);
char *compare_show_interval(char out[COMPARE_TEXT], const struct compare_figure *figure);

/* The verdict for people: "inconclusive: 5 more launches a side", "equivalent; BASE: 2 of 4 counted". Returns out. */
char *compare_show_verdict(char out[COMPARE_TEXT], const struct compare_figure *figure, enum compare_measure measure);

/* A line as a sentence without a full stop: "tornado, close mode, 1-16: requests per second 12 % lower". */
char *compare_show_line(char out[COMPARE_TEXT * 2], const struct compare_line *line);

/*
 * Lines as a table with headings. Returns 0: release it; or -1 with err set, and nothing to release.
 */
int compare_table(struct text_table *table, const struct compare_line *lines, size_t count, struct err *err);

#endif
