#include "harness/report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/rates.h"
#include "harness/lib/units.h"
#include "harness/report/table.h"

static void server_set(const struct overview *overview, struct sheet *sheet, size_t row, const char *server)
{
	char name[GRID_TEXT];

	sheet_set_text(sheet, row, 0, overview_name(name, overview->document, server));
}

/* A line a server, a column a level. */
static int by_level(const struct overview *overview, struct sheet *sheet, size_t more, const char *unit,
		    struct err *err)
{
	if (sheet_init(sheet, overview->rows_count, 1 + overview->levels_count + more, err))
		return -1;
	sheet_column(sheet, 0, "Server", "server", true);
	for (size_t i = 0; i < overview->levels_count; i++) {
		char heading[UNITS_TEXT], name[SHEET_NAME];
		snprintf(name, sizeof name, "%s_at_%llu", unit, (unsigned long long)overview->levels[i]);
		sheet_column(sheet, 1 + i, units_show_count(heading, overview->levels[i]), name, false);
	}
	for (size_t row = 0; row < overview->rows_count; row++)
		server_set(overview, sheet, row, overview->rows[row].server);
	return 0;
}

static void mark(struct sheet *sheet, size_t row, size_t column, const struct summary *summary)
{
	sheet_add_mark(sheet, row, column, summary->valid ? "" : GRID_INVALID);
	sheet_add_mark(sheet, row, column, summary->errors ? GRID_ERRORS : "");
}

static int rate_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	if (by_level(overview, sheet, 0, "rps", err))
		return -1;
	for (size_t row = 0; row < overview->rows_count; row++)
		for (size_t i = 0; i < overview->levels_count; i++) {
			const struct summary *summary = &overview->rows[row].levels[i];
			if (summary->cells && !summary->used)
				sheet_set_text(sheet, row, 1 + i, "failed");
			if (!summary->used)
				continue;
			sheet_set_count(sheet, row, 1 + i, summary->rate_rps);
			mark(sheet, row, 1 + i, summary);
		}
	return 0;
}

static int shape_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	if (by_level(overview, sheet, 0, "share", err))
		return -1;
	for (size_t row = 0; row < overview->rows_count; row++)
		for (size_t i = 0; i < overview->levels_count; i++) {
			const struct summary *summary = &overview->rows[row].levels[i];
			double share = summary->rate_rps / overview->rows[row].scaling.max_rps;
			if (!summary->used || isnan(share))
				continue;
			sheet_set_share(sheet, row, 1 + i, share);
			mark(sheet, row, 1 + i, summary);
		}
	return 0;
}

static int verdict_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	enum column { NAME, ONE, MOST, MOST_AT, N95, KEPT, FALL, FALL_AT, ERRORS, VERDICT, WHY, COLUMNS };
	size_t rows = overview->rows_count;
	char text[SCALING_TEXT];

	if (sheet_init(sheet, rows, COLUMNS, err))
		return -1;
	sheet_column(sheet, NAME, "Server", "server", true);
	sheet_column(sheet, ONE, "At 1", "one_rps", false);
	sheet_column(sheet, MOST, "Maximum", "max_rps", false);
	sheet_column(sheet, MOST_AT, "reached at", "max_level", false);
	sheet_column(sheet, N95, "95 % of it from", "n95_level", false);
	sheet_column(sheet, KEPT, "Kept at the end", "retention", false);
	sheet_column(sheet, FALL, "Worst fall in a doubling", "worst_fall", false);
	sheet_column(sheet, FALL_AT, "down to", "fall_to_level", false);
	sheet_column(sheet, ERRORS, "Errors from", "errors_level", false);
	sheet_column(sheet, VERDICT, "Verdict", "class", true);
	sheet_column(sheet, WHY, "Why", "why", true);
	for (size_t row = 0; row < rows; row++) {
		const struct scaling *scaling = &overview->rows[row].scaling;
		server_set(overview, sheet, row, overview->rows[row].server);
		sheet_set_count(sheet, row, ONE, scaling->one_rps);
		sheet_set_count(sheet, row, MOST, scaling->max_rps);
		sheet_add_mark(sheet, row, MOST, scaling->max_bounded ? GRID_INVALID : "");
		sheet_set_count(sheet, row, MOST_AT, scaling->max_level ? (double)scaling->max_level : NAN);
		sheet_set_count(sheet, row, N95, scaling->n95_level ? (double)scaling->n95_level : NAN);
		sheet_set_share(sheet, row, KEPT, scaling->retention);
		sheet_set_share(sheet, row, FALL, scaling->fall_to ? scaling->fall : NAN);
		sheet_set_count(sheet, row, FALL_AT, scaling->fall_to ? (double)scaling->fall_to : NAN);
		sheet_set_count(sheet, row, ERRORS, scaling->errors_level ? (double)scaling->errors_level : NAN);
		sheet_set_text(sheet, row, VERDICT, scaling_names[scaling->class]);
		sheet_set_text(sheet, row, WHY, scaling_reason(text, scaling));
	}
	return 0;
}

