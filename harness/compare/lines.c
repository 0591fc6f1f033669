#include "harness/compare/lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/sentence.h"
#include "harness/lib/text.h"

const struct compare_figure *compare_line_figure(const struct compare_line *line)
{
	return &line->row->figures[line->measure];
}

/* Whether an effect without a verdict is beyond the floor: more launches would decide. */
static bool is_suspect(const struct compare_figure *figure)
{
	double min = 1 - figure->floor;

	return figure->verdict == COMPARE_INCONCLUSIVE &&
	       (figure->ratio < min || figure->ratio > 1 / min || figure->new_failures);
}

enum line_group compare_line_group(const struct compare_line *line)
{
	static const enum line_group groups[COMPARE_VERDICTS] = {
		[COMPARE_REGRESSED] = LINES_CHANGED,         [COMPARE_IMPROVED] = LINES_CHANGED,
		[COMPARE_INCONCLUSIVE] = LINES_INCONCLUSIVE, [COMPARE_INCOMPARABLE] = LINES_NOT_COMPARED,
		[COMPARE_NOT_COMPARED] = LINES_NOT_COMPARED, [COMPARE_INVALID] = LINES_NOT_COMPARED,
		[COMPARE_EQUIVALENT] = LINES_EQUIVALENT,
	};
	const struct compare_figure *figure = compare_line_figure(line);
	enum line_group group = groups[figure->verdict];

	return group == LINES_INCONCLUSIVE && is_suspect(figure) ? LINES_SUSPECT : group;
}

static int line_order(const void *a, const void *b)
{
	const struct compare_line *x = a, *y = b;
	const struct compare_figure *figures[] = { compare_line_figure(x), compare_line_figure(y) };
	enum line_group group = compare_line_group(x);
	int order = (int)group - (int)compare_line_group(y);

	/* Regressions come before improvements. */
	if (!order)
		order = (int)figures[0]->verdict - (int)figures[1]->verdict;
	if (!order)
		order = (int)figures[1]->cliff - (int)figures[0]->cliff;
	if (!order && group <= LINES_SUSPECT)
		order = (int)x->measure - (int)y->measure;
	if (!order)
		order = (x->row > y->row) - (x->row < y->row);
	return order ? order : (int)x->measure - (int)y->measure;
}

int compare_lines(struct compare_line **lines, size_t *count, const struct comparison *comparison, bool is_gate,
		  struct err *err)
{
	const struct compare_row *rows = is_gate ? comparison->gate : comparison->cells;
	size_t rows_count = is_gate ? comparison->gate_count : comparison->cells_count;
	int measures = is_gate ? COMPARE_GATING : COMPARE_MEASURES;

	*count = 0;
	*lines = calloc(rows_count * (size_t)measures + 1, sizeof **lines);
	if (!*lines)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < rows_count; i++)
		for (int measure = 0; measure < measures; measure++) {
			const struct compare_figure *figure = &rows[i].figures[measure];
			bool is_silent = measure == COMPARE_FAILURES && isnan(figure->p) && !(figure->base > 0) &&
					 !(figure->new > 0);
			if (!is_silent)
				(*lines)[(*count)++] = (struct compare_line){ &rows[i], (enum compare_measure)measure,
									      is_gate };
		}
	qsort(*lines, *count, sizeof **lines, line_order);
	return 0;
}

/* The relation of a bound to the true figure. */
static const char *bound_sign(const struct compare_figure *figure)
{
	return figure->bounds & 1u << SIDE_BASE ? "<= " : figure->bounds & 1u << SIDE_NEW ? ">= " : "";
}

/* The figure of a side with its unit: "12,345/s"; ">= 12,345/s" where it is a lower bound. Returns out. */
static char *compare_show_side(char out[COMPARE_TEXT], const struct compare_line *line, enum side side)
{
	const struct compare_figure *figure = compare_line_figure(line);
	char shown[COMPARE_TEXT];

	compare_show_value(shown, line->measure, side == SIDE_BASE ? figure->base : figure->new);
	snprintf(out, COMPARE_TEXT, "%s%.200s", figure->bounds & 1u << side && *shown != '-' ? ">= " : "", shown);
	return out;
}

char *compare_show_ratio(char out[COMPARE_TEXT], const struct compare_figure *figure)
{
	if (!isfinite(figure->ratio))
		strcpy(out, "-");
	else
		snprintf(out, COMPARE_TEXT, "%s%.3f", bound_sign(figure), figure->ratio);
	return out;
}

char *compare_show_interval(char out[COMPARE_TEXT], const struct compare_figure *figure)
{
	strcpy(out, "-");
	if (isfinite(figure->low) && isfinite(figure->high))
		snprintf(out, COMPARE_TEXT, "%.3f to %.3f", figure->low, figure->high);
	else if (figure->bounds && isfinite(figure->high))
		snprintf(out, COMPARE_TEXT, "up to %.3f", figure->high);
	else if (figure->bounds && isfinite(figure->low))
		snprintf(out, COMPARE_TEXT, "from %.3f", figure->low);
	return out;
}

static void kinds_add(char *out, size_t room, unsigned kinds)
{
	sentence_add_names(out, room, "; new: ", kinds, load_failure_names, LOAD_FAILURES);
}

