/* Requests per second against connections, a panel for each server, in which the others are grey. */
#include <math.h>
#include <string.h>

#include "harness/analysis/scaling.h"
#include "harness/plot/kind.h"
#include "harness/plot/level_chart.h"

#define COLUMN_GAP     22.0
#define COLUMNS_MAX    5
#define TITLE_SIZE     12.0
#define TITLE_ROW      15.0
#define PANEL_HEIGHT   104.0
#define TICS_HEIGHT    24.0 /* below a panel */
#define PANEL_SPACE    12.0
#define LAUNCHES_SHOWN 16    /* of a server, at most */
#define LOG_MARGIN     0.05  /* of a logarithmic y */
#define DETAILED       150.0 /* panels higher than this have more tics */

static const struct level_kind kind = {
	.title = "Requests per second against concurrent connections, server by server",
	.what = "Line graph of requests per second",
	.has_control_key = true,
	.has_errors_key = true,
	.has_all_versions = true,
	.failed_note = "Failed at every level: ",
	.describe = level_describe_rate,
	.panels = { { .value = level_rate,
		      .show = chart_show_count,
		      .highest = level_rate_highest,
		      .is_filled = true,
		      .has_spread = true } },
};

/* The panels: those of `curves`, the last one first, from top left. */
struct grid {
	struct chart *chart;
	const struct plot_data *data;
	size_t from, count, columns; /* from: the control server has a panel only if there is no other server */
	double width, height;
	size_t first; /* panel, whose lines all share */
};

static const struct curve *curve_at(const struct grid *grid, size_t i)
{
	return &grid->data->curves.all[grid->data->curves.count - 1 - i];
}

/* The title of a panel: the name, and below it a verdict, in as many lines as they take. */
struct heading {
	char name[PICTURE_LINES + 1][TYPESET_LINE], verdict[2][TYPESET_LINE];
	size_t name_count, verdict_count;
};

static int heading_of(struct heading *heading, const struct grid *grid, const struct curve *curve, struct err *err)
{
	struct scaling scaling;
	char verdict[SCALING_TEXT];

	if (scaling_of(&scaling, grid->data->doc, verdicts_find(&grid->data->verdicts, curve->server), err))
		return -1;
	heading->name_count = typeset_lines(heading->name, PICTURE_LINES + 1, curve->name, TITLE_SIZE,
					    grid->width * 0.92);
	heading->verdict_count = typeset_lines(heading->verdict, 2, scaling_title(verdict, &scaling),
					       PICTURE_DETAIL_SIZE, grid->width);
	return 0;
}

static double heading_height(const struct heading *heading)
{
	return TITLE_ROW * (double)(heading->name_count + heading->verdict_count) + 4;
}

static void heading_add(struct picture *picture, const struct heading *heading, double left, double bottom)
{
	double y = bottom - heading_height(heading) + TITLE_ROW / 2;

	for (size_t i = 0; i < heading->name_count; i++, y += TITLE_ROW)
		picture_text(picture, heading->name[i], left, y, TITLE_SIZE)->is_bold = true;
	for (size_t i = 0; i < heading->verdict_count; i++, y += TITLE_ROW)
		picture_text(picture, heading->verdict[i], left, y, PICTURE_DETAIL_SIZE)->is_muted = true;
}

/* All in one line with gaps: gnuplot's SVG grows by much with each line, and this one is in each panel. */
static void peers_add(const struct grid *grid, size_t panel)
{
	const struct curves *curves = &grid->data->curves;
	struct chart *chart = grid->chart;
	size_t first = chart->lines_count, points = 0;

	for (size_t peer = grid->from; peer < curves->count; peer++) {
		size_t added = level_chart_line(chart, panel, CHART_CONTEXT, &kind.panels[0], grid->data,
						&curves->all[peer], level_rate);
		if (chart->picture.failed)
			return;
		if (points && added)
			chart->points[chart->lines[first].first + points].gap = true;
		points += added;
	}
	for (size_t i = 0; i < points; i++)
		chart->points[chart->lines[first].first + i].errors = false;
	chart->lines[first].count = points;
	snprintf(chart->lines[first].name, sizeof chart->lines[first].name, "all of them");
	chart->lines_count = first + 1;
	chart->panels[panel].lines[CHART_CONTEXT].count = 1;
}

/* Each launch as a thin line behind the median. A level that it lacks is passed over: what settles a verdict measures a few. */
static void launches_add(const struct grid *grid, size_t panel, const struct curve *curve)
{
	const struct plot_data *data = grid->data;
	const struct document *doc = data->doc;
	struct chart *chart = grid->chart;

	for (size_t block = 1; block <= LAUNCHES_SHOWN && data->blocks > 1; block++) {
		chart_line(chart, panel, CHART_FAINT, curve->name, curve->style)->is_grey = curve->is_control;
		for (size_t level = 0; level < data->levels_count; level++)
			for (size_t i = 0; i < doc->cells_count; i++)
				if (doc->cells[i].block == block && plot_data_uses(data, curve, level, &doc->cells[i]))
					chart_point(chart, (double)data->levels[level], doc->cells[i].rate_rps);
	}
}

