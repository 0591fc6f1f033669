/*
 * lines: the figures of a comparison as lines, the changed ones first, and how they are worded.
 *
 * All outputs for people show the same lines in the same order and call them the same; what differs is the format.
 */
#ifndef HARNESS_COMPARE_LINES_H
#define HARNESS_COMPARE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/compare/compare.h"
#include "harness/lib/err.h"
#include "harness/text/text_table.h"

struct compare_line {
	const struct compare_row *row;
	enum compare_measure measure;
	bool is_gate;
};

/* The figure of a line. */
const struct compare_figure *compare_line_figure(const struct compare_line *line);

/* Whether the figure has changed: regressed or improved. */
bool compare_line_changed(const struct compare_line *line);

/*
 * All lines of the gate (is_gate) or of the cells: those that changed first, then the inconclusive ones, and so on; among
 * these in the order of the rows. Failures where there are none make no line. Returns 0 with *lines to free(), or -1 with
 * err set where memory is out.
 */
int compare_lines(struct compare_line **lines, size_t *count, const struct comparison *comparison, bool is_gate,
		  struct err *err);

/* The ratio and its interval: "0.877", "0.836 to 0.919"; "-" where unknown. Return out. */
char *compare_show_ratio(char out[COMPARE_TEXT], const struct compare_figure *figure);
char *compare_show_interval(char out[COMPARE_TEXT], const struct compare_figure *figure);

/* The verdict for people: "inconclusive: 5 more launches a side", "invalid: client_bound". Returns out. */
char *compare_show_verdict(char out[COMPARE_TEXT], const struct compare_figure *figure, enum compare_measure measure);

/* What a line says, as a sentence without a full stop: "tornado, close mode, 1-16: requests per second 12 % lower". */
char *compare_show_line(char out[COMPARE_TEXT * 2], const struct compare_line *line);

/* One paragraph: the verdict of the whole, and what it rests on. At most `room` bytes. Returns out. */
char *compare_show_whole(char *out, size_t room, const struct comparison *comparison);

/*
 * Lines as a table with headings. Returns 0: release it; or -1 with err set, and nothing to release.
 */
int compare_table(struct text_table *table, const struct compare_line *lines, size_t count, struct err *err);

#endif
