#include "harness/plot/level_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"
#include "harness/lib/units.h"

#define Y_PARTS     6
#define TIC_HEIGHT  18.0
#define ROW_GAP     84.0 /* between the panels of one row: the tics of y are there */
#define GRID_GAP    20.0
#define GRID_HEIGHT 215.0
#define GRID_BELOW  64.0
#define LIST_ROW    26.0

/* A small picture, in its pixels and those of its PNG. */
#define SMALL_WIDTH  800.0
#define SMALL_HEIGHT 420.0
#define SMALL_SCALE  1.5
#define SMALL_NAMES  7 /* at most */

double level_positive(double value)
{
	return value > 0 ? value : NAN;
}

double level_rate(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return plot_data_point(data, curve, level)->summary.rate_rps;
}

double level_rate_highest(const struct plot_data *data)
{
	return data->highest_rps;
}

void level_chart_range(const struct plot_data *data, level_value *value, double *min, double *max)
{
	*min = INFINITY;
	*max = -INFINITY;
	for (size_t i = 0; i < data->curves.count && value; i++)
		for (size_t level = 0; level < data->levels_count; level++) {
			double here = value(data, &data->curves.all[i], level);
			*min = fmin(*min, here);
			*max = fmax(*max, here);
		}
}

/* Keys. */

/* The reasons of all invalid points, in short form. Returns whether there is one. */
static bool invalid_reasons(const struct plot_data *data, const struct curves *curves, char *out, size_t room)
{
	static const char *const short_names[INVALIDS] = {
		[INVALID_FAILED] = "failed",
		[INVALID_NO_ANSWERS] = "no right response",
		[INVALID_SHORT_CONCURRENCY] = "too few in flight or open",
		[INVALID_CLIENT_BOUND] = "client at its limit",
		[INVALID_LITTLE] = "contradicts Little's law",
		[INVALID_CONSERVATION] = "counts disagree",
		[INVALID_BUILD] = "debug build",
	};
	unsigned invalid = 0;

	for (size_t i = 0; i < curves->count; i++)
		for (size_t level = 0; level < data->levels_count; level++) {
			const struct summary *summary = &plot_data_point(data, &curves->all[i], level)->summary;
			if (summary->used && !summary->valid && curves->all[i].is_named)
				invalid |= summary->invalid | 1u << INVALIDS;
		}
	out[0] = 0;
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		if (invalid & 1u << reason)
			picture_add(out, room, ", ", "%s",
				    short_names[reason] ? short_names[reason] : invalid_names[reason]);
	return invalid != 0;
}

/* Whether something holds for a point of any server. */
static bool any_point(const struct plot_data *data, bool (*holds)(const struct plot_data_point *))
{
	for (size_t i = 0; i < data->curves.count; i++)
		for (size_t level = 0; level < data->levels_count; level++)
			if (holds(plot_data_point(data, &data->curves.all[i], level)))
				return true;
	return false;
}

static bool is_censored(const struct plot_data_point *point)
{
	return point->censored;
}

static bool has_errors(const struct plot_data_point *point)
{
	return plot_data_has(point) && point->summary.errors;
}

/* Whether a named server has a thin line in the first panel. */
static bool has_thin(const struct level_chart *made)
{
	for (size_t i = 0; i < made->curves.count; i++)
		for (size_t level = 0; level < made->data->levels_count && made->curves.all[i].is_named; level++)
			if (!isnan(made->kind->panels[0].thin(made->data, &made->curves.all[i], level)))
				return true;
	return false;
}

void level_chart_keys(struct level_chart *made)
{
	const struct plot_data *data = made->data;
	const struct level_panel *first = &made->kind->panels[0];
	struct picture *picture = &made->chart->picture;
	char text[PICTURE_TEXT], why[PICTURE_TEXT];

	if (made->curves.controls && made->kind->has_control_key && data->is_ceiling)
		picture_key(picture, first->is_filled ? "ceiling" : "control",
			    "control server: what the harness itself can reach");
	else if (made->curves.controls && made->kind->has_control_key)
		picture_key(picture, "control", "control server: no ceiling, some are faster");
	if (first->has_spread && data->blocks > 1) {
		snprintf(text, sizeof text, "minimum to maximum of %zu launches", data->blocks);
		picture_key(picture, data->levels_count > 1 ? "band" : "bar", text);
	}
	if (first->has_dots && data->blocks > 1)
		picture_key(picture, "dots", "each launch");
	if (made->kind->guide_key)
		picture_key(picture, "guide", made->kind->guide_key);
	if (made->kind->thin_key && has_thin(made))
		picture_key(picture, "thin", made->kind->thin_key);
	if (made->kind->has_errors_key && any_point(data, has_errors))
		picture_key(picture, "errors", "requests failed");
	if (first->is_latency && any_point(data, is_censored)) {
		picture_key(picture, "hollow", "hollow: not valid, or cut off: slower than the window could see");
	} else if (invalid_reasons(data, &made->curves, why, sizeof why)) {
		snprintf(text, sizeof text, "hollow: not valid%s%.200s", *why ? ", " : "", why);
		picture_key(picture, "hollow", text);
	}
}

