/* Requests per second against connections: the hero, its preview, a panel a server, and relative to its own maximum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/scaling.h"
#include "harness/lib/control.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/plot/kind.h"

#define Y_PARTS 6

/* What all pictures of levels share. */

size_t plot_line(struct chart *chart, size_t panel, enum chart_role role, const struct plot_data *data,
		 const struct curve *curve, plot_value *value)
{
	struct chart_line *line = chart_line(chart, panel, role, curve->name, curve->style);
	bool begun = false, broken = false;
	size_t count = 0;

	line->is_grey = curve->is_control;
	for (size_t level = 0; level < data->levels_count; level++) {
		const struct plot_data_point *from = plot_data_point(data, curve, level);
		double y = value(data, curve, level);
		if (isnan(y)) {
			broken |= from->summary.cells > 0;
			continue;
		}
		struct chart_point *point = chart_point(chart, (double)data->levels[level], y);
		point->invalid = !from->summary.valid;
		point->errors = from->summary.errors;
		point->gap = begun && broken;
		begun = true;
		broken = false;
		count++;
	}
	return count;
}

void plot_curves(struct chart *chart, size_t panel, const struct plot_data *data, const struct curves *curves,
		 plot_value *value)
{
	for (size_t i = 0; i < curves->count; i++) {
		const struct curve *curve = &curves->all[i];
		plot_line(chart, panel,
			  curve->is_control ? CHART_CONTROL
			  : curve->is_named ? CHART_NAMED
					    : CHART_CONTEXT,
			  data, curve, value);
	}
}

void plot_range(const struct plot_data *data, const struct curves *curves, plot_value *value, double *least,
		double *most)
{
	*least = INFINITY;
	*most = -INFINITY;
	for (size_t i = 0; i < curves->count; i++)
		for (size_t level = 0; level < data->levels_count; level++) {
			*least = fmin(*least, value(data, &curves->all[i], level));
			*most = fmax(*most, value(data, &curves->all[i], level));
		}
}

void plot_notes(struct chart *chart, const struct plot_data *data, const struct curves *curves)
{
	picture_note_host(&chart->picture);
	picture_note_protocol(&chart->picture, data->backlog, data->blocks);
	curves_note_versions(curves, &chart->picture, false);
}

/* The reasons of all points whose figures are not valid, shortly. Returns whether there is one. */
static bool invalid_words_of(const struct plot_data *data, const struct curves *curves, char *out, size_t room)
{
	static const char *const words[INVALIDS] = {
		[INVALID_FAILED] = "failed",
		[INVALID_NO_ANSWERS] = "no right answer",
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
			picture_add(out, room, ", ", "%s", words[reason] ? words[reason] : invalid_names[reason]);
	return invalid != 0;
}

void plot_key_invalid(struct chart *chart, const struct plot_data *data, const struct curves *curves)
{
	char text[PICTURE_TEXT], why[PICTURE_TEXT];

	if (!invalid_words_of(data, curves, why, sizeof why))
		return;
	snprintf(text, sizeof text, "hollow: not valid%s%.200s", *why ? ", " : "", why);
	picture_key(&chart->picture, "hollow", text);
}

void plot_key_errors(struct chart *chart, const struct plot_data *data)
{
	for (size_t i = 0; i < data->curves.count; i++)
		for (size_t level = 0; level < data->levels_count; level++) {
			const struct plot_data_point *point = plot_data_point(data, &data->curves.all[i], level);
			if (!plot_data_has(point) || !point->summary.errors)
				continue;
			picture_key(&chart->picture, "errors", "requests failed");
			return;
		}
}

/* The hero. */

static double rate_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return plot_data_point(data, curve, level)->summary.rate_rps;
}

static double most_rate(const struct plot_data *data)
{
	double most = 0;

	for (size_t i = 0; i < data->curves.count; i++)
		for (size_t level = 0; level < data->levels_count; level++)
			most = fmax(most, plot_data_point(data, &data->curves.all[i], level)->summary.rate_max_rps);
	return most;
}

