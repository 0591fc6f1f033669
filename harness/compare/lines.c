#include "harness/compare/lines.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"

/* Of what NEW has lost, so many are named. */
#define LOST_MOST 4

const struct compare_figure *compare_line_figure(const struct compare_line *line)
{
	return &line->row->figures[line->measure];
}

static bool is_change(enum compare_verdict verdict)
{
	return verdict == COMPARE_REGRESSED || verdict == COMPARE_IMPROVED;
}

/* A new kind of failure is a change, even where the launches are too few for a verdict. */
bool compare_line_changed(const struct compare_line *line)
{
	const struct compare_figure *figure = compare_line_figure(line);

	return is_change(figure->verdict) || figure->new_failures;
}

/* Verdicts in the order of the lines. */
static const int ranks[COMPARE_VERDICTS] = {
	[COMPARE_REGRESSED] = 0,    [COMPARE_IMPROVED] = 1, [COMPARE_INCONCLUSIVE] = 2,
	[COMPARE_INCOMPARABLE] = 3, [COMPARE_INVALID] = 4,  [COMPARE_EQUIVALENT] = 5,
};

static int rank_of(const struct compare_line *line)
{
	enum compare_verdict verdict = compare_line_figure(line)->verdict;

	return compare_line_changed(line) && !is_change(verdict) ? ranks[COMPARE_REGRESSED] : ranks[verdict];
}

static int line_order(const void *a, const void *b)
{
	const struct compare_line *x = a, *y = b;
	const struct compare_figure *figures[] = { compare_line_figure(x), compare_line_figure(y) };
	int order = rank_of(x) - rank_of(y);

	if (!order)
		order = (int)figures[1]->cliff - (int)figures[0]->cliff;
	if (!order && compare_line_changed(x))
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

/* Texts. */

static void text_add(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void text_add(char *out, size_t room, const char *format, ...)
{
	size_t used = strlen(out);
	va_list args;

	va_start(args, format);
	vsnprintf(out + used, room - used, format, args);
	va_end(args);
}

char *compare_show_ratio(char out[COMPARE_TEXT], const struct compare_figure *figure)
{
	if (isnan(figure->ratio))
		strcpy(out, "-");
	else
		snprintf(out, COMPARE_TEXT, "%.3f", figure->ratio);
	return out;
}

char *compare_show_interval(char out[COMPARE_TEXT], const struct compare_figure *figure)
{
	if (isnan(figure->low) || isnan(figure->high))
		strcpy(out, "-");
	else
		snprintf(out, COMPARE_TEXT, "%.3f to %.3f", figure->low, figure->high);
	return out;
}

/* The names of those that are set, with a text before the first. */
static void names_add(char *out, size_t room, const char *before, unsigned bits, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (bits & 1u << i) {
			text_add(out, room, "%s%s", before, names[i]);
			before = ", ";
		}
}

static void kinds_add(char *out, size_t room, unsigned kinds)
{
	names_add(out, room, "; new: ", kinds, load_failure_names, LOAD_FAILURES);
}

char *compare_show_verdict(char out[COMPARE_TEXT], const struct compare_figure *figure, enum compare_measure measure)
{
	snprintf(out, COMPARE_TEXT, "%s%s", compare_verdict_names[figure->verdict], figure->cliff ? ": a cliff" : "");
	if (figure->verdict == COMPARE_INCONCLUSIVE && figure->more)
		text_add(out, COMPARE_TEXT, ": %zu more %s a side", figure->more,
			 figure->more == 1 ? "launch" : "launches");
	else if (figure->verdict == COMPARE_INCONCLUSIVE)
		text_add(out, COMPARE_TEXT, ": over %d launches more", COMPARE_MORE_MOST);
	if (figure->verdict == COMPARE_INVALID)
		names_add(out, COMPARE_TEXT, ": ", figure->invalid, invalid_names, INVALIDS);
	if (figure->verdict == COMPARE_INVALID && !figure->invalid)
		text_add(out, COMPARE_TEXT, ": not measured");
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
		 compare_show_at(at, line->row), compare_measures[line->measure].description);
	if (isnan(figure->ratio))
		text_add(out, room, "%s, before %s", compare_show_value(values[0], line->measure, figure->new),
			 compare_show_value(values[1], line->measure, figure->base));
	else
		text_add(out, room, "%.1f %% %s", 100 * fabs(figure->ratio - 1),
			 figure->ratio < 1 ? "lower" : "higher");
	if (!isnan(figure->low) && !isnan(figure->ratio))
		text_add(out, room, " (%+.1f to %+.1f %%)", 100 * (figure->low - 1), 100 * (figure->high - 1));
	if (figure->cliff)
		text_add(out, room, ", a cliff");
	if (line->measure == COMPARE_FAILURES)
		kinds_add(out, room, figure->new_failures);
	return out;
}

/* Whether more launches could tell more. */
static bool is_open(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->gate_count; i++)
		if (comparison->gate[i].verdict == COMPARE_INCONCLUSIVE &&
		    comparison->gate[i].figures[comparison->gate[i].by].verdict == COMPARE_INCONCLUSIVE)
			return true;
	return false;
}