void level_chart_key_contexts(struct level_chart *made)
{
	if (made->kind->contexts_key[0])
		curves_key(&made->curves, &made->chart->picture, made->kind->contexts_key[0],
			   made->kind->contexts_key[1]);
}

/* Notes. */

/* Connections open inside the servers, at the highest level at which they are known. */
static void note_open(struct picture *picture, const struct plot_data *data)
{
	char text[2048] = "", item[2 * PICTURE_TEXT], number[UNITS_TEXT];
	bool is_close = strcmp(data->mode, load_mode_names[LOAD_CLOSE]) == 0;
	size_t level = data->levels_count, said = 0, all = 0;
	const struct curve *curve;

	while (level-- > 0 && !all)
		for (size_t rank = 0; (curve = curves_named(&data->curves, rank)); rank++)
			all += summary_open_differs(&plot_data_point(data, curve, level)->summary);
	level++;
	if (is_close)
		picture_add(text, sizeof text, "",
			    "Connections are those offered; in close mode fewer may be open inside the server.");
	else if (all)
		picture_add(text, sizeof text, "", "Connections are those offered.");
	if (all)
		picture_add(text, sizeof text, " ", "Of %s offered, open inside the server on average: ",
			    units_show_count(number, data->levels[level]));
	for (size_t rank = 0; all && (curve = curves_named(&data->curves, rank)); rank++) {
		const struct summary *summary = &plot_data_point(data, curve, level)->summary;
		if (!summary_open_differs(summary))
			continue;
		snprintf(item, sizeof item, "%s" PICTURE_NO_BREAK "%s", curve->name,
			 units_show_count(number, units_whole(summary->open_mean + 0.5)));
		if (!picture_list_add(picture, text, sizeof text, said ? ", " : "", item))
			break;
		said++;
	}
	if (said < all)
		picture_add(text, sizeof text, ", and ", "%zu more", all - said);
	if (*text)
		picture_note(picture, text);
}

/* The smallest share of a CPU from which a rate of that server is scaled; NAN: none is. */
static double share_of(const struct plot_data *data, const struct curve *curve)
{
	double share = NAN;

	for (size_t level = 0; level < data->levels_count; level++)
		share = fmin(share, plot_data_point(data, curve, level)->summary.share);
	return share;
}

/* The largest of these shares that is smaller than `share`; 0: there is none. */
static double share_below(const struct plot_data *data, double share)
{
	double next = 0;

	for (size_t i = 0; i < data->curves.count; i++) {
		double here = share_of(data, &data->curves.all[i]);
		if (here < share && here > next)
			next = here;
	}
	return next;
}

/* Whose rates are scaled from a share of a CPU. */
static void note_share(struct picture *picture, const struct plot_data *data, double share)
{
	char text[2048] = "", words[CELL_SHARE];
	const struct curve *curve;
	size_t said = 0, all = 0;

	for (size_t i = 0; i < data->curves.count; i++)
		all += share_of(data, &data->curves.all[i]) == share;
	if (!all)
		return;
	picture_add(text, sizeof text, "",
		    "At %s, scaled to a whole one and without latency, where that is the limit: ",
		    cell_show_share(words, share));
	for (size_t rank = 0; (curve = curves_named(&data->curves, rank)); rank++) {
		if (share_of(data, curve) != share)
			continue;
		if (!picture_list_add(picture, text, sizeof text, said ? ", " : "", curve->name))
			break;
		said++;
	}
	if (said < all)
		picture_add(text, sizeof text, said ? ", and " : "", "%zu%s", all - said, said ? " more" : " others");
	picture_note(picture, text);
}

void level_chart_notes(struct level_chart *made)
{
	const struct level_kind *kind = made->kind;
	struct picture *picture = &made->chart->picture;

	picture_note_host(picture);
	picture_note_protocol(picture, summary_client(picture->doc), made->data->backlog, made->data->blocks);
	curves_note_versions(&made->curves, picture, kind->has_all_versions);
	if (kind->has_open_note)
		note_open(picture, made->data);
	for (double share = 1; (share = share_below(made->data, share)) > 0;)
		note_share(picture, made->data, share);
	if (kind->note)
		picture_note(picture, kind->note);
	if (kind->contexts_note)
		curves_note_contexts(&made->curves, picture, kind->contexts_note);
	if (kind->failed_note)
		curves_note_failed(&made->curves, picture, kind->failed_note);
}

