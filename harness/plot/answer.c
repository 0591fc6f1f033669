/*
 * The answer at a glance: a row for each server, in groups by verdict. On the left are its rates at the lowest level, at its
 * best and at the highest level; on the right is what is left of its best, which the verdict is of.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/plot/kind.h"
#include "harness/plot/rows.h"

#define TITLES_ROOM  18.0 /* of the headings of the panels */
#define BELOW        20.0 /* the axes have no titles below them */
#define SHARE_WIDTH  230.0
#define SHARE_MIN    110.0 /* percent, of the end of its axis */
#define SHARE_BEYOND 5.0   /* the values */
#define SHARE_MAX    150.0 /* what is more is drawn there */
#define PANELS_GAP   34.0
#define TEXT_GAP     14.0 /* from the panels to the verdicts */
#define TEXT_WIDTH   240.0
#define X_PARTS      5 /* of a linear axis */
#define AXIS_MARGIN  0.03
#define LEVELS_MIN   2 /* at one level a server's best is its only rate, and the hero shows it */
#define VERDICT_ROOM (VERDICT_TITLE + 64)

enum { CIRCLE = 0, SQUARE = 1, DIAMOND = 4 }; /* marks: best, highest, lowest level */
enum { BLUE = 0, VERMILLION = 1, GREEN = 2, BLACK = 4, VIOLET = 5, MAGENTA = 14, GREY = BLACK }; /* of the palette */

/* The groups, from the best news to the worst. */
static const struct group {
	enum verdict_class class; /* VERDICT_CLASSES: never started */
	unsigned colour;
	bool is_grey;
	const char *meaning; /* verdict_meanings in a few words */
} groups[] = {
	{ VERDICT_HOLDS, BLUE, false, "at least 90 % of its best is left" },
	{ VERDICT_CLIENT, GREEN, false, "its own limit was not reached" },
	{ VERDICT_SAGS, VERMILLION, false, "50 to 90 % is left" },
	{ VERDICT_COLLAPSES, MAGENTA, false, "less than half is left" },
	{ VERDICT_CLIFF, VIOLET, false, "at least 30 % is lost in one doubling, for good" },
	{ VERDICT_FAILS, BLACK, false, "more than 0.1 % of the requests failed, or the server did" },
	{ VERDICT_UNKNOWN, GREY, true, "the launches do not tell yet" },
	{ VERDICT_CLASSES, GREY, true, "each launch failed before a request" },
};
#define GROUPS (sizeof groups / sizeof *groups)

static const char *group_name(const struct group *group)
{
	return group->class == VERDICT_CLASSES ? "never started" : verdict_names[group->class];
}

static size_t group_of(enum verdict_class class)
{
	size_t group = 0;

	while (group + 1 < GROUPS && groups[group].class != class)
		group++;
	return group;
}

/* A server. */
struct item {
	const struct curve *curve;
	const struct verdict *verdict; /* NULL: it never started */
	size_t group, row;
	char text[VERDICT_ROOM];
	const struct summary *lowest, *best, *highest; /* NULL: no figure, or it is the best */
};

struct answer {
	const struct plot_data *data;
	struct item *items; /* as they are drawn; owned */
	size_t count;
	struct rows rows;
	double control_rps; /* the control server's best; NAN: it was not measured */
	double min, max;    /* of the rates */
	double widest;      /* of the texts */
};

/* Items. */

static const struct summary *summary_with(const struct plot_data *data, const struct curve *curve, size_t level)
{
	const struct plot_data_point *point = plot_data_point(data, curve, level);

	return plot_data_has(point) && point->summary.rate_rps > 0 ? &point->summary : NULL;
}

static void range_add(struct answer *answer, double rate_rps)
{
	if (rate_rps > 0) {
		answer->min = fmin(answer->min, rate_rps);
		answer->max = fmax(answer->max, rate_rps);
	}
}

/* The verdict in a few words. What one that is not settled leans to is not said: a second run may not agree. */
static void item_say(struct item *item)
{
	char title[VERDICT_TITLE];

	if (!item->verdict) {
		snprintf(item->text, sizeof item->text, "never started");
		return;
	}
	enum verdict_kind kind = item->verdict->settled ? item->verdict->kind : VERDICT_NO_KIND;
	snprintf(item->text, sizeof item->text, "%s%s%s", verdict_title(title, item->verdict),
		 kind == VERDICT_NO_KIND ? "" : ", ", verdict_kind_names[kind]);
}

