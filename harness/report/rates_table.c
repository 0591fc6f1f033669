#include "harness/report/rates_table.h"

#include <stdlib.h>
#include <string.h>

#include "harness/analysis/rates.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"

/* What a figure is to be read with, beside the marks of every table. */
#define MARK_BEHIND   "<"
#define MARK_CENSORED ">"

enum column {
	COLUMN_NAME,
	COLUMN_MODE,
	COLUMN_OFFERED,
	COLUMN_SHARE,
	COLUMN_RATE,
	COLUMN_P50,
	COLUMN_P90,
	COLUMN_P99,
	COLUMN_P999,
	COLUMN_MAX,
	COLUMN_LAG,
	COLUMN_WAITED,
	COLUMNS
};

struct points {
	const struct document *document;
	struct rate_point *point;
	size_t count;
};

static void time_item(struct text_table_item *item, double ns)
{
	char text[UNITS_TEXT];

	if (!isnan(ns))
		snprintf(item->text, sizeof item->text, "%s", units_show_latency(text, (uint64_t)ns));
}

static void latency_item(struct text_table_item *item, const struct rate_point *point, double ns)
{
	time_item(item, ns);
	if (point->censored && !isnan(ns))
		strcpy(item->mark, MARK_CENSORED);
}

static void count_item(struct text_table_item *item, double count)
{
	if (!isnan(count))
		snprintf(item->text, sizeof item->text, "%.0f", count);
}

static void rate_item(struct text_table_item *item, const struct rate_point *point)
{
	if (!point->used) {
		strcpy(item->text, "failed");
		return;
	}
	snprintf(item->text, sizeof item->text, "%.2f", point->rate_rps);
	snprintf(item->mark, sizeof item->mark, "%s%s%s", point->keeps_up ? "" : MARK_BEHIND,
		 point->valid ? "" : TEXT_TABLE_INVALID, point->errors ? TEXT_TABLE_ERRORS : "");
}

static void item_fill(const struct points *points, size_t row, enum column column, struct text_table_item *item)
{
	const struct rate_point *point = &points->point[row];
	const struct cell_times *latency = &point->latency_ns;

	strcpy(item->text, "-");
	switch (column) {
	case COLUMN_NAME:
		text_plain(item->text, sizeof item->text, point->server);
		if (document_is_revival(points->document, point->server))
			strncat(item->text, " (revival)", sizeof item->text - strlen(item->text) - 1);
		return;
	case COLUMN_MODE: text_plain(item->text, sizeof item->text, point->mode); return;
	case COLUMN_OFFERED: count_item(item, point->offered_rps); return;
	case COLUMN_SHARE:
		if (!isnan(point->share))
			snprintf(item->text, sizeof item->text, "%.0f %%", 100 * point->share);
		return;
	case COLUMN_RATE: rate_item(item, point); return;
	case COLUMN_P50: latency_item(item, point, latency->p50); return;
	case COLUMN_P90: latency_item(item, point, latency->p90); return;
	case COLUMN_P99: latency_item(item, point, latency->p99); return;
	case COLUMN_P999: latency_item(item, point, latency->p999); return;
	case COLUMN_MAX: latency_item(item, point, latency->max); return;
	case COLUMN_LAG: time_item(item, point->lag_p99_ns); return;
	case COLUMN_WAITED: count_item(item, point->waited); return;
	case COLUMNS: return;
	}
}

static size_t columns_choose(const struct points *points, enum column *columns)
{
	size_t count = 0;
	bool shares = false;

	for (size_t i = 0; i < points->count; i++)
		shares |= !isnan(points->point[i].share);
	for (int column = 0; column < COLUMNS; column++)
		if (column != COLUMN_SHARE || shares)
			columns[count++] = (enum column)column;
	return count;
}

static const char *who(const struct rate_point *point, char *out, size_t room)
{
	char name[TEXT_TABLE_TEXT];
	int used = snprintf(out, room, "%.100s (%.20s", text_plain(name, sizeof name, point->server), point->mode);

	if (!isnan(point->share))
		used += snprintf(out + used, room - (size_t)used, ", %.0f %%", 100 * point->share);
	if (!isnan(point->offered_rps))
		used += snprintf(out + used, room - (size_t)used, ", %.0f/s", point->offered_rps);
	snprintf(out + used, room - (size_t)used, ")");
	return out;
}

/* One note with all points that it is about. */
static void note_points(const struct points *points, bool (*is_about)(const struct rate_point *, unsigned),
			unsigned reason, const char *words, enum table_format format, bool *first, FILE *out)
{
	char line[4096] = "", name[TEXT_TABLE_TEXT], note[4096 + 512];

	for (size_t i = 0; i < points->count; i++)
		if (is_about(&points->point[i], reason))
			text_table_add(line, sizeof line, ", ", who(&points->point[i], name, sizeof name));
	if (!*line)
		return;
	snprintf(note, sizeof note, "%s: %s", words, line);
	text_table_note(format, note, first, out);
}

static bool is_behind(const struct rate_point *point, unsigned unused)
{
	(void)unused;
	return point->used && !point->keeps_up;
}

static bool is_censored(const struct rate_point *point, unsigned unused)
{
	(void)unused;
	return point->used && point->censored;
}

static bool is_invalid(const struct rate_point *point, unsigned reason)
{
	return point->used && !point->valid && point->invalid >> reason & 1;
}