/* Names. */

static void names_at_ends(struct level_chart *made)
{
	const struct plot_data *data = made->data;
	struct picture *picture = &made->chart->picture;

	picture->labels_count = 0;
	for (size_t rank = PICTURE_NAMES_MAX; rank-- > 0;) {
		const struct curve *curve = curves_named(&made->curves, rank);
		char shown[UNITS_TEXT], detail[64] = "";
		if (!curve)
			continue;
		uint64_t failed_from = plot_data_failed_from(data, curve);
		if (failed_from)
			snprintf(detail, sizeof detail, "failed from %s", units_show_count(shown, failed_from));
		else if (data->levels_count == 1)
			units_show_count(detail, units_whole(curve->score + 0.5));
		curves_label(curve, picture, curve->is_control && data->is_ceiling ? CEILING_NAME : curve->name,
			     detail);
	}
	picture_fit(picture);
}

void level_chart_names(struct level_chart *made)
{
	struct picture *picture = &made->chart->picture;
	size_t names = made->kind->is_small ? SMALL_NAMES : PICTURE_NAMES_MAX;

	if (made->kind->names == LEVEL_BESIDE) {
		curves_list(&made->curves, picture);
		return;
	}
	names_at_ends(made);
	/* Long names: fewer of them. */
	while (made->kind->is_small && names > 2 && picture_labels_height(picture) > picture->bottom - picture->top) {
		curves_rank(&made->curves, --names);
		names_at_ends(made);
	}
}

void level_chart_place(struct level_chart *made, size_t panel, level_value *value)
{
	struct picture *picture = &made->chart->picture;
	const struct plot_data *data = made->data;
	size_t at = 0;

	for (size_t rank = PICTURE_NAMES_MAX; rank-- > 0;) {
		const struct curve *curve = curves_named(&made->curves, rank);
		if (!curve || at == picture->labels_count)
			continue;
		struct picture_label *label = &picture->labels[at++];
		size_t last = data->levels_count;
		while (last && isnan(value(data, curve, last - 1)))
			last--;
		if (!last) {
			label->end_y = picture->bottom;
			continue;
		}
		label->end_x = chart_x(chart_panel_at(made->chart, panel), (double)data->levels[last - 1]);
		label->end_y = chart_y(chart_panel_at(made->chart, panel), value(data, curve, last - 1));
	}
	picture_place(picture);
}

static void list_place(struct picture *picture)
{
	double y = picture->top;

	for (size_t i = 0; i < picture->labels_count; i++) {
		picture->labels[i].end_y = y;
		y += fmax(picture->labels[i].height, LIST_ROW);
	}
	picture_place(picture);
}

/* Lines. */

size_t level_chart_line(struct chart *chart, size_t panel, enum chart_role role, const struct level_panel *row,
			const struct plot_data *data, const struct curve *curve, level_value *value)
{
	bool begun = false, broken = false;
	size_t count = 0;

	chart_line(chart, panel, role, curve->name, curve->style)->is_grey = curve->is_control;
	for (size_t level = 0; level < data->levels_count; level++) {
		const struct plot_data_point *from = plot_data_point(data, curve, level);
		double y = value(data, curve, level);
		if (isnan(y)) {
			broken |= from->summary.cells > 0;
			continue;
		}
		struct chart_point *point = chart_point(chart, (double)data->levels[level], y);
		point->invalid = !from->summary.valid || (row->is_latency && value == row->value && from->censored);
		point->errors = from->summary.errors;
		point->gap = begun && broken;
		if (row->has_spread && role != CHART_CONTEXT) {
			point->low = from->summary.rate_min_rps;
			point->high = from->summary.rate_max_rps;
		}
		begun = true;
		broken = false;
		count++;
	}
	return count;
}

/* Each launch as a dot. */
static void dots_add(struct chart *chart, size_t panel, const struct plot_data *data, const struct curve *curve)
{
	chart_line(chart, panel, CHART_DOTS, curve->name, curve->style)->is_grey = curve->is_control;
	for (size_t level = 0; level < data->levels_count; level++)
		for (size_t i = 0; i < data->doc->cells_count && plot_data_has(plot_data_point(data, curve, level));
		     i++) {
			const struct cell *cell = &data->doc->cells[i];
			if (plot_data_uses(data, curve, level, cell))
				chart_point(chart, (double)data->levels[level], cell->rate_rps);
		}
}

