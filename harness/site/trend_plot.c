#include "harness/site/trend_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/plot/chart.h"
#include "harness/plot/gnuplot.h"
#include "harness/plot/picture.h"

#define WIDTH      780.0
#define HEIGHT     430.0
#define LEFT       82.0
#define RIGHT      622.0
#define TOP        92.0
#define BOTTOM     330.0
#define MARGIN     20.0
#define Y_PARTS    5
#define X_TICS_MAX 5
#define NOTES_MAX  4
#define TITLE_SIZE 16.0
#define TEXT_SIZE  12.0
#define NOTE_SIZE  11.0
#define NAME_ROW   17.0

/* Where nothing stands out but the four levels: blue, vermilion, green and violet of Okabe and Ito's kind. */
static const struct looks {
	const char *suffix, *background, *ink, *muted, *grid;
	const char *colours[SITE_ATS];
} looks[] = {
	{ "", "#ffffff", "#1a1a1a", "#5c5c5c", "#e4e4e4", { "#0072b2", "#c25500", "#00805e", "#8a2be2" } },
	{ "-dark", "#16181b", "#e8e8e6", "#a9adb2", "#30353b", { "#56b4e9", "#f09030", "#2fc497", "#c79bff" } },
};
#define LOOKS (sizeof looks / sizeof *looks)

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

char *trend_plot_words(char out[TREND_PLOT_WORDS], const struct trend_plot *plot)
{
	const struct site_trend *trend = plot->trend;
	size_t count = shown(trend);
	const struct site_point *first = point_at(trend, count - 1, SITE_AT_BEST),
				*last = point_at(trend, 0, SITE_AT_BEST);
	char name[PICTURE_TEXT], from[UNITS_TEXT], to[UNITS_TEXT];

	snprintf(out, TREND_PLOT_WORDS,
		 "Requests per second of %.200s in %.40s mode over %zu runs, from %.10s to %.10s",
		 text_plain(name, sizeof name, plot->server), trend->curves[0]->mode, count,
		 trend->runs[count - 1]->date, trend->runs[0]->date);
	if (has_figure(first) && has_figure(last))
		picture_add(out, TREND_PLOT_WORDS, ": ", "at the best level %s in the first of them and %s in the last",
			    units_show_count(from, units_whole(first->rate_rps + 0.5)),
			    units_show_count(to, units_whole(last->rate_rps + 0.5)));
	return out;
}

/* The x of a run: the newest has the highest. */
static double x_of(const struct site_trend *trend, size_t i)
{
	return (double)(shown(trend) - i);
}

static double most_of(const struct site_trend *trend)
{
	double most = 0;

	for (size_t i = 0; i < shown(trend); i++)
		for (int at = 0; at < SITE_ATS; at++)
			if (has_figure(point_at(trend, i, at)))
				most = fmax(most, point_at(trend, i, at)->most_rps);
	return chart_most(most);
}

static bool is_drawn(const struct site_trend *trend, int at)
{
	for (size_t i = 0; i < shown(trend); i++)
		if (has_figure(point_at(trend, i, at)))
			return true;
	return false;
}

static void points_write(FILE *out, const struct site_trend *trend)
{
	for (int at = 0; at < SITE_ATS; at++) {
		if (!is_drawn(trend, at))
			continue;
		for (size_t i = shown(trend); i-- > 0;) {
			const struct site_point *point = point_at(trend, i, at);
			if (has_figure(point))
				fprintf(out, "%g %.9g %.9g %.9g %d\n", x_of(trend, i), point->rate_rps,
					point->least_rps, point->most_rps, point->valid);
			else
				fprintf(out, "%g NaN NaN NaN 1\n", x_of(trend, i));
		}
		fputs("\n\n", out);
	}
}

static char *tic_text(char out[UNITS_TEXT], double rate)
{
	if (rate == floor(rate))
		return units_show_count(out, units_whole(rate));
	snprintf(out, UNITS_TEXT, "%g", rate);
	return out;
}

