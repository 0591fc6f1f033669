#include "harness/report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/figures_2010.h"
#include "harness/analysis/rates.h"
#include "harness/lib/units.h"

static void server_set(const struct findings *findings, struct data_table *table, size_t row, const char *server)
{
	char name[TEXT_TABLE_TEXT];

	data_table_set_text(table, row, 0, findings_name(name, findings, server));
}

/* A line a server, a column a level. */
static int by_level(const struct findings *findings, struct data_table *table, size_t more, const char *unit,
		    struct err *err)
{
	if (data_table_init(table, findings->rows_count, 1 + findings->levels_count + more, err))
		return -1;
	data_table_column(table, 0, "Server", "server", true);
	for (size_t i = 0; i < findings->levels_count; i++) {
		char heading[UNITS_TEXT], name[DATA_TABLE_NAME];
		snprintf(name, sizeof name, "%s_at_%llu", unit, (unsigned long long)findings->levels[i]);
		data_table_column(table, 1 + i, units_show_count(heading, findings->levels[i]), name, false);
	}
	for (size_t row = 0; row < findings->rows_count; row++)
		server_set(findings, table, row, findings->rows[row].server);
	return 0;
}

static void mark(struct data_table *table, size_t row, size_t column, const struct summary *summary)
{
	data_table_add_mark(table, row, column, summary->valid ? "" : TEXT_TABLE_INVALID);
	data_table_add_mark(table, row, column, summary->errors ? TEXT_TABLE_ERRORS : "");
}

static int rate_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	if (by_level(findings, table, 0, "rps", err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct summary *summary = &findings->rows[row].levels[i];
			if (summary->cells && !summary->used)
				data_table_set_text(table, row, 1 + i, "failed");
			if (!summary->used)
				continue;
			data_table_set_count(table, row, 1 + i, summary->rate_rps);
			mark(table, row, 1 + i, summary);
		}
	return 0;
}

static int shape_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	if (by_level(findings, table, 0, "share", err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct summary *summary = &findings->rows[row].levels[i];
			double share = summary->rate_rps / findings->rows[row].scaling.max_rps;
			if (!summary->used || isnan(share))
				continue;
			data_table_set_share(table, row, 1 + i, share);
			mark(table, row, 1 + i, summary);
		}
	return 0;
}

static int verdict_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum column { NAME, ONE, MOST, MOST_AT, N95, KEPT, FALL, FALL_AT, ERRORS, VERDICT, WHY, COLUMNS };
	size_t rows = findings->rows_count;
	char text[SCALING_TEXT];

	if (data_table_init(table, rows, COLUMNS, err))
		return -1;
	data_table_column(table, NAME, "Server", "server", true);
	data_table_column(table, ONE, "At 1", "one_rps", false);
	data_table_column(table, MOST, "Maximum", "max_rps", false);
	data_table_column(table, MOST_AT, "reached at", "max_level", false);
	data_table_column(table, N95, "95 % of it from", "n95_level", false);
	data_table_column(table, KEPT, "Kept at the end", "retention", false);
	data_table_column(table, FALL, "Worst fall in a doubling", "worst_fall", false);
	data_table_column(table, FALL_AT, "down to", "fall_to_level", false);
	data_table_column(table, ERRORS, "Errors from", "errors_level", false);
	data_table_column(table, VERDICT, "Verdict", "class", true);
	data_table_column(table, WHY, "Why", "why", true);
	for (size_t row = 0; row < rows; row++) {
		const struct scaling *scaling = &findings->rows[row].scaling;
		server_set(findings, table, row, findings->rows[row].server);
		data_table_set_count(table, row, ONE, scaling->one_rps);
		data_table_set_count(table, row, MOST, scaling->max_rps);
		data_table_add_mark(table, row, MOST, scaling->max_bounded ? TEXT_TABLE_INVALID : "");
		data_table_set_count(table, row, MOST_AT, scaling->max_level ? (double)scaling->max_level : NAN);
		data_table_set_count(table, row, N95, scaling->n95_level ? (double)scaling->n95_level : NAN);
		data_table_set_share(table, row, KEPT, scaling->retention);
		data_table_set_share(table, row, FALL, scaling->fall_to ? scaling->fall : NAN);
		data_table_set_count(table, row, FALL_AT, scaling->fall_to ? (double)scaling->fall_to : NAN);
		data_table_set_count(table, row, ERRORS, scaling->errors_level ? (double)scaling->errors_level : NAN);
		data_table_set_text(table, row, VERDICT, scaling_names[scaling->class]);
		size_t used = strlen(scaling_reason(text, scaling));
		if (scaling->never_started)
			snprintf(text + used, sizeof text - used, ": %s", scaling->error);
		data_table_set_text(table, row, WHY, text);
	}
	return 0;
}

