/*
 * Latency at the rates that servers were offered.
 *
 * Both axes are logarithmic. A server has a thick line for its 99th percentile and a thin one for the median; where
 * there are at most two servers, those of the 90th and of the 99.9th too. A point that is not valid or censored is
 * hollow, one with failed requests has a cross, and a ring marks where the server did not keep up: from there on
 * latency says how long the load lasted.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/plot/kind.h"

/* Up to this number of servers there is room for four lines of each. */
#define DETAILED 2

struct open_loop {
	const struct rate_point *points;
	size_t count;
	struct curves curves; /* a score is the maximum rate that it kept up with; 0: none */
	bool is_detailed;
	size_t blocks;
	double min_rps, max_rps; /* offered */
};

static bool has_figure(const struct rate_point *point)
{
	return point->used && point->latency_ns.p50 > 0 && point->offered_rps > 0;
}

static bool is_of(const struct rate_point *point, const struct curve *curve)
{
	return strcmp(point->server, curve->server) == 0;
}

/* The last point of a server with a figure; NULL: it has none. */
static const struct rate_point *last_of(const struct open_loop *plot, const struct curve *curve)
{
	for (size_t i = plot->count; i-- > 0;)
		if (is_of(&plot->points[i], curve) && has_figure(&plot->points[i]))
			return &plot->points[i];
	return NULL;
}

static int curves_fill(struct open_loop *plot, const struct document *doc, struct err *err)
{
	if (curves_init(&plot->curves, doc, err))
		return -1;
	for (size_t i = 0; i < plot->curves.servers; i++) {
		struct curve *curve = &plot->curves.all[i];
		for (size_t j = 0; j < plot->count; j++) {
			const struct rate_point *point = &plot->points[j];
			if (!is_of(point, curve))
				continue;
			curve->measured = true;
			if (!curve->error)
				curve->error = point->error;
			if (point->cells > plot->blocks)
				plot->blocks = point->cells;
			if (!has_figure(point))
				continue;
			if (isnan(curve->score))
				curve->score = 0;
			if (point->keeps_up)
				curve->score = fmax(curve->score, point->offered_rps);
		}
	}
	curves_rank(&plot->curves, PICTURE_NAMES_MAX);
	plot->is_detailed = plot->curves.count - plot->curves.controls <= DETAILED;
	return 0;
}

static void axes_fill(struct chart_panel *panel, struct open_loop *plot)
{
	double min = INFINITY, max = 0, quickest = INFINITY, slowest = 0;

	for (size_t i = 0; i < plot->count; i++) {
		const struct rate_point *point = &plot->points[i];
		if (!has_figure(point))
			continue;
		min = fmin(min, point->offered_rps);
		max = fmax(max, point->offered_rps);
		quickest = fmin(quickest, point->latency_ns.p50);
		slowest = fmax(slowest, plot->is_detailed ? point->latency_ns.p999 : point->latency_ns.p99);
	}
	plot->min_rps = max > 0 ? min : 0;
	plot->max_rps = max;
	chart_axis_log(&panel->x, min, max, 0.02, panel->right - panel->left, 0, chart_show_count);
	chart_axis_log(&panel->y, quickest, slowest, 0.06, panel->bottom - panel->top, 18, chart_show_ns);
	panel->is_empty = !plot->curves.count;
}

static void labels_add(struct picture *picture, const struct open_loop *plot)
{
	for (size_t rank = PICTURE_NAMES_MAX; rank-- > 0;) {
		const struct curve *curve = curves_named(&plot->curves, rank);
		char shown[UNITS_TEXT], detail[64] = "";
		if (!curve)
			continue;
		if (!last_of(plot, curve)->keeps_up)
			snprintf(detail, sizeof detail, "does not keep up");
		if (*detail && curve->score > 0)
			snprintf(detail, sizeof detail, "keeps up with %s/s",
				 units_show_count(shown, units_whole(curve->score)));
		curves_label(curve, picture, curve->name, detail);
	}
	picture_fit(picture);
}