/* Axes: round steps from 0; dates of runs that are evenly apart, that of the newest among them. */
static void put_axes(FILE *out, const struct site_trend *trend, double most)
{
	double step = chart_step(most, Y_PARTS);
	size_t tics = (size_t)ceil(most / step - 1e-9), count = shown(trend);
	size_t every = (count + X_TICS_MAX - 1) / X_TICS_MAX, dates = (count + every - 1) / every;
	char text[UNITS_TEXT];
	bool one_day = strncmp(trend->runs[0]->date, trend->runs[count - 1]->date, 10) == 0;

	picture_put_number(out, "Y_STEP", step);
	picture_put_number(out, "Y_MOST", step * (double)tics);
	fprintf(out, "Y_TICS = %zu\n", tics);
	picture_array_open(out, "Y_TIC_TEXT", tics);
	for (size_t i = 0; i < tics; i++)
		picture_array_text(out, i, tic_text(text, step * (double)(i + 1)));
	picture_array_close(out);
	fprintf(out, "X_TICS = %zu\n", dates);
	picture_array_open(out, "X_TIC_AT", dates);
	for (size_t i = 0; i < dates; i++)
		picture_array_number(out, i, x_of(trend, i * every));
	picture_array_close(out);
	picture_array_open(out, "X_TIC_TEXT", dates);
	for (size_t i = 0; i < dates; i++) {
		snprintf(text, sizeof text, "%.*s", one_day ? 5 : 10,
			 trend->runs[i * every]->date + (one_day ? 11 : 0));
		picture_array_text(out, i, text);
	}
	picture_array_close(out);
}

/* The names of the curves stand at their last points, and not over each other. */
static void put_curves(FILE *out, const struct site_trend *trend, const struct looks *look, double y_most)
{
	double y[SITE_ATS], height[SITE_ATS];
	int at_of[SITE_ATS];
	size_t curves = 0;

	for (int at = 0; at < SITE_ATS; at++) {
		if (!is_drawn(trend, at))
			continue;
		size_t i = 0;
		while (!has_figure(point_at(trend, i, at)))
			i++;
		y[curves] = BOTTOM - (BOTTOM - TOP) * point_at(trend, i, at)->rate_rps / y_most;
		height[curves] = NAME_ROW;
		at_of[curves++] = at;
	}
	picture_spread_labels(y, height, curves, TOP - 8, BOTTOM + 8);
	fprintf(out, "CURVES = %zu\n", curves);
	picture_array_open(out, "NAME", curves);
	for (size_t i = 0; i < curves; i++)
		picture_array_text(out, i, site_at_words[at_of[i]]);
	picture_array_close(out);
	picture_array_open(out, "NAME_Y", curves);
	for (size_t i = 0; i < curves; i++)
		picture_array_number(out, i, y[i]);
	picture_array_close(out);
	picture_array_open(out, "COLOUR", curves);
	for (size_t i = 0; i < curves; i++)
		picture_array_text(out, i, look->colours[at_of[i]]);
	picture_array_close(out);
}

static bool is_changed(const struct site_trend *trend, size_t i)
{
	char text[200];

	return *site_changes(text, sizeof text, trend->runs[i], trend->curves[i], trend->runs[i + 1],
			     trend->curves[i + 1]);
}

static size_t put_changes(FILE *out, const struct site_trend *trend)
{
	size_t changes = 0;

	for (size_t i = 0; i + 1 < shown(trend); i++)
		changes += is_changed(trend, i);
	fprintf(out, "CHANGES = %zu\n", changes);
	picture_array_open(out, "CHANGE_AT", changes);
	for (size_t i = 0, put = 0; i + 1 < shown(trend); i++)
		if (is_changed(trend, i))
			picture_array_number(out, put++, x_of(trend, i));
	picture_array_close(out);
	return changes;
}

/* A text in one or two lines, as they fit. */
static void note_add(char notes[NOTES_MAX][TYPESET_LINE], size_t *count, const char *text)
{
	if (*count < NOTES_MAX)
		*count += typeset_lines(notes + *count, *count + 1 < NOTES_MAX ? 2 : 1, text, NOTE_SIZE,
					WIDTH - 2 * MARGIN);
}

static void put_texts(FILE *out, const struct trend_plot *plot, bool changes)
{
	const struct site_trend *trend = plot->trend;
	const struct site_run *run = trend->runs[0];
	char text[1400], plain[SITE_TEXT_MAX], line[1][TYPESET_LINE], notes[NOTES_MAX][TYPESET_LINE];
	size_t count = 0;

	snprintf(text, sizeof text, "%.300s", text_plain(plain, sizeof plain, plot->server));
	typeset_lines(line, 1, text, TITLE_SIZE, WIDTH - 2 * MARGIN);
	picture_put_text(out, "TITLE", line[0]);
	snprintf(text, sizeof text, "%.40s mode, client %.40s", trend->curves[0]->mode, trend->curves[0]->client);
	if (trend->count > shown(trend))
		picture_add(text, sizeof text, " · ", "the last %zu of %zu runs", shown(trend), trend->count);
	else
		picture_add(text, sizeof text, " · ", "%zu runs", trend->count);
	typeset_lines(line, 1, text_plain(plain, sizeof plain, text), TEXT_SIZE, WIDTH - 2 * MARGIN);
	picture_put_text(out, "SUBTITLE", line[0]);
	snprintf(text, sizeof text, "%s%s", "median of the blocks with the least and the most; hollow: not valid",
		 changes ? "; dotted line: version, kernel or settings changed" : "");
	note_add(notes, &count, text);
	snprintf(text, sizeof text, "%.200s, %llu %s · %.200s · %.10s · benchctl %.100s",
		 run->cpu_model ? run->cpu_model : "CPU unknown", (unsigned long long)run->cores,
		 run->cores == 1 ? "core" : "cores", run->kernel ? run->kernel : "kernel unknown", run->date,
		 run->benchctl ? run->benchctl : "?");
	note_add(notes, &count, text_plain(plain, sizeof plain, text));
	snprintf(text, sizeof text, "Newest version: %.300s",
		 trend->curves[0]->version ? trend->curves[0]->version : "");
	if (trend->curves[0]->version)
		note_add(notes, &count, text_plain(plain, sizeof plain, text));
	fprintf(out, "NOTES = %zu\n", count);
	picture_array_open(out, "NOTE", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i, notes[i]);
	picture_array_close(out);
}

