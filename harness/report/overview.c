#include "harness/report/overview.h"

#include <math.h>
#include <stdio.h>

#include "harness/lib/units.h"
#include "harness/report/sentence.h"

/* The verdict stands beside the name, where it is seen on a narrow screen too. */
enum column { NAME, VERDICT, SEQUENTIAL, NEAR, MOST, MOST_AT, LAST, P99, ERRORS, COST, MEMORY, OPEN, VERSION, COLUMNS };

/* A rate with its marks, or why there is none. */
static void rate_set(struct data_table *table, size_t row, size_t column, const struct summary *summary)
{
	if (summary->cells && !summary->used)
		data_table_set_text(table, row, column, "failed");
	if (!summary->used)
		return;
	data_table_set_count(table, row, column, summary->rate_rps);
	data_table_add_mark(table, row, column, summary->valid ? "" : TEXT_TABLE_INVALID);
	data_table_add_mark(table, row, column, summary->errors ? TEXT_TABLE_ERRORS : "");
}

static void share_set(struct data_table *table, size_t row, const struct findings_row *from)
{
	const struct scaling *scaling = &from->scaling;

	if (isnan(scaling->retention) && from->last.cells)
		data_table_set_text(table, row, LAST, from->last.used ? "not valid" : "failed");
	if (isnan(scaling->retention))
		return;
	data_table_set_share(table, row, LAST, scaling->retention);
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
		data_table_set_ns(table, row, P99, from->last_p99_ns);
	}
}

/* By the levels; without levels by the rates; "" where there are neither. */
static const char *verdict_of(char out[SCALING_TEXT], const struct findings *findings, const struct findings_row *row)
{
	if (row->is_control && findings->levels_count)
		return findings->has_ceiling ? "the ceiling" : "the control server";
	if (findings->levels_count || row->scaling.never_started)
		return scaling_title(out, &row->scaling);
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
	rate_set(table, row, SEQUENTIAL, &from->sequential);
	rate_set(table, row, NEAR, &from->near);
	data_table_set_count(table, row, MOST, scaling->max_rps);
	if (!isnan(scaling->max_rps)) {
		data_table_add_mark(table, row, MOST, scaling->max_bounded ? TEXT_TABLE_INVALID : "");
		data_table_set_count(table, row, MOST_AT, (double)scaling->max_level);
	}
	/* Of one level it is all, always. */
	if (findings->levels_count > 1)
		share_set(table, row, from);
	p99_set(table, row, from);
	if (scaling->errors_level)
		data_table_set_count(table, row, ERRORS, (double)scaling->errors_level);
	data_table_set_decimals(table, row, COST, from->near.server_cpu_us_per_request, 1);
	data_table_set_decimals(table, row, MEMORY,
				isnan(from->memory_bytes) ? NAN : round(from->memory_bytes / 102.4) / 10 + 0.0, 1);
	data_table_set_count(table, row, OPEN, from->last.open_mean);
	data_table_set_text(table, row, VERDICT, verdict_of(text, findings, from));
}

int overview_table(const struct findings *findings, struct data_table *table, struct err *err)
{
	char heading[TEXT_TABLE_TEXT], level[UNITS_TEXT];

	if (data_table_init(table, findings->rows_count, COLUMNS, err))
		return -1;
	data_table_column(table, NAME, "Server", "server", true);
	data_table_column(table, VERSION, "Version", "version", true);
	data_table_column(table, SEQUENTIAL, "One by one", "sequential_rps", false);
	snprintf(heading, sizeof heading, "At %s", units_show_count(level, findings->near_level));
	data_table_column(table, NEAR, heading, "near_rps", false);
	data_table_column(table, MOST, "Maximum", "max_rps", false);
	data_table_column(table, MOST_AT, "reached at", "max_level", false);
	units_show_count(level, findings->last_level);
	snprintf(heading, sizeof heading, "At %s of that", level);
	data_table_column(table, LAST, heading, "retention", false);
	data_table_column(table, P99, "p99 there", "last_p99_ns", false);
	data_table_column(table, ERRORS, "Errors from", "errors_level", false);
	snprintf(heading, sizeof heading, "CPU µs/request at %s", units_show_count(level, findings->near_level));
	data_table_column(table, COST, heading, "server_cpu_us_per_request", false);
	data_table_column(table, MEMORY, "KiB/connection", "memory_per_connection_kib", false);
	units_show_count(level, findings->last_level);
	snprintf(heading, sizeof heading, "Open in it at %s", level);
	data_table_column(table, OPEN, heading, "last_open_in_server", false);
	data_table_column(table, VERDICT, "Verdict", "verdict", true);
	for (size_t row = 0; row < findings->rows_count; row++)
		row_set(findings, table, row);
	return 0;
}