static void lines_add(struct level_chart *made, size_t panel, const struct level_panel *row)
{
	const struct plot_data *data = made->data;
	struct chart *chart = made->chart;

	for (size_t i = 0; i < made->curves.count; i++) {
		const struct curve *curve = &made->curves.all[i];
		level_chart_line(chart, panel,
				 curve->is_control ? CHART_CONTROL
				 : curve->is_named ? CHART_NAMED
						   : CHART_CONTEXT,
				 row, data, curve, row->value);
	}
	for (size_t i = 0; i < made->curves.count; i++) {
		const struct curve *curve = &made->curves.all[i];
		if (!curve->is_named)
			continue;
		if (row->has_dots && data->blocks > 1)
			dots_add(chart, panel, data, curve);
		if (row->thin)
			level_chart_line(chart, panel, CHART_THIN, row, data, curve, row->thin);
		if (row->guide)
			level_chart_line(chart, panel, CHART_GUIDE, row, data, curve, row->guide);
	}
}

/* Panels. */

size_t level_chart_panel(struct level_chart *made, const struct level_panel *row, struct level_place place)
{
	struct chart *chart = made->chart;
	size_t panel = chart_panel(chart, place.left, place.right, place.top, place.bottom);
	struct chart_panel *axes = chart_panel_at(chart, panel);

	chart_axis_levels(axes, made->data->levels, made->data->levels_count);
	if (row->highest && !made->data->is_log)
		chart_axis_linear(&axes->y, row->highest(made->data), Y_PARTS, row->show);
	else
		chart_axis_log(&axes->y, place.min, place.max, row->margin, place.bottom - place.top, TIC_HEIGHT,
			       row->show);
	axes->is_filled = row->is_filled && made->data->is_ceiling && !made->data->is_log;
	axes->is_empty = !made->curves.count;
	lines_add(made, panel, row);
	if (row->title)
		chart_heading(chart, panel, row->title, row->detail);
	return panel;
}

/* Which panels there are: those that have a value, in this mode. */
static size_t panels_choose(const struct level_chart *made, const struct level_panel *rows[LEVEL_PANELS_MAX],
			    struct level_place scales[LEVEL_PANELS_MAX])
{
	bool is_close = strcmp(made->data->mode, load_mode_names[LOAD_CLOSE]) == 0;
	double min = INFINITY, max = -INFINITY;
	size_t count = 0;

	for (const struct level_panel *row = made->kind->panels; row->value; row++) {
		struct level_place *scale = &scales[count];
		double low, high;
		level_chart_range(made->data, row->value, &scale->min, &scale->max);
		if (row->modes == (is_close ? LEVEL_NOT_CLOSE : LEVEL_CLOSE) ||
		    (!(scale->min <= scale->max) && !made->kind->has_empty))
			continue;
		rows[count++] = row;
		level_chart_range(made->data, row->thin, &low, &high);
		min = fmin(min, fmin(scale->min, low));
		max = fmax(max, scale->max);
	}
	for (size_t i = 0; i < count && made->kind->is_grid; i++) {
		scales[i].min = min;
		scales[i].max = max;
	}
	return count;
}

static void row_add(struct level_chart *made, const struct level_panel *const *rows, const struct level_place *scales,
		    size_t count)
{
	struct picture *picture = &made->chart->picture;

	if (!made->kind->is_small)
		picture_make_room(picture);
	double width = (picture->right - PICTURE_LEFT - ROW_GAP * (double)(count - 1)) / (double)count;
	for (size_t i = 0; i < count; i++) {
		struct level_place place = scales[i];
		place.left = PICTURE_LEFT + (width + ROW_GAP) * (double)i;
		place.right = place.left + width;
		place.top = picture->top;
		place.bottom = picture->bottom;
		size_t panel = level_chart_panel(made, rows[i], place);
		if (made->curves.count)
			chart_titles(made->chart, panel, i ? "" : made->kind->y_title, LEVEL_CONNECTIONS);
	}
}

static void grid_add(struct level_chart *made, const struct level_panel *const *rows, const struct level_place *scales,
		     size_t count)
{
	struct picture *picture = &made->chart->picture;
	size_t columns = count > 4 ? 3 : count > 1 ? 2 : 1, lines = (count + columns - 1) / columns;
	double width = (picture->right - PICTURE_LEFT - GRID_GAP * (double)(columns - 1)) / (double)columns;

	for (size_t i = 0; i < count; i++) {
		struct level_place place = scales[i];
		place.left = PICTURE_LEFT + (width + GRID_GAP) * (double)(i % columns);
		place.right = place.left + width;
		place.top = picture->top + (GRID_HEIGHT + GRID_BELOW) * (double)(i / columns);
		place.bottom = place.top + GRID_HEIGHT;
		size_t panel = level_chart_panel(made, rows[i], place);
		chart_panel_at(made->chart, panel)->no_y_texts = i % columns != 0;
	}
	picture_stretch(picture, fmax((GRID_HEIGHT + GRID_BELOW) * (double)lines - GRID_BELOW,
				      picture_labels_height(picture) + 60));
	chart_titles_below(made->chart, LEVEL_CONNECTIONS);
}

