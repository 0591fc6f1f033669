/*
 * One request at a time against many at once: a row for each server, with the figures of 2010 next to those of the run.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"
#include "harness/analysis/figures_2010.h"
#include "harness/lib/units.h"
#include "harness/plot/kind.h"
#include "harness/plot/rows.h"

#define OLD_BELOW 6.0 /* pixels from the figures of the run down to those of 2010 */
#define OLD_SIZE  0.75

enum { CIRCLE = 0, DIAMOND = 4 }; /* marks: parallel, sequential */

/* The rates of a server, NAN where unknown. */
struct pair {
	const struct curve *curve;
	double parallel_rps, sequential_rps, old_parallel_rps, old_sequential_rps;
	double order_rps;
	bool parallel_valid, sequential_valid;
};

struct pairs {
	const struct plot_data *data;
	struct pair *all; /* the fastest first; owned */
	size_t count;
	struct rows rows;
	uint64_t level; /* of the parallel rates; 0: there are none */
	double min, max;
	bool any_old, any_invalid;
};

static int pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	double of_x = x->order_rps, of_y = y->order_rps;

	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return strcmp(x->curve->server, y->curve->server);
}

static void pair_add(struct pairs *pairs, const struct curve *curve, const struct summary *parallel,
		     const struct summary *sequential)
{
	const struct figures_2010 *old = figures_2010(curve->server);
	struct pair *pair = &pairs->all[pairs->count++];

	*pair = (struct pair){
		.curve = curve,
		.parallel_rps = parallel ? parallel->rate_rps : NAN,
		.parallel_valid = parallel && parallel->valid,
		.sequential_rps = sequential->rate_rps,
		.sequential_valid = sequential->valid,
		.old_parallel_rps = old ? old->parallel_rps : NAN,
		.old_sequential_rps = old ? old->sequential_rps : NAN,
	};
	pair->order_rps = pairs->level ? pair->parallel_rps : pair->sequential_rps;
	if (isnan(pair->order_rps))
		pair->order_rps = 0;
	pairs->any_old |= old != NULL;
	pairs->any_invalid |= (!isnan(pair->parallel_rps) && !pair->parallel_valid) ||
			      (!isnan(pair->sequential_rps) && !pair->sequential_valid);
	const double rates[] = { pair->parallel_rps, pair->sequential_rps, pair->old_parallel_rps,
				 pair->old_sequential_rps };
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		if (rates[i] > 0) {
			pairs->min = fmin(pairs->min, rates[i]);
			pairs->max = fmax(pairs->max, rates[i]);
		}
}

/* Without a figure of the sequential client there are no pairs. */
static int pairs_fill(struct pairs *pairs, struct err *err)
{
	const struct plot_data *data = pairs->data;
	size_t level = 0;
	bool any_sequential = false;

	pairs->all = calloc(data->curves.servers + 1, sizeof *pairs->all);
	if (!pairs->all)
		return err_set(err, "out of memory");
	pairs->level = summary_nearest(data->levels, data->levels_count, FIGURES_2010_LEVEL);
	while (level < data->levels_count && data->levels[level] != pairs->level)
		level++;
	for (size_t i = 0; i < data->curves.servers; i++) {
		const struct curve *curve = &data->curves.all[i];
		struct summary sequential;
		if (summary_of(&sequential, data->doc, curve->server, SUMMARY_SEQUENTIAL, NULL, 1, err))
			return -1;
		const struct summary *parallel = data->levels_count ? &plot_data_point(data, curve, level)->summary
								    : NULL;
		any_sequential |= !isnan(sequential.rate_rps);
		if ((parallel && !isnan(parallel->rate_rps)) || !isnan(sequential.rate_rps))
			pair_add(pairs, curve, parallel, &sequential);
	}
	if (!any_sequential)
		pairs->count = 0;
	qsort(pairs->all, pairs->count, sizeof *pairs->all, pair_order);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct curve *curve = pairs->all[i].curve;
		struct row *row = rows_add(&pairs->rows,
					   curve->is_control && data->is_ceiling ? CEILING_NAME : curve->name);
		if (!row)
			return err_set(err, "out of memory");
		row->is_muted = curve->is_control;
	}
	return 0;
}

/* Two marks, and the line between them. */
static void line_add(struct chart *chart, size_t panel, const struct pair *pair, double y, double sequential,
		     double parallel, bool is_old)
{
	if (isnan(sequential) || isnan(parallel))
		return;
	chart_line(chart, panel, CHART_THIN, pair->curve->name, pair->curve->style)->is_grey = is_old ||
											       pair->curve->is_control;
	chart_point(chart, sequential, y);
	chart_point(chart, parallel, y);
}

