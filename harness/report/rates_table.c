#include "harness/report/rates_table.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/rates.h"
#include "harness/lib/text.h"
#include "harness/text/data_table.h"

/* What a reader of a figure must know, besides the marks of every table. */
#define MARK_BEHIND   "<"
#define MARK_CENSORED ">"

enum column { NAME, MODE, OFFERED, SHARE, RATE, FIRST_LATENCY, LAST_LATENCY = FIRST_LATENCY + 4, LAG, WAITED, COLUMNS };

#define POINT(field) offsetof(struct rate_point, field)

/* For people. */
static const struct data_column columns[COLUMNS] = {
	[NAME] = { "Implementation", "", DATA_TEXT, DATA_APART },
	[MODE] = { "Mode", "", DATA_TEXT, POINT(mode) },
	[OFFERED] = { "Offered/s", "", DATA_PLAIN, POINT(offered_rps) },
	[SHARE] = { "Share", "", DATA_SHARE, DATA_APART },
	[RATE] = { "Answered/s", "", DATA_HUNDREDTHS, DATA_APART },
	[FIRST_LATENCY] = { "p50", "", DATA_NS, POINT(latency_ns.p50) },
	{ "p90", "", DATA_NS, POINT(latency_ns.p90) },
	{ "p99", "", DATA_NS, POINT(latency_ns.p99) },
	{ "p99.9", "", DATA_NS, POINT(latency_ns.p999) },
	[LAST_LATENCY] = { "max", "", DATA_NS, POINT(latency_ns.max) },
	[LAG] = { "Lag p99", "", DATA_NS, POINT(lag_p99_ns) },
	[WAITED] = { "Waited", "", DATA_PLAIN, POINT(waited) },
};

/* For programs. */
enum csv_column { CSV_NAME, CSV_KIND, CSV_STATE = 6, CSV_LAUNCHES, CSV_KEEPS_UP, CSV_CENSORED = 17, CSV_COLUMNS };

static const struct data_column csv_columns[CSV_COLUMNS] = {
	[CSV_NAME] = { "", "implementation", DATA_TEXT, POINT(server) },
	[CSV_KIND] = { "", "kind", DATA_TEXT, DATA_APART },
	{ "", "mode", DATA_TEXT, POINT(mode) },
	{ "", "offered_rps", DATA_NUMBER, POINT(offered_rps) },
	{ "", "share", DATA_SHARE, POINT(share) },
	{ "", "answered_rps", DATA_NUMBER, POINT(rate_rps) },
	[CSV_STATE] = { "", "state", DATA_TEXT, DATA_APART },
	[CSV_LAUNCHES] = { "", "launches", DATA_NUMBER, DATA_APART },
	[CSV_KEEPS_UP] = { "", "keeps_up", DATA_TEXT, DATA_APART },
	{ "", "p50_ns", DATA_NS, POINT(latency_ns.p50) },
	{ "", "p90_ns", DATA_NS, POINT(latency_ns.p90) },
	{ "", "p99_ns", DATA_NS, POINT(latency_ns.p99) },
	{ "", "p999_ns", DATA_NS, POINT(latency_ns.p999) },
	{ "", "max_ns", DATA_NS, POINT(latency_ns.max) },
	{ "", "lag_p99_ns", DATA_NS, POINT(lag_p99_ns) },
	{ "", "lag_max_ns", DATA_NS, POINT(lag_max_ns) },
	{ "", "waited", DATA_NUMBER, POINT(waited) },
	[CSV_CENSORED] = { "", "censored", DATA_TEXT, DATA_APART },
};

struct points {
	const struct document *document;
	struct rate_point *point;
	size_t count;
};

static void row_set(const struct points *points, struct data_table *table, size_t row)
{
	const struct rate_point *point = &points->point[row];
	char text[TEXT_TABLE_TEXT];

	data_table_fill(table, row, point);
	text_plain(text, sizeof text, point->server);
	if (document_is_revival(points->document, point->server))
		strncat(text, " (revival)", sizeof text - strlen(text) - 1);
	data_table_set_text(table, row, NAME, text);
	snprintf(text, sizeof text, "%.0f %%", 100 * point->share);
	data_table_set_number(table, row, SHARE, point->share, text);
	for (size_t column = FIRST_LATENCY; point->censored && column <= LAST_LATENCY; column++)
		if (data_table_is_known(table, row, column))
			data_table_add_mark(table, row, column, MARK_CENSORED);
	if (!point->used) {
		data_table_set_text(table, row, RATE, "failed");
		return;
	}
	data_table_set(table, row, RATE, point->rate_rps);
	data_table_add_mark(table, row, RATE, point->keeps_up ? "" : MARK_BEHIND);
	data_table_add_mark(table, row, RATE, point->valid ? "" : TEXT_TABLE_INVALID);
	data_table_add_mark(table, row, RATE, point->errors ? TEXT_TABLE_ERRORS : "");
}