/* Tables with a line for each server and level have so many. */
static size_t lines_count(const struct findings *findings, bool (*is_told)(const struct summary *))
{
	size_t lines = 0;

	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++)
			lines += is_told(&findings->rows[row].levels[i]);
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

static int latency_sheet(const struct findings *findings, struct data_table *table, struct err *err)
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

	if (data_table_init(table, lines_count(findings, has_figures), first + count + 1, err))
		return -1;
	data_table_column(table, 0, "Server", "server", true);
	data_table_column(table, 1, "Connections", "level", false);
	for (size_t column = 0; column < count; column++)
		data_table_column(table, first + column, columns[column].heading, columns[column].name, false);
	data_table_column(table, first + count, "Note", "note", true);
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct findings_row *from = &findings->rows[row];
			bool censored = false;
			if (!has_figures(&from->levels[i]))
				continue;
			server_set(findings, table, line, from->server);
			data_table_set_count(table, line, 1, (double)findings->levels[i]);
			for (size_t column = 0; column < count; column++)
				data_table_set_ns(
					table, line, first + column,
					findings_median(findings, &from->levels[i], columns[column].figure, &censored));
			data_table_set_text(table, line, first + count,
					    censored                 ? "censored: the slow ones are missing"
					    : !from->levels[i].valid ? "not valid"
								     : NULL);
			line++;
		}
	return 0;
}

static int cost_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	size_t memory = 1 + findings->levels_count;

	if (by_level(findings, table, 1, "cpu_us_per_request", err))
		return -1;
	data_table_column(table, memory, "KiB/connection", "memory_per_connection_kib", false);
	for (size_t row = 0; row < findings->rows_count; row++) {
		const struct findings_row *from = &findings->rows[row];
		for (size_t i = 0; i < findings->levels_count; i++)
			data_table_set_decimals(table, row, 1 + i, from->levels[i].server_cpu_us_per_request, 1);
		data_table_set_decimals(table, row, memory,
					isnan(from->memory_bytes) ? NAN : round(from->memory_bytes / 102.4) / 10 + 0.0,
					1);
	}
	return 0;
}

static int errors_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum column { NAME, LEVEL, OPEN, OK, FIRST };
	const size_t launches = FIRST + LOAD_FAILURES;
	size_t line = 0;

	if (data_table_init(table, lines_count(findings, was_measured), launches + 1, err))
		return -1;
	data_table_column(table, NAME, "Server", "server", true);
	data_table_column(table, LEVEL, "Connections", "level", false);
	data_table_column(table, OPEN, "Open in it", "open_in_server", false);
	data_table_column(table, OK, "Right answers", "ok", false);
	for (int kind = 0; kind < LOAD_FAILURES; kind++)
		data_table_column(table, FIRST + (size_t)kind, load_failure_names[kind], load_failure_names[kind],
				  false);
	data_table_column(table, launches, "Launches that failed", "failed_cells", false);
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct findings_row *from = &findings->rows[row];
			const struct summary *summary = &from->levels[i];
			if (!was_measured(summary))
				continue;
			server_set(findings, table, line, from->server);
			data_table_set_count(table, line, LEVEL, (double)findings->levels[i]);
			data_table_set_count(table, line, OPEN, summary->open_mean);
			data_table_set_count(table, line, OK, (double)summary->ok);
			for (int kind = 0; kind < LOAD_FAILURES; kind++)
				data_table_set_count(table, line, FIRST + (size_t)kind,
						     (double)summary->failures[kind]);
			data_table_set_count(table, line, launches, summary->failed);
			line++;
		}
	return 0;
}

