#include "harness/report/overview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/config/conf.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"

double overview_median(const struct overview *overview, const struct summary *summary,
		       double (*figure)(const struct cell *cell), bool *censored)
{
	size_t count = 0;

	for (size_t i = 0; i < overview->document->cells_count; i++) {
		const struct cell *cell = &overview->document->cells[i];
		if (!summary_uses(summary, cell))
			continue;
		*censored |= cell->latency_censored;
		overview->room[count++] = figure(cell);
	}
	return summary_median(overview->room, count);
}

static double p99_of(const struct cell *cell)
{
	return cell->latency_ns.p99;
}

static int row_fill(struct overview_row *row, const struct overview *overview, const char *server, struct err *err)
{
	const struct document *document = overview->document;
	const char *client = summary_client(document);

	*row = (struct overview_row){ .server = server, .is_ceiling = strcmp(server, CONF_CONTROL) == 0 };
	row->levels = calloc(overview->levels_count + 1, sizeof *row->levels);
	if (!row->levels)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < overview->levels_count; i++) {
		struct summary *summary = &row->levels[i];
		if (summary_of(summary, document, server, client, overview->mode, overview->levels[i], err))
			return -1;
		if (overview->levels[i] == overview->near_level)
			row->near = *summary;
		row->last = *summary;
	}
	row->last_p99_ns = overview_median(overview, &row->last, p99_of, &row->last_censored);
	return scaling_of(&row->scaling, document, server, overview->mode, err) ||
			       summary_of(&row->sequential, document, server, SUMMARY_SEQUENTIAL, NULL, 1, err) ||
			       summary_memory(&row->memory_bytes, document, server, err)
		       ? -1
		       : 0;
}

static bool was_measured(const struct overview *overview, const struct overview_row *row)
{
	for (size_t i = 0; i < overview->levels_count; i++)
		if (row->levels[i].cells)
			return true;
	return false;
}

static int row_order(const void *a, const void *b)
{
	const struct overview_row *x = a, *y = b;
	double x_rps = isnan(x->scaling.max_rps) ? -1 : x->scaling.max_rps;
	double y_rps = isnan(y->scaling.max_rps) ? -1 : y->scaling.max_rps;

	if (x->is_ceiling != y->is_ceiling)
		return x->is_ceiling ? -1 : 1;
	if (x_rps != y_rps)
		return x_rps > y_rps ? -1 : 1;
	return strcmp(x->server, y->server);
}

int overview_fill(struct overview *overview, const struct document *document, const char *mode, struct err *err)
{
	const char **servers = NULL;
	int result = -1;

	*overview = (struct overview){ .document = document, .mode = mode };
	if (summary_levels(document, mode, &overview->levels, &overview->levels_count, err) ||
	    !(servers = summary_servers(document, err)))
		goto out;
	if (overview->levels_count)
		overview->last_level = overview->levels[overview->levels_count - 1];
	overview->near_level = summary_nearest(overview->levels, overview->levels_count, OVERVIEW_LEVEL);
	size_t count = 0;
	while (servers[count])
		count++;
	overview->rows = calloc(count + 1, sizeof *overview->rows);
	overview->room = calloc(document->cells_count + 1, sizeof *overview->room);
	if (!overview->rows || !overview->room) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		struct overview_row *row = &overview->rows[overview->rows_count];
		int bad = row_fill(row, overview, servers[i], err);
		overview->rows_count++;
		if (bad)
			goto out;
		if (row->scaling.blocks > overview->blocks)
			overview->blocks = row->scaling.blocks;
		if (!was_measured(overview, row)) {
			free(row->levels);
			overview->rows_count--;
		}
	}
	qsort(overview->rows, overview->rows_count, sizeof *overview->rows, row_order);
	result = 0;
out:
	free(servers);
	return result;
}

void overview_release(struct overview *overview)
{
	for (size_t i = 0; i < overview->rows_count; i++)
		free(overview->rows[i].levels);
	free(overview->rows);
	free(overview->room);
	free(overview->levels);
	*overview = (struct overview){ 0 };
}