/* How many more launches would make every row of the gate conclusive; 0 where no number would. */
static size_t more_of(const struct comparison *comparison)
{
	size_t most = 1;

	for (size_t i = 0; i < comparison->gate_count; i++) {
		const struct compare_row *row = &comparison->gate[i];
		size_t more = row->figures[row->by].more;
		/* A row that is so by what NEW has lost needs no launches. */
		if (row->figures[row->by].verdict != COMPARE_INCONCLUSIVE)
			continue;
		if (!more)
			return 0;
		if (more > most)
			most = more;
	}
	return most;
}

/* The fields that differ, and how. */
static void differences_show(char *out, size_t room, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->differences.count; i++) {
		const struct difference *difference = &comparison->differences.items[i];
		text_add(out, room, "%s%s (%.60s and %.60s)", i ? ", " : "", difference->field,
			 *difference->base ? difference->base : "unknown",
			 *difference->new ? difference->new : "unknown");
	}
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* The highest floor that a rate or a CPU time of the gate was held against. */
static double highest_floor(const struct comparison *comparison)
{
	double highest = comparison->settings.floor;

	for (size_t i = 0; i < comparison->gate_count; i++)
		highest = fmax(highest, fmax(comparison->gate[i].figures[COMPARE_RATE].floor,
					     comparison->gate[i].figures[COMPARE_CPU].floor));
	return highest;
}

/* A level of a server, with what tells it from others. */
static void row_add(char *out, size_t room, const struct compare_row *row)
{
	char server[60], client[20], mode[20], at[COMPARE_AT];

	text_add(out, room, "%s (%s, %s) at %s", text_plain(server, sizeof server, row->server),
		 text_plain(client, sizeof client, row->client), text_plain(mode, sizeof mode, row->mode),
		 compare_show_at(at, row));
}

/* What BASE has shown and NEW has not: no pass may hide it. */
static void lost_add(char *out, size_t room, const struct comparison *comparison)
{
	size_t lost = 0;

	for (size_t i = 0; i < comparison->cells_count; i++) {
		const struct compare_row *row = &comparison->cells[i];
		if (!row->lost)
			continue;
		if (lost++ < LOST_MOST) {
			text_add(out, room, "%s",
				 lost == 1 ? " NEW has lost its valid figures, which BASE has, of " : ", ");
			row_add(out, room, row);
			names_add(out, room, ": ", row->lost_to, invalid_names, INVALIDS);
		}
	}
	if (lost > LOST_MOST)
		text_add(out, room, " and %zu more", lost - LOST_MOST);
	text_add(out, room, "%s", lost ? "." : "");
	if (comparison->base_only || comparison->new_only)
		text_add(out, room,
			 " Not compared, since the other side has none (server, mode, level): %zu of BASE, %zu of NEW",
			 comparison->base_only, comparison->new_only);
	if (comparison->base_only) {
		text_add(out, room, "; NEW lacks ");
		row_add(out, room, &comparison->first_base_only);
		text_add(out, room, "%s", comparison->base_only > 1 ? " and others" : "");
	}
	text_add(out, room, "%s", comparison->base_only || comparison->new_only ? "." : "");
	if (comparison->base_interrupted || comparison->new_interrupted)
		text_add(out, room, " Interrupted before its end: %s.",
			 !comparison->new_interrupted    ? "BASE"
			 : !comparison->base_interrupted ? "NEW"
							 : "BASE and NEW");
}