static void notes_put(const struct points *points, enum table_format format, FILE *out)
{
	bool first = true, errors = false;
	char words[512];

	note_points(points, is_behind, 0,
		    MARK_BEHIND " does not keep up: less than 95 % of what was offered was answered "
				"rightly, and where requests wait, they wait the longer the longer the load lasts",
		    format, &first, out);
	note_points(points, is_censored, 0,
		    MARK_CENSORED " latency is higher than that: requests that were due in the window "
				  "failed behind it, or had not ended long after it, and are not among these",
		    format, &first, out);
	for (unsigned reason = 0; reason < INVALIDS; reason++) {
		snprintf(words, sizeof words, TEXT_TABLE_INVALID " not to be relied on, %s",
			 invalid_descriptions[reason]);
		note_points(points, is_invalid, reason, words, format, &first, out);
	}
	for (size_t i = 0; i < points->count; i++) {
		const struct rate_point *point = &points->point[i];
		char name[TEXT_TABLE_TEXT], why[1024], note[2048];
		errors |= point->used && point->errors;
		if (!point->failed)
			continue;
		snprintf(note, sizeof note, "%s failed in %u of %u blocks: %s", who(point, name, sizeof name),
			 point->failed, point->cells,
			 text_plain(why, sizeof why, point->error ? point->error : "no figures"));
		text_table_note(format, note, &first, out);
	}
	if (errors)
		text_table_note(format, TEXT_TABLE_ERRORS " requests or blocks failed; only right answers are counted",
				&first, out);
}

/* What the figures are of. */
static void head_put(const struct document *document, enum table_format format, FILE *out)
{
	static const struct {
		const char *before, *option, *after;
	} parts[] = {
		{ "", "arrivals", " arrivals" },
		{ "at most ", "max-connections", " connections" },
		{ "window at least ", "duration", "" },
		{ "blocks: ", "repeat", "" },
	};
	char line[1024] = "";

	text_table_line(format,
			"Open loop: latency at a rate of requests, from the time for which each was scheduled. Medians "
			"over the blocks of the run; max is the highest.",
			out);
	fputs(format == TABLE_MARKDOWN ? "\n" : "", out);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *value = document_option(document, parts[i].option);
		char text[TEXT_TABLE_TEXT];
		snprintf(text, sizeof text, "%s%.100s%s", parts[i].before, value, parts[i].after);
		if (*value)
			text_table_add(line, sizeof line, ", ", text);
	}
	if (!*line)
		return;
	text_table_line(format, line, out);
	fputs("\n", out);
}

static int text_table_put(const struct points *points, enum table_format format, FILE *out, struct err *err)
{
	static const char *const headings[COLUMNS] = {
		"Implementation", "Mode", "Offered/s", "Share",  "Answered/s", "p50", "p90", "p99",
		"p99.9",          "max",  "Lag p99",   "Waited",
	};
	enum column columns[COLUMNS];
	struct text_table table;
	int result = text_table_init(&table, points->count + 1, columns_choose(points, columns), err);

	for (size_t i = 0; i < table.columns && !result; i++) {
		table.left[i] = columns[i] == COLUMN_NAME || columns[i] == COLUMN_MODE;
		strcpy(text_table_item(&table, 0, i)->text, headings[columns[i]]);
		for (size_t row = 0; row < points->count; row++)
			item_fill(points, row, columns[i], text_table_item(&table, row + 1, i));
	}
	if (!result) {
		head_put(points->document, format, out);
		text_table_write(&table, format, out);
		notes_put(points, format, out);
	}
	text_table_release(&table);
	return result;
}

static void csv_write(const struct points *points, FILE *out)
{
	fputs("implementation,kind,mode,offered_rps,share,answered_rps,state,blocks,keeps_up,p50_ns,p90_ns,p99_ns,p999_ns,"
	      "max_ns,lag_p99_ns,lag_max_ns,waited,censored\r\n",
	      out);
	for (size_t i = 0; i < points->count; i++) {
		const struct rate_point *point = &points->point[i];
		const struct cell_times *latency = &point->latency_ns;
		const double figures[] = { latency->p50, latency->p90,      latency->p99,      latency->p999,
					   latency->max, point->lag_p99_ns, point->lag_max_ns, point->waited };
		text_table_csv_text(point->server, out);
		fputs(document_is_revival(points->document, point->server) ? ",revival," : ",original,", out);
		text_table_csv_text(point->mode, out);
		text_table_csv_number(point->offered_rps, out);
		text_table_csv_number(point->share, out);
		text_table_csv_number(point->rate_rps, out);
		fprintf(out, ",%s,%u,%s",
			!point->used   ? "failed"
			: point->valid ? "valid"
				       : "invalid",
			point->used,
			!point->used      ? ""
			: point->keeps_up ? "yes"
					  : "no");
		for (size_t j = 0; j < sizeof figures / sizeof *figures; j++)
			text_table_csv_number(figures[j], out);
		fprintf(out, ",%s\r\n", !point->used ? "" : point->censored ? "yes" : "no");
	}
}

int rates_table_print(const struct document *document, bool apart, enum table_format format, FILE *out, struct err *err)
{
	struct points points = { .document = document };
	int result = rates_points(document, &points.point, &points.count, err);

	if (!result && format == TABLE_CSV) {
		csv_write(&points, out);
	} else if (!result && points.count) {
		fputs(apart ? "\n" : "", out);
		result = text_table_put(&points, format, out, err);
	}
	if (!result && (fflush(out) || ferror(out)))
		result = err_set_errno(err, "the table cannot be written");
	free(points.point);
	return result;
}
