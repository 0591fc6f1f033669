#include "harness/latency_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/conf.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/picture.h"

#define TITLE "Latency against the rate of requests"
/* Up to so many servers there is room for four lines of each. */
#define DETAILED 2
#define TICS_MAX 40

/* One server in the picture. */
struct curve {
	const struct rate_point *points;	/* by rising rate or share */
	size_t count;
	const struct rate_point *last;	/* the last one with a figure; NULL: there is none */
	char name[PICTURE_TEXT];
	double kept_rps;		/* the highest rate that it kept up with; 0: none */
	bool is_control, is_named;
	struct palette_style style;
};

struct plot {
	struct picture picture;
	const struct rate_point *points;
	size_t points_count;
	struct curve *curves;		/* the control server, those without a name, those with one */
	size_t curves_count, controls, contexts;	/* controls is 0 or 1 */
	struct curve *failed;		/* servers without a figure */
	size_t failed_count;
	size_t blocks;
	double least_rps, most_rps;	/* offered */
	double x_least, x_most, y_least, y_most;
};

static bool has_figure(const struct rate_point *point)
{
	return point->used && point->latency_ns.p50 > 0 && point->offered_rps > 0;
}

static void curve_fill(struct curve *curve, const struct plot *plot, const struct rate_point *points, size_t count)
{
	*curve = (struct curve){
		.points = points, .count = count, .is_control = strcmp(points->server, CONF_CONTROL) == 0,
	};
	picture_name(curve->name, plot->picture.doc, points->server);
	for (size_t i = 0; i < count; i++) {
		if (!has_figure(&points[i]))
			continue;
		curve->last = &points[i];
		if (points[i].keeps_up)
			curve->kept_rps = fmax(curve->kept_rps, points[i].offered_rps);
	}
}

/* As they are drawn: the control server, then by the rate that each keeps up with. */
static int curve_order(const void *a, const void *b)
{
	const struct curve *x = a, *y = b;

	if (x->is_control != y->is_control)
		return x->is_control ? -1 : 1;
	if (x->kept_rps != y->kept_rps)
		return x->kept_rps < y->kept_rps ? -1 : 1;
	return strcmp(y->points->server, x->points->server);
}

static int curves_fill(struct plot *plot, struct err *err)
{
	size_t room = plot->points_count + 1, servers = 0;
	struct palette_style *styles = calloc(room, sizeof *styles);
	const char **names = calloc(room, sizeof *names);

	plot->curves = calloc(room, sizeof *plot->curves);
	plot->failed = calloc(room, sizeof *plot->failed);
	if (!styles || !names || !plot->curves || !plot->failed) {
		free(styles);
		free(names);
		return err_set(err, "out of memory");
	}
	for (size_t i = 0; i < plot->points_count; i++)
		if (!servers || strcmp(names[servers - 1], plot->points[i].server) != 0)
			names[servers++] = plot->points[i].server;
	/* The control server, which is first, has no style of its own. */
	size_t unstyled = strcmp(names[0], CONF_CONTROL) == 0;
	palette_assign(styles + unstyled, names + unstyled, servers - unstyled);
	for (size_t i = 0, next, server = 0; i < plot->points_count; i = next, server++) {
		struct curve curve;
		for (next = i; next < plot->points_count && strcmp(plot->points[next].server, names[server]) == 0; next++)
			if (plot->points[next].cells > plot->blocks)
				plot->blocks = plot->points[next].cells;
		curve_fill(&curve, plot, plot->points + i, next - i);
		curve.style = styles[server];
		if (curve.last)
			plot->curves[plot->curves_count++] = curve;
		else
			plot->failed[plot->failed_count++] = curve;
	}
	qsort(plot->curves, plot->curves_count, sizeof *plot->curves, curve_order);
	plot->controls = plot->curves_count && plot->curves[0].is_control;
	if (plot->curves_count > PICTURE_NAMES_MAX)
		plot->contexts = plot->curves_count - PICTURE_NAMES_MAX;
	for (size_t i = 0; i < plot->curves_count; i++)
		plot->curves[i].is_named = i < plot->controls || i >= plot->controls + plot->contexts;
	free(styles);
	free(names);
	return 0;
}

static bool is_detailed(const struct plot *plot)
{
	return plot->curves_count - plot->controls <= DETAILED;
}

