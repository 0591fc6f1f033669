/* One request at a time against many at once: the table of 2010 as a picture, with its figures beside those of today. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/figures_2010.h"
#include "harness/lib/control.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/plot/kind.h"

#define NAME_WIDTH 230.0
#define NAME_LINES 3
#define NAME_LINE  15.0
#define ROW_SPACE  8.0
#define OLD_BELOW  6.0 /* the figures of 2010 stand so many pixels below those of the run */

enum { CIRCLE = 0, DIAMOND = 4 }; /* marks: parallel, sequential */

struct row {
	const struct curve *curve;
	double parallel_rps, sequential_rps, old_parallel_rps, old_sequential_rps; /* NAN: unknown */
	bool parallel_valid, sequential_valid;
	char lines[NAME_LINES][TYPESET_LINE];
	size_t count;
	double y; /* of its middle, from the top of the first one */
};

struct rows {
	struct row *rows; /* the fastest first; owned */
	size_t count;
	double height, width, least, most;
	uint64_t level;
	bool any_old, any_invalid;
};

static void span_add(struct rows *rows, double value)
{
	if (value > 0) {
		rows->least = fmin(rows->least, value);
		rows->most = fmax(rows->most, value);
	}
}

static int row_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	double of_x = isnan(x->parallel_rps) ? 0 : x->parallel_rps, of_y = isnan(y->parallel_rps) ? 0 : y->parallel_rps;

	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return strcmp(x->curve->server, y->curve->server);
}

static int rows_fill(struct rows *rows, const struct plot_data *data, struct err *err)
{
	const struct curves *curves = &data->curves;
	size_t level = 0;

	*rows = (struct rows){ .least = INFINITY, .most = -INFINITY };
	rows->rows = calloc(curves->servers + 1, sizeof *rows->rows);
	if (!rows->rows)
		return err_set(err, "out of memory");
	rows->level = summary_nearest(data->levels, data->levels_count, FIGURES_2010_LEVEL);
	while (data->levels[level] != rows->level)
		level++;
	bool any_sequential = false;
	for (size_t i = 0; i < curves->servers; i++) {
		const struct curve *curve = &curves->all[i];
		struct row *row = &rows->rows[rows->count];
		struct summary sequential;
		if (summary_of(&sequential, data->doc, curve->server, SUMMARY_SEQUENTIAL, NULL, 1, err))
			return -1;
		const struct summary *parallel = &plot_data_point(data, curve, level)->summary;
		*row = (struct row){
			.curve = curve,
			.parallel_rps = parallel->rate_rps,
			.parallel_valid = parallel->valid,
			.sequential_rps = sequential.rate_rps,
			.sequential_valid = sequential.valid,
		};
		if (isnan(row->parallel_rps) && isnan(row->sequential_rps))
			continue;
		const struct figures_2010 *old = figures_2010(curve->server);
		row->old_parallel_rps = old ? old->parallel_rps : NAN;
		row->old_sequential_rps = old ? old->sequential_rps : NAN;
		rows->any_old |= old != NULL;
		rows->any_invalid |= (!isnan(row->parallel_rps) && !row->parallel_valid) ||
				     (!isnan(row->sequential_rps) && !row->sequential_valid);
		any_sequential |= !isnan(row->sequential_rps);
		span_add(rows, row->parallel_rps);
		span_add(rows, row->sequential_rps);
		span_add(rows, row->old_parallel_rps);
		span_add(rows, row->old_sequential_rps);
		rows->count++;
	}
	if (!any_sequential)
		rows->count = 0;
	qsort(rows->rows, rows->count, sizeof *rows->rows, row_order);
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->rows[i];
		row->count = typeset_lines(row->lines, NAME_LINES,
					   row->curve->is_control ? CONTROL_SERVER " (ceiling)" : row->curve->name,
					   PICTURE_TIC_SIZE, NAME_WIDTH);
		double height = NAME_LINE * (double)row->count + ROW_SPACE;
		row->y = rows->height + height / 2;
		rows->height += height;
		for (size_t line = 0; line < row->count; line++)
			rows->width = fmax(rows->width, typeset_width(row->lines[line], PICTURE_TIC_SIZE));
	}
	return 0;
}

/* Two marks of a row, and the line between them. */
static void pair_lines(struct chart *chart, size_t panel, const struct row *row, double y, double sequential,
		       double parallel, bool is_old)
{
	if (isnan(sequential) || isnan(parallel))
		return;
	chart_line(chart, panel, CHART_THIN, row->curve->name, row->curve->style)->is_grey = is_old ||
											     row->curve->is_control;
	chart_point(chart, sequential, y);
	chart_point(chart, parallel, y);
}