/* Tables with a line for each server and level have so many. */
static size_t lines_count(const struct overview *overview, bool (*is_told)(const struct summary *))
{
	size_t lines = 0;

	for (size_t row = 0; row < overview->rows_count; row++)
		for (size_t i = 0; i < overview->levels_count; i++)
			lines += is_told(&overview->rows[row].levels[i]);
	return lines;
}

static bool has_figures(const struct summary *summary)
{
	return summary->used > 0;
}

static bool was_measured(const struct summary *summary)
{
	return summary->cells > 0;
}

static double p50_of(const struct cell *cell)
{
	return cell->latency_ns.p50;
}

static double p90_of(const struct cell *cell)
{
	return cell->latency_ns.p90;
}

static double p99_of(const struct cell *cell)
{
	return cell->latency_ns.p99;
}

static double p999_of(const struct cell *cell)
{
	return cell->latency_ns.p999;
}

static double most_of(const struct cell *cell)
{
	return cell->latency_ns.max;
}

static double connect_of(const struct cell *cell)
{
	return cell->connect_ns.p99;
}

static int latency_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	static const struct {
		const char *heading, *name;
		double (*figure)(const struct cell *cell);
	} columns[] = {
		{ "p50", "p50_ns", p50_of },  { "p90", "p90_ns", p90_of },
		{ "p99", "p99_ns", p99_of },  { "p99.9", "p999_ns", p999_of },
		{ "max", "max_ns", most_of }, { "connect p99", "connect_p99_ns", connect_of },
	};
	const size_t first = 2, count = sizeof columns / sizeof *columns;
	size_t line = 0;

	if (sheet_init(sheet, lines_count(overview, has_figures), first + count + 1, err))
		return -1;
	sheet_column(sheet, 0, "Server", "server", true);
	sheet_column(sheet, 1, "Connections", "level", false);
	for (size_t column = 0; column < count; column++)
		sheet_column(sheet, first + column, columns[column].heading, columns[column].name, false);
	sheet_column(sheet, first + count, "Note", "note", true);
	for (size_t row = 0; row < overview->rows_count; row++)
		for (size_t i = 0; i < overview->levels_count; i++) {
			const struct overview_row *from = &overview->rows[row];
			bool censored = false;
			if (!has_figures(&from->levels[i]))
				continue;
			server_set(overview, sheet, line, from->server);
			sheet_set_count(sheet, line, 1, (double)overview->levels[i]);
			for (size_t column = 0; column < count; column++)
				sheet_set_ns(
					sheet, line, first + column,
					overview_median(overview, &from->levels[i], columns[column].figure, &censored));
			sheet_set_text(sheet, line, first + count,
				       censored                 ? "censored: the slow ones are missing"
				       : !from->levels[i].valid ? "not valid"
								: NULL);
			line++;
		}
	return 0;
}

static int cost_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	size_t memory = 1 + overview->levels_count;

	if (by_level(overview, sheet, 1, "cpu_us_per_request", err))
		return -1;
	sheet_column(sheet, memory, "KiB/connection", "memory_per_connection_kib", false);
	for (size_t row = 0; row < overview->rows_count; row++) {
		const struct overview_row *from = &overview->rows[row];
		for (size_t i = 0; i < overview->levels_count; i++)
			sheet_set_decimals(sheet, row, 1 + i, from->levels[i].server_cpu_us_per_request, 1);
		sheet_set_decimals(sheet, row, memory,
				   isnan(from->memory_bytes) ? NAN : round(from->memory_bytes / 102.4) / 10 + 0.0, 1);
	}
	return 0;
}

static int errors_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	enum column { NAME, LEVEL, OPEN, OK, FIRST };
	const size_t launches = FIRST + LOAD_FAILURES;
	size_t line = 0;

	if (sheet_init(sheet, lines_count(overview, was_measured), launches + 1, err))
		return -1;
	sheet_column(sheet, NAME, "Server", "server", true);
	sheet_column(sheet, LEVEL, "Connections", "level", false);
	sheet_column(sheet, OPEN, "Open in it", "open_in_server", false);
	sheet_column(sheet, OK, "Right answers", "ok", false);
	for (int kind = 0; kind < LOAD_FAILURES; kind++)
		sheet_column(sheet, FIRST + (size_t)kind, load_failure_names[kind], load_failure_names[kind], false);
	sheet_column(sheet, launches, "Launches that failed", "failed_cells", false);
	for (size_t row = 0; row < overview->rows_count; row++)
		for (size_t i = 0; i < overview->levels_count; i++) {
			const struct overview_row *from = &overview->rows[row];
			const struct summary *summary = &from->levels[i];
			if (!was_measured(summary))
				continue;
			server_set(overview, sheet, line, from->server);
			sheet_set_count(sheet, line, LEVEL, (double)overview->levels[i]);
			sheet_set_count(sheet, line, OPEN, summary->open_mean);
			sheet_set_count(sheet, line, OK, (double)summary->ok);
			for (int kind = 0; kind < LOAD_FAILURES; kind++)
				sheet_set_count(sheet, line, FIRST + (size_t)kind, (double)summary->failures[kind]);
			sheet_set_count(sheet, line, launches, summary->failed);
			line++;
		}
	return 0;
}