/* The spread over the blocks, of the last line. */
static void band_add(struct chart *chart, const struct plot_data *data, const struct curve *curve, double scale)
{
	const struct chart_line *line = &chart->lines[chart->lines_count - 1];
	size_t at = 0;

	for (size_t level = 0; level < data->levels_count && at < line->count; level++) {
		const struct plot_data_point *from = plot_data_point(data, curve, level);
		if (!plot_data_has(from))
			continue;
		chart->points[line->first + at].low = from->summary.rate_min_rps * scale;
		chart->points[line->first + at++].high = from->summary.rate_max_rps * scale;
	}
}

/* Each launch as a dot. */
static void dots_add(struct chart *chart, size_t panel, const struct plot_data *data, const struct curve *curve)
{
	chart_line(chart, panel, CHART_DOTS, curve->name, curve->style)->is_grey = curve->is_control;
	for (size_t level = 0; level < data->levels_count; level++)
		for (size_t i = 0; i < data->doc->cells_count; i++) {
			const struct cell *cell = &data->doc->cells[i];
			if (plot_data_uses(data, curve, level, cell))
				chart_point(chart, (double)data->levels[level], cell->rate_rps);
		}
}

static void rates_draw(struct chart *chart, size_t panel, const struct plot_data *data, const struct curves *curves)
{
	for (size_t i = 0; i < curves->count; i++) {
		const struct curve *curve = &curves->all[i];
		plot_line(chart, panel,
			  curve->is_control ? CHART_CONTROL
			  : curve->is_named ? CHART_NAMED
					    : CHART_CONTEXT,
			  data, curve, rate_of);
		if (curve->is_named && !chart->picture.failed)
			band_add(chart, data, curve, 1);
	}
	for (size_t i = 0; i < curves->count && data->blocks > 1; i++)
		if (curves->all[i].is_named)
			dots_add(chart, panel, data, &curves->all[i]);
}

void plot_ends(struct chart *chart, const struct plot_data *data, const struct curves *curves, bool with_rate)
{
	for (size_t rank = PICTURE_NAMES_MAX; rank-- > 0;) {
		const struct curve *curve = curves_named(curves, rank);
		char shown[UNITS_TEXT], detail[64] = "";
		if (!curve)
			continue;
		uint64_t failed_from = plot_data_failed_from(data, curve);
		if (failed_from)
			snprintf(detail, sizeof detail, "failed from %s", units_show_count(shown, failed_from));
		else if (with_rate)
			units_show_count(detail, units_whole(curve->score + 0.5));
		struct picture_label *label = picture_label(
			&chart->picture, curve->is_control ? CONTROL_SERVER " (ceiling)" : curve->name, detail);
		label->is_control = curve->is_control;
		label->style = curve->style;
	}
	picture_fit(&chart->picture);
}

void plot_ends_place(struct chart *chart, size_t panel, const struct plot_data *data, const struct curves *curves,
		     plot_value *value)
{
	size_t at = 0;

	for (size_t rank = PICTURE_NAMES_MAX; rank-- > 0;) {
		const struct curve *curve = curves_named(curves, rank);
		if (!curve || at == chart->picture.labels_count)
			continue;
		struct picture_label *label = &chart->picture.labels[at++];
		size_t last = data->levels_count;
		while (last && isnan(value(data, curve, last - 1)))
			last--;
		if (!last) {
			label->end_y = chart->picture.bottom;
			continue;
		}
		label->end_x = chart_x(chart_panel_at(chart, panel), (double)data->levels[last - 1]);
		label->end_y = chart_y(chart_panel_at(chart, panel), value(data, curve, last - 1));
	}
	picture_place(&chart->picture);
}

/* Connections open inside the servers, at the highest level at which they are known. */
static void note_open(struct chart *chart, const struct plot_data *data)
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
		if (!picture_list_add(&chart->picture, text, sizeof text, said ? ", " : "", item))
			break;
		said++;
	}
	if (said < all)
		picture_add(text, sizeof text, ", and ", "%zu more", all - said);
	if (*text)
		picture_note(&chart->picture, text);
}