static void mark_add(struct chart *chart, size_t panel, const struct row *row, double y, double value, unsigned mark,
		     bool is_old, bool valid)
{
	if (isnan(value))
		return;
	struct chart_line *line = chart_line(chart, panel, CHART_ROW, row->curve->name, row->curve->style);
	line->style.mark = mark;
	line->is_grey = is_old || row->curve->is_control;
	struct chart_point *point = chart_point(chart, value, y);
	point->size = is_old ? 0.75 : 1;
	point->invalid = !valid;
}

static void rows_draw(struct chart *chart, size_t panel, const struct rows *rows)
{
	const struct chart_panel *at = chart_panel_at(chart, panel);
	double left = at->left, top = at->top;

	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->rows[i];
		double y = top + row->y - NAME_LINE * (double)(row->count - 1) / 2;
		for (size_t line = 0; line < row->count; line++, y += NAME_LINE) {
			struct picture_text *text = picture_text(&chart->picture, row->lines[line], left - 12, y,
								 PICTURE_TIC_SIZE);
			text->align = PICTURE_RIGHT_OF_TEXT;
			text->is_muted = row->curve->is_control;
		}
		y = rows->height - row->y;
		pair_lines(chart, panel, row, y - OLD_BELOW, row->old_sequential_rps, row->old_parallel_rps, true);
		pair_lines(chart, panel, row, y, row->sequential_rps, row->parallel_rps, false);
	}
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->rows[i];
		double y = rows->height - row->y;
		mark_add(chart, panel, row, y - OLD_BELOW, row->old_parallel_rps, CIRCLE, true, true);
		mark_add(chart, panel, row, y - OLD_BELOW, row->old_sequential_rps, DIAMOND, true, true);
		mark_add(chart, panel, row, y, row->parallel_rps, CIRCLE, false, row->parallel_valid);
		mark_add(chart, panel, row, y, row->sequential_rps, DIAMOND, false, row->sequential_valid);
	}
}

static void describe(struct picture *picture, const struct rows *rows)
{
	char text[UNITS_TEXT];
	size_t room = sizeof picture->description;

	picture_add(picture->description, room, "",
		    "Dot plot of requests per second, one at a time and at %s connections in %s "
		    "mode, with %zu %s.",
		    units_show_count(text, rows->level), picture->mode, rows->count,
		    rows->count == 1 ? "server" : "servers");
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->rows[i];
		if (!isnan(row->parallel_rps))
			picture_add(picture->description, room, " ", "%.60s: parallel %s", row->curve->name,
				    units_show_count(text, units_whole(row->parallel_rps + 0.5)));
		if (!isnan(row->sequential_rps))
			picture_add(picture->description, room, isnan(row->parallel_rps) ? " " : ", ",
				    "%.60s%ssequential %s", isnan(row->parallel_rps) ? row->curve->name : "",
				    isnan(row->parallel_rps) ? ": " : "",
				    units_show_count(text, units_whole(row->sequential_rps + 0.5)));
		picture_add(picture->description, room, "", ".");
	}
}

int plot_sequential(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	struct picture *picture = &chart->picture;
	struct rows rows = { 0 };
	char text[PICTURE_TEXT], shown[UNITS_TEXT];
	int result = -1;

	/* The sequential client is of no mode, so one such picture is enough. */
	chart->is_skipped = !source->is_first;
	if (chart->is_skipped)
		return 0;
	if (rows_fill(&rows, data, err))
		goto out;
	result = 0;
	if (!rows.count) {
		chart->is_skipped = true;
		goto out;
	}
	picture->title = "Sequential against parallel requests";
	snprintf(text, sizeof text, "parallel: %s connections", units_show_count(shown, rows.level));
	picture_key(picture, "circle", text);
	picture_key(picture, "diamond", "sequential: one request at a time");
	if (rows.any_old)
		picture_key(picture, "old", "the same in 2010, at 100 connections, on a machine of then");
	if (rows.any_invalid)
		picture_key(picture, "hollow", "hollow: not valid");
	picture_note_host(picture);
	picture_note_protocol(picture, data->backlog, data->blocks);
	curves_note_versions(&data->curves, picture, true);
	curves_note_failed(&data->curves, picture, "Failed: ");
	double left = fmax(PICTURE_LEFT, PICTURE_MARGIN + rows.width + 20), top = picture->top - 24;
	size_t panel = chart_panel(chart, left, picture->right, top, top + rows.height);
	struct chart_panel *axes = chart_panel_at(chart, panel);
	chart_axis_log(&axes->x, rows.least, rows.most, 0.02, axes->right - axes->left, 0, chart_show_count);
	axes->y = (struct chart_axis){ .most = rows.height };
	rows_draw(chart, panel, &rows);
	chart_titles(chart, panel, "", "requests per second");
	picture_stretch(picture, rows.height - 24);
	describe(picture, &rows);
out:
	free(rows.rows);
	return result;
}