char *overview_name(char out[GRID_TEXT], const struct document *document, const char *server)
{
	char name[GRID_TEXT - 16];

	text_plain(name, sizeof name, server);
	snprintf(out, GRID_TEXT, "%s%s", name,
		 strcmp(server, CONF_CONTROL) == 0       ? " (ceiling)"
		 : document_is_revival(document, server) ? " (revival)"
							 : "");
	return out;
}

/* The table. */

/* The verdict stands beside the name, where it is seen on a narrow screen too. */
enum column { NAME, VERDICT, SEQUENTIAL, NEAR, MOST, MOST_AT, LAST, P99, ERRORS, COST, MEMORY, OPEN, VERSION, COLUMNS };

/* A rate with its marks, or why there is none. */
static void rate_set(struct sheet *sheet, size_t row, size_t column, const struct summary *summary)
{
	if (summary->cells && !summary->used)
		sheet_set_text(sheet, row, column, "failed");
	if (!summary->used)
		return;
	sheet_set_count(sheet, row, column, summary->rate_rps);
	sheet_add_mark(sheet, row, column, summary->valid ? "" : GRID_INVALID);
	sheet_add_mark(sheet, row, column, summary->errors ? GRID_ERRORS : "");
}

static void share_set(struct sheet *sheet, size_t row, const struct overview_row *from)
{
	const struct scaling *scaling = &from->scaling;

	if (isnan(scaling->retention) && from->last.cells)
		sheet_set_text(sheet, row, LAST, from->last.used ? "not valid" : "failed");
	if (isnan(scaling->retention))
		return;
	sheet_set_share(sheet, row, LAST, scaling->retention);
	sheet_add_mark(sheet, row, LAST, scaling->last_bounded || scaling->max_bounded ? GRID_INVALID : "");
}

static void p99_set(struct sheet *sheet, size_t row, const struct overview_row *from)
{
	char text[UNITS_TEXT], more[UNITS_TEXT + 8];

	if (from->last_censored && !isnan(from->last_p99_ns)) {
		snprintf(more, sizeof more, "> %s",
			 units_show_latency(text, (uint64_t)fmin(fmax(from->last_p99_ns, 0), 1e18)));
		sheet_set_number(sheet, row, P99, from->last_p99_ns, more);
	} else {
		sheet_set_ns(sheet, row, P99, from->last_p99_ns);
	}
}

static void row_set(const struct overview *overview, struct sheet *sheet, size_t row)
{
	const struct overview_row *from = &overview->rows[row];
	const struct scaling *scaling = &from->scaling;
	const struct document_server *server = document_server(overview->document, from->server);
	char text[SCALING_TEXT];

	sheet_set_text(sheet, row, NAME, overview_name(text, overview->document, from->server));
	sheet_set_text(sheet, row, VERSION, server ? server->version : NULL);
	rate_set(sheet, row, SEQUENTIAL, &from->sequential);
	rate_set(sheet, row, NEAR, &from->near);
	sheet_set_count(sheet, row, MOST, scaling->max_rps);
	if (!isnan(scaling->max_rps)) {
		sheet_add_mark(sheet, row, MOST, scaling->max_bounded ? GRID_INVALID : "");
		sheet_set_count(sheet, row, MOST_AT, (double)scaling->max_level);
	}
	/* Of one level it is all, always. */
	if (overview->levels_count > 1)
		share_set(sheet, row, from);
	p99_set(sheet, row, from);
	if (scaling->errors_level)
		sheet_set_count(sheet, row, ERRORS, (double)scaling->errors_level);
	sheet_set_decimals(sheet, row, COST, from->near.server_cpu_us_per_request, 1);
	sheet_set_decimals(sheet, row, MEMORY,
			   isnan(from->memory_bytes) ? NAN : round(from->memory_bytes / 102.4) / 10 + 0.0, 1);
	sheet_set_count(sheet, row, OPEN, from->last.open_mean);
	sheet_set_text(sheet, row, VERDICT, from->is_ceiling ? "the ceiling" : scaling_title(text, scaling));
}