static int open_loop_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	enum column { NAME, SHARE, OFFERED, ANSWERED, P50, P90, P99, P999, MOST, WAITED, NOTE, COLUMNS };
	struct rate_point *points;
	size_t count, lines = 0, line = 0;
	int result = -1;

	if (rates_points(overview->document, &points, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		lines += strcmp(points[i].mode, overview->mode) == 0;
	if (sheet_init(sheet, lines, COLUMNS, err))
		goto out;
	sheet_column(sheet, NAME, "Server", "server", true);
	sheet_column(sheet, SHARE, "Of its best", "share", false);
	sheet_column(sheet, OFFERED, "Offered/s", "offered_rps", false);
	sheet_column(sheet, ANSWERED, "Answered/s", "rate_rps", false);
	sheet_column(sheet, P50, "p50", "p50_ns", false);
	sheet_column(sheet, P90, "p90", "p90_ns", false);
	sheet_column(sheet, P99, "p99", "p99_ns", false);
	sheet_column(sheet, P999, "p99.9", "p999_ns", false);
	sheet_column(sheet, MOST, "max", "max_ns", false);
	sheet_column(sheet, WAITED, "Waited", "waited", false);
	sheet_column(sheet, NOTE, "Note", "note", true);
	for (size_t i = 0; i < count; i++) {
		const struct rate_point *point = &points[i];
		if (strcmp(point->mode, overview->mode) != 0)
			continue;
		server_set(overview, sheet, line, point->server);
		sheet_set_share(sheet, line, SHARE, point->share);
		sheet_set_count(sheet, line, OFFERED, point->offered_rps);
		sheet_set_count(sheet, line, ANSWERED, point->rate_rps);
		sheet_set_ns(sheet, line, P50, point->latency_ns.p50);
		sheet_set_ns(sheet, line, P90, point->latency_ns.p90);
		sheet_set_ns(sheet, line, P99, point->latency_ns.p99);
		sheet_set_ns(sheet, line, P999, point->latency_ns.p999);
		sheet_set_ns(sheet, line, MOST, point->latency_ns.max);
		sheet_set_count(sheet, line, WAITED, point->waited);
		sheet_set_text(sheet, line, NOTE,
			       !point->used       ? "failed"
			       : !point->keeps_up ? "does not keep up"
			       : !point->valid    ? "not valid"
						  : NULL);
		line++;
	}
	result = 0;
out:
	free(points);
	return result;
}

static int sequential_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	char heading[GRID_TEXT], level[UNITS_TEXT];

	if (sheet_init(sheet, overview->rows_count, 6, err))
		return -1;
	snprintf(heading, sizeof heading, "At %s connections", units_show_count(level, overview->near_level));
	sheet_column(sheet, 0, "Server", "server", true);
	sheet_column(sheet, 1, "One by one", "sequential_rps", false);
	sheet_column(sheet, 2, heading, "parallel_rps", false);
	sheet_column(sheet, 3, "times as many", "ratio", false);
	sheet_column(sheet, 4, "2010, one by one", "sequential_2010_rps", false);
	sheet_column(sheet, 5, "2010, at 100", "parallel_2010_rps", false);
	for (size_t row = 0; row < overview->rows_count; row++) {
		const struct overview_row *from = &overview->rows[row];
		server_set(overview, sheet, row, from->server);
		sheet_set_count(sheet, row, 1, from->sequential.rate_rps);
		sheet_set_count(sheet, row, 2, from->near.rate_rps);
		sheet_set_decimals(sheet, row, 3, from->near.rate_rps / from->sequential.rate_rps, 2);
		if (from->near.used)
			mark(sheet, row, 2, &from->near);
		double parallel_rps, sequential_rps;
		if (table_2010(from->server, &parallel_rps, &sequential_rps)) {
			sheet_set_count(sheet, row, 4, sequential_rps);
			sheet_set_count(sheet, row, 5, parallel_rps);
		}
	}
	return 0;
}

int figures_sheet(const struct overview *overview, enum figures_kind kind, struct sheet *sheet, struct err *err)
{
	static int (*const makers[FIGURES_KINDS])(const struct overview *, struct sheet *, struct err *) = {
		[FIGURES_RATE] = rate_sheet,           [FIGURES_SHAPE] = shape_sheet,
		[FIGURES_VERDICT] = verdict_sheet,     [FIGURES_LATENCY] = latency_sheet,
		[FIGURES_COST] = cost_sheet,           [FIGURES_ERRORS] = errors_sheet,
		[FIGURES_OPEN_LOOP] = open_loop_sheet, [FIGURES_SEQUENTIAL] = sequential_sheet,
	};

	*sheet = (struct sheet){ 0 };
	return makers[kind](overview, sheet, err);
}