static void axes_fill(struct plot *plot)
{
	double least = INFINITY, most = 0, quickest = INFINITY, slowest = 0;

	for (size_t i = 0; i < plot->points_count; i++) {
		const struct rate_point *point = &plot->points[i];
		if (!has_figure(point))
			continue;
		least = fmin(least, point->offered_rps);
		most = fmax(most, point->offered_rps);
		quickest = fmin(quickest, point->latency_ns.p50);
		slowest = fmax(slowest, is_detailed(plot) ? point->latency_ns.p999 : point->latency_ns.p99);
	}
	if (!(most > 0)) {	/* nothing to draw */
		least = most = 1;
		quickest = slowest = 1e6;
	}
	/* Room for half a mark at both ends; one rate stands in the middle. */
	double margin = most > least ? pow(most / least, 0.02) : 2;
	plot->least_rps = least;
	plot->most_rps = most;
	plot->x_least = least / margin;
	plot->x_most = most * margin;
	plot->y_least = quickest / 1.5;
	plot->y_most = slowest * 1.5;
}

static double x_pixel(const struct plot *plot, double rate_rps)
{
	return PICTURE_LEFT + (plot->picture.right - PICTURE_LEFT) * log(rate_rps / plot->x_least) /
		      log(plot->x_most / plot->x_least);
}

static double y_pixel(const struct plot *plot, double ns)
{
	return plot->picture.bottom - (plot->picture.bottom - plot->picture.top) * log(ns / plot->y_least) /
		      log(plot->y_most / plot->y_least);
}

static void labels_fill(struct plot *plot)
{
	for (size_t i = 0; i < plot->curves_count; i++) {
		const struct curve *curve = &plot->curves[i];
		char shown[UNITS_TEXT], detail[64] = "";
		if (!curve->is_named)
			continue;
		if (curve->last->keeps_up)
			;	/* with all that it was offered */
		else if (curve->kept_rps > 0)
			snprintf(detail, sizeof detail, "keeps up with %s/s", units_show_count(shown, (uint64_t)curve->kept_rps));
		else
			snprintf(detail, sizeof detail, "does not keep up");
		struct picture_label *label = picture_label(&plot->picture, curve->name, detail, i);
		label->muted = curve->is_control;
	}
	picture_fit(&plot->picture);
}

static void labels_place(struct plot *plot)
{
	for (size_t i = 0; i < plot->picture.labels_count; i++) {
		struct picture_label *label = &plot->picture.labels[i];
		const struct rate_point *last = plot->curves[label->curve].last;
		label->end_x = x_pixel(plot, last->offered_rps);
		label->end_y = y_pixel(plot, last->latency_ns.p99);
	}
	picture_place(&plot->picture);
}

static bool any_behind(const struct rate_point *point)
{
	return !point->keeps_up;
}

static bool any_errors(const struct rate_point *point)
{
	return point->errors;
}

static bool any_invalid(const struct rate_point *point)
{
	return !point->valid;
}

/* Whether it holds for a point that is drawn. */
static bool any(const struct plot *plot, bool (*holds)(const struct rate_point *))
{
	for (size_t i = 0; i < plot->points_count; i++)
		if (has_figure(&plot->points[i]) && holds(&plot->points[i]))
			return true;
	return false;
}

/* The reasons of the points that are not valid, as run.json names them. */
static void reasons_add(const struct plot *plot, char *out, size_t room)
{
	unsigned invalid = 0;

	for (size_t i = 0; i < plot->points_count; i++)
		if (has_figure(&plot->points[i]) && !plot->points[i].valid)
			invalid |= plot->points[i].invalid;
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		if (invalid >> reason & 1)
			picture_add(out, room, ", ", "%s",
				    reason == INVALID_LAG ? "the client was late itself" : invalid_names[reason]);
}

static void keys_fill(struct plot *plot)
{
	char text[PICTURE_TEXT] = "hollow: not valid";

	picture_key(&plot->picture, "p99", "99th percentile");
	if (is_detailed(plot))
		picture_key(&plot->picture, "others", "50th, 90th and 99.9th, from below");
	else
		picture_key(&plot->picture, "others", "50th percentile");
	if (any(plot, any_behind))
		picture_key(&plot->picture, "behind", "does not keep up: under 95 % answered");
	if (any(plot, any_errors))
		picture_key(&plot->picture, "errors", "requests failed");
	if (any(plot, any_invalid)) {
		reasons_add(plot, text, sizeof text);
		picture_key(&plot->picture, "hollow", text);
	}
	if (plot->contexts) {
		snprintf(text, sizeof text, "%zu more %s, 99th percentile", plot->contexts,
			 plot->contexts == 1 ? "server" : "servers");
		picture_key(&plot->picture, "context", text);
	}
}