/* The part of the script that draws one SVG; the data's file has the picture's number. */
static void script_add(FILE *out, const struct trend_plot *plot, size_t number, const struct looks *look,
		       const char *folder, const char *template)
{
	char path[4096], quoted[4 * 4096 + 8];
	double most = most_of(plot->trend), step = chart_step(most, Y_PARTS);

	fputs("reset session\nFONT = 'DejaVu Sans'\n", out);
	fprintf(out, "DATA = '%zu.dat'\n", number);
	snprintf(path, sizeof path, "%s/%s%s.svg", folder, plot->stem, look->suffix);
	fprintf(out, "OUTPUT = %s\n", picture_quote(quoted, sizeof quoted, path));
	picture_put_number(out, "WIDTH", WIDTH);
	picture_put_number(out, "HEIGHT", HEIGHT);
	fprintf(out, "LEFT = %.1f\nRIGHT = %.1f\nTOP = %.1f\nBOTTOM = %.1f\nMARGIN = %.1f\n", LEFT, RIGHT, TOP, BOTTOM,
		MARGIN);
	fprintf(out, "RUNS = %zu\n", shown(plot->trend));
	picture_put_text(out, "BACKGROUND", look->background);
	picture_put_text(out, "INK", look->ink);
	picture_put_text(out, "MUTED", look->muted);
	picture_put_text(out, "GRID", look->grid);
	put_axes(out, plot->trend, most);
	put_curves(out, plot->trend, look, step * ceil(most / step - 1e-9));
	put_texts(out, plot, put_changes(out, plot->trend) > 0);
	fputs(template, out);
}

/* Says in an SVG of gnuplot's what it shows. */
static int describe(const struct trend_plot *plot, const char *path, struct err *err)
{
	char words[TREND_PLOT_WORDS], name[PICTURE_TEXT + 64], plain[PICTURE_TEXT];

	snprintf(name, sizeof name, "%s: requests per second over runs", text_plain(plain, sizeof plain, plot->server));
	return picture_describe_svg(path, plot->stem, name, trend_plot_words(words, plot), err);
}

static int data_write(const struct trend_plot *plot, size_t number, const char *scratch, struct err *err)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%zu.dat", scratch, number);
	FILE *out = file_create(path, err);
	if (!out)
		return -1;
	points_write(out, plot->trend);
	return file_close(out, path, err);
}

int trend_plot_draw(const struct trend_plot *plots, size_t count, const char *folder, const char *scratch,
		    const char *templates, struct err *err)
{
	static const char *const scripts[] = { "trends.gp", NULL };
	char path[4096];
	int result = 0;

	if (!count)
		return 0;
	snprintf(path, sizeof path, "%s/trend.gp", templates);
	char *template = file_read(path, err);
	if (!template)
		return err_prefix(err, "template");
	snprintf(path, sizeof path, "%s/trends.gp", scratch);
	FILE *out = file_create(path, err);
	if (!out) {
		free(template);
		return -1;
	}
	for (size_t i = 0; i < count && !result; i++) {
		result = data_write(&plots[i], i, scratch, err);
		for (size_t look = 0; look < LOOKS && !result; look++)
			script_add(out, &plots[i], i, &looks[look], folder, template);
	}
	free(template);
	struct err late;
	if (file_close(out, path, result ? &late : err))
		result = -1;
	if (!result)
		result = gnuplot_run(scratch, scripts, err);
	for (size_t i = 0; i < count && !result; i++) {
		for (size_t look = 0; look < LOOKS && !result; look++) {
			snprintf(path, sizeof path, "%s/%s%s.svg", folder, plots[i].stem, looks[look].suffix);
			result = describe(&plots[i], path, err);
		}
	}
	return result;
}