static void item_add(struct answer *answer, const struct curve *curve)
{
	const struct plot_data *data = answer->data;
	struct item *item = &answer->items[answer->count++];
	const char *error;

	*item = (struct item){ .curve = curve };
	if (!summary_never_started(data->doc, curve->server, &error))
		item->verdict = verdicts_find(&data->verdicts, curve->server);
	item->group = group_of(item->verdict ? item->verdict->class : VERDICT_CLASSES);
	item_say(item);
	if (isnan(curve->score))
		return;
	item->lowest = summary_with(data, curve, 0);
	item->best = summary_with(data, curve, plot_data_best(data, curve));
	item->highest = summary_with(data, curve, data->levels_count - 1);
	const struct summary *shown[] = { item->lowest, item->best, item->highest };
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		if (shown[i]) {
			range_add(answer, shown[i]->rate_rps);
			range_add(answer, shown[i]->rate_min_rps);
			range_add(answer, shown[i]->rate_max_rps);
		}
	if (item->lowest == item->best)
		item->lowest = NULL;
	if (item->highest == item->best)
		item->highest = NULL;
}

static int item_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	double of_x = isnan(x->curve->score) ? -1 : x->curve->score;
	double of_y = isnan(y->curve->score) ? -1 : y->curve->score;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return strcmp(x->curve->server, y->curve->server);
}

static size_t group_count(const struct answer *answer, size_t group)
{
	size_t count = 0;

	for (size_t i = 0; i < answer->count; i++)
		count += answer->items[i].group == group;
	return count;
}

/* A row for each server, and one above each group. */
static int rows_fill(struct answer *answer, struct err *err)
{
	char heading[PICTURE_TEXT];

	for (size_t i = 0; i < answer->count; i++) {
		struct item *item = &answer->items[i];
		if (!i || item[-1].group != item->group) {
			snprintf(heading, sizeof heading, "%s: %zu of %zu", group_name(&groups[item->group]),
				 group_count(answer, item->group), answer->count);
			if (!rows_add_heading(&answer->rows, heading))
				return err_set(err, "out of memory");
		}
		item->row = answer->rows.count;
		if (!rows_add(&answer->rows, item->curve->name))
			return err_set(err, "out of memory");
	}
	return 0;
}

static int answer_fill(struct answer *answer, struct err *err)
{
	const struct plot_data *data = answer->data;

	answer->items = calloc(data->curves.servers + 1, sizeof *answer->items);
	if (!answer->items)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < data->curves.servers; i++) {
		const struct curve *curve = &data->curves.all[i];
		if (!curve->is_control && curve->measured)
			item_add(answer, curve);
		else if (curve->is_control && curve->score > 0)
			range_add(answer, answer->control_rps = curve->score);
	}
	qsort(answer->items, answer->count, sizeof *answer->items, item_order);
	return rows_fill(answer, err);
}

/* Lines and marks: one line of the chart for each group, since gnuplot's SVG grows with the number of lines. */

typedef void item_put(struct chart *chart, const struct item *item, double y);

static void groups_draw(struct chart *chart, size_t panel, enum chart_role role, unsigned mark,
			const struct answer *answer, item_put *put)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct item *item = &answer->items[i];
		const struct group *group = &groups[item->group];
		if (!i || item[-1].group != item->group)
			chart_line(chart, panel, role, group_name(group),
				   (struct palette_style){ group->colour, mark, 0 })
				->is_grey = group->is_grey;
		put(chart, item, rows_y(&answer->rows, item->row));
	}
}

/* A bar from low to high, with what the line has already. */
static void bar_add(struct chart *chart, double low, double high, double y)
{
	if (!(low > 0) || !(high > low))
		return;
	struct chart_point *point = chart_point(chart, low, y);
	point->low = low;
	point->high = high;
}

/* A line of its own from low to high. */
static void span_add(struct chart *chart, double low, double high, double y)
{
	bool begun = chart->lines_count && chart->lines[chart->lines_count - 1].count;

	if (!(low > 0) || !(high > low))
		return;
	chart_point(chart, low, y)->gap = begun;
	chart_point(chart, high, y);
}

static void put_way(struct chart *chart, const struct item *item, double y)
{
	if (item->lowest)
		span_add(chart, item->lowest->rate_rps, item->best->rate_rps, y);
}

static void put_loss(struct chart *chart, const struct item *item, double y)
{
	if (item->highest)
		span_add(chart, item->highest->rate_rps, item->best->rate_rps, y);
}

static void put_launches(struct chart *chart, const struct item *item, double y)
{
	const struct summary *of[] = { item->lowest, item->best, item->highest };

	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		if (of[i])
			bar_add(chart, of[i]->rate_min_rps, of[i]->rate_max_rps, y);
}

static void rate_put(struct chart *chart, const struct summary *summary, double y)
{
	if (summary)
		chart_point(chart, summary->rate_rps, y)->invalid = !summary->valid;
}

static void put_lowest(struct chart *chart, const struct item *item, double y)
{
	rate_put(chart, item->lowest, y);
}

static void put_best(struct chart *chart, const struct item *item, double y)
{
	rate_put(chart, item->best, y);
}