static void mark_add(struct chart *chart, size_t panel, const struct pair *pair, double y, double value, unsigned mark,
		     bool is_old, bool valid)
{
	if (isnan(value))
		return;
	struct chart_line *line = chart_line(chart, panel, CHART_ROW, pair->curve->name, pair->curve->style);
	line->style.mark = mark;
	line->is_grey = is_old || pair->curve->is_control;
	struct chart_point *point = chart_point(chart, value, y);
	point->size = is_old ? OLD_SIZE : 1;
	point->invalid = !valid;
}

static void pairs_draw(struct chart *chart, size_t panel, const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->all[i];
		double y = rows_y(&pairs->rows, i);
		line_add(chart, panel, pair, y - OLD_BELOW, pair->old_sequential_rps, pair->old_parallel_rps, true);
		line_add(chart, panel, pair, y, pair->sequential_rps, pair->parallel_rps, false);
	}
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->all[i];
		double y = rows_y(&pairs->rows, i);
		mark_add(chart, panel, pair, y - OLD_BELOW, pair->old_parallel_rps, CIRCLE, true, true);
		mark_add(chart, panel, pair, y - OLD_BELOW, pair->old_sequential_rps, DIAMOND, true, true);
		mark_add(chart, panel, pair, y, pair->parallel_rps, CIRCLE, false, pair->parallel_valid);
		mark_add(chart, panel, pair, y, pair->sequential_rps, DIAMOND, false, pair->sequential_valid);
	}
}

static void keys_add(struct picture *picture, const struct pairs *pairs)
{
	char text[PICTURE_TEXT], shown[UNITS_TEXT];

	snprintf(text, sizeof text, "parallel: %s connections", units_show_count(shown, pairs->level));
	if (pairs->level)
		picture_key(picture, "circle", text);
	picture_key(picture, "diamond", "sequential: one request at a time");
	if (pairs->any_old)
		picture_key(picture, "old", "the same in 2010, at 100 connections, on a machine of then");
	if (pairs->any_invalid)
		picture_key(picture, "hollow", "hollow: not valid");
}

static void describe(struct picture *picture, const struct pairs *pairs)
{
	char text[UNITS_TEXT];

	picture_describe(picture, "", "Dot plot of requests per second, one at a time");
	if (pairs->level)
		picture_describe(picture, " ", "and at %s connections", units_show_count(text, pairs->level));
	picture_describe(picture, " ", "in %s mode, with %zu %s.", picture->mode, pairs->count,
			 pairs->count == 1 ? "server" : "servers");
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->all[i];
		bool is_parallel = !isnan(pair->parallel_rps);
		picture_describe(picture, " ", "%.60s: ", pair->curve->name);
		if (is_parallel)
			picture_describe(picture, "", "parallel %s",
					 units_show_count(text, units_whole(pair->parallel_rps + 0.5)));
		if (!isnan(pair->sequential_rps))
			picture_describe(picture, is_parallel ? ", " : "", "sequential %s",
					 units_show_count(text, units_whole(pair->sequential_rps + 0.5)));
		picture_describe(picture, "", ".");
	}
}

static void fill(struct chart *chart, const struct pairs *pairs)
{
	struct picture *picture = &chart->picture;

	snprintf(picture->title, sizeof picture->title, "%s",
		 pairs->level ? "Sequential against parallel requests" : "Requests per second, one request at a time");
	keys_add(picture, pairs);
	picture_note_host(picture);
	picture_note_protocol(picture, pairs->level ? summary_client(picture->doc) : SUMMARY_SEQUENTIAL,
			      pairs->data->backlog, pairs->data->blocks);
	curves_note_versions(&pairs->data->curves, picture, true);
	curves_note_failed(&pairs->data->curves, picture, "Failed: ");
	size_t panel = rows_panel(chart, &pairs->rows, picture->top - ROWS_RISE);
	struct chart_panel *axes = chart_panel_at(chart, panel);
	chart_axis_log(&axes->x, pairs->min, pairs->max, 0.02, axes->right - axes->left, 0, chart_show_count);
	pairs_draw(chart, panel, pairs);
	chart_titles(chart, panel, "", "requests per second");
	picture_stretch(picture, pairs->rows.height - ROWS_RISE);
	describe(picture, pairs);
}

int plot_sequential(struct chart *chart, const struct plot_source *source, struct err *err)
{
	struct pairs pairs = { .data = &source->data, .min = INFINITY, .max = -INFINITY };

	/* The sequential client has no mode, so one such picture is enough. */
	chart->is_skipped = !source->is_first;
	int result = chart->is_skipped ? 0 : pairs_fill(&pairs, err);
	if (!result && !chart->is_skipped && pairs.count)
		fill(chart, &pairs);
	chart->is_skipped |= !pairs.count;
	free(pairs.all);
	rows_release(&pairs.rows);
	return result;
}
