/* The failures of each server by kind, one row each, and the connections open inside the servers above them. */
#include <math.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/plot/kind.h"
#include "harness/plot/level_chart.h"
#include "harness/plot/rows.h"

#define ROWS_MAX    24
#define OPEN_HEIGHT 250.0 /* at least */
#define OPEN_MIN    0.1   /* what is drawn where none is open */
#define PANEL_BELOW 60.0
#define OPEN_SCALE  0.03 /* beyond the values */

/* The kind after those of requests: the server itself failed. */
#define SERVER_FAILED LOAD_FAILURES

static double open_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	double open = plot_data_point(data, curve, level)->summary.open_mean;

	return isnan(open) ? NAN : fmax(open, OPEN_MIN);
}

static const struct level_kind kind = {
	.title = "Failures, and the connections open inside the server",
	.title_of_one = "Failures, and the connections open inside the server",
	.what = "The connections open inside the server, and the failures by kind,",
	.names = LEVEL_AT_ENDS,
	.guide_key = "all that were offered are open",
	.contexts_key = { "slower", "" },
	.panels = { { "open inside the server", "on average", open_of, .show = chart_show_count,
		      .margin = OPEN_SCALE } },
};

/* The share of the ended requests that failed in this way. */
static double share_of(const struct plot_data *data, const struct curve *curve, size_t level, size_t failure)
{
	const struct summary *summary = &plot_data_point(data, curve, level)->summary;
	double asked = (double)summary->ok;

	if (failure == SERVER_FAILED)
		return summary->cells ? (double)summary->failed / (double)summary->cells : 0;
	for (size_t i = 0; i < LOAD_FAILURES; i++)
		asked += (double)summary->failures[i];
	return summary->failures[failure] ? (double)summary->failures[failure] / asked : 0;
}

static const char *failure_name(size_t failure)
{
	return failure == SERVER_FAILED ? "server" PICTURE_NO_BREAK "failed" : load_failure_names[failure];
}

struct failures {
	const struct plot_data *data;
	struct rows rows;
	const struct curve *curves[ROWS_MAX];
	size_t kinds[ROWS_MAX], more; /* more: rows that do not fit */
};

/* The first level at which a server failed in this way; levels_count: none. */
static size_t first_level(const struct plot_data *data, const struct curve *curve, size_t failure)
{
	size_t level = 0;

	while (level < data->levels_count && !(share_of(data, curve, level, failure) > 0))
		level++;
	return level;
}

/* A row for each server, from the fastest to those without a figure, and each kind of failure that it has. */
static int rows_fill(struct failures *failures, struct err *err)
{
	const struct plot_data *data = failures->data;
	const struct curves *curves = &data->curves;
	char text[2 * PICTURE_TEXT];

	for (size_t i = 0; i < curves->count + curves->failed; i++) {
		const struct curve *curve = &curves->all[i < curves->count ? curves->count - 1 - i : i];
		for (size_t failure = 0; failure <= LOAD_FAILURES; failure++) {
			if (first_level(data, curve, failure) == data->levels_count)
				continue;
			size_t row = failures->rows.count;
			if (row == ROWS_MAX) {
				failures->more++;
				continue;
			}
			snprintf(text, sizeof text, "%s: %s", curve->name, failure_name(failure));
			if (!rows_add(&failures->rows, text))
				return err_set(err, "out of memory");
			failures->curves[row] = curve;
			failures->kinds[row] = failure;
		}
	}
	return 0;
}

static void rows_draw(struct chart *chart, size_t panel, const struct failures *failures)
{
	const struct plot_data *data = failures->data;

	chart_axis_levels(chart_panel_at(chart, panel), data->levels, data->levels_count);
	for (size_t i = 0; i < failures->rows.count; i++) {
		const struct curve *curve = failures->curves[i];
		chart_line(chart, panel, CHART_ROW, curve->name, curve->style)->is_grey = curve->is_control;
		for (size_t level = 0; level < data->levels_count; level++) {
			double share = share_of(data, curve, level, failures->kinds[i]);
			if (share > 0)
				chart_point(chart, (double)data->levels[level], rows_y(&failures->rows, i))->size =
					share < 0.001 ? 0.55
					: share < 0.1 ? 0.85
						      : 1.3;
		}
	}
	chart_heading(chart, panel, "failures by kind", "of all launches");
	chart_titles(chart, panel, "", LEVEL_CONNECTIONS);
}

