/* What else a sweep shows at each level: latency, cost, failures and where the connections are. */
#include <math.h>
#include <string.h>

#include "harness/lib/err.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/plot/kind.h"

#define PANEL_TITLE_SIZE 12.5
#define PANEL_TITLE_GAP  16.0 /* from a panel's top to its title */
#define LIST_ROW         26.0

void plot_list_place(struct chart *chart)
{
	struct picture *picture = &chart->picture;
	double y = picture->top;

	for (size_t i = 0; i < picture->labels_count; i++) {
		picture->labels[i].end_x = NAN;
		picture->labels[i].end_y = y;
		y += fmax(picture->labels[i].height, LIST_ROW);
	}
	picture_place(picture);
}

static void panel_title(struct chart *chart, size_t panel, const char *title, const char *detail)
{
	const struct chart_panel *at = chart_panel_at(chart, panel);
	double x = at->left + typeset_width(title, PANEL_TITLE_SIZE) * 1.15 + 8;

	picture_text(&chart->picture, title, at->left, at->top - PANEL_TITLE_GAP, PANEL_TITLE_SIZE)->is_bold = true;
	if (*detail)
		picture_text(&chart->picture, detail, x, at->top - PANEL_TITLE_GAP, PICTURE_DETAIL_SIZE)->is_muted =
			true;
}

static void describe(struct chart *chart, const struct plot_data *data, const char *what)
{
	char from[UNITS_TEXT], to[UNITS_TEXT];

	picture_add(chart->picture.description, sizeof chart->picture.description, " ",
		    "%s against %s to %s concurrent "
		    "connections in %s mode, with %zu %s.",
		    what, units_show_count(from, data->levels[0]),
		    units_show_count(to, data->levels[data->levels_count - 1]), data->mode, data->curves.count,
		    data->curves.count == 1 ? "server" : "servers");
}

/* Latency. */

static double known(double ns)
{
	return ns > 0 ? ns : NAN;
}

