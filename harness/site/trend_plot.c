#include "harness/site/trend_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/plot/chart.h"
#include "harness/plot/script.h"

#define WIDTH      780.0
#define HEIGHT     440.0
#define TEMPLATE   "chart.gp"
#define Y_PARTS    5
#define X_TICS_MAX 5

/* The styles of the levels, chosen from those that servers have in other pictures. */
static const struct palette_style styles[SITE_ATS] = { { 0, 0, 0 }, { 1, 1, 0 }, { 2, 2, 0 }, { 5, 4, 0 } };

static const struct site_point *point_at(const struct site_trend *trend, size_t i, int at)
{
	return &trend->curves[i]->points[at];
}

static bool has_figure(const struct site_point *point)
{
	return point->level && !isnan(point->rate_rps);
}

bool trend_plot_is_due(const struct site_trend *trend)
{
	for (int at = 0; at < SITE_ATS; at++) {
		size_t figures = 0;
		for (size_t i = 0; i < trend->count && i < TREND_PLOT_RUNS_MAX; i++)
			figures += has_figure(point_at(trend, i, at));
		if (figures > 1)
			return true;
	}
	return false;
}

/* The runs that are drawn. */
static size_t shown(const struct site_trend *trend)
{
	return trend->count < TREND_PLOT_RUNS_MAX ? trend->count : TREND_PLOT_RUNS_MAX;
}

char *trend_plot_description(char out[TREND_PLOT_DESCRIPTION], const struct trend_plot *plot)
{
	const struct site_trend *trend = plot->trend;
	size_t count = shown(trend);
	const struct site_point *first = point_at(trend, count - 1, SITE_AT_BEST),
				*last = point_at(trend, 0, SITE_AT_BEST);
	char name[PICTURE_TEXT], from[UNITS_TEXT], to[UNITS_TEXT];

	snprintf(out, TREND_PLOT_DESCRIPTION,
		 "Requests per second of %.200s in %.40s mode over %zu runs, from %.10s to %.10s",
		 text_plain(name, sizeof name, plot->server), trend->curves[0]->mode, count,
		 trend->runs[count - 1]->date, trend->runs[0]->date);
	if (has_figure(first) && has_figure(last))
		picture_add(out, TREND_PLOT_DESCRIPTION, ": ",
			    "at the best level %s in the first of them and %s in the last",
			    units_show_count(from, units_whole(first->rate_rps + 0.5)),
			    units_show_count(to, units_whole(last->rate_rps + 0.5)));
	return out;
}

/* The x of a run: the newest has the highest. */
static double x_of(const struct site_trend *trend, size_t i)
{
	return (double)(shown(trend) - i);
}

static bool is_changed(const struct site_trend *trend, size_t i)
{
	char text[200];

	return *site_changes(text, sizeof text, trend->runs[i], trend->curves[i], trend->runs[i + 1],
			     trend->curves[i + 1]);
}

/* The series to be explained. */
struct seen {
	double most_rps;
	bool spread, invalid, change;
};

static struct seen seen_of(const struct site_trend *trend)
{
	struct seen seen = { 0 };

	for (size_t i = 0; i < shown(trend); i++) {
		seen.change |= i + 1 < shown(trend) && is_changed(trend, i);
		for (int at = 0; at < SITE_ATS; at++) {
			const struct site_point *point = point_at(trend, i, at);
			if (!has_figure(point))
				continue;
			seen.most_rps = fmax(seen.most_rps, point->most_rps);
			seen.spread |= point->least_rps < point->most_rps;
			seen.invalid |= !point->valid;
		}
	}
	return seen;
}

/* Title, keys and notes. */
static void picture_fill(struct picture *picture, const struct trend_plot *plot, const struct seen *seen)
{
	const struct site_trend *trend = plot->trend;
	const struct site_run *run = trend->runs[0];
	char text[1400], description[TREND_PLOT_DESCRIPTION], line[1][TYPESET_LINE] = { "" };

	picture_init(picture);
	picture_size(picture, WIDTH, HEIGHT);
	picture->has_png = false;
	snprintf(picture->stem, sizeof picture->stem, "%.100s", plot->stem);
	typeset_lines(line, 1, text_plain(text, 300, plot->server), PICTURE_TITLE_SIZE, WIDTH - 2 * PICTURE_MARGIN);
	snprintf(picture->title, sizeof picture->title, "%.250s", *line);
	snprintf(picture->subtitle, sizeof picture->subtitle, "%.40s mode, client %.40s · ", trend->curves[0]->mode,
		 trend->curves[0]->client);
	if (trend->count > shown(trend))
		picture_add(picture->subtitle, sizeof picture->subtitle, "", "the last %zu of ", shown(trend));
	picture_add(picture->subtitle, sizeof picture->subtitle, "", "%zu runs", trend->count);
	snprintf(picture->name, sizeof picture->name, "%.200s: requests per second over runs", picture->title);
	picture_describe(picture, "", "%s", trend_plot_description(description, plot));
	if (seen->spread)
		picture_key(picture, "band", "minimum to maximum of the launches");
	if (seen->invalid)
		picture_key(picture, "hollow", "hollow: not valid");
	if (seen->change)
		picture_key(picture, "guide", "version, kernel or settings changed");
	snprintf(text, sizeof text, "%.200s, %llu %s · %.200s · %.10s · benchctl %.100s",
		 run->cpu_model ? run->cpu_model : "CPU unknown", (unsigned long long)run->cores,
		 run->cores == 1 ? "core" : "cores", run->kernel ? run->kernel : "kernel unknown", run->date,
		 run->benchctl ? run->benchctl : "?");
	picture_note(picture, text);
	snprintf(text, sizeof text, "Newest version: %.300s",
		 trend->curves[0]->version ? trend->curves[0]->version : "");
	if (trend->curves[0]->version)
		picture_note(picture, text);
}

