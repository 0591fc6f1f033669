#include "harness/report/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"

double findings_median(const struct findings *findings, const struct summary *summary,
		       double (*figure)(const struct cell *cell), bool *censored)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->document->cells_count; i++) {
		const struct cell *cell = &findings->document->cells[i];
		if (!summary_uses(summary, cell))
			continue;
		*censored |= cell->latency_censored;
		findings->room[count++] = figure(cell);
	}
	return summary_median(findings->room, count);
}

static double p99_of(const struct cell *cell)
{
	return cell->latency_ns.p99;
}

static int row_fill(struct findings_row *row, const struct findings *findings, const char *server, struct err *err)
{
	const struct document *document = findings->document;
	const char *client = summary_client(document);

	*row = (struct findings_row){ .server = server, .is_ceiling = strcmp(server, CONTROL_SERVER) == 0 };
	row->levels = calloc(findings->levels_count + 1, sizeof *row->levels);
	if (!row->levels)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < findings->levels_count; i++) {
		struct summary *summary = &row->levels[i];
		if (summary_of(summary, document, server, client, findings->mode, findings->levels[i], err))
			return -1;
		if (findings->levels[i] == findings->near_level)
			row->near = *summary;
		row->last = *summary;
	}
	row->last_p99_ns = findings_median(findings, &row->last, p99_of, &row->last_censored);
	return scaling_of(&row->scaling, document, server, findings->mode, err) ||
			       summary_of(&row->sequential, document, server, SUMMARY_SEQUENTIAL, NULL, 1, err) ||
			       summary_memory(&row->memory_bytes, document, server, err)
		       ? -1
		       : 0;
}

static bool was_measured(const struct findings *findings, const struct findings_row *row)
{
	for (size_t i = 0; i < findings->levels_count; i++)
		if (row->levels[i].cells)
			return true;
	return false;
}

static int row_order(const void *a, const void *b)
{
	const struct findings_row *x = a, *y = b;
	double x_rps = isnan(x->scaling.max_rps) ? -1 : x->scaling.max_rps;
	double y_rps = isnan(y->scaling.max_rps) ? -1 : y->scaling.max_rps;

	if (x->is_ceiling != y->is_ceiling)
		return x->is_ceiling ? -1 : 1;
	if (x_rps != y_rps)
		return x_rps > y_rps ? -1 : 1;
	return strcmp(x->server, y->server);
}

int findings_fill(struct findings *findings, const struct document *document, const char *mode, struct err *err)
{
	const char **servers = NULL;
	int result = -1;

	*findings = (struct findings){ .document = document, .mode = mode };
	if (summary_levels(document, mode, &findings->levels, &findings->levels_count, err) ||
	    !(servers = summary_servers(document, err)))
		goto out;
	if (findings->levels_count)
		findings->last_level = findings->levels[findings->levels_count - 1];
	findings->near_level = summary_nearest(findings->levels, findings->levels_count, FINDINGS_LEVEL);
	size_t count = 0;
	while (servers[count])
		count++;
	findings->rows = calloc(count + 1, sizeof *findings->rows);
	findings->room = calloc(document->cells_count + 1, sizeof *findings->room);
	if (!findings->rows || !findings->room) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		struct findings_row *row = &findings->rows[findings->rows_count];
		int bad = row_fill(row, findings, servers[i], err);
		findings->rows_count++;
		if (bad)
			goto out;
		if (row->scaling.blocks > findings->blocks)
			findings->blocks = row->scaling.blocks;
		if (!was_measured(findings, row)) {
			free(row->levels);
			findings->rows_count--;
		}
	}
	qsort(findings->rows, findings->rows_count, sizeof *findings->rows, row_order);
	result = 0;
out:
	free(servers);
	return result;
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->rows_count; i++)
		free(findings->rows[i].levels);
	free(findings->rows);
	free(findings->room);
	free(findings->levels);
	*findings = (struct findings){ 0 };
}

int findings_set_fill(struct findings_set *set, const struct document *document, struct err *err)
{
	*set = (struct findings_set){ .modes = summary_modes(document, err) };
	if (!set->modes)
		return -1;
	size_t count = 0;
	while (set->modes[count])
		count++;
	set->of = calloc(count + 1, sizeof *set->of);
	if (!set->of)
		return err_set(err, "out of memory");
	for (; set->count < count; set->count++)
		if (findings_fill(&set->of[set->count], document, set->modes[set->count], err)) {
			set->count++;
			return -1;
		}
	return 0;
}

void findings_set_release(struct findings_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		findings_release(&set->of[i]);
	free(set->of);
	free(set->modes);
	*set = (struct findings_set){ 0 };
}

const struct findings *findings_set_find(const struct findings_set *set, const char *mode)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->of[i].mode, mode) == 0)
			return &set->of[i];
	return NULL;
}

char *findings_name(char out[TEXT_TABLE_TEXT], const struct document *document, const char *server)
{
	char name[TEXT_TABLE_TEXT - 16];

	text_plain(name, sizeof name, server);
	snprintf(out, TEXT_TABLE_TEXT, "%s%s", name,
		 strcmp(server, CONTROL_SERVER) == 0     ? " (ceiling)"
		 : document_is_revival(document, server) ? " (revival)"
							 : "");
	return out;
}

/* The table. */

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