/* Why there is no verdict, or what a verdict takes. */
static void reason_add(char *out, const struct compare_figure *figure)
{
	static const char *const bounds[1 << SIDES] = {
		"",
		": BASE is a lower bound",
		": NEW is a lower bound",
		": both are lower bounds",
	};

	if (figure->verdict == COMPARE_INCONCLUSIVE && figure->more)
		sentence_add(out, COMPARE_TEXT, ": %zu more %s a side", figure->more,
			     figure->more == 1 ? "launch" : "launches");
	else if (figure->verdict == COMPARE_INCONCLUSIVE)
		sentence_add(out, COMPARE_TEXT, ": over %d launches more", COMPARE_MORE_MAX);
	else if (figure->verdict == COMPARE_NOT_COMPARED)
		sentence_add(out, COMPARE_TEXT, "%s", bounds[figure->bounds]);
	else if (figure->verdict == COMPARE_INVALID)
		sentence_add_names(out, COMPARE_TEXT, ": ", figure->invalid, invalid_names, INVALIDS);
	if (figure->verdict == COMPARE_INVALID && !figure->invalid)
		sentence_add(out, COMPARE_TEXT, ": not measured");
}

char *compare_show_verdict(char out[COMPARE_TEXT], const struct compare_figure *figure, enum compare_measure measure)
{
	snprintf(out, COMPARE_TEXT, "%s%s", compare_verdict_titles[figure->verdict], figure->cliff ? ": a cliff" : "");
	reason_add(out, figure);
	if (figure->base_count && figure->base_count < figure->base_all)
		sentence_add(out, COMPARE_TEXT, "; BASE: %zu of %zu counted", figure->base_count, figure->base_all);
	if (figure->new_count && figure->new_count < figure->new_all)
		sentence_add(out, COMPARE_TEXT, "; NEW: %zu of %zu counted", figure->new_count, figure->new_all);
	if (measure == COMPARE_FAILURES)
		kinds_add(out, COMPARE_TEXT, figure->new_failures);
	return out;
}

char *compare_show_line(char out[COMPARE_TEXT * 2], const struct compare_line *line)
{
	const struct compare_figure *figure = compare_line_figure(line);
	char server[100], client[40], mode[40], at[COMPARE_AT], values[2][COMPARE_TEXT];
	size_t room = 2 * COMPARE_TEXT;

	snprintf(out, room, "%s (%s, %s) at %s: %s ", text_plain(server, sizeof server, line->row->server),
		 text_plain(client, sizeof client, line->row->client), text_plain(mode, sizeof mode, line->row->mode),
		 compare_show_at(at, line->row->min_level, line->row->max_level),
		 compare_measures[line->measure].description);
	if (isnan(figure->ratio))
		sentence_add(out, room, "%s, before %s", compare_show_value(values[0], line->measure, figure->new),
			     compare_show_value(values[1], line->measure, figure->base));
	else
		sentence_add(out, room, "%.1f %% %s", 100 * fabs(figure->ratio - 1),
			     figure->ratio < 1 ? "lower" : "higher");
	if (!isnan(figure->low) && !isnan(figure->high) && !isnan(figure->ratio))
		sentence_add(out, room, " (%+.1f to %+.1f %%)", 100 * (figure->low - 1), 100 * (figure->high - 1));
	if (figure->cliff)
		sentence_add(out, room, ", a cliff");
	if (line->measure == COMPARE_FAILURES)
		kinds_add(out, room, figure->new_failures);
	return out;
}

static void line_fill(struct text_table *table, size_t at, const struct compare_line *line)
{
	const struct compare_figure *figure = compare_line_figure(line);
	const struct compare_row *row = line->row;
	char level[COMPARE_AT], p[40] = "-", text[5][COMPARE_TEXT];

	if (!isnan(figure->p_adjusted) && figure->verdict != COMPARE_NOT_COMPARED)
		snprintf(p, sizeof p, "%s%.2g", figure->exact ? "" : "~", figure->p_adjusted);
	const char *const texts[] = {
		row->server,
		row->client,
		row->mode,
		compare_show_at(level, row->min_level, row->max_level),
		compare_measures[line->measure].name,
		compare_show_side(text[0], line, SIDE_BASE),
		compare_show_side(text[1], line, SIDE_NEW),
		compare_show_ratio(text[2], figure),
		compare_show_interval(text[3], figure),
		p,
		compare_show_verdict(text[4], figure, line->measure),
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		text_plain(text_table_item(table, at, i)->text, i < 3 ? 100 : TEXT_TABLE_TEXT, texts[i]);
}

int compare_table(struct text_table *table, const struct compare_line *lines, size_t count, struct err *err)
{
	static const char *const headings[] = {
		"server", "client", "mode", "level", "measure", "BASE", "NEW", "ratio", "interval", "p", "verdict",
	};
	enum { COLUMNS = sizeof headings / sizeof *headings };
	if (text_table_init(table, count + 1, COLUMNS, err)) {
		text_table_release(table);
		return -1;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		snprintf(text_table_item(table, 0, i)->text, TEXT_TABLE_TEXT, "%s", headings[i]);
		table->left[i] = i < 3 || i == 4 || i == COLUMNS - 1;
	}
	for (size_t i = 0; i < count; i++)
		line_fill(table, i + 1, &lines[i]);
	return 0;
}