static void put_highest(struct chart *chart, const struct item *item, double y)
{
	rate_put(chart, item->highest, y);
}

static double percent(double ratio)
{
	return isnan(ratio) ? NAN : fmin(100 * ratio, SHARE_MAX);
}

static void put_interval(struct chart *chart, const struct item *item, double y)
{
	if (item->verdict)
		bar_add(chart, percent(item->verdict->remains.low), percent(item->verdict->remains.high), y);
}

static void put_share(struct chart *chart, const struct item *item, double y)
{
	if (item->verdict && item->verdict->remains.value >= 0)
		chart_point(chart, percent(item->verdict->remains.value), y)->invalid = item->verdict->class ==
											VERDICT_CLIENT;
}

static void rates_draw(struct chart *chart, size_t panel, const struct answer *answer)
{
	if (!isnan(answer->control_rps)) {
		chart_line(chart, panel, CHART_CONTROL, "control", (struct palette_style){ 0 });
		chart_point(chart, answer->control_rps, 0);
		chart_point(chart, answer->control_rps, answer->rows.height);
	}
	groups_draw(chart, panel, CHART_BAR, 0, answer, put_launches);
	groups_draw(chart, panel, CHART_FAINT, 0, answer, put_way);
	groups_draw(chart, panel, CHART_THIN, 0, answer, put_loss);
	groups_draw(chart, panel, CHART_ROW, DIAMOND, answer, put_lowest);
	groups_draw(chart, panel, CHART_ROW, CIRCLE, answer, put_best);
	groups_draw(chart, panel, CHART_ROW, SQUARE, answer, put_highest);
}

/* Tics at the borders of the classes. */
static void share_axis(struct chart_axis *axis, const struct answer *answer)
{
	*axis = (struct chart_axis){ .max = SHARE_MIN };
	for (size_t i = 0; i < answer->count; i++) {
		const struct verdict *verdict = answer->items[i].verdict;
		/* fmax() passes over an unknown figure. */
		axis->max = fmax(axis->max, verdict ? percent(verdict->remains.value) + SHARE_BEYOND : 0);
	}
	axis->max = fmin(axis->max, SHARE_MAX);
	chart_tic(axis, 0, "0" PICTURE_NO_BREAK "%");
	chart_tic(axis, 50, "50" PICTURE_NO_BREAK "%");
	chart_tic(axis, 90, "90" PICTURE_NO_BREAK "%");
	chart_tic(axis, 100, "");
}

/* Words. */

/* The reason for a verdict, in a few words. */
static const char *const kind_meanings[VERDICT_KINDS] = {
	[VERDICT_WORKS_MORE] = "a request costs it more CPU there",
	[VERDICT_WAITS] = "it uses less CPU there",
	[VERDICT_CPU_TAKEN] = "the host had less CPU for it",
};

static void keys_add(struct picture *picture, const struct answer *answer)
{
	const struct plot_data *data = answer->data;
	char text[PICTURE_TEXT], shown[UNITS_TEXT];
	bool any_invalid = false;

	snprintf(text, sizeof text, "at %s %s", units_show_count(shown, data->levels[0]),
		 data->levels[0] == 1 ? "connection" : "connections");
	picture_key(picture, "diamond", text);
	picture_key(picture, "circle", "at its best");
	snprintf(text, sizeof text, "at %s, where that is not its best",
		 units_show_count(shown, data->levels[data->levels_count - 1]));
	picture_key(picture, "square", text);
	if (data->blocks > 1) {
		snprintf(text, sizeof text,
			 "minimum to maximum of %zu launches; of what is left: 97.5" PICTURE_NO_BREAK "%% interval",
			 data->blocks);
		picture_key(picture, "interval", text);
	}
	if (!isnan(answer->control_rps))
		picture_key(picture, "control",
			    data->is_ceiling ? "the control server's best: what the harness itself reaches"
					     : "the control server's best");
	for (size_t i = 0; i < answer->count; i++) {
		const struct item *item = &answer->items[i];
		any_invalid |= (item->lowest && !item->lowest->valid) || (item->best && !item->best->valid) ||
			       (item->highest && !item->highest->valid) ||
			       (item->verdict && item->verdict->class == VERDICT_CLIENT);
	}
	if (any_invalid)
		picture_key(picture, "hollow", "hollow: not valid, or the client was the limit");
}

static bool any_of_kind(const struct answer *answer, enum verdict_kind kind)
{
	for (size_t i = 0; i < answer->count && kind != VERDICT_NO_KIND; i++) {
		const struct verdict *verdict = answer->items[i].verdict;
		if (verdict && verdict->class != VERDICT_UNKNOWN && verdict->kind == kind)
			return true;
	}
	return false;
}