/* The whole. */

void level_describe_rate(struct picture *picture, const struct plot_data *data, const struct curve *curve)
{
	char count[UNITS_TEXT], at[UNITS_TEXT], from[UNITS_TEXT];
	uint64_t failed_from = plot_data_failed_from(data, curve);

	picture_describe(picture, " ", "%.60s: at most %s, at %s connections%s%s.", curve->name,
			 units_show_count(count, units_whole(curve->score + 0.5)),
			 units_show_count(at, data->levels[plot_data_best(data, curve)]),
			 failed_from ? "; failed from " : "", failed_from ? units_show_count(from, failed_from) : "");
}

void level_chart_describe(struct level_chart *made)
{
	struct picture *picture = &made->chart->picture;
	const struct plot_data *data = made->data;
	char from[UNITS_TEXT], to[UNITS_TEXT];
	const struct curve *curve;

	units_show_count(from, data->levels[0]);
	units_show_count(to, data->levels[data->levels_count - 1]);
	picture_describe(picture, " ", "%s %s %s%s%s concurrent connections in %s mode, with %zu %s.", made->kind->what,
			 data->levels_count > 1 ? "against" : "at", data->levels_count > 1 ? from : "",
			 data->levels_count > 1 ? " to " : "", to, data->mode, made->curves.count,
			 made->curves.count == 1 ? "server" : "servers");
	if (picture->message_count)
		picture_describe(picture, " ", "%s", picture->message[0]);
	for (size_t rank = 0; made->kind->describe && (curve = curves_named(&made->curves, rank)); rank++)
		made->kind->describe(picture, data, curve);
}

void level_chart_title(struct level_chart *made)
{
	struct picture *picture = &made->chart->picture;
	char level[UNITS_TEXT];

	snprintf(picture->title, sizeof picture->title, "%s", made->kind->title);
	if (made->data->levels_count == 1)
		snprintf(picture->title, sizeof picture->title, "%s at %s", made->kind->title_of_one,
			 made->data->levels[0] == 1 ? "one connection"
						    : units_show_count(level, made->data->levels[0]));
	if (made->data->levels_count == 1 && made->data->levels[0] > 1)
		picture_add(picture->title, sizeof picture->title, " ", "connections");
}

static void fill(struct level_chart *made, const struct level_panel *const *rows, const struct level_place *scales,
		 size_t count)
{
	const struct level_kind *kind = made->kind;
	struct picture *picture = &made->chart->picture;

	if (kind->is_small) {
		picture_size(picture, SMALL_WIDTH, SMALL_HEIGHT);
		picture->png_scale = SMALL_SCALE;
		picture->has_svg = false;
		curves_rank(&made->curves, SMALL_NAMES);
	}
	level_chart_title(made);
	if (!kind->is_small) {
		level_chart_keys(made);
		level_chart_key_contexts(made);
	}
	level_chart_notes(made);
	level_chart_names(made);
	curves_message(&made->curves, picture, "No cell of this mode has a figure: every one failed.");
	(kind->is_grid ? grid_add : row_add)(made, rows, scales, count);
	if (kind->names == LEVEL_AT_ENDS)
		level_chart_place(made, 0, rows[0]->value);
	else
		list_place(picture);
	level_chart_describe(made);
}

int level_chart_fill(struct chart *chart, const struct plot_data *data, const struct level_kind *kind, struct err *err)
{
	struct level_chart made = { .chart = chart, .data = data, .kind = kind };
	const struct level_panel *rows[LEVEL_PANELS_MAX];
	struct level_place scales[LEVEL_PANELS_MAX];

	size_t count = panels_choose(&made, rows, scales);
	chart->is_skipped = !count || (data->levels_count == 1 && !kind->title_of_one);
	if (chart->is_skipped)
		return 0;
	int result = curves_copy(&made.curves, &data->curves, err);
	if (!result && kind->choose)
		result = kind->choose(&made.curves, data, err);
	if (!result)
		fill(&made, rows, scales, count);
	curves_release(&made.curves);
	return result;
}