static void notes_fill(struct plot *plot)
{
	char versions[2048] = "", text[2048] = "";
	const char *shares = document_option(plot->picture.doc, "after-sweep");

	for (size_t i = plot->curves_count; i-- > plot->controls + plot->contexts;)
		picture_add_version(versions, sizeof versions, plot->picture.doc, plot->curves[i].points->server,
				    plot->curves[i].name);
	picture_note_host(&plot->picture);
	picture_note_protocol(&plot->picture, 0, plot->blocks);
	picture_note_versions(&plot->picture, versions);
	snprintf(text, sizeof text, "An open loop of %.20s arrivals: latency counts from the time for which a request was "
		 "scheduled. At most %.20s connections.", document_option(plot->picture.doc, "arrivals"),
		 document_option(plot->picture.doc, "max-connections"));
	if (*shares)
		picture_add(text, sizeof text, " ", "Rates: %.60s %% of the best of each server's own closed loop.", shares);
	picture_note(&plot->picture, text);
	text[0] = 0;
	for (size_t i = plot->controls + plot->contexts; i-- > plot->controls;)
		picture_add(text, sizeof text, *text ? ", " : "", "%s%.60s", *text ? "" : "Thin grey lines: ",
			    plot->curves[i].name);
	if (*text)
		picture_note(&plot->picture, text);
	text[0] = 0;
	for (size_t i = 0; i < plot->failed_count; i++)
		picture_add(text, sizeof text, *text ? ", " : "", "%s%.60s", *text ? "" : "Without a figure at any rate: ",
			    plot->failed[i].name);
	if (*text && plot->curves_count)
		picture_note(&plot->picture, text);
}

static void message_fill(struct plot *plot)
{
	if (plot->curves_count)
		return;
	picture_message(&plot->picture, "No cell of an open loop of this mode has a figure.");
	for (size_t i = 0; i < plot->failed_count; i++) {
		char text[2048];
		snprintf(text, sizeof text, "%s: %.1500s", plot->failed[i].name,
			 plot->failed[i].points->error ? plot->failed[i].points->error : "no right answer");
		picture_message(&plot->picture, text);
	}
}

static int plot_fill(struct plot *plot, const struct document *doc, const struct rate_point *points, size_t count,
		     struct err *err)
{
	*plot = (struct plot){ .points = points, .points_count = count };
	if (picture_init(&plot->picture, doc, "latency", points->mode, err) || curves_fill(plot, err))
		return -1;
	axes_fill(plot);
	labels_fill(plot);
	keys_fill(plot);
	notes_fill(plot);
	labels_place(plot);
	message_fill(plot);
	return 0;
}

static void plot_release(struct plot *plot)
{
	free(plot->curves);
	free(plot->failed);
}

/*
 * Tics of a logarithmic axis: 1, 2 and 5 times the powers of ten, or only those powers where there would be many. One
 * that would touch the one before it, by `width` a tic, is left out.
 */
static size_t tics_of(double *tics, double least, double most)
{
	static const double rounds[] = { 1, 2, 5 };
	size_t of_ten = log10(most / least) > 4 ? 1 : 3, count = 0;

	for (int ten = (int)floor(log10(least)); ten <= (int)ceil(log10(most)); ten++)
		for (size_t i = 0; i < of_ten; i++) {
			double at = rounds[i] * pow(10, ten);
			if (at >= least && at <= most && count < TICS_MAX)
				tics[count++] = at;
		}
	return count;
}