char *compare_show_whole(char *out, size_t room, const struct comparison *comparison)
{
	static const char *const words[COMPARE_VERDICTS] = {
		"NEW has regressed", "NEW is better",  "NEW is as good as BASE",
		"Inconclusive",      "Not comparable", "Nothing valid to compare",
	};
	const size_t *verdicts = comparison->gate_verdicts;
	const char *before = ": ";
	unsigned kinds = 0;

	snprintf(out, room, "%s", words[comparison->verdict]);
	if (comparison->differences.count) {
		text_add(out, room, ": the two sides differ in ");
		differences_show(out, room, comparison);
	} else {
		text_add(out, room, ": of %zu server band%s", comparison->gate_count, plural(comparison->gate_count));
		for (int verdict = 0; verdict < COMPARE_VERDICTS; verdict++)
			if (verdicts[verdict]) {
				text_add(out, room, "%s%zu %s", before, verdicts[verdict],
					 compare_verdict_names[verdict]);
				before = ", ";
			}
	}
	if (comparison->cliffs)
		text_add(out, room, "; %zu cliff%s (a level that fell by more than a fifth)", comparison->cliffs,
			 plural(comparison->cliffs));
	for (size_t i = 0; i < comparison->gate_count; i++)
		kinds |= comparison->gate[i].figures[COMPARE_FAILURES].new_failures;
	names_add(out, room, "; requests fail in a way that is new: ", kinds, load_failure_names, LOAD_FAILURES);
	text_add(out, room, ". %zu launch%s of BASE and %zu of NEW.", comparison->base_launches,
		 comparison->base_launches == 1 ? "" : "es", comparison->new_launches);
	if (highest_floor(comparison) > comparison->settings.floor)
		text_add(out, room, " The noise of this host lifts the floor from %.3g %% to %.3g %% at most.",
			 100 * comparison->settings.floor, 100 * highest_floor(comparison));
	lost_add(out, room, comparison);
	if (is_open(comparison)) {
		size_t more = more_of(comparison);
		if (more)
			text_add(out, room, " By the spread seen it takes about %zu more a side to be sure of all.",
				 more);
		else
			text_add(out, room, " By the spread seen no reasonable number of launches makes sure of all.");
	}
	return out;
}

int compare_table(struct text_table *table, const struct compare_line *lines, size_t count, struct err *err)
{
	static const char *const headings[] = {
		"server", "client", "mode", "level", "measure", "BASE", "NEW", "ratio", "interval", "p", "verdict",
	};
	enum { COLUMNS = sizeof headings / sizeof *headings };
	char words[COMPARE_TEXT], at[COMPARE_AT];

	if (text_table_init(table, count + 1, COLUMNS, err)) {
		text_table_release(table);
		return -1;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		snprintf(text_table_item(table, 0, i)->text, TEXT_TABLE_TEXT, "%s", headings[i]);
		table->left[i] = i < 3 || i == 4 || i == COLUMNS - 1;
	}
	for (size_t i = 0; i < count; i++) {
		const struct compare_line *line = &lines[i];
		const struct compare_figure *figure = compare_line_figure(line);
		const char *const texts[] = { line->row->server, line->row->client, line->row->mode };
		for (size_t j = 0; j < 3; j++)
			text_plain(text_table_item(table, i + 1, j)->text, 100, texts[j]);
		strcpy(text_table_item(table, i + 1, 3)->text, compare_show_at(at, line->row));
		strcpy(text_table_item(table, i + 1, 4)->text, compare_measures[line->measure].name);
		strcpy(text_table_item(table, i + 1, 5)->text, compare_show_value(words, line->measure, figure->base));
		strcpy(text_table_item(table, i + 1, 6)->text, compare_show_value(words, line->measure, figure->new));
		strcpy(text_table_item(table, i + 1, 7)->text, compare_show_ratio(words, figure));
		strcpy(text_table_item(table, i + 1, 8)->text, compare_show_interval(words, figure));
		if (isnan(figure->p_adjusted))
			strcpy(text_table_item(table, i + 1, 9)->text, "-");
		else
			snprintf(text_table_item(table, i + 1, 9)->text, TEXT_TABLE_TEXT, "%s%.2g",
				 figure->exact ? "" : "~", figure->p_adjusted);
		strcpy(text_table_item(table, i + 1, 10)->text, compare_show_verdict(words, figure, line->measure));
	}
	return 0;
}