int overview_sheet(const struct overview *overview, struct sheet *sheet, struct err *err)
{
	char heading[GRID_TEXT], level[UNITS_TEXT];

	if (sheet_init(sheet, overview->rows_count, COLUMNS, err))
		return -1;
	sheet_column(sheet, NAME, "Server", "server", true);
	sheet_column(sheet, VERSION, "Version", "version", true);
	sheet_column(sheet, SEQUENTIAL, "One by one", "sequential_rps", false);
	snprintf(heading, sizeof heading, "At %s", units_show_count(level, overview->near_level));
	sheet_column(sheet, NEAR, heading, "near_rps", false);
	sheet_column(sheet, MOST, "Maximum", "max_rps", false);
	sheet_column(sheet, MOST_AT, "reached at", "max_level", false);
	units_show_count(level, overview->last_level);
	snprintf(heading, sizeof heading, "At %s of that", level);
	sheet_column(sheet, LAST, heading, "retention", false);
	sheet_column(sheet, P99, "p99 there", "last_p99_ns", false);
	sheet_column(sheet, ERRORS, "Errors from", "errors_level", false);
	snprintf(heading, sizeof heading, "CPU µs/request at %s", units_show_count(level, overview->near_level));
	sheet_column(sheet, COST, heading, "server_cpu_us_per_request", false);
	sheet_column(sheet, MEMORY, "KiB/connection", "memory_per_connection_kib", false);
	units_show_count(level, overview->last_level);
	snprintf(heading, sizeof heading, "Open in it at %s", level);
	sheet_column(sheet, OPEN, heading, "last_open_in_server", false);
	sheet_column(sheet, VERDICT, "Verdict", "verdict", true);
	for (size_t row = 0; row < overview->rows_count; row++)
		row_set(overview, sheet, row);
	return 0;
}

/* The finding. */

/* Servers that are told of together: by class, but those that the client could not push to their limit apart. */
enum group { KEEPS, AS_FAST, SAGS, COLLAPSES, CLIFF, FAILS, UNCLEAR, GROUPS };

static enum group group_of(const struct scaling *scaling)
{
	static const enum group groups[SCALING_CLASSES] = { KEEPS, SAGS, COLLAPSES, CLIFF, FAILS, UNCLEAR };

	if (scaling->class == SCALING_UNCLEAR && scaling->cause == SCALING_CLIENT_CPU && scaling->last_bounded)
		return AS_FAST;
	return groups[scaling->class];
}

static size_t group_count(const struct overview *overview, enum group group)
{
	size_t count = 0;

	for (size_t i = 0; i < overview->rows_count; i++)
		count += !overview->rows[i].is_ceiling && group_of(&overview->rows[i].scaling) == group;
	return count;
}

static void names_put(const struct overview *overview, enum group group, FILE *out)
{
	size_t count = group_count(overview, group), told = 0;
	char name[GRID_TEXT];

	for (size_t i = 0; i < overview->rows_count; i++) {
		if (overview->rows[i].is_ceiling || group_of(&overview->rows[i].scaling) != group)
			continue;
		fprintf(out, "%s%s",
			!told               ? ""
			: told + 1 == count ? " and "
					    : ", ",
			overview_name(name, overview->document, overview->rows[i].server));
		told++;
	}
}

static const struct {
	const char *one, *many;
	const char *gist_one, *gist_many; /* in fewer words; NULL: the same */
} group_words[GROUPS] = {
	[KEEPS] = { "keeps up", "keep up", NULL, NULL },
	[AS_FAST] = { "is as fast as the client can ask, so that its own limit was not met",
		      "are as fast as the client can ask, so that their own limits were not met",
		      "as fast as the client", "as fast as the client" },
	[SAGS] = { "sags", "sag", NULL, NULL },
	[COLLAPSES] = { "collapses", "collapse", NULL, NULL },
	[CLIFF] = { "falls off a cliff", "fall off a cliff", NULL, NULL },
	[FAILS] = { "fails", "fail", NULL, NULL },
	[UNCLEAR] = { "stays unclear", "stay unclear", "unclear", "unclear" },
};

/* "2 keep up (a and b), and 1 fails (c)" */
static void groups_put(const struct overview *overview, FILE *out)
{
	size_t groups = 0, told = 0;

	for (enum group group = 0; group < GROUPS; group++)
		groups += group_count(overview, group) > 0;
	for (enum group group = 0; group < GROUPS; group++) {
		size_t count = group_count(overview, group);
		if (!count)
			continue;
		fprintf(out, "%s%zu %s (",
			!told                ? ""
			: told + 1 == groups ? ", and "
					     : ", ",
			count, count == 1 ? group_words[group].one : group_words[group].many);
		names_put(overview, group, out);
		fputc(')', out);
		told++;
	}
	fputc('.', out);
}