#define TIME_OF(times, quantile)                                                                                \
	static double times##_##quantile(const struct plot_data *data, const struct curve *curve, size_t level) \
	{                                                                                                       \
		return known(plot_data_point(data, curve, level)->times##_ns.quantile);                         \
	}
TIME_OF(latency, p50)
TIME_OF(latency, p90)
TIME_OF(latency, p99)
TIME_OF(latency, p999)
TIME_OF(connect, p50)
TIME_OF(connect, p99)
#undef TIME_OF

/* The connections that carry requests. */
static double active_of(const struct plot_data *data, size_t level)
{
	uint64_t active;
	struct err err;

	if (strcmp(data->mode, load_mode_names[LOAD_CROWD]) == 0 &&
	    units_count(&active, document_option(data->doc, "active"), &err) == 0 && active < data->levels[level])
		return (double)active;
	return (double)data->levels[level];
}

/* The mean latency that a closed loop implies, by Little's law. */
static double implied(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return known(1e9 * active_of(data, level) / plot_data_point(data, curve, level)->summary.rate_rps);
}

static const struct percentile {
	const char *title, *detail;
	plot_value *value, *second; /* second: a thin line too; or NULL */
} percentiles[] = {
	{ "p50", "half of the requests take less", latency_p50, NULL },
	{ "p90", "", latency_p90, NULL },
	{ "p99", "", latency_p99, NULL },
	{ "p99.9", "one of a thousand takes longer", latency_p999, NULL },
	{ "connect time", "p99, thin p50", connect_p99, connect_p50 },
};

#define PERCENTILES (sizeof percentiles / sizeof *percentiles)

/* Hollow too where the latency of a point is censored. Of the last line. */
static void censored_mark(struct chart *chart, const struct plot_data *data, const struct curve *curve,
			  plot_value *value)
{
	const struct chart_line *line = &chart->lines[chart->lines_count - 1];

	for (size_t level = 0, at = 0; level < data->levels_count && at < line->count; level++)
		if (!isnan(value(data, curve, level)))
			chart->points[line->first + at++].invalid |= plot_data_point(data, curve, level)->censored;
}

static bool any_censored(const struct plot_data *data)
{
	for (size_t i = 0; i < data->curves.count; i++)
		for (size_t level = 0; level < data->levels_count; level++)
			if (plot_data_point(data, &data->curves.all[i], level)->censored)
				return true;
	return false;
}

int plot_percentiles(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	const struct curves *curves = &data->curves;
	struct picture *picture = &chart->picture;
	bool shown[PERCENTILES];
	size_t count = 0;
	double least = INFINITY, most = -INFINITY;

	(void)err;
	for (size_t i = 0; i < PERCENTILES; i++) {
		double low, high;
		plot_range(data, curves, percentiles[i].value, &low, &high);
		shown[i] = low <= high;
		count += shown[i];
		least = fmin(least, low);
		most = fmax(most, high);
		if (percentiles[i].second) {
			plot_range(data, curves, percentiles[i].second, &low, &high);
			least = fmin(least, low);
		}
	}
	if (!count) {
		chart->is_skipped = true;
		return 0;
	}
	picture->title = "Latency against concurrent connections";
	curves_list(curves, picture);
	picture_key(picture, "guide", "connections / rate: the mean that a closed loop implies");
	plot_key_errors(chart, data);
	if (any_censored(data))
		picture_key(picture, "hollow", "hollow: not valid, or cut off: slower than the window could see");
	else
		plot_key_invalid(chart, data, curves);
	curves_key(curves, picture, "slower");
	plot_notes(chart, data, curves);
	picture_note(picture,
		     "A closed loop: each connection asks again when it has its answer. So latency rises with the "
		     "connections by arithmetic; what counts is how far the percentiles are from the dotted line.");
	curves_note_contexts(curves, picture, "Thin lines, fastest first: ");

	size_t columns = count > 4 ? 3 : count > 1 ? 2 : 1, rows = (count + columns - 1) / columns, at = 0;
	double gap = 20, width = (picture->right - PICTURE_LEFT - gap * (double)(columns - 1)) / (double)columns;
	double height = 215, below = 64;
	for (size_t i = 0; i < PERCENTILES; i++) {
		if (!shown[i])
			continue;
		double left = PICTURE_LEFT + (width + gap) * (double)(at % columns);
		double top = picture->top + (height + below) * (double)(at / columns);
		size_t panel = chart_panel(chart, left, left + width, top, top + height);
		struct chart_panel *axes = chart_panel_at(chart, panel);
		chart_axis_levels(axes, data->levels, data->levels_count);
		chart_axis_log(&axes->y, least, most, 0.04, height, 17, chart_show_ns);
		axes->no_y_texts = at++ % columns != 0;
		for (size_t j = 0; j < curves->count; j++) {
			const struct curve *curve = &curves->all[j];
			plot_line(chart, panel,
				  curve->is_control ? CHART_CONTROL
				  : curve->is_named ? CHART_NAMED
						    : CHART_CONTEXT,
				  data, curve, percentiles[i].value);
			if (!picture->failed)
				censored_mark(chart, data, curve, percentiles[i].value);
		}
		for (size_t j = 0; j < curves->count; j++)
			if (curves->all[j].is_named && percentiles[i].second)
				plot_line(chart, panel, CHART_THIN, data, &curves->all[j], percentiles[i].second);
			else if (curves->all[j].is_named)
				plot_line(chart, panel, CHART_GUIDE, data, &curves->all[j], implied);
		panel_title(chart, panel, percentiles[i].title, percentiles[i].detail);
	}
	picture_stretch(picture, fmax((height + below) * (double)rows - below, picture_labels_height(picture) + 60));
	picture_text(picture, PLOT_CONNECTIONS, (PICTURE_LEFT + picture->right) / 2, picture->bottom + 43, 12)->align =
		PICTURE_CENTRE;
	plot_list_place(chart);

	const struct curve *curve;
	describe(chart, data, "Line graphs of the percentiles of latency, with both axes logarithmic,");
	for (size_t rank = 0; (curve = curves_named(curves, rank)); rank++) {
		const struct plot_data_point *last = plot_data_point(data, curve, plot_data_last(data, curve));
		char level[UNITS_TEXT], median[UNITS_TEXT], slow[UNITS_TEXT];
		if (!(last->latency_ns.p50 > 0))
			continue;
		picture_add(picture->description, sizeof picture->description, " ",
			    "%.60s: at %s connections median %s, 99th "
			    "percentile %s.",
			    curve->name, units_show_count(level, last->summary.level),
			    units_show_latency(median, units_whole(last->latency_ns.p50)),
			    units_show_latency(slow, units_whole(last->latency_ns.p99)));
	}
	return 0;
}

/* Cost. */

static double cpu_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return known(plot_data_point(data, curve, level)->summary.server_cpu_us_per_request);
}