static int open_loop_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum column { NAME, SHARE, OFFERED, ANSWERED, P50, P90, P99, P999, MOST, WAITED, NOTE, COLUMNS };

	if (data_table_init(table, findings->points_count, COLUMNS, err))
		return -1;
	data_table_column(table, NAME, "Server", "server", true);
	data_table_column(table, SHARE, "Of its best", "share", false);
	data_table_column(table, OFFERED, "Offered/s", "offered_rps", false);
	data_table_column(table, ANSWERED, "Answered/s", "rate_rps", false);
	data_table_column(table, P50, "p50", "p50_ns", false);
	data_table_column(table, P90, "p90", "p90_ns", false);
	data_table_column(table, P99, "p99", "p99_ns", false);
	data_table_column(table, P999, "p99.9", "p999_ns", false);
	data_table_column(table, MOST, "max", "max_ns", false);
	data_table_column(table, WAITED, "Waited", "waited", false);
	data_table_column(table, NOTE, "Note", "note", true);
	for (size_t line = 0; line < findings->points_count; line++) {
		const struct rate_point *point = &findings->points[line];
		server_set(findings, table, line, point->server);
		data_table_set_share(table, line, SHARE, point->share);
		data_table_set_count(table, line, OFFERED, point->offered_rps);
		data_table_set_count(table, line, ANSWERED, point->rate_rps);
		data_table_set_ns(table, line, P50, point->latency_ns.p50);
		data_table_set_ns(table, line, P90, point->latency_ns.p90);
		data_table_set_ns(table, line, P99, point->latency_ns.p99);
		data_table_set_ns(table, line, P999, point->latency_ns.p999);
		data_table_set_ns(table, line, MOST, point->latency_ns.max);
		data_table_set_count(table, line, WAITED, point->waited);
		data_table_set_text(table, line, NOTE,
				    !point->used       ? "failed"
				    : !point->keeps_up ? "does not keep up"
				    : !point->valid    ? "not valid"
						       : NULL);
	}
	return 0;
}

static int sequential_sheet(const struct findings *findings, struct data_table *table, struct err *err)
{
	char heading[TEXT_TABLE_TEXT], level[UNITS_TEXT];

	if (data_table_init(table, findings->rows_count, 6, err))
		return -1;
	snprintf(heading, sizeof heading, "At %s connections", units_show_count(level, findings->near_level));
	data_table_column(table, 0, "Server", "server", true);
	data_table_column(table, 1, "One by one", "sequential_rps", false);
	data_table_column(table, 2, heading, "parallel_rps", false);
	data_table_column(table, 3, "times as many", "ratio", false);
	data_table_column(table, 4, "2010, one by one", "sequential_2010_rps", false);
	data_table_column(table, 5, "2010, at 100", "parallel_2010_rps", false);
	for (size_t row = 0; row < findings->rows_count; row++) {
		const struct findings_row *from = &findings->rows[row];
		server_set(findings, table, row, from->server);
		data_table_set_count(table, row, 1, from->sequential.rate_rps);
		data_table_set_count(table, row, 2, from->near.rate_rps);
		data_table_set_decimals(table, row, 3, from->near.rate_rps / from->sequential.rate_rps, 2);
		if (from->near.used)
			mark(table, row, 2, &from->near);
		const struct figures_2010 *old = figures_2010(from->server);
		if (old) {
			data_table_set_count(table, row, 4, old->sequential_rps);
			data_table_set_count(table, row, 5, old->parallel_rps);
		}
	}
	return 0;
}

int figures_table(const struct findings *findings, enum figures_kind kind, struct data_table *table, struct err *err)
{
	static int (*const makers[FIGURES_KINDS])(const struct findings *, struct data_table *, struct err *) = {
		[FIGURES_RATE] = rate_sheet,           [FIGURES_SHAPE] = shape_sheet,
		[FIGURES_VERDICT] = verdict_sheet,     [FIGURES_LATENCY] = latency_sheet,
		[FIGURES_COST] = cost_sheet,           [FIGURES_ERRORS] = errors_sheet,
		[FIGURES_OPEN_LOOP] = open_loop_sheet, [FIGURES_SEQUENTIAL] = sequential_sheet,
	};

	*table = (struct data_table){ 0 };
	return makers[kind](findings, table, err);
}