/* "5,385 (tornado) to 25,779 (go) requests a second, and 1 fails (ruby_async)": what one level tells. */
static void level_put(const struct overview *overview, FILE *out)
{
	const struct overview_row *least = NULL, *most = NULL;
	char name[GRID_TEXT], shown[UNITS_TEXT];

	for (size_t i = 0; i < overview->rows_count; i++) {
		const struct overview_row *row = &overview->rows[i];
		if (row->is_ceiling || !(row->last.rate_rps > 0))
			continue;
		if (!most || row->last.rate_rps > most->last.rate_rps)
			most = row;
		if (!least || row->last.rate_rps < least->last.rate_rps)
			least = row;
	}
	if (least != most)
		fprintf(out, "%s (%s) to ", units_show_count(shown, units_whole(least->last.rate_rps)),
			overview_name(name, overview->document, least->server));
	if (most)
		fprintf(out, "%s (%s) requests a second", units_show_count(shown, units_whole(most->last.rate_rps)),
			overview_name(name, overview->document, most->server));
	size_t failing = group_count(overview, FAILS);
	if (failing) {
		fprintf(out, "%s%zu %s (", most ? ", and " : "", failing,
			failing == 1 ? group_words[FAILS].one : group_words[FAILS].many);
		names_put(overview, FAILS, out);
		fputc(')', out);
	}
	fputs(most || failing ? "." : "there is no figure.", out);
}

/* One server has room for the reason. */
static void only_put(const struct overview *overview, FILE *out)
{
	const struct overview_row *row = overview->rows;
	char name[GRID_TEXT], reason[SCALING_TEXT];

	while (row->is_ceiling)
		row++;
	enum group group = group_of(&row->scaling);
	fprintf(out, "%s %s", overview_name(name, overview->document, row->server), group_words[group].one);
	if (group != AS_FAST)
		fprintf(out, ": %s", scaling_reason(reason, &row->scaling));
	fputc('.', out);
}

static void finding_put(const struct overview *overview, FILE *out)
{
	char first[UNITS_TEXT], last[UNITS_TEXT];
	size_t all = 0;

	for (enum group group = 0; group < GROUPS; group++)
		all += group_count(overview, group);
	units_show_count(first, overview->levels_count ? overview->levels[0] : 0);
	units_show_count(last, overview->last_level);
	if (!all) {
		fputs("No server was measured beside the control server.", out);
		return;
	}
	if (overview->levels_count > 1 && all > 1) {
		fprintf(out, "Of %zu servers from %s to %s connections, ", all, first, last);
		groups_put(overview, out);
	} else if (overview->levels_count > 1) {
		fprintf(out, "From %s to %s connections ", first, last);
		only_put(overview, out);
	} else {
		fprintf(out, "At %s %s ", last, overview->last_level == 1 ? "connection" : "connections");
		level_put(overview, out);
		fputs(" One level does not tell who keeps up.", out);
	}
}

/* What `put` writes. NULL with err set where memory is out. */
static char *written(const struct overview *overview, void (*put)(const struct overview *, FILE *), struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out)
		put(overview, out);
	if (!out || text_close(out, &text)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return text;
}

char *overview_finding(const struct overview *overview, struct err *err)
{
	return written(overview, finding_put, err);
}

static void gist_put(const struct overview *overview, FILE *out)
{
	size_t told = 0;
	char level[UNITS_TEXT];

	if (overview->levels_count < 2) {
		fprintf(out, "rates at %s %s", units_show_count(level, overview->last_level),
			overview->last_level == 1 ? "connection" : "connections");
		return;
	}
	for (enum group group = 0; group < GROUPS; group++) {
		size_t count = group_count(overview, group);
		const char *brief = count == 1 ? group_words[group].gist_one : group_words[group].gist_many;
		if (count)
			fprintf(out, "%s%zu %s", told++ ? ", " : "", count,
				brief        ? brief
				: count == 1 ? group_words[group].one
					     : group_words[group].many);
	}
	if (!told)
		fputs("only the control server", out);
}

char *overview_gist(const struct overview *overview, struct err *err)
{
	return written(overview, gist_put, err);
}