/* In words, for those who do not see the picture. */
static void describe(struct picture *picture, const struct plot_data *data, const struct curves *curves)
{
	char count[UNITS_TEXT], at[UNITS_TEXT], from[UNITS_TEXT], to[UNITS_TEXT];
	size_t room = sizeof picture->description;
	const struct curve *curve;

	picture_add(picture->description, room, "",
		    "Line graph of requests per second against %s to %s concurrent connections "
		    "in %s mode, with %zu %s.",
		    units_show_count(from, data->levels[0]), units_show_count(to, data->levels[data->levels_count - 1]),
		    data->mode, curves->count, curves->count == 1 ? "server" : "servers");
	if (picture->message_count)
		picture_add(picture->description, room, " ", "%s", picture->message[0]);
	for (size_t rank = 0; (curve = curves_named(curves, rank)); rank++) {
		uint64_t failed_from = plot_data_failed_from(data, curve);
		picture_add(picture->description, room, " ", "%.60s: at most %s, at %s connections%s%s.", curve->name,
			    units_show_count(count, units_whole(curve->score + 0.5)),
			    units_show_count(at, data->levels[plot_data_best(data, curve)]),
			    failed_from ? "; failed from " : "",
			    failed_from ? units_show_count(from, failed_from) : "");
	}
}

static void keys_add(struct chart *chart, const struct plot_data *data)
{
	char text[PICTURE_TEXT];

	if (data->curves.controls)
		picture_key(&chart->picture, "ceiling", "control server: what the harness itself can reach");
	if (data->blocks > 1) {
		snprintf(text, sizeof text, "least to most of %zu blocks", data->blocks);
		picture_key(&chart->picture, data->levels_count > 1 ? "band" : "bar", text);
		picture_key(&chart->picture, "dots", "each launch");
	}
	plot_key_errors(chart, data);
	plot_key_invalid(chart, data, &data->curves);
}

#define ALL_FAILED "No cell of this mode has a figure: every one failed."

/* One panel for all of the room. */
static size_t panel_add(struct chart *chart, const struct plot_data *data, double highest, chart_show *show)
{
	struct picture *picture = &chart->picture;

	if (picture->has_svg) /* a preview has the size that it must have */
		picture_make_room(picture);
	size_t panel = chart_panel(chart, PICTURE_LEFT, picture->right, picture->top, picture->bottom);
	struct chart_panel *at = chart_panel_at(chart, panel);

	chart_axis_levels(at, data->levels, data->levels_count);
	chart_axis_linear(&at->y, highest, Y_PARTS, show);
	at->is_filled = true;
	at->is_empty = !data->curves.count;
	return panel;
}

int plot_hero(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	struct picture *picture = &chart->picture;

	(void)err;
	picture->title = "Requests per second against concurrent connections";
	plot_ends(chart, data, &data->curves, data->levels_count == 1);
	keys_add(chart, data);
	curves_key(&data->curves, picture, "slower");
	plot_notes(chart, data, &data->curves);
	note_open(chart, data);
	curves_note_contexts(&data->curves, picture, "Thin lines, fastest first: ");
	curves_note_failed(&data->curves, picture, "Failed at every level: ");
	curves_message(&data->curves, picture, ALL_FAILED);
	size_t panel = panel_add(chart, data, most_rate(data), chart_show_count);
	rates_draw(chart, panel, data, &data->curves);
	plot_ends_place(chart, panel, data, &data->curves, rate_of);
	if (data->curves.count)
		chart_titles(chart, panel, "requests per second", PLOT_CONNECTIONS);
	describe(picture, data, &data->curves);
	return 0;
}