static void notes_add(struct picture *picture, const struct answer *answer)
{
	const struct plot_data *data = answer->data;
	char text[2048] = "";

	for (size_t group = 0; group < GROUPS; group++)
		if (group_count(answer, group))
			picture_add(text, sizeof text, " · ", "%s: %s", group_name(&groups[group]),
				    groups[group].meaning);
	for (size_t kind = 0; kind < VERDICT_KINDS; kind++)
		if (any_of_kind(answer, kind))
			picture_add(text, sizeof text, " · ", "%s: %s", verdict_kind_names[kind], kind_meanings[kind]);
	picture_note(picture, text);
	picture_note_host(picture);
	picture_note_protocol(picture, summary_client(picture->doc), data->backlog, data->blocks);
	curves_note_versions(&data->curves, picture, true);
}

static void verdicts_put(struct picture *picture, const struct answer *answer, double top)
{
	double left = picture->width - PICTURE_MARGIN - answer->widest;

	for (size_t i = 0; i < answer->count; i++) {
		const struct item *item = &answer->items[i];
		char line[1][TYPESET_LINE];
		if (typeset_lines(line, 1, item->text, PICTURE_TIC_SIZE, TEXT_WIDTH))
			picture_text(picture, line[0], left, top + answer->rows.all[item->row].y, PICTURE_TIC_SIZE);
	}
}

static void describe(struct picture *picture, const struct answer *answer)
{
	char shown[UNITS_TEXT];

	picture_describe(picture, "", "Dot plot of %zu %s in %s mode, up to %s connections, grouped by verdict.",
			 answer->count, answer->count == 1 ? "server" : "servers", picture->mode,
			 units_show_count(shown, answer->data->levels[answer->data->levels_count - 1]));
	for (size_t i = 0; i < answer->count; i++) {
		const struct item *item = &answer->items[i];
		picture_describe(picture, " ", "%.60s: %.100s", item->curve->name, item->text);
		if (item->best)
			picture_describe(picture, ", ", "at best %s requests per second",
					 units_show_count(shown, units_whole(item->best->rate_rps + 0.5)));
		picture_describe(picture, "", ".");
	}
}

static void fill(struct chart *chart, struct answer *answer)
{
	struct picture *picture = &chart->picture;
	char shown[UNITS_TEXT], text[PICTURE_TEXT];

	for (size_t i = 0; i < answer->count; i++)
		answer->widest = fmax(answer->widest,
				      fmin(TEXT_WIDTH, typeset_width(answer->items[i].text, PICTURE_TIC_SIZE)));
	units_show_count(shown, answer->data->levels[answer->data->levels_count - 1]);
	snprintf(picture->title, sizeof picture->title, "Which servers keep their rate, up to %s connections", shown);
	keys_add(picture, answer);
	notes_add(picture, answer);
	double top = picture->top - ROWS_RISE + TITLES_ROOM;
	size_t rates = rows_panel(chart, &answer->rows, top);
	struct chart_panel *axes = chart_panel_at(chart, rates);
	double right = picture->right - answer->widest - TEXT_GAP, left = right - SHARE_WIDTH, bottom = axes->bottom;
	axes->right = left - PANELS_GAP;
	if (answer->data->is_linear)
		chart_axis_linear(&axes->x, answer->max, X_PARTS, chart_show_count);
	else
		chart_axis_log(&axes->x, answer->min, answer->max, AXIS_MARGIN, axes->right - axes->left, 0,
			       chart_show_count);
	rates_draw(chart, rates, answer);
	chart_heading(chart, rates, "requests per second", answer->data->is_linear ? "" : "logarithmic");

	size_t shares = chart_panel(chart, left, right, top, bottom);
	axes = chart_panel_at(chart, shares);
	axes->y = (struct chart_axis){ .max = answer->rows.height };
	share_axis(&axes->x, answer);
	groups_draw(chart, shares, CHART_BAR, 0, answer, put_interval);
	groups_draw(chart, shares, CHART_ROW, CIRCLE, answer, put_share);
	snprintf(text, sizeof text, "left at %s", shown);
	chart_heading(chart, shares, text, "of its best rate");
	verdicts_put(picture, answer, top);
	picture_stretch(picture, answer->rows.height - ROWS_RISE + TITLES_ROOM - BELOW);
	describe(picture, answer);
}

int plot_answer(struct chart *chart, const struct plot_source *source, struct err *err)
{
	struct answer answer = { .data = &source->data, .control_rps = NAN, .min = INFINITY, .max = -INFINITY };

	chart->is_skipped = !source->data.curves.count || source->data.levels_count < LEVELS_MIN;
	int result = chart->is_skipped ? 0 : answer_fill(&answer, err);
	chart->is_skipped |= !answer.count;
	if (!result && !chart->is_skipped)
		fill(chart, &answer);
	free(answer.items);
	rows_release(&answer.rows);
	return result;
}