static double memory_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return known(plot_data_point(data, curve, level)->rss_bytes);
}

/* Below so many connections the memory that a server takes for other reasons is larger than what they take. */
#define MEMORY_LEAST 64

/* By how much memory has grown since the lowest level, for each connection open. */
static double memory_each(const struct plot_data *data, const struct curve *curve, size_t level)
{
	double open = plot_data_point(data, curve, level)->summary.open_mean;
	double first = NAN;

	for (size_t i = level; i-- > 0;)
		if (!isnan(memory_of(data, curve, i)))
			first = memory_of(data, curve, i);
	return open >= MEMORY_LEAST ? known((memory_of(data, curve, level) - first) / open) : NAN;
}

int plot_cost(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	const struct curves *curves = &data->curves;
	struct picture *picture = &chart->picture;
	bool is_close = strcmp(data->mode, load_mode_names[LOAD_CLOSE]) == 0;
	double least, most;

	(void)err;
	/* In close mode the connections open at a time are as many as the server happens to hold. */
	const struct {
		const char *title, *detail;
		plot_value *value;
		chart_show *show;
	} costs[] = {
		{ "CPU per request", "of all processes of the server, user and system", cpu_of, chart_show_us },
		{ is_close ? "resident memory" : "memory per connection",
		  is_close ? "of all processes of the server" : "growth of resident memory since the lowest level",
		  is_close ? memory_of : memory_each, chart_show_bytes },
	};
	size_t count = 0, at = 0;
	for (size_t i = 0; i < 2; i++) {
		plot_range(data, curves, costs[i].value, &least, &most);
		count += least <= most;
	}
	if (!count) {
		chart->is_skipped = true;
		return 0;
	}
	picture->title = "What a request and a connection cost the server";
	curves_list(curves, picture);
	plot_key_errors(chart, data);
	plot_key_invalid(chart, data, curves);
	curves_key(curves, picture, "slower");
	plot_notes(chart, data, curves);
	curves_note_contexts(curves, picture, "Thin lines, fastest first: ");
	picture_make_room(picture);
	double gap = 84, width = (picture->right - PICTURE_LEFT - gap * (double)(count - 1)) / (double)count;
	for (size_t i = 0; i < 2; i++) {
		plot_range(data, curves, costs[i].value, &least, &most);
		if (!(least <= most))
			continue;
		double left = PICTURE_LEFT + (width + gap) * (double)at++;
		size_t panel = chart_panel(chart, left, left + width, picture->top, picture->bottom);
		struct chart_panel *axes = chart_panel_at(chart, panel);
		chart_axis_levels(axes, data->levels, data->levels_count);
		chart_axis_log(&axes->y, least, most, 0.05, picture->bottom - picture->top, 18, costs[i].show);
		plot_curves(chart, panel, data, curves, costs[i].value);
		panel_title(chart, panel, costs[i].title, costs[i].detail);
		chart_titles(chart, panel, "", PLOT_CONNECTIONS);
	}
	plot_list_place(chart);

	const struct curve *curve;
	describe(chart, data, "Line graphs of the server's CPU time per request and of its memory");
	for (size_t rank = 0; (curve = curves_named(curves, rank)); rank++) {
		size_t last = plot_data_last(data, curve);
		char level[UNITS_TEXT], cpu[CHART_TIC_TEXT], memory[CHART_TIC_TEXT];
		if (isnan(cpu_of(data, curve, last)))
			continue;
		chart_show_us(cpu, cpu_of(data, curve, last));
		picture_add(picture->description, sizeof picture->description, " ",
			    "%.60s: at %s connections %s a request", curve->name,
			    units_show_count(level, data->levels[last]), cpu);
		if (!isnan(costs[1].value(data, curve, last))) {
			chart_show_bytes(memory, costs[1].value(data, curve, last));
			picture_add(picture->description, sizeof picture->description, ", ", "%s%s", memory,
				    is_close ? " of memory" : " a connection");
		}
		picture_add(picture->description, sizeof picture->description, "", ".");
	}
	return 0;
}

