#include "harness/report/figures.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/figures_2010.h"
#include "harness/analysis/rates.h"
#include "harness/lib/units.h"
#include "harness/report/mark.h"

static void server_set(const struct findings *findings, struct data_table *table, size_t row, const char *server)
{
	char name[TEXT_TABLE_TEXT];

	data_table_set_text(table, row, 0, findings_name(name, findings, server));
}

#define COLUMNS(columns) columns, sizeof columns / sizeof *columns

/* A line per server, a column per level; after them a column of KiB per connection, if `more`. */
static int by_level(const struct findings *findings, struct data_table *table, enum data_kind kind, const char *unit,
		    bool more, struct err *err)
{
	size_t count = findings->levels_count;
	struct data_column *columns = calloc(count + 2, sizeof *columns);

	if (!columns)
		return err_set(err, "out of memory");
	columns[0] = (struct data_column){ "Server", "server", DATA_TEXT, DATA_APART };
	for (size_t i = 0; i < count; i++)
		columns[1 + i] = (struct data_column){ "", "", kind, DATA_APART };
	columns[1 + count] = (struct data_column){ "KiB/connection", "memory_per_connection_kib", DATA_TENTHS,
						   DATA_APART };
	int result = data_table_init(table, findings->rows_count, columns, 1 + count + more, err);
	free(columns);
	if (result)
		return -1;
	for (size_t i = 0; i < count; i++) {
		char heading[UNITS_TEXT], name[DATA_TABLE_NAME];
		snprintf(name, sizeof name, "%s_at_%llu", unit, (unsigned long long)findings->levels[i]);
		data_table_rename(table, 1 + i, units_show_count(heading, findings->levels[i]), name);
	}
	for (size_t row = 0; row < findings->rows_count; row++)
		server_set(findings, table, row, findings->rows[row].server);
	return 0;
}

static void mark(struct data_table *table, size_t row, size_t column, const struct summary *summary)
{
	char text[MARK_TEXT];

	data_table_add_mark(table, row, column, mark_of(text, summary));
}

static int rate_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	if (by_level(findings, table, DATA_NUMBER, "rps", false, err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct summary *summary = &findings->rows[row].levels[i];
			if (summary->cells && !summary->used)
				data_table_set_text(table, row, 1 + i, "failed");
			if (!summary->used)
				continue;
			data_table_set(table, row, 1 + i, summary->rate_rps);
			mark(table, row, 1 + i, summary);
		}
	return 0;
}

static int shape_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	if (by_level(findings, table, DATA_SHARE, "share", false, err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct summary *summary = &findings->rows[row].levels[i];
			double share = summary->rate_rps / findings->rows[row].scaling.max_rps;
			if (!summary->used || isnan(share))
				continue;
			data_table_set(table, row, 1 + i, share);
			mark(table, row, 1 + i, summary);
		}
	return 0;
}

/* σ, κ, and in the third column where it has its maximum, or why there is no law. */
static void law_set(struct data_table *table, size_t row, size_t column, const struct law *law)
{
	char text[LAW_TEXT];

	if (!law->refused[0]) {
		data_table_set_number(table, row, column, law->usl.sigma, law_part(text, law->usl.sigma, law->sigma));
		data_table_set_number(table, row, column + 1, law->usl.kappa,
				      law_part(text, law->usl.kappa, law->kappa));
	}
	data_table_set_text(table, row, column + 2, law_words(text, law));
}

#define SCALING(field) offsetof(struct scaling, field)

static int verdict_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum { MAXIMUM = 2, FALL = 6, VERDICT = 9, SIGMA = 10, KAPPA = 11, LAW = 12, WHY = 13 };
	static const struct data_column columns[] = {
		{ "Server", "server", DATA_TEXT, DATA_APART },
		{ "At 1", "one_rps", DATA_NUMBER, SCALING(one_rps) },
		[MAXIMUM] = { "Maximum", "max_rps", DATA_NUMBER, SCALING(max_rps) },
		{ "reached at", "max_level", DATA_LEVEL, SCALING(max_level) },
		{ "95 % of it from", "n95_level", DATA_LEVEL, SCALING(n95_level) },
		{ "Kept at the end", "retention", DATA_SHARE, SCALING(retention) },
		[FALL] = { "Worst fall in a doubling", "worst_fall", DATA_SHARE, DATA_APART },
		{ "down to", "fall_to_level", DATA_LEVEL, SCALING(verdict.fall_to) },
		{ "Errors from", "errors_level", DATA_LEVEL, SCALING(errors_level) },
		[VERDICT] = { "Verdict", "class", DATA_TEXT, DATA_APART },
		[SIGMA] = { "Contention σ", "usl_sigma", DATA_NUMBER, DATA_APART },
		{ "Cross-talk κ", "usl_kappa", DATA_NUMBER, DATA_APART },
		[LAW] = { "Scalability law", "usl", DATA_TEXT, DATA_APART },
		[WHY] = { "Why", "why", DATA_TEXT, DATA_APART },
	};
	char text[SCALING_TEXT];

	if (data_table_init(table, findings->rows_count, COLUMNS(columns), err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++) {
		const struct scaling *scaling = &findings->rows[row].scaling;
		server_set(findings, table, row, findings->rows[row].server);
		data_table_fill(table, row, scaling);
		data_table_add_mark(table, row, MAXIMUM, scaling->max_bounded ? TEXT_TABLE_INVALID : "");
		data_table_set(table, row, FALL, scaling->verdict.fall_to ? 1 - scaling->verdict.fall.value : NAN);
		data_table_set_text(table, row, VERDICT, verdict_names[scaling->verdict.class]);
		law_set(table, row, SIGMA, &findings->rows[row].law);
		size_t used = strlen(scaling_reason(text, scaling));
		if (scaling->never_started)
			snprintf(text + used, sizeof text - used, ": %s", scaling->error);
		data_table_set_text(table, row, WHY, text);
	}
	return 0;
}