static const char *point_name(const struct rate_point *point, char *out, size_t room)
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

/* One note for all points that it concerns. */
static void note_points(const struct points *points, bool (*is_about)(const struct rate_point *, unsigned),
			unsigned reason, const char *what, enum table_format format, bool *first, FILE *out)
{
	char line[4096] = "", name[TEXT_TABLE_TEXT], note[4096 + 512];

	for (size_t i = 0; i < points->count; i++)
		if (is_about(&points->point[i], reason))
			text_table_add(line, sizeof line, ", ", point_name(&points->point[i], name, sizeof name));
	if (!*line)
		return;
	snprintf(note, sizeof note, "%s: %s", what, line);
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
	char what[512];

	note_points(points, is_behind, 0,
		    MARK_BEHIND " does not keep up: less than 95 % of what was offered was completed "
				"rightly, and where requests wait, they wait the longer the longer the load lasts",
		    format, &first, out);
	note_points(points, is_censored, 0,
		    MARK_CENSORED " latency is higher than that: requests that were due in the window "
				  "failed after it, or had not ended long after it, and are not among these",
		    format, &first, out);
	for (unsigned reason = 0; reason < INVALIDS; reason++) {
		snprintf(what, sizeof what, TEXT_TABLE_INVALID " not to be relied on, %s",
			 invalid_descriptions[reason]);
		note_points(points, is_invalid, reason, what, format, &first, out);
	}
	for (size_t i = 0; i < points->count; i++) {
		const struct rate_point *point = &points->point[i];
		char name[TEXT_TABLE_TEXT], why[1024], note[2048];
		errors |= point->used && point->errors;
		if (!point->failed)
			continue;
		snprintf(note, sizeof note, "%s failed in %u of %u launches: %s", point_name(point, name, sizeof name),
			 point->failed, point->cells,
			 text_plain(why, sizeof why, point->error ? point->error : "no figures"));
		text_table_note(format, note, &first, out);
	}
	if (errors)
		text_table_note(format,
				TEXT_TABLE_ERRORS " requests or launches failed; only right responses are counted",
				&first, out);
}

/* What the figures are. */
static void head_put(const struct document *document, enum table_format format, FILE *out)
{
	static const struct {
		const char *before, *option, *after;
	} parts[] = {
		{ "", "arrivals", " arrivals" },
		{ "at most ", "max-connections", " connections" },
		{ "window at least ", "duration", "" },
		{ "launches: ", "repeat", "" },
	};
	char line[1024] = "";

	text_table_line(format,
			"Open loop: latency at a rate of requests, from the time for which each was scheduled. Medians "
			"over the launches; max is the maximum.",
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

static int text_put(const struct points *points, enum table_format format, FILE *out, struct err *err)
{
	struct data_table table;
	bool shares = false;
	int result = data_table_init(&table, points->count, columns, COLUMNS, err);

	for (size_t row = 0; row < points->count && !result; row++) {
		row_set(points, &table, row);
		shares |= !isnan(points->point[row].share);
	}
	if (!result) {
		if (!shares)
			data_table_drop(&table, SHARE);
		head_put(points->document, format, out);
		text_table_write(&table.text, format, out);
		notes_put(points, format, out);
	}
	data_table_release(&table);
	return result;
}

static int csv_put(const struct points *points, FILE *out, struct err *err)
{
	struct data_table table;
	int result = data_table_init(&table, points->count, csv_columns, CSV_COLUMNS, err);

	for (size_t row = 0; row < points->count && !result; row++) {
		const struct rate_point *point = &points->point[row];
		bool revival = document_is_revival(points->document, point->server);
		data_table_fill(&table, row, point);
		data_table_set_text(&table, row, CSV_KIND, revival ? "revival" : "original");
		data_table_set(&table, row, CSV_LAUNCHES, point->used);
		data_table_set_text(&table, row, CSV_STATE, "failed");
		if (!point->used)
			continue;
		data_table_set_text(&table, row, CSV_STATE, point->valid ? "valid" : "invalid");
		data_table_set_text(&table, row, CSV_KEEPS_UP, point->keeps_up ? "yes" : "no");
		data_table_set_text(&table, row, CSV_CENSORED, point->censored ? "yes" : "no");
	}
	if (!result)
		data_table_csv(&table, out);
	data_table_release(&table);
	return result;
}

int rates_table_print(const struct document *document, bool apart, enum table_format format, FILE *out, struct err *err)
{
	struct points points = { .document = document };
	int result = rates_points(document, &points.point, &points.count, err);

	if (!result && format == TABLE_CSV) {
		result = csv_put(&points, out, err);
	} else if (!result && points.count) {
		fputs(apart ? "\n" : "", out);
		result = text_put(&points, format, out, err);
	}
	if (!result && (fflush(out) || ferror(out)))
		result = err_set_errno(err, "the table cannot be written");
	free(points.point);
	return result;
}