static void panel_add(struct grid *grid, size_t i, double left, double top)
{
	const struct plot_data *data = grid->data;
	struct chart *chart = grid->chart;
	size_t panel = chart_panel(chart, left, left + grid->width, top, top + grid->height);
	struct chart_panel *axes = chart_panel_at(chart, panel);

	chart_axis_levels(axes, data->levels, data->levels_count);
	if (data->is_log) {
		double min, max;
		level_chart_range(data, level_rate, &min, &max);
		chart_axis_log(&axes->y, min, max, LOG_MARGIN, grid->height, TITLE_ROW, chart_show_count);
	} else {
		chart_axis_linear(&axes->y, level_rate_highest(data), grid->height > DETAILED ? 6 : 3,
				  chart_show_count);
	}
	axes->no_y_texts = i % grid->columns != 0;
	axes->is_filled = data->is_ceiling && !data->is_log;
	axes->is_faint = true;
	if (!i) {
		grid->first = panel;
		if (grid->from)
			level_chart_line(chart, panel, CHART_CONTROL, &kind.panels[0], data, &data->curves.all[0],
					 level_rate);
		if (grid->count > 1)
			peers_add(grid, panel);
	} else {
		chart_share(chart, panel, grid->first, CHART_CONTROL);
		chart_share(chart, panel, grid->first, CHART_CONTEXT);
	}
	launches_add(grid, panel, curve_at(grid, i));
	level_chart_line(chart, panel, CHART_NAMED, &kind.panels[0], data, curve_at(grid, i), level_rate);
}

/* A row of panels, below titles that end at the same height. Moves *top down below it. */
static int row_add(struct grid *grid, size_t first, double *top, struct err *err)
{
	struct heading headings[COLUMNS_MAX];
	size_t count = grid->count - first < grid->columns ? grid->count - first : grid->columns;
	double highest = 0;

	for (size_t i = 0; i < count; i++) {
		if (heading_of(&headings[i], grid, curve_at(grid, first + i), err))
			return -1;
		highest = fmax(highest, heading_height(&headings[i]));
	}
	*top += highest;
	for (size_t i = 0; i < count; i++) {
		double left = PICTURE_LEFT + (grid->width + COLUMN_GAP) * (double)i;
		panel_add(grid, first + i, left, *top);
		heading_add(&grid->chart->picture, &headings[i], left, *top);
	}
	*top += grid->height + TICS_HEIGHT + PANEL_SPACE;
	return 0;
}

static int grid_add(struct grid *grid, struct err *err)
{
	struct picture *picture = &grid->chart->picture;
	size_t rows = (grid->count + grid->columns - 1) / grid->columns;
	double top = picture->top + 2;

	grid->width = (picture->width - PICTURE_LEFT - PICTURE_MARGIN - COLUMN_GAP * (double)(grid->columns - 1)) /
		      (double)grid->columns;
	grid->height = rows == 1 ? 300 : rows == 2 ? 190 : PANEL_HEIGHT;
	for (size_t i = 0; i < grid->count; i += grid->columns)
		if (row_add(grid, i, &top, err))
			return -1;
	picture_text(picture, "requests per second against " LEVEL_CONNECTIONS, PICTURE_MARGIN, picture->top - 20, 12)
		->is_muted = true;
	picture_stretch(picture, top - picture->top - TICS_HEIGHT - PANEL_SPACE - 26);
	return 0;
}

int plot_panels(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	const struct curves *curves = &data->curves;
	struct level_chart made = { .chart = chart, .data = data, .kind = &kind, .curves = *curves };
	struct grid grid = { .chart = chart, .data = data };

	/* For one level the hero shows everything. */
	chart->is_skipped = !curves->count || data->levels_count < 2;
	if (chart->is_skipped)
		return 0;
	grid.from = curves->count > curves->controls ? curves->controls : 0;
	grid.count = curves->count - grid.from;
	grid.columns = grid.count <= 3 ? grid.count : grid.count <= 8 ? (grid.count + 1) / 2 : COLUMNS_MAX;
	level_chart_title(&made);
	level_chart_keys(&made);
	if (data->blocks > 1)
		picture_key(&chart->picture, "context", "each launch, in the server's colour");
	if (grid.count > 1)
		picture_key(&chart->picture, "context", "all others");
	level_chart_notes(&made);
	if (grid_add(&grid, err))
		return -1;
	level_chart_describe(&made);
	return 0;
}