static void labels_place(struct chart *chart, size_t panel, const struct open_loop *plot)
{
	size_t at = 0;

	for (size_t rank = PICTURE_NAMES_MAX; rank-- > 0;) {
		const struct curve *curve = curves_named(&plot->curves, rank);
		if (!curve)
			continue;
		const struct rate_point *last = last_of(plot, curve);
		struct picture_label *label = &chart->picture.labels[at++];
		label->end_x = chart_x(chart_panel_at(chart, panel), last->offered_rps);
		label->end_y = chart_y(chart_panel_at(chart, panel), last->latency_ns.p99);
	}
	picture_place(&chart->picture);
}

/* What the keys have to explain about the points drawn. */
struct seen {
	bool behind, errors, invalid, censored;
	unsigned reasons; /* of the invalid ones */
};

static struct seen seen_of(const struct open_loop *plot)
{
	struct seen seen = { 0 };

	for (size_t i = 0; i < plot->count; i++) {
		const struct rate_point *point = &plot->points[i];
		if (!has_figure(point))
			continue;
		seen.behind |= !point->keeps_up;
		seen.errors |= point->errors;
		seen.invalid |= !point->valid;
		seen.censored |= point->censored;
		seen.reasons |= point->valid ? 0 : point->invalid;
	}
	return seen;
}

static void keys_add(struct picture *picture, const struct open_loop *plot)
{
	struct seen seen = seen_of(plot);
	char text[PICTURE_TEXT] = "hollow: ";

	picture_key(picture, "thick", "99th percentile");
	picture_key(picture, "thin", plot->is_detailed ? "50th, 90th and 99.9th, from below" : "50th percentile");
	if (seen.behind)
		picture_key(picture, "behind", "does not keep up: under 95 % completed");
	if (seen.errors)
		picture_key(picture, "errors", "requests failed");
	if (seen.invalid)
		picture_add(text, sizeof text, "", "not valid");
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		if (seen.reasons >> reason & 1)
			picture_add(text, sizeof text, ", ", "%s",
				    reason == INVALID_LAG ? "the client was late itself" : invalid_names[reason]);
	if (seen.censored)
		picture_add(text, sizeof text, seen.invalid ? ", or " : "", "slower than shown: some had no right end");
	if (seen.invalid || seen.censored)
		picture_key(picture, "hollow", text);
	curves_key(&plot->curves, picture, "more", ", 99th percentile");
}

static void notes_add(struct picture *picture, const struct open_loop *plot)
{
	char text[2048];
	const char *shares = document_option(picture->doc, "after-sweep");

	picture_note_host(picture);
	picture_note_protocol(picture, summary_client(picture->doc), 0, plot->blocks);
	curves_note_versions(&plot->curves, picture, false);
	snprintf(text, sizeof text,
		 "An open loop of %.20s arrivals: latency counts from the time for which a request was "
		 "scheduled. At most %.20s connections.",
		 document_option(picture->doc, "arrivals"), document_option(picture->doc, "max-connections"));
	if (*shares)
		picture_add(text, sizeof text, " ", "Rates: %.60s %% of the maximum of each server's own closed loop.",
			    shares);
	picture_note(picture, text);
	curves_note_contexts(&plot->curves, picture, "Thin grey lines: ");
	curves_note_failed(&plot->curves, picture, "Without a figure at any rate: ");
}

/* One percentile of a server, by its offset in struct cell_times. */
static void line_add(struct chart *chart, size_t panel, enum chart_role role, const struct open_loop *plot,
		     const struct curve *curve, size_t quantile)
{
	bool begun = false, broken = false;

	chart_line(chart, panel, role, curve->name, curve->style)->is_grey = curve->is_control;
	for (size_t i = 0; i < plot->count; i++) {
		const struct rate_point *from = &plot->points[i];
		if (!is_of(from, curve))
			continue;
		if (!has_figure(from)) {
			broken = begun;
			continue;
		}
		double ns;
		memcpy(&ns, (const char *)&from->latency_ns + quantile, sizeof ns);
		struct chart_point *point = chart_point(chart, from->offered_rps, ns);
		point->invalid = !from->valid || from->censored;
		point->errors = from->errors;
		point->ring = !from->keeps_up;
		point->gap = broken;
		begun = true;
		broken = false;
	}
}