static const char *time_words(char *out, size_t room, double ns)
{
	static const struct {
		double ns;
		const char *unit;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
	size_t i = 0;

	while (i + 1 < sizeof units / sizeof *units && ns < units[i].ns * (1 - 1e-9))
		i++;
	snprintf(out, room, "%g" PICTURE_NO_BREAK "%s", ns / units[i].ns, units[i].unit);
	return out;
}

static void put_axes(FILE *out, const struct plot *plot)
{
	double tics[TICS_MAX], used = -INFINITY;
	char shown[UNITS_TEXT];
	size_t count = tics_of(tics, plot->x_least, plot->x_most);
	const char *separator = "";

	picture_put_number(out, "X_LEAST", plot->x_least);
	picture_put_number(out, "X_MOST", plot->x_most);
	picture_put_number(out, "Y_LEAST", plot->y_least);
	picture_put_number(out, "Y_MOST", plot->y_most);
	picture_put_number(out, "DETAILED", is_detailed(plot));
	if (count < 2) {	/* a short axis: its least and its greatest rate */
		tics[0] = plot->least_rps;
		tics[1] = plot->most_rps;
		count = plot->most_rps > plot->least_rps ? 2 : 1;
	}
	fputs("set xtics (", out);
	for (size_t i = 0; i < count; i++) {
		units_show_count(shown, (uint64_t)llround(tics[i]));
		double half = typeset_width(shown, PICTURE_TIC_SIZE) / 2 + 4, x = x_pixel(plot, tics[i]);
		if (x - half < used)
			continue;
		fprintf(out, "%s'%s' %.12g", separator, shown, tics[i]);
		separator = ", ";
		used = x + half;
	}
	fputs(")\nset ytics (", out);
	count = tics_of(tics, plot->y_least, plot->y_most);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s'%s' %.12g", i ? ", " : "", time_words(shown, sizeof shown, tics[i]), tics[i]);
	fputs(")\n", out);
}

static const char *curve_colour(const struct plot *plot, const struct curve *curve)
{
	if (curve->is_control)
		return plot->picture.palette->ceiling;
	return curve->is_named ? plot->picture.palette->servers[curve->style.colour] : plot->picture.palette->context;
}

static void put_head(FILE *out, const void *context)
{
	const struct plot *plot = context;
	size_t count = plot->curves_count;

	put_axes(out, plot);
	picture_put_number(out, "CURVES", (double)count);
	picture_put_number(out, "CONTROLS", (double)plot->controls);
	picture_put_number(out, "CONTEXTS", (double)plot->contexts);
	picture_array_open(out, "COLOUR", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i, curve_colour(plot, &plot->curves[i]));
	picture_array_close(out);
	picture_array_open(out, "MARK", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? ", " : "", plot->curves[i].style.mark);
	picture_array_close(out);
}

/* The points: an index of gnuplot for each curve, in which an empty line breaks the line where there is no figure. */
static void put_points(FILE *out, const void *context)
{
	const struct plot *plot = context;

	fputs("# offered_rps p50_ns p90_ns p99_ns p999_ns valid errors keeps_up\n", out);
	for (size_t i = 0; i < plot->curves_count; i++) {
		const struct curve *curve = &plot->curves[i];
		fprintf(out, "%s# %s\n", i ? "\n\n" : "", curve->name);
		bool begun = false, broken = false;
		for (size_t j = 0; j < curve->count; j++) {
			const struct rate_point *point = &curve->points[j];
			if (!has_figure(point)) {
				broken = begun;
				continue;
			}
			fprintf(out, "%s%.10g %.10g %.10g %.10g %.10g %d %d %d\n", broken ? "\n" : "", point->offered_rps,
				point->latency_ns.p50, point->latency_ns.p90, point->latency_ns.p99, point->latency_ns.p999,
				point->valid, point->errors, point->keeps_up);
			begun = true;
			broken = false;
		}
	}
}

/* In words, for those who do not see the picture. */
static void describe(const struct plot *plot, char *out, size_t room)
{
	char from[UNITS_TEXT], to[UNITS_TEXT], at[UNITS_TEXT];

	out[0] = 0;
	picture_add(out, room, "", "Line graph of latency against %s to %s requests per second in %s mode, with %zu %s.",
		    units_show_count(from, (uint64_t)llround(plot->least_rps)),
		    units_show_count(to, (uint64_t)llround(plot->most_rps)), plot->picture.mode, plot->curves_count,
		    plot->curves_count == 1 ? "server" : "servers");
	if (plot->picture.message_count)
		picture_add(out, room, " ", "%s", plot->picture.message[0]);
	for (size_t i = plot->picture.labels_count; i-- > 0;) {
		const struct curve *curve = &plot->curves[plot->picture.labels[i].curve];
		picture_add(out, room, " ", "%.60s: at %s a second median %s, 99th percentile %s%s%s.", curve->name,
			    units_show_count(at, (uint64_t)llround(curve->last->offered_rps)),
			    units_show_latency(from, (uint64_t)curve->last->latency_ns.p50),
			    units_show_latency(to, (uint64_t)curve->last->latency_ns.p99),
			    *plot->picture.labels[i].detail ? "; " : "", plot->picture.labels[i].detail);
	}
}

int latency_plot_draw(const struct document *doc, const struct rate_point *points, size_t count, const char *folder,
		      const char *template, struct err *err)
{
	struct plot plot;
	char subtitle[PICTURE_TEXT], name[PICTURE_TEXT], description[4096];
	int result = plot_fill(&plot, doc, points, count, err);

	if (!result) {
		picture_subtitle(&plot.picture, subtitle, sizeof subtitle);
		snprintf(name, sizeof name, TITLE ", %s", points->mode);
		describe(&plot, description, sizeof description);
		const struct picture_parts parts = { TITLE, subtitle, name, description, put_head, put_points, &plot };
		result = picture_draw(&plot.picture, &parts, folder, template, err);
	}
	plot_release(&plot);
	return result;
}