/* 1200 x 630 pixels, as sites that show a link want it: the same without the small print, in larger letters. */
#define PREVIEW_WIDTH  800
#define PREVIEW_HEIGHT 420
#define PREVIEW_SCALE  1.5
#define PREVIEW_NAMES  7

int plot_preview(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	struct picture *picture = &chart->picture;
	struct curves curves;

	if (curves_copy(&curves, &data->curves, err))
		return -1;
	curves_rank(&curves, PREVIEW_NAMES);
	picture_size(picture, PREVIEW_WIDTH, PREVIEW_HEIGHT);
	picture->png_scale = PREVIEW_SCALE;
	picture->has_svg = false;
	picture->title = "Requests per second against connections";
	plot_ends(chart, data, &curves, data->levels_count == 1);
	plot_notes(chart, data, &curves);
	/* Long names: fewer of them. */
	for (size_t names = PREVIEW_NAMES;
	     names > 2 && picture_labels_height(picture) > picture->bottom - picture->top;) {
		curves_rank(&curves, --names);
		picture->labels_count = 0;
		plot_ends(chart, data, &curves, data->levels_count == 1);
	}
	curves_message(&curves, picture, ALL_FAILED);
	size_t panel = panel_add(chart, data, most_rate(data), chart_show_count);
	rates_draw(chart, panel, data, &curves);
	plot_ends_place(chart, panel, data, &curves, rate_of);
	if (data->curves.count)
		chart_titles(chart, panel, "requests per second", PLOT_CONNECTIONS);
	describe(picture, data, &curves);
	curves_release(&curves);
	return 0;
}

/* A panel a server. */

#define PANELS_GAP      22.0 /* between columns */
#define PANEL_HEIGHT    104.0
#define PANEL_TITLE_ROW 15.0
#define PANEL_TICS      24.0 /* below a panel */
#define PANEL_SPACE     12.0
#define PANEL_COLUMNS   5

static size_t columns_of(size_t count)
{
	return count <= 3 ? (count ? count : 1) : count <= 8 ? (count + 1) / 2 : PANEL_COLUMNS;
}

/* The title of a panel: the name, in as many lines as it takes, and below it a verdict. Returns its height. */
static double panel_title(struct chart *chart, const struct curve *curve, const char *verdict, double width,
			  double left, double bottom)
{
	char lines[PICTURE_LINES + 1][TYPESET_LINE], small[2][TYPESET_LINE];
	size_t count = typeset_lines(lines, PICTURE_LINES + 1, curve->name, 12, width * 0.92);
	size_t small_count = typeset_lines(small, 2, verdict, PICTURE_DETAIL_SIZE, width);
	double height = PANEL_TITLE_ROW * (double)(count + small_count) + 4, y = bottom - height + PANEL_TITLE_ROW / 2;

	for (size_t i = 0; i < count + small_count && bottom > 0; i++, y += PANEL_TITLE_ROW) {
		struct picture_text *text = picture_text(&chart->picture, i < count ? lines[i] : small[i - count], left,
							 y, i < count ? 12 : PICTURE_DETAIL_SIZE);
		text->is_bold = i < count;
		text->is_muted = i >= count;
	}
	return height;
}

/* All in one line with gaps: gnuplot's SVG grows by much with each line, and here it stands in each panel. */
static void peers_add(struct chart *chart, size_t panel, const struct plot_data *data, const struct curves *curves,
		      size_t from)
{
	size_t points = plot_line(chart, panel, CHART_CONTEXT, data, &curves->all[from], rate_of);
	size_t first = chart->lines_count - 1;

	for (size_t peer = from + 1; peer < curves->count && !chart->picture.failed; peer++) {
		size_t added = plot_line(chart, panel, CHART_CONTEXT, data, &curves->all[peer], rate_of);
		if (added && !chart->picture.failed)
			chart->points[chart->lines[first].first + points].gap = true;
		points += added;
	}
	if (chart->picture.failed)
		return;
	for (size_t i = 0; i < points; i++)
		chart->points[chart->lines[first].first + i].errors = false;
	chart->lines[first].count = points;
	snprintf(chart->lines[first].name, sizeof chart->lines[first].name, "all of them");
	chart->lines_count = first + 1;
	chart->panels[panel].lines[CHART_CONTEXT].count = 1;
}