static void lines_add(struct chart *chart, size_t panel, const struct open_loop *plot)
{
	static const size_t thin[] = {
		offsetof(struct cell_times, p50),
		offsetof(struct cell_times, p90),
		offsetof(struct cell_times, p999),
	};
	const struct curves *curves = &plot->curves;

	for (int named = 0; named < 2; named++)
		for (size_t i = 0; i < curves->count; i++)
			if (curves->all[i].is_named == named)
				line_add(chart, panel, named ? CHART_NAMED : CHART_CONTEXT, plot, &curves->all[i],
					 offsetof(struct cell_times, p99));
	for (size_t i = 0; i < curves->count; i++)
		for (size_t j = 0; j < (plot->is_detailed ? 3 : 1) && curves->all[i].is_named; j++)
			line_add(chart, panel, CHART_THIN, plot, &curves->all[i], thin[j]);
}

static void describe(struct picture *picture, const struct open_loop *plot)
{
	char from[UNITS_TEXT], to[UNITS_TEXT], at[UNITS_TEXT];
	const struct curve *curve;

	picture_describe(picture, "",
			 "Line graph of latency against %s to %s requests per second in %s mode, with %zu %s.",
			 units_show_count(from, units_whole(plot->min_rps + 0.5)),
			 units_show_count(to, units_whole(plot->max_rps + 0.5)), picture->mode, plot->curves.count,
			 plot->curves.count == 1 ? "server" : "servers");
	if (picture->message_count)
		picture_describe(picture, " ", "%s", picture->message[0]);
	for (size_t rank = 0; (curve = curves_named(&plot->curves, rank)); rank++) {
		const struct rate_point *last = last_of(plot, curve);
		picture_describe(picture, " ", "%.60s: at %s a second median %s, 99th percentile %s", curve->name,
				 units_show_count(at, units_whole(last->offered_rps + 0.5)),
				 units_show_latency(from, units_whole(last->latency_ns.p50)),
				 units_show_latency(to, units_whole(last->latency_ns.p99)));
		if (!last->keeps_up && curve->score > 0)
			picture_describe(picture, "; ", "keeps up with %s/s",
					 units_show_count(at, units_whole(curve->score)));
		else if (!last->keeps_up)
			picture_describe(picture, "; ", "does not keep up");
		picture_describe(picture, "", ".");
	}
}

static void fill(struct chart *chart, struct open_loop *plot)
{
	struct picture *picture = &chart->picture;

	snprintf(picture->title, sizeof picture->title, "Latency against the rate of requests");
	labels_add(picture, plot);
	keys_add(picture, plot);
	notes_add(picture, plot);
	curves_message(&plot->curves, picture, "No cell of an open loop of this mode has a figure.");
	picture_make_room(picture);
	size_t panel = chart_panel(chart, PICTURE_LEFT, picture->right, picture->top, picture->bottom);
	axes_fill(chart_panel_at(chart, panel), plot);
	lines_add(chart, panel, plot);
	labels_place(chart, panel, plot);
	if (plot->curves.count)
		chart_titles(chart, panel, "latency", "requests per second offered");
	describe(picture, plot);
}

int plot_open_loop(struct chart *chart, const struct plot_source *source, struct err *err)
{
	struct open_loop plot = { .points = source->points, .count = source->points_count };

	chart->is_skipped = !plot.count;
	if (chart->is_skipped)
		return 0;
	int result = curves_fill(&plot, source->doc, err);
	if (!result)
		fill(chart, &plot);
	curves_release(&plot.curves);
	return result;
}