/* Failures. */

#define ROWS_MAX       24
#define ROW_TEXT_WIDTH 220.0
#define ROW_LINES      4
#define ROW_LINE       15.0
#define ROW_SPACE      7.0
#define OPEN_HEIGHT    250.0 /* at least */
#define OPEN_LEAST     0.1

/* The kind behind those of requests: the server itself failed. */
#define SERVER_FAILED LOAD_FAILURES

static double open_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	double open = plot_data_point(data, curve, level)->summary.open_mean;

	return isnan(open) ? NAN : fmax(open, OPEN_LEAST);
}

/* The share of what ended that failed in this way. */
static double failed_share(const struct plot_data *data, const struct curve *curve, size_t level, size_t kind)
{
	const struct plot_data_point *point = plot_data_point(data, curve, level);

	if (kind == SERVER_FAILED)
		return point->summary.cells ? (double)point->summary.failed / (double)point->summary.cells : 0;
	double asked = (double)point->summary.ok;
	for (size_t i = 0; i < LOAD_FAILURES; i++)
		asked += (double)point->summary.failures[i];
	return point->summary.failures[kind] ? (double)point->summary.failures[kind] / asked : 0;
}

static const char *failure_words(size_t kind)
{
	return kind == SERVER_FAILED ? "server" PICTURE_NO_BREAK "failed" : load_failure_names[kind];
}

struct failure_row {
	const struct curve *curve;
	size_t kind;
	char lines[ROW_LINES][TYPESET_LINE];
	size_t count;
	double y; /* of its middle, from the first row's top */
};

struct failure_rows {
	struct failure_row rows[ROWS_MAX];
	size_t count, more; /* more: those for which there is no room */
	double height, width;
};

static void row_add(struct failure_rows *rows, const struct plot_data *data, const struct curve *curve, size_t kind)
{
	char text[2 * PICTURE_TEXT];
	bool any = false;

	for (size_t level = 0; level < data->levels_count; level++)
		any |= failed_share(data, curve, level, kind) > 0;
	if (!any)
		return;
	if (rows->count == ROWS_MAX) {
		rows->more++;
		return;
	}
	struct failure_row *row = &rows->rows[rows->count++];
	snprintf(text, sizeof text, "%s: %s", curve->name, failure_words(kind));
	row->curve = curve;
	row->kind = kind;
	row->count = typeset_lines(row->lines, ROW_LINES, text, PICTURE_TIC_SIZE, ROW_TEXT_WIDTH);
	row->y = rows->height + ROW_LINE * (double)row->count / 2 + ROW_SPACE / 2;
	rows->height += ROW_LINE * (double)row->count + ROW_SPACE;
	for (size_t line = 0; line < row->count; line++)
		rows->width = fmax(rows->width, typeset_width(row->lines[line], PICTURE_TIC_SIZE));
}

/* A row for each server, from the fastest to those without a figure, and each kind of failure that it has. */
static void rows_fill(struct failure_rows *rows, const struct plot_data *data)
{
	const struct curves *curves = &data->curves;

	*rows = (struct failure_rows){ .width = 0 };
	for (size_t i = 0; i < curves->count + curves->failed; i++) {
		const struct curve *curve = &curves->all[i < curves->count ? curves->count - 1 - i : i];
		for (size_t kind = 0; kind <= LOAD_FAILURES; kind++)
			row_add(rows, data, curve, kind);
	}
}

static void rows_draw(struct chart *chart, size_t panel, const struct plot_data *data, const struct failure_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct failure_row *row = &rows->rows[i];
		const struct chart_panel *at = chart_panel_at(chart, panel);
		double y = at->top + row->y - ROW_LINE * (double)(row->count - 1) / 2;
		for (size_t line = 0; line < row->count; line++, y += ROW_LINE)
			picture_text(&chart->picture, row->lines[line], at->left - 12, y, PICTURE_TIC_SIZE)->align =
				PICTURE_RIGHT_OF_TEXT;
		chart_line(chart, panel, CHART_ROW, row->curve->name, row->curve->style)->is_grey =
			row->curve->is_control;
		for (size_t level = 0; level < data->levels_count; level++) {
			double share = failed_share(data, row->curve, level, row->kind);
			if (share > 0)
				chart_point(chart, (double)data->levels[level], rows->height - row->y)->size =
					share < 0.001 ? 0.55
					: share < 0.1 ? 0.85
						      : 1.3;
		}
	}
}