static void row_set(const struct findings *findings, struct data_table *table, size_t row)
{
	const struct findings_row *from = &findings->rows[row];
	const struct scaling *scaling = &from->scaling;
	const struct document_server *server = document_server(findings->document, from->server);
	char text[SCALING_TEXT];

	data_table_set_text(table, row, NAME, findings_name(text, findings->document, from->server));
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
	data_table_set_text(table, row, VERDICT, from->is_ceiling ? "the ceiling" : scaling_title(text, scaling));
}

int findings_table(const struct findings *findings, struct data_table *table, struct err *err)
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

static size_t group_count(const struct findings *findings, enum group group)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->rows_count; i++)
		count += !findings->rows[i].is_ceiling && group_of(&findings->rows[i].scaling) == group;
	return count;
}

static void names_put(const struct findings *findings, enum group group, FILE *out)
{
	size_t count = group_count(findings, group), told = 0;
	char name[TEXT_TABLE_TEXT];

	for (size_t i = 0; i < findings->rows_count; i++) {
		if (findings->rows[i].is_ceiling || group_of(&findings->rows[i].scaling) != group)
			continue;
		fprintf(out, "%s%s",
			!told               ? ""
			: told + 1 == count ? " and "
					    : ", ",
			findings_name(name, findings->document, findings->rows[i].server));
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
static void groups_put(const struct findings *findings, FILE *out)
{
	size_t groups = 0, told = 0;

	for (enum group group = 0; group < GROUPS; group++)
		groups += group_count(findings, group) > 0;
	for (enum group group = 0; group < GROUPS; group++) {
		size_t count = group_count(findings, group);
		if (!count)
			continue;
		fprintf(out, "%s%zu %s (",
			!told                ? ""
			: told + 1 == groups ? ", and "
					     : ", ",
			count, count == 1 ? group_words[group].one : group_words[group].many);
		names_put(findings, group, out);
		fputc(')', out);
		told++;
	}
	fputc('.', out);
}

/* "5,385 (tornado) to 25,779 (go) requests a second, and 1 fails (ruby_async)": what one level tells. */
static void level_put(const struct findings *findings, FILE *out)
{
	const struct findings_row *least = NULL, *most = NULL;
	char name[TEXT_TABLE_TEXT], shown[UNITS_TEXT];

	for (size_t i = 0; i < findings->rows_count; i++) {
		const struct findings_row *row = &findings->rows[i];
		if (row->is_ceiling || !(row->last.rate_rps > 0))
			continue;
		if (!most || row->last.rate_rps > most->last.rate_rps)
			most = row;
		if (!least || row->last.rate_rps < least->last.rate_rps)
			least = row;
	}
	if (least != most)
		fprintf(out, "%s (%s) to ", units_show_count(shown, units_whole(least->last.rate_rps)),
			findings_name(name, findings->document, least->server));
	if (most)
		fprintf(out, "%s (%s) requests a second", units_show_count(shown, units_whole(most->last.rate_rps)),
			findings_name(name, findings->document, most->server));
	size_t failing = group_count(findings, FAILS);
	if (failing) {
		fprintf(out, "%s%zu %s (", most ? ", and " : "", failing,
			failing == 1 ? group_words[FAILS].one : group_words[FAILS].many);
		names_put(findings, FAILS, out);
		fputc(')', out);
	}
	fputs(most || failing ? "." : "there is no figure.", out);
}

/* One server has room for the reason. */
static void only_put(const struct findings *findings, FILE *out)
{
	const struct findings_row *row = findings->rows;
	char name[TEXT_TABLE_TEXT], reason[SCALING_TEXT];

	while (row->is_ceiling)
		row++;
	enum group group = group_of(&row->scaling);
	fprintf(out, "%s %s", findings_name(name, findings->document, row->server), group_words[group].one);
	if (group != AS_FAST)
		fprintf(out, ": %s", scaling_reason(reason, &row->scaling));
	fputc('.', out);
}

static void finding_put(const struct findings *findings, FILE *out)
{
	char first[UNITS_TEXT], last[UNITS_TEXT];
	size_t all = 0;

	for (enum group group = 0; group < GROUPS; group++)
		all += group_count(findings, group);
	units_show_count(first, findings->levels_count ? findings->levels[0] : 0);
	units_show_count(last, findings->last_level);
	if (!all) {
		fputs("No server was measured beside the control server.", out);
		return;
	}
	if (findings->levels_count > 1 && all > 1) {
		fprintf(out, "Of %zu servers from %s to %s connections, ", all, first, last);
		groups_put(findings, out);
	} else if (findings->levels_count > 1) {
		fprintf(out, "From %s to %s connections ", first, last);
		only_put(findings, out);
	} else {
		fprintf(out, "At %s %s ", last, findings->last_level == 1 ? "connection" : "connections");
		level_put(findings, out);
		fputs(" One level does not tell who keeps up.", out);
	}
}

/* What `put` writes. NULL with err set where memory is out. */
static char *written(const struct findings *findings, void (*put)(const struct findings *, FILE *), struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out)
		put(findings, out);
	if (!out || text_close(out, &text)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return text;
}

char *findings_sentence(const struct findings *findings, struct err *err)
{
	return written(findings, finding_put, err);
}

static void gist_put(const struct findings *findings, FILE *out)
{
	size_t told = 0;
	char level[UNITS_TEXT];

	if (findings->levels_count < 2) {
		fprintf(out, "rates at %s %s", units_show_count(level, findings->last_level),
			findings->last_level == 1 ? "connection" : "connections");
		return;
	}
	for (enum group group = 0; group < GROUPS; group++) {
		size_t count = group_count(findings, group);
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

char *findings_gist(const struct findings *findings, struct err *err)
{
	return written(findings, gist_put, err);
}