/* What its curve says, in a few words; of one level it says nothing. */
static int verdict_of(char *out, size_t room, const struct plot_data *data, const struct curve *curve, struct err *err)
{
	struct scaling scaling;
	char title[SCALING_TEXT];

	if (scaling_of(&scaling, data->doc, curve->server, data->mode, err))
		return -1;
	snprintf(out, room, "%s", scaling_title(title, &scaling));
	return 0;
}

int plot_panels(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	const struct curves *curves = &data->curves;
	struct picture *picture = &chart->picture;
	size_t count = curves->count - curves->controls;
	/* The control server has a panel only where there is nothing else. */
	size_t from = count ? curves->controls : 0;

	/* Of one level the hero shows all that there is. */
	if (!curves->count || data->levels_count < 2) {
		chart->is_skipped = true;
		return 0;
	}
	count = curves->count - from;
	picture->title = "Requests per second against concurrent connections, server by server";
	if (from)
		picture_key(picture, "ceiling", "control server: what the harness itself can reach");
	if (data->blocks > 1)
		picture_key(picture, "band", "least to most of the blocks");
	plot_key_errors(chart, data);
	plot_key_invalid(chart, data, curves);
	if (count > 1)
		picture_key(picture, "context", "all others");
	picture_note_host(picture);
	picture_note_protocol(picture, data->backlog, data->blocks);
	curves_note_versions(curves, picture, true);
	curves_note_failed(curves, picture, "Failed at every level: ");

	size_t columns = columns_of(count), rows = (count + columns - 1) / columns;
	double width = (picture->width - PICTURE_LEFT - PICTURE_MARGIN - PANELS_GAP * (double)(columns - 1)) /
		       (double)columns;
	double height = rows == 1 ? 300 : rows == 2 ? 190 : PANEL_HEIGHT;
	double highest = most_rate(data), top = picture->top + 2;
	size_t first = 0;
	char verdict[PICTURE_TEXT];
	for (size_t row = 0; row < rows; row++) {
		double title = 0;
		for (size_t i = row * columns; i < count && i < (row + 1) * columns; i++) {
			const struct curve *curve = &curves->all[curves->count - 1 - i];
			if (verdict_of(verdict, sizeof verdict, data, curve, err))
				return -1;
			title = fmax(title, panel_title(chart, curve, verdict, width, 0, 0));
		}
		top += title;
		for (size_t i = row * columns; i < count && i < (row + 1) * columns; i++) {
			const struct curve *curve = &curves->all[curves->count - 1 - i];
			double left = PICTURE_LEFT + (width + PANELS_GAP) * (double)(i - row * columns);
			size_t panel = chart_panel(chart, left, left + width, top, top + height);
			struct chart_panel *at = chart_panel_at(chart, panel);
			chart_axis_levels(at, data->levels, data->levels_count);
			chart_axis_linear(&at->y, highest, height > 150 ? Y_PARTS : 3, chart_show_count);
			at->no_y_texts = i % columns != 0;
			at->is_filled = at->is_faint = true;
			if (!i) {
				first = panel;
				if (from)
					plot_line(chart, panel, CHART_CONTROL, data, &curves->all[0], rate_of);
				if (count > 1)
					peers_add(chart, panel, data, curves, from);
			} else {
				chart_share(chart, panel, first, CHART_CONTROL);
				chart_share(chart, panel, first, CHART_CONTEXT);
			}
			plot_line(chart, panel, CHART_NAMED, data, curve, rate_of);
			if (!picture->failed)
				band_add(chart, data, curve, 1);
			if (verdict_of(verdict, sizeof verdict, data, curve, err))
				return -1;
			panel_title(chart, curve, verdict, width, left, top);
		}
		top += height + PANEL_TICS + PANEL_SPACE;
	}
	picture_text(picture, "requests per second against " PLOT_CONNECTIONS, PICTURE_MARGIN, picture->top - 20, 12)
		->is_muted = true;
	picture_stretch(picture, top - picture->top - PANEL_TICS - PANEL_SPACE - 26);
	describe(picture, data, curves);
	return 0;
}