/* Runs are evenly apart; some of their dates are shown, that of the newest among them. */
static struct chart_axis runs_axis(const struct site_trend *trend)
{
	struct chart_axis axis = { .min = 0.5, .max = (double)shown(trend) + 0.5 };
	size_t count = shown(trend), every = (count + X_TICS_MAX - 1) / X_TICS_MAX;
	bool one_day = strncmp(trend->runs[0]->date, trend->runs[count - 1]->date, 10) == 0;
	char text[CHART_TIC_TEXT];

	for (size_t i = 0; i < count; i += every) {
		snprintf(text, sizeof text, "%.*s", one_day ? 5 : 10, trend->runs[i]->date + (one_day ? 11 : 0));
		chart_tic(&axis, x_of(trend, i), text);
	}
	return axis;
}

/* A line for each level that has a figure, from the oldest run on, with its name. */
static void lines_add(struct chart *chart, size_t panel, const struct site_trend *trend)
{
	for (int at = 0; at < SITE_ATS; at++) {
		struct picture_label *label = NULL;
		bool broken = false;
		for (size_t i = shown(trend); i-- > 0;) {
			const struct site_point *from = point_at(trend, i, at);
			if (!has_figure(from)) {
				broken = label != NULL;
				continue;
			}
			if (!label) {
				chart_line(chart, panel, CHART_NAMED, site_at_words[at], styles[at]);
				label = picture_label(&chart->picture, site_at_words[at], "");
				label->style = styles[at];
			}
			struct chart_point *point = chart_point(chart, x_of(trend, i), from->rate_rps);
			point->low = from->least_rps;
			point->high = from->most_rps;
			point->invalid = !from->valid;
			point->gap = broken;
			broken = false;
			label->end_x = point->x;
			label->end_y = point->y;
		}
	}
}

/* Marks runs where something other than the server's rate changed too. */
static void changes_add(struct chart *chart, size_t panel, const struct site_trend *trend)
{
	for (size_t i = 0; i + 1 < shown(trend); i++) {
		if (!is_changed(trend, i))
			continue;
		chart_line(chart, panel, CHART_GUIDE, "change", (struct palette_style){ 0 })->is_grey = true;
		chart_point(chart, x_of(trend, i) - 0.5, 0);
		chart_point(chart, x_of(trend, i) - 0.5, chart_panel_at(chart, panel)->y.max);
	}
}

static int sources_write(struct picture *drawn, const struct trend_plot *plot, const char *scratch,
			 const char *template, struct err *err)
{
	struct chart chart = { .panels = NULL };
	struct picture *picture = &chart.picture;
	struct seen seen = seen_of(plot->trend);

	picture_fill(picture, plot, &seen);
	size_t panel = chart_panel(&chart, PICTURE_LEFT, picture->right, picture->top, picture->bottom);
	lines_add(&chart, panel, plot->trend);
	picture_fit(picture); /* the names are known now, and with them how wide the panel is */
	struct chart_panel *axes = chart_panel_at(&chart, panel);
	axes->right = picture->right;
	axes->x = runs_axis(plot->trend);
	chart_axis_linear(&axes->y, seen.most_rps, Y_PARTS, chart_show_count);
	changes_add(&chart, panel, plot->trend);
	for (size_t i = 0; i < picture->labels_count; i++) {
		picture->labels[i].end_x = chart_x(axes, picture->labels[i].end_x);
		picture->labels[i].end_y = chart_y(axes, picture->labels[i].end_y);
	}
	picture_place(picture);
	chart_titles(&chart, panel, "requests per second", "");
	int result = chart_write(&chart, scratch, template, err);
	*drawn = *picture;
	drawn->texts = NULL;
	chart_release(&chart);
	return result;
}

int trend_plot_draw(const struct trend_plot *plots, size_t count, const char *folder, const char *scratch,
		    const char *templates, const volatile sig_atomic_t *stop, struct err *err)
{
	struct picture *drawn = calloc(count + 1, sizeof *drawn);
	char *template = NULL;
	int result = -1;

	if (!drawn) {
		err_set(err, "out of memory");
		goto out;
	}
	template = script_template(templates, TEMPLATE, err);
	if (!template)
		goto out;
	for (size_t i = 0; i < count; i++)
		if ((stop && *stop && err_set(err, "interrupted")) ||
		    sources_write(&drawn[i], &plots[i], scratch, template, err))
			goto out;
	result = picture_draw(drawn, count, scratch, folder, stop, err);
out:
	free(template);
	free(drawn);
	return result;
}