/* The lines of a table with one for each server and level. */
static size_t lines_count(const struct findings *findings, bool (*is_shown)(const struct summary *))
{
	size_t lines = 0;

	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++)
			lines += is_shown(&findings->rows[row].levels[i]);
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

static double max_of(const struct cell *cell)
{
	return cell->latency_ns.max;
}

static double connect_of(const struct cell *cell)
{
	return cell->connect_ns.p99;
}

static int latency_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum { LEVEL = 1, FIRST = 2, NOTE = 8 };
	static const struct data_column columns[] = {
		{ "Server", "server", DATA_TEXT, DATA_APART },
		[LEVEL] = { "Connections", "level", DATA_NUMBER, DATA_APART },
		[FIRST] = { "p50", "p50_ns", DATA_NS, DATA_APART },
		{ "p90", "p90_ns", DATA_NS, DATA_APART },
		{ "p99", "p99_ns", DATA_NS, DATA_APART },
		{ "p99.9", "p999_ns", DATA_NS, DATA_APART },
		{ "max", "max_ns", DATA_NS, DATA_APART },
		{ "connect p99", "connect_p99_ns", DATA_NS, DATA_APART },
		[NOTE] = { "Note", "note", DATA_TEXT, DATA_APART },
	};
	static double (*const figures[NOTE - FIRST])(const struct cell *) = { p50_of,  p90_of, p99_of,
									      p999_of, max_of, connect_of };
	size_t line = 0;

	if (data_table_init(table, lines_count(findings, has_figures), COLUMNS(columns), err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct findings_row *from = &findings->rows[row];
			bool censored = false;
			if (!has_figures(&from->levels[i]))
				continue;
			server_set(findings, table, line, from->server);
			data_table_set(table, line, LEVEL, (double)findings->levels[i]);
			for (size_t column = FIRST; column < NOTE; column++)
				data_table_set(table, line, column,
					       findings_median(findings, &from->levels[i], figures[column - FIRST],
							       &censored));
			data_table_set_text(table, line, NOTE,
					    censored                 ? "censored: the slow ones are missing"
					    : !from->levels[i].valid ? "not valid"
								     : NULL);
			line++;
		}
	return 0;
}

static int cost_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	size_t memory = 1 + findings->levels_count;

	if (by_level(findings, table, DATA_TENTHS, "cpu_us_per_request", true, err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++) {
		const struct findings_row *from = &findings->rows[row];
		for (size_t i = 0; i < findings->levels_count; i++)
			data_table_set(table, row, 1 + i, from->levels[i].server_cpu_us_per_request);
		data_table_set(table, row, memory,
			       isnan(from->memory_bytes) ? NAN : round(from->memory_bytes / 102.4) / 10 + 0.0);
	}
	return 0;
}

#define SUMMARY(field) offsetof(struct summary, field)

static int errors_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum { FIRST = 4, LAUNCHES = FIRST + LOAD_FAILURES };
	struct data_column columns[] = {
		{ "Server", "server", DATA_TEXT, DATA_APART },
		{ "Connections", "level", DATA_LEVEL, SUMMARY(level) },
		{ "Open in it", "open_in_server", DATA_NUMBER, SUMMARY(open_mean) },
		{ "Right responses", "ok", DATA_COUNT, SUMMARY(ok) },
		[LAUNCHES] = { "Launches that failed", "failed_cells", DATA_NUMBER, DATA_APART },
	};
	size_t line = 0;

	for (size_t kind = 0; kind < LOAD_FAILURES; kind++)
		columns[FIRST + kind] = (struct data_column){ load_failure_names[kind], load_failure_names[kind],
							      DATA_COUNT, SUMMARY(failures[kind]) };
	if (data_table_init(table, lines_count(findings, was_measured), COLUMNS(columns), err))
		return -1;
	for (size_t row = 0; row < findings->rows_count; row++)
		for (size_t i = 0; i < findings->levels_count; i++) {
			const struct summary *summary = &findings->rows[row].levels[i];
			if (!was_measured(summary))
				continue;
			server_set(findings, table, line, findings->rows[row].server);
			data_table_fill(table, line, summary);
			data_table_set(table, line++, LAUNCHES, summary->failed);
		}
	return 0;
}