int plot_errors(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	const struct curves *curves = &data->curves;
	struct picture *picture = &chart->picture;
	struct failure_rows rows;
	double least, most;
	char text[PICTURE_TEXT];

	(void)err;
	rows_fill(&rows, data);
	plot_range(data, curves, open_of, &least, &most);
	bool has_open = least <= most;
	if (!has_open && !rows.count) {
		chart->is_skipped = true;
		return 0;
	}
	picture->title = has_open ? "Failures, and the connections open inside the server" : "Failures";
	if (has_open) {
		plot_ends(chart, data, curves, false);
		picture_key(picture, "guide", "all that were offered are open");
		plot_key_invalid(chart, data, curves);
	}
	if (rows.count)
		picture_key(picture, "sizes", "under 0.1 %, under 10 %, more of the requests");
	if (has_open)
		curves_key(curves, picture, "slower");
	plot_notes(chart, data, curves);
	snprintf(text, sizeof text, "There are %zu more rows of failures, for which there is no room.", rows.more);
	if (rows.more)
		picture_note(picture, text);
	if (!rows.count)
		picture_note(picture, "No request failed at any level.");

	double left = fmax(PICTURE_LEFT, PICTURE_MARGIN + rows.width + 20), top = picture->top;
	double open_height = fmax(OPEN_HEIGHT, picture_labels_height(picture) - 30);
	if (has_open) {
		size_t panel = chart_panel(chart, left, picture->right, top, top + open_height);
		struct chart_panel *axes = chart_panel_at(chart, panel);
		chart_axis_levels(axes, data->levels, data->levels_count);
		least = fmin(least, (double)data->levels[0]);
		most = fmax(most, (double)data->levels[data->levels_count - 1]);
		chart_axis_log(&axes->y, least, most, 0.03, open_height, 18, chart_show_count);
		plot_curves(chart, panel, data, curves, open_of);
		chart_line(chart, panel, CHART_GUIDE, "offered", (struct palette_style){ 0 })->is_grey = true;
		for (size_t level = 0; level < data->levels_count; level++)
			chart_point(chart, (double)data->levels[level], (double)data->levels[level]);
		double bottom = picture->bottom;
		picture->bottom = top + open_height; /* the names stand beside this panel */
		plot_ends_place(chart, panel, data, curves, open_of);
		picture->bottom = bottom;
		panel_title(chart, panel, "open inside the server", "on average");
		if (!rows.count)
			chart_titles(chart, panel, "", PLOT_CONNECTIONS);
		top += open_height + 60;
	}
	if (rows.count) {
		size_t panel = chart_panel(chart, left, picture->right, top, top + rows.height);
		struct chart_panel *axes = chart_panel_at(chart, panel);
		chart_axis_levels(axes, data->levels, data->levels_count);
		axes->y = (struct chart_axis){ .most = rows.height };
		rows_draw(chart, panel, data, &rows);
		panel_title(chart, panel, "failures by kind", "of all launches");
		chart_titles(chart, panel, "", PLOT_CONNECTIONS);
		top += rows.height + 60;
	}
	picture_stretch(picture, top - 60 - picture->top);

	describe(chart, data, "The connections open inside the server, and the failures by kind,");
	if (!rows.count)
		picture_add(picture->description, sizeof picture->description, " ", "No request failed.");
	for (size_t i = 0; i < rows.count; i++) {
		const struct failure_row *row = &rows.rows[i];
		char from[UNITS_TEXT];
		size_t level = 0;
		while (level + 1 < data->levels_count && !(failed_share(data, row->curve, level, row->kind) > 0))
			level++;
		picture_add(picture->description, sizeof picture->description, " ", "%.60s: %s from %s connections on.",
			    row->curve->name, failure_words(row->kind), units_show_count(from, data->levels[level]));
	}
	return 0;
}