/* Adds the panel of open connections. Returns its bottom. */
static double open_draw(struct level_chart *made, double left)
{
	const struct plot_data *data = made->data;
	struct picture *picture = &made->chart->picture;
	double top = picture->top, bottom = top + fmax(OPEN_HEIGHT, picture_labels_height(picture) - 30);
	struct level_place place = { left, picture->right, top, bottom, 0, 0 };

	level_chart_range(data, open_of, &place.min, &place.max);
	place.min = fmin(place.min, (double)data->levels[0]);
	place.max = fmax(place.max, (double)data->levels[data->levels_count - 1]);
	size_t panel = level_chart_panel(made, &kind.panels[0], place);
	chart_line(made->chart, panel, CHART_GUIDE, "offered", (struct palette_style){ 0 })->is_grey = true;
	for (size_t level = 0; level < data->levels_count; level++)
		chart_point(made->chart, (double)data->levels[level], (double)data->levels[level]);
	double below = picture->bottom;
	picture->bottom = bottom; /* the names stand beside this panel */
	level_chart_place(made, panel, open_of);
	picture->bottom = below;
	return bottom;
}

static void describe(struct level_chart *made, const struct failures *failures)
{
	struct picture *picture = &made->chart->picture;
	char from[UNITS_TEXT];

	level_chart_describe(made);
	if (!failures->rows.count)
		picture_describe(picture, " ", "No request failed.");
	for (size_t i = 0; i < failures->rows.count; i++) {
		size_t level = first_level(made->data, failures->curves[i], failures->kinds[i]);
		picture_describe(picture, " ", "%.60s: %s from %s connections on.", failures->curves[i]->name,
				 failure_name(failures->kinds[i]), units_show_count(from, made->data->levels[level]));
	}
}

static void fill(struct level_chart *made, const struct failures *failures, bool has_open)
{
	struct picture *picture = &made->chart->picture;
	size_t rows = failures->rows.count;
	char text[PICTURE_TEXT];

	level_chart_title(made);
	if (has_open) {
		level_chart_names(made);
		level_chart_keys(made);
	} else {
		snprintf(picture->title, sizeof picture->title, "Failures");
	}
	if (rows)
		picture_key(picture, "sizes", "under 0.1 %, under 10 %, more of the requests");
	if (has_open)
		level_chart_key_contexts(made);
	level_chart_notes(made);
	snprintf(text, sizeof text, "There are %zu more rows of failures, for which there is no room.", failures->more);
	if (failures->more || !rows)
		picture_note(picture, rows ? text : "No request failed at any level.");
	double bottom = picture->top - PANEL_BELOW;
	if (has_open)
		bottom = open_draw(made, rows_left(&failures->rows));
	if (has_open && !rows)
		chart_titles(made->chart, 0, "", LEVEL_CONNECTIONS);
	if (rows) {
		rows_draw(made->chart, rows_panel(made->chart, &failures->rows, bottom + PANEL_BELOW), failures);
		bottom += PANEL_BELOW + failures->rows.height;
	}
	picture_stretch(picture, bottom - picture->top);
	describe(made, failures);
}

int plot_failures(struct chart *chart, const struct plot_source *source, struct err *err)
{
	struct failures failures = { .data = &source->data };
	struct level_chart made = { .chart = chart, .data = &source->data, .kind = &kind };
	double min, max;

	level_chart_range(&source->data, open_of, &min, &max);
	int result = rows_fill(&failures, err);
	chart->is_skipped = !(min <= max) && !failures.rows.count;
	if (!result && !chart->is_skipped) {
		result = curves_copy(&made.curves, &source->data.curves, err);
		if (!result)
			fill(&made, &failures, min <= max);
		curves_release(&made.curves);
	}
	rows_release(&failures.rows);
	return result;
}
