#include "harness/report/overview.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/units.h"
#include "harness/report/mark.h"
#include "harness/report/sentence.h"

/* The verdict follows the name, where it is visible on a narrow screen too. */
enum column {
	NAME,
	VERDICT,
	SEQUENTIAL,
	NEAR,
	MAXIMUM,
	MAX_LEVEL,
	LAST,
	P99,
	ERRORS,
	COST,
	MEMORY,
	OPEN,
	VERSION,
	COLUMNS
};

#define ROW(field) offsetof(struct findings_row, field)

/* Headings without a text say a level, which depends on the run. */
static const struct data_column columns[COLUMNS] = {
	[NAME] = { "Server", "server", DATA_TEXT, DATA_APART },
	[VERDICT] = { "Verdict", "verdict", DATA_TEXT, DATA_APART },
	[SEQUENTIAL] = { "One by one", "sequential_rps", DATA_NUMBER, DATA_APART },
	[NEAR] = { "", "near_rps", DATA_NUMBER, DATA_APART },
	[MAXIMUM] = { "Maximum", "max_rps", DATA_NUMBER, ROW(scaling.max_rps) },
	[MAX_LEVEL] = { "reached at", "max_level", DATA_LEVEL, ROW(scaling.max_level) },
	[LAST] = { "", "retention", DATA_SHARE, DATA_APART },
	[P99] = { "p99 there", "last_p99_ns", DATA_NS, DATA_APART },
	[ERRORS] = { "Errors from", "errors_level", DATA_LEVEL, ROW(scaling.errors_level) },
	[COST] = { "", "server_cpu_us_per_request", DATA_TENTHS, ROW(near.server_cpu_us_per_request) },
	[MEMORY] = { "KiB/connection", "memory_per_connection_kib", DATA_TENTHS, DATA_APART },
	[OPEN] = { "", "last_open_in_server", DATA_NUMBER, ROW(last.open_mean) },
	[VERSION] = { "Version", "version", DATA_TEXT, DATA_APART },
};

/* A rate with its marks, or why there is none. */
static void rate_set(struct data_table *table, size_t row, size_t column, const struct summary *summary)
{
	if (summary->cells && !summary->used)
		data_table_set_text(table, row, column, "failed");
	if (!summary->used)
		return;
	data_table_set(table, row, column, summary->rate_rps);
	char mark[MARK_TEXT];
	data_table_add_mark(table, row, column, mark_of(mark, summary));
}

static void share_set(struct data_table *table, size_t row, const struct findings_row *from)
{
	const struct scaling *scaling = &from->scaling;

	if (isnan(scaling->retention) && from->last.cells)
		data_table_set_text(table, row, LAST, from->last.used ? "not valid" : "failed");
	if (isnan(scaling->retention))
		return;
	data_table_set(table, row, LAST, scaling->retention);
	data_table_add_mark(table, row, LAST, scaling->last_bounded || scaling->max_bounded ? TEXT_TABLE_INVALID : "");
}

static void p99_set(struct data_table *table, size_t row, const struct findings_row *from)
{
	char text[UNITS_TEXT], more[UNITS_TEXT + 8];

	if (from->last_censored && !isnan(from->last_p99_ns)) {
		snprintf(more, sizeof more, "> %s",
			 units_show_latency(text, (uint64_t)fmin(fmax(from->last_p99_ns, 0), 1e18)));
		data_table_set_number(table, row, P99, from->last_p99_ns, more);
	} else {
		data_table_set(table, row, P99, from->last_p99_ns);
	}
}

/* By the levels; without levels by the rates; "" where there are neither. */
static const char *verdict_text(char out[SCALING_TEXT], const struct findings *findings, const struct findings_row *row)
{
	if (row->is_control && findings->levels_count)
		return findings->has_ceiling ? "the ceiling" : "the control server";
	if (findings->levels_count || row->scaling.never_started)
		return row->scaling.never_started ? scaling_title(out, &row->scaling)
						  : verdict_words(out, &row->scaling.verdict);
	return sentence_rate_verdict(out, findings, row);
}

static void row_set(const struct findings *findings, struct data_table *table, size_t row)
{
	const struct findings_row *from = &findings->rows[row];
	const struct scaling *scaling = &from->scaling;
	const struct document_server *server = document_server(findings->document, from->server);
	char text[SCALING_TEXT];

	data_table_set_text(table, row, NAME, findings_name(text, findings, from->server));
	data_table_set_text(table, row, VERSION, server ? server->version : NULL);
	data_table_fill(table, row, from);
	rate_set(table, row, SEQUENTIAL, &from->sequential);
	rate_set(table, row, NEAR, &from->near);
	data_table_add_mark(table, row, MAXIMUM,
			    !isnan(scaling->max_rps) && scaling->max_bounded ? TEXT_TABLE_INVALID : "");
	/* At one level it is always the maximum. */
	if (findings->levels_count > 1)
		share_set(table, row, from);
	p99_set(table, row, from);
	data_table_set(table, row, MEMORY,
		       isnan(from->memory_bytes) ? NAN : round(from->memory_bytes / 102.4) / 10 + 0.0);
	data_table_set_text(table, row, VERDICT, verdict_text(text, findings, from));
}

/* A heading with a level in it. */
static void heading_set(struct data_table *table, size_t column, const char *before, uint64_t level, const char *after)
{
	char heading[TEXT_TABLE_TEXT], text[UNITS_TEXT];

	snprintf(heading, sizeof heading, "%s%s%s", before, units_show_count(text, level), after);
	data_table_rename(table, column, heading, NULL);
}

int overview_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	if (data_table_init(table, findings->rows_count, columns, COLUMNS, err))
		return -1;
	heading_set(table, NEAR, "At ", findings->near_level, "");
	heading_set(table, LAST, "At ", findings->last_level, " of that");
	heading_set(table, COST, "CPU µs/request at ", findings->near_level, "");
	heading_set(table, OPEN, "Open in it at ", findings->last_level, "");
	for (size_t row = 0; row < findings->rows_count; row++)
		row_set(findings, table, row);
	return 0;
}