#define POINT(field) offsetof(struct rate_point, field)

static int open_loop_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum { NOTE = 10 };
	static const struct data_column columns[] = {
		{ "Server", "server", DATA_TEXT, DATA_APART },
		{ "Of its maximum", "share", DATA_SHARE, POINT(share) },
		{ "Offered/s", "offered_rps", DATA_NUMBER, POINT(offered_rps) },
		{ "Answered/s", "rate_rps", DATA_NUMBER, POINT(rate_rps) },
		{ "p50", "p50_ns", DATA_NS, POINT(latency_ns.p50) },
		{ "p90", "p90_ns", DATA_NS, POINT(latency_ns.p90) },
		{ "p99", "p99_ns", DATA_NS, POINT(latency_ns.p99) },
		{ "p99.9", "p999_ns", DATA_NS, POINT(latency_ns.p999) },
		{ "max", "max_ns", DATA_NS, POINT(latency_ns.max) },
		{ "Waited", "waited", DATA_NUMBER, POINT(waited) },
		[NOTE] = { "Note", "note", DATA_TEXT, DATA_APART },
	};

	if (data_table_init(table, findings->points_count, COLUMNS(columns), err))
		return -1;
	for (size_t line = 0; line < findings->points_count; line++) {
		const struct rate_point *point = &findings->points[line];
		server_set(findings, table, line, point->server);
		data_table_fill(table, line, point);
		data_table_set_text(table, line, NOTE,
				    !point->used       ? "failed"
				    : !point->keeps_up ? "does not keep up"
				    : !point->valid    ? "not valid"
						       : NULL);
	}
	return 0;
}

static int sequential_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	enum { PARALLEL = 2, RATIO, SEQUENTIAL_2010, PARALLEL_2010 };
	static const struct data_column columns[] = {
		{ "Server", "server", DATA_TEXT, DATA_APART },
		{ "One by one", "sequential_rps", DATA_NUMBER, offsetof(struct findings_row, sequential.rate_rps) },
		[PARALLEL] = { "", "parallel_rps", DATA_NUMBER, offsetof(struct findings_row, near.rate_rps) },
		[RATIO] = { "times as many", "ratio", DATA_HUNDREDTHS, DATA_APART },
		[SEQUENTIAL_2010] = { "2010, sequential", "sequential_2010_rps", DATA_NUMBER, DATA_APART },
		[PARALLEL_2010] = { "2010, at 100", "parallel_2010_rps", DATA_NUMBER, DATA_APART },
	};
	char heading[TEXT_TABLE_TEXT], level[UNITS_TEXT];

	if (data_table_init(table, findings->rows_count, COLUMNS(columns), err))
		return -1;
	snprintf(heading, sizeof heading, "At %s connections", units_show_count(level, findings->near_level));
	data_table_rename(table, PARALLEL, heading, NULL);
	for (size_t row = 0; row < findings->rows_count; row++) {
		const struct findings_row *from = &findings->rows[row];
		const struct figures_2010 *old = figures_2010(from->server);
		server_set(findings, table, row, from->server);
		data_table_fill(table, row, from);
		data_table_set(table, row, RATIO, from->near.rate_rps / from->sequential.rate_rps);
		if (from->near.used)
			mark(table, row, PARALLEL, &from->near);
		if (old) {
			data_table_set(table, row, SEQUENTIAL_2010, old->sequential_rps);
			data_table_set(table, row, PARALLEL_2010, old->parallel_rps);
		}
	}
	return 0;
}

int figures_table(const struct findings *findings, enum figures_kind kind, struct data_table *table, struct err *err)
{
	static int (*const makers[FIGURES_KINDS])(const struct findings *, struct data_table *, struct err *) = {
		[FIGURES_RATE] = rate_table,           [FIGURES_SHAPE] = shape_table,
		[FIGURES_VERDICT] = verdict_table,     [FIGURES_LATENCY] = latency_table,
		[FIGURES_COST] = cost_table,           [FIGURES_ERRORS] = errors_table,
		[FIGURES_OPEN_LOOP] = open_loop_table, [FIGURES_SEQUENTIAL] = sequential_table,
	};

	*table = (struct data_table){ 0 };
	return makers[kind](findings, table, err);
}