/* Relative to each server's own maximum: who scales, apart from who is fast. */

static double share_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	double most = plot_data_point(data, curve, plot_data_best(data, curve))->summary.rate_rps;

	return 100 * rate_of(data, curve, level) / most;
}

/* What is left at the highest level: 0 where it failed there. */
static double left_over(const struct plot_data *data, const struct curve *curve)
{
	double share = share_of(data, curve, data->levels_count - 1);

	return isnan(share) ? 0 : share;
}

int plot_shape(struct chart *chart, const struct plot_source *source, struct err *err)
{
	const struct plot_data *data = &source->data;
	struct picture *picture = &chart->picture;
	struct curves curves;
	char text[PICTURE_TEXT];

	if (data->levels_count < 2 || !data->curves.count) {
		chart->is_skipped = true;
		return 0;
	}
	double *left = calloc(data->curves.servers + 1, sizeof *left);
	if (!left || curves_copy(&curves, &data->curves, err)) {
		free(left);
		return err_set(err, "out of memory");
	}
	/* Those that keep most and those that keep least are worth a name: the farther from the middle, the more. */
	for (size_t i = 0; i < data->curves.count; i++)
		left[i] = left_over(data, &data->curves.all[i]);
	double middle = summary_median(left, data->curves.count);
	for (size_t i = 0; i < curves.count; i++)
		curves.all[i].score = fabs(left_over(data, &data->curves.all[i]) - middle);
	curves_rank(&curves, PICTURE_NAMES_MAX);
	/* The scores are the rates again, from here on; the order stays. */
	for (size_t i = 0; i < curves.count; i++)
		for (size_t j = 0; j < data->curves.count; j++)
			if (data->curves.all[j].index == curves.all[i].index)
				curves.all[i].score = data->curves.all[j].score;

	picture->title = "Requests per second, relative to each server's own maximum";
	plot_ends(chart, data, &curves, false);
	if (curves.controls)
		picture_key(picture, "control", "control server: what the harness itself can reach");
	plot_key_errors(chart, data);
	plot_key_invalid(chart, data, &curves);
	snprintf(text, sizeof text, "%zu more %s, between", curves.contexts,
		 curves.contexts == 1 ? "server" : "servers");
	if (curves.contexts)
		picture_key(picture, "context", text);
	plot_notes(chart, data, &curves);
	curves_note_contexts(&curves, picture, "Thin lines: ");
	curves_note_failed(&curves, picture, "Failed at every level: ");
	size_t panel = panel_add(chart, data, 100, chart_show_percent);
	chart_panel_at(chart, panel)->is_filled = false;
	plot_curves(chart, panel, data, &curves, share_of);
	plot_ends_place(chart, panel, data, &curves, share_of);
	chart_titles(chart, panel, "of its own maximum", PLOT_CONNECTIONS);

	const struct curve *curve;
	picture_add(picture->description, sizeof picture->description, "",
		    "Line graph of the rate of requests, relative to each "
		    "server's own maximum, against %s to %s concurrent connections in %s mode, with %zu %s.",
		    units_show_count((char[UNITS_TEXT]){ 0 }, data->levels[0]),
		    units_show_count(text, data->levels[data->levels_count - 1]), data->mode, curves.count,
		    curves.count == 1 ? "server" : "servers");
	for (size_t rank = 0; (curve = curves_named(&curves, rank)); rank++)
		picture_add(picture->description, sizeof picture->description, " ",
			    "%.60s: %.0f %% of it at the highest level.", curve->name, left_over(data, curve));
	free(left);
	curves_release(&curves);
	return 0;
}
