#include "harness/report/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"
#include "harness/lib/control.h"
#include "harness/lib/text.h"

double findings_median(const struct findings *findings, const struct summary *summary,
		       double (*figure)(const struct cell *cell), bool *censored)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->document->cells_count && count < summary->used; i++) {
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

	*row = (struct findings_row){ .server = server, .is_control = strcmp(server, CONTROL_SERVER) == 0 };
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
	const struct verdict *verdict = verdicts_find(&findings->verdicts, server);
	return scaling_of(&row->scaling, document, verdict, err) ||
			       law_of_verdict(&row->law, document, verdict, true, err) ||
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
	for (size_t i = 0; i < findings->points_count; i++)
		if (strcmp(findings->points[i].server, row->server) == 0)
			return true;
	return !findings->levels_count && !findings->points_count && row->sequential.cells;
}

/* The rank of servers where there are no levels. */
static double rank_rps(const struct findings_row *row)
{
	double rate_rps = isnan(row->scaling.max_rps) ? row->sequential.rate_rps : row->scaling.max_rps;

	return isnan(rate_rps) || (row->scaling.levels == 0 && row->last.cells) ? -1 : rate_rps;
}

static int row_order(const void *a, const void *b)
{
	const struct findings_row *x = a, *y = b;
	double x_rps = rank_rps(x), y_rps = rank_rps(y);

	if (x->is_control != y->is_control)
		return x->is_control ? -1 : 1;
	if (x_rps != y_rps)
		return x_rps > y_rps ? -1 : 1;
	return strcmp(x->server, y->server);
}

/* The points of the mode, out of those of all. */
static int points_fill(struct findings *findings, struct err *err)
{
	size_t count;

	if (rates_points(findings->document, &findings->points, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (strcmp(findings->points[i].mode, findings->mode) == 0)
			findings->points[findings->points_count++] = findings->points[i];
	return 0;
}

int findings_fill(struct findings *findings, const struct document *document, const char *mode, struct err *err)
{
	const char **servers = NULL;
	int result = -1;

	*findings = (struct findings){ .document = document, .mode = mode };
	if (points_fill(findings, err))
		return -1;
	if (verdicts_of(&findings->verdicts, document, mode, err) ||
	    summary_levels(document, mode, &findings->levels, &findings->levels_count, err) ||
	    !(servers = summary_servers(document, err)))
		goto out;
	findings->has_ceiling = ceiling_holds(document, mode, 0);
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
	verdicts_release(&findings->verdicts);
	free(findings->rows);
	free(findings->room);
	free(findings->levels);
	free(findings->points);
	*findings = (struct findings){ 0 };
}

/* Adds a mode to the names, which have enough room, if it is new. */
static void mode_add(const char **modes, const char *mode)
{
	while (*modes && strcmp(*modes, mode) != 0)
		modes++;
	*modes = mode;
}

/* The modes of levels, then those of rates alone; if there is neither, that of the requests one at a time. */
static const char **modes_of(const struct document *document, struct err *err)
{
	const char **levels = summary_modes(document, err);
	const char **modes = calloc(document->cells_count + 1, sizeof *modes);

	for (size_t i = 0; levels && modes && levels[i]; i++)
		mode_add(modes, levels[i]);
	for (size_t i = 0; modes && i < document->cells_count; i++)
		if (cell_is_open_loop(&document->cells[i]))
			mode_add(modes, document->cells[i].mode);
	if (modes && !*modes && document->cells_count)
		*modes = document->cells[0].mode;
	free(levels);
	if (!modes)
		err_set(err, "out of memory");
	return modes;
}

int findings_set_fill(struct findings_set *set, const struct document *document, struct err *err)
{
	*set = (struct findings_set){ .modes = modes_of(document, err) };
	if (!set->modes)
		return -1;
	size_t count = 0;
	while (set->modes[count])
		count++;
	set->of = calloc(count + 1, sizeof *set->of);
	if (!set->of)
		return err_set(err, "out of memory");
	while (set->count < count) {
		struct findings *findings = &set->of[set->count++];
		if (findings_fill(findings, document, set->modes[set->count - 1], err))
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

char *findings_name(char out[TEXT_TABLE_TEXT], const struct findings *findings, const char *server)
{
	char name[TEXT_TABLE_TEXT - 16];
	bool is_ceiling = findings->has_ceiling && strcmp(server, CONTROL_SERVER) == 0;

	text_plain(name, sizeof name, server);
	snprintf(out, TEXT_TABLE_TEXT, "%s%s", name,
		 is_ceiling                                        ? " (ceiling)"
		 : document_is_revival(findings->document, server) ? " (revival)"
								   : "");
	return out;
}
