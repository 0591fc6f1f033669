#include "harness/plot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/conf.h"
#include "harness/latency_plot.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/picture.h"
#include "harness/rates.h"
#include "harness/summary.h"

#define TITLE "Requests per second against concurrent connections"
#define Y_PARTS 6
#define TICS_MAX 64

/* One server in the picture. */
struct curve {
	const char *server;		/* of the document */
	char name[PICTURE_TEXT];	/* fit to be shown */
	struct summary *summaries;	/* one a level of the picture */
	size_t points;			/* levels with a figure */
	size_t last;			/* index of the last of these */
	uint64_t failed_from;		/* level from which on there is no figure, all failed; 0: it ends with one */
	double most_rps;
	uint64_t most_at;		/* level */
	bool is_ceiling, is_named;
	struct palette_style style;
};

/* Requests per second against connections. */
struct plot {
	struct picture picture;		/* label i is that of label_curve(i) */
	uint64_t *levels;		/* rising; owned */
	size_t levels_count;
	struct curve *curves;		/* the ceiling, those without a name, those with one: slowest first */
	size_t curves_count, ceilings, contexts;	/* ceilings is 0 or 1 */
	struct curve *failed;		/* servers without a figure */
	size_t failed_count;
	size_t blocks;			/* most cells of one point */
	double x_least, x_most, y_most, y_step;
};

double plot_step(double most, unsigned parts)
{
	static const double rounds[] = { 1, 2, 2.5, 5, 10 };
	double tens = pow(10, floor(log10(most / parts)));
	size_t i = 0;

	while (i + 1 < sizeof rounds / sizeof *rounds && rounds[i] * tens * parts < most * (1 - 1e-9))
		i++;
	return rounds[i] * tens;
}

static bool has_figure(const struct summary *summary)
{
	return summary->used > 0;
}

/* What a picture is made of. */

static int curve_fill(struct curve *curve, const struct plot *plot, const char *server, struct err *err)
{
	*curve = (struct curve){ .server = server, .is_ceiling = strcmp(server, CONF_CONTROL) == 0 };
	picture_name(curve->name, plot->picture.doc, server);
	curve->summaries = calloc(plot->levels_count, sizeof *curve->summaries);
	if (!curve->summaries)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < plot->levels_count; i++) {
		struct summary *summary = &curve->summaries[i];
		if (summary_of(summary, plot->picture.doc, server, summary_client(plot->picture.doc), plot->picture.mode,
			       plot->levels[i], err))
			return -1;
		if (has_figure(summary)) {
			curve->points++;
			curve->last = i;
			curve->failed_from = 0;
			if (curve->points == 1 || summary->rate_rps > curve->most_rps) {
				curve->most_rps = summary->rate_rps;
				curve->most_at = summary->level;
			}
		} else if (summary->failed && !curve->failed_from) {
			curve->failed_from = summary->level;
		}
	}
	return 0;
}

static bool was_measured(const struct curve *curve, const struct plot *plot)
{
	for (size_t i = 0; i < plot->levels_count; i++)
		if (curve->summaries[i].cells)
			return true;
	return false;
}

/* As they are drawn: the ceiling, then from the slowest to the fastest. */
static int curve_order(const void *a, const void *b)
{
	const struct curve *x = a, *y = b;

	if (x->is_ceiling != y->is_ceiling)
		return x->is_ceiling ? -1 : 1;
	if (x->most_rps != y->most_rps)
		return x->most_rps < y->most_rps ? -1 : 1;
	return strcmp(y->server, x->server);
}

static int curves_fill(struct plot *plot, const char **servers, size_t count, struct err *err)
{
	plot->curves = calloc(count + 1, sizeof *plot->curves);
	plot->failed = calloc(count + 1, sizeof *plot->failed);
	struct palette_style *styles = calloc(count + 1, sizeof *styles);
	int result = -1;

	if (!plot->curves || !plot->failed || !styles) {
		err_set(err, "out of memory");
		goto out;
	}
	/* The control server, which is first, has no style of its own. */
	size_t unstyled = count && strcmp(servers[0], CONF_CONTROL) == 0;
	palette_assign(styles + unstyled, servers + unstyled, count - unstyled);
	for (size_t i = 0; i < count; i++) {
		struct curve curve;
		if (curve_fill(&curve, plot, servers[i], err)) {
			free(curve.summaries);
			goto out;
		}
		curve.style = styles[i];
		if (curve.points)
			plot->curves[plot->curves_count++] = curve;
		else if (was_measured(&curve, plot))
			plot->failed[plot->failed_count++] = curve;
		else
			free(curve.summaries);
	}
	result = 0;
out:
	free(styles);
	return result;
}

static void curves_rank(struct plot *plot)
{
	size_t named = PICTURE_NAMES_MAX;

	qsort(plot->curves, plot->curves_count, sizeof *plot->curves, curve_order);
	plot->ceilings = plot->curves_count && plot->curves[0].is_ceiling;
	named -= plot->ceilings;
	if (plot->curves_count - plot->ceilings > named)
		plot->contexts = plot->curves_count - plot->ceilings - named;
	for (size_t i = 0; i < plot->curves_count; i++) {
		struct curve *curve = &plot->curves[i];
		curve->is_named = curve->is_ceiling || i >= plot->ceilings + plot->contexts;
		for (size_t level = 0; level < plot->levels_count; level++)
			if (curve->summaries[level].cells > plot->blocks)
				plot->blocks = curve->summaries[level].cells;
	}
}

static void axes_fill(struct plot *plot)
{
	double least = (double)plot->levels[0], most = (double)plot->levels[plot->levels_count - 1];
	double highest = 0;

	/* Room for half a mark at both ends; one level stands in the middle. */
	double margin = plot->levels_count > 1 ? exp2(0.02 * log2(most / least)) : 2;
	plot->x_least = least / margin;
	plot->x_most = most * margin;
	for (size_t i = 0; i < plot->curves_count; i++)
		for (size_t level = 0; level < plot->levels_count; level++)
			if (plot->curves[i].summaries[level].rate_max_rps > highest)
				highest = plot->curves[i].summaries[level].rate_max_rps;
	if (!(highest > 0))
		highest = 1;
	plot->y_most = highest * 1.06;
	plot->y_step = plot_step(plot->y_most, Y_PARTS);
}

static double x_pixel(const struct plot *plot, double level)
{
	return PICTURE_LEFT + (plot->picture.right - PICTURE_LEFT) * log2(level / plot->x_least) /
		      log2(plot->x_most / plot->x_least);
}

static double y_pixel(const struct plot *plot, double rate_rps)
{
	return plot->picture.bottom - (plot->picture.bottom - plot->picture.top) * rate_rps / plot->y_most;
}

/* Labels: one a named curve. Curves with names are the ceiling and the last ones. */

static const struct curve *label_curve(const struct plot *plot, size_t label)
{
	if (plot->ceilings && !label)
		return &plot->curves[0];
	return &plot->curves[plot->contexts + label];
}

static void labels_fill(struct plot *plot)
{
	size_t count = plot->curves_count - plot->contexts;

	for (size_t i = 0; i < count; i++) {
		const struct curve *curve = label_curve(plot, i);
		char shown[UNITS_TEXT], detail[64] = "";
		if (curve->failed_from)
			snprintf(detail, sizeof detail, "failed from %s", units_show_count(shown, curve->failed_from));
		else if (plot->levels_count == 1)
			units_show_count(detail, (uint64_t)llround(curve->most_rps));
		struct picture_label *label = picture_label(&plot->picture,
							    curve->is_ceiling ? CONF_CONTROL " (ceiling)" : curve->name, detail,
							    (size_t)(curve - plot->curves));
		label->muted = curve->is_ceiling;
	}
	picture_fit(&plot->picture);
}

static void labels_place(struct plot *plot)
{
	for (size_t i = 0; i < plot->picture.labels_count; i++) {
		const struct curve *curve = label_curve(plot, i);
		plot->picture.labels[i].end_x = x_pixel(plot, (double)plot->levels[curve->last]);
		plot->picture.labels[i].end_y = y_pixel(plot, curve->summaries[curve->last].rate_rps);
	}
	picture_place(&plot->picture);
}

/* Keys: only those of what is there. */

/* The reasons of all points whose figures are not valid, shortly. */
static bool invalid_words_of(const struct plot *plot, char *out, size_t room)
{
	static const char *const words[INVALIDS] = {
		[INVALID_FAILED] = "failed", [INVALID_NO_ANSWERS] = "no right answer",
		[INVALID_SHORT_CONCURRENCY] = "too few in flight or open", [INVALID_CLIENT_BOUND] = "client at its limit",
		[INVALID_LITTLE] = "contradicts Little's law", [INVALID_CONSERVATION] = "counts disagree",
		[INVALID_BUILD] = "debug build",
	};
	unsigned invalid = 0;

	for (size_t i = 0; i < plot->curves_count; i++)
		for (size_t level = 0; level < plot->levels_count; level++) {
			const struct summary *summary = &plot->curves[i].summaries[level];
			if (has_figure(summary) && !summary->valid && plot->curves[i].is_named)
				invalid |= summary->invalid | 1u << INVALIDS;
		}
	out[0] = 0;
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		if (invalid & 1u << reason)
			picture_add(out, room, ", ", "%s", words[reason] ? words[reason] : invalid_names[reason]);
	return invalid != 0;
}

static bool any_errors(const struct plot *plot)
{
	for (size_t i = 0; i < plot->curves_count; i++)
		for (size_t level = 0; level < plot->levels_count; level++)
			if (has_figure(&plot->curves[i].summaries[level]) && plot->curves[i].summaries[level].errors)
				return true;
	return false;
}

static void keys_fill(struct plot *plot)
{
	char text[PICTURE_TEXT], why[PICTURE_TEXT];

	if (plot->ceilings)
		picture_key(&plot->picture, "ceiling", "control server: what the harness itself can reach");
	if (plot->blocks > 1) {
		snprintf(text, sizeof text, "least to most of %zu blocks", plot->blocks);
		picture_key(&plot->picture, plot->levels_count > 1 ? "band" : "bar", text);
	}
	if (any_errors(plot))
		picture_key(&plot->picture, "errors", "requests failed");
	if (invalid_words_of(plot, why, sizeof why)) {
		snprintf(text, sizeof text, "hollow: not valid%s%.200s", *why ? ", " : "", why);
		picture_key(&plot->picture, "hollow", text);
	}
	if (plot->contexts) {
		snprintf(text, sizeof text, "%zu slower %s", plot->contexts,
			 plot->contexts == 1 ? "server" : "servers");
		picture_key(&plot->picture, "context", text);
	}
}

/* Connections open inside the servers, at the highest level at which they are known. */
static void note_open(struct plot *plot)
{
	char text[2048] = "", offered[UNITS_TEXT], open[UNITS_TEXT];
	bool is_close = strcmp(plot->picture.mode, load_mode_names[LOAD_CLOSE]) == 0;

	for (size_t level = plot->levels_count; level-- > 0 && !*text;)
		for (size_t i = 0; i < plot->picture.labels_count; i++) {
			const struct curve *curve = label_curve(plot, plot->picture.labels_count - 1 - i);
			const struct summary *summary = &curve->summaries[level];
			if (!summary_open_differs(summary))
				continue;
			units_show_count(offered, summary->level);
			picture_add(text, sizeof text, ", ", "%.60s" PICTURE_NO_BREAK "%s", curve->name,
			    units_show_count(open, (uint64_t)llround(summary->open_mean)));
		}
	char note[2400];
	if (*text)
		snprintf(note, sizeof note, "Connections are those offered%s. Of %s offered, open inside the server on "
			 "average: %s", is_close ? "; in close mode fewer may be open inside the server" : "", offered, text);
	else
		snprintf(note, sizeof note, "Connections are those offered; in close mode fewer may be open inside the server.");
	if (*text || is_close)
		picture_note(&plot->picture, note);
}

static void note_others(struct plot *plot)
{
	char text[2048] = "";

	for (size_t i = plot->ceilings + plot->contexts; i-- > plot->ceilings;)
		picture_add(text, sizeof text, *text ? ", " : "", "%s%.60s", *text ? "" : "Thin lines, fastest first: ",
		    plot->curves[i].name);
	if (*text)
		picture_note(&plot->picture, text);
	text[0] = 0;
	for (size_t i = 0; i < plot->failed_count; i++)
		picture_add(text, sizeof text, *text ? ", " : "", "%s%.60s", *text ? "" : "Failed at every level: ",
		    plot->failed[i].name);
	if (*text && plot->curves_count)
		picture_note(&plot->picture, text);
}

static void notes_fill(struct plot *plot)
{
	uint64_t backlog = 0;
	char versions[2048] = "";

	for (size_t i = 0; i < plot->curves_count; i++)
		for (size_t level = 0; level < plot->levels_count; level++)
			if (plot->curves[i].summaries[level].backlog > backlog)
				backlog = plot->curves[i].summaries[level].backlog;
	for (size_t i = plot->curves_count; i-- > plot->ceilings + plot->contexts;)
		picture_add_version(versions, sizeof versions, plot->picture.doc, plot->curves[i].server, plot->curves[i].name);
	picture_note_host(&plot->picture);
	picture_note_protocol(&plot->picture, backlog, plot->blocks);
	picture_note_versions(&plot->picture, versions);
	note_open(plot);
	note_others(plot);
}

/* What stands in the middle where there is nothing to draw. */
static void message_fill(struct plot *plot)
{
	if (plot->curves_count)
		return;
	picture_message(&plot->picture, "No cell of this mode has a figure: every one failed.");
	for (size_t i = 0; i < plot->failed_count && plot->picture.message_count < PICTURE_MESSAGE; i++) {
		const char *error = NULL;
		char text[2048];
		for (size_t level = 0; level < plot->levels_count && !error; level++)
			error = plot->failed[i].summaries[level].error;
		snprintf(text, sizeof text, "%s: %.1500s", plot->failed[i].name, error ? error : "no figures");
		if (plot->picture.message_count + 1 == PICTURE_MESSAGE && i + 1 < plot->failed_count)
			snprintf(text, sizeof text, "and %zu more", plot->failed_count - i);
		picture_message(&plot->picture, text);
	}
}

static int plot_fill(struct plot *plot, const struct document *doc, const char *mode, const char **servers,
		     struct err *err)
{
	size_t count = 0;

	*plot = (struct plot){ 0 };
	if (picture_init(&plot->picture, doc, "rate", mode, err))
		return -1;
	while (servers[count])
		count++;
	if (summary_levels(doc, mode, &plot->levels, &plot->levels_count, err) ||
	    curves_fill(plot, servers, count, err))
		return -1;
	curves_rank(plot);
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
	for (size_t i = 0; i < plot->curves_count; i++)
		free(plot->curves[i].summaries);
	for (size_t i = 0; i < plot->failed_count; i++)
		free(plot->failed[i].summaries);
	free(plot->curves);
	free(plot->failed);
	free(plot->levels);
}

static bool is_power_of_two(uint64_t level)
{
	return (level & (level - 1)) == 0;
}

/* Labels of the x axis: the powers of two where the levels are such, else the levels; those that fit. */
static size_t x_tics(const struct plot *plot, uint64_t *tics)
{
	uint64_t wanted[TICS_MAX];
	size_t wanted_count = 0, count = 0;
	bool doubling = true;
	double used = -INFINITY;

	for (size_t i = 0; i < plot->levels_count; i++)
		doubling = doubling && is_power_of_two(plot->levels[i]);
	if (doubling)
		for (uint64_t level = plot->levels[0]; level && level <= plot->levels[plot->levels_count - 1];
		     level *= 2)
			wanted[wanted_count++] = level;
	else
		for (size_t i = 0; i < TICS_MAX && i < plot->levels_count; i++) {
			size_t share = plot->levels_count < TICS_MAX ? i : i * (plot->levels_count - 1) / (TICS_MAX - 1);
			wanted[wanted_count++] = plot->levels[share];
		}
	for (size_t i = 0; i < wanted_count; i++) {
		char text[UNITS_TEXT];
		snprintf(text, sizeof text, "%llu", (unsigned long long)wanted[i]);
		double half = typeset_width(text, PICTURE_TIC_SIZE) / 2 + 2;
		double x = x_pixel(plot, (double)wanted[i]);
		if (x - half < used) {
			/* The last level is more worth knowing than the one before it. */
			if (i + 1 < wanted_count || !count)
				continue;
			count--;
		}
		tics[count++] = wanted[i];
		used = x + half;
	}
	return count;
}

static void put_axes(FILE *out, const struct plot *plot)
{
	uint64_t tics[TICS_MAX];
	size_t count = x_tics(plot, tics);
	char shown[UNITS_TEXT];

	picture_put_number(out, "X_LEAST", plot->x_least);
	picture_put_number(out, "X_MOST", plot->x_most);
	picture_put_number(out, "Y_MOST", plot->y_most);
	fputs("set xtics (", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s'%llu' %llu", i ? ", " : "", (unsigned long long)tics[i], (unsigned long long)tics[i]);
	fputs(")\nset ytics (", out);
	for (size_t i = 0; (double)i * plot->y_step <= plot->y_most * (1 + 1e-9); i++) {
		double at = (double)i * plot->y_step;
		if (plot->y_step >= 1)
			units_show_count(shown, (uint64_t)llround(at));
		else
			snprintf(shown, sizeof shown, "%g", at);
		fprintf(out, "%s'%s' %.12g", i ? ", " : "", shown, at);
	}
	fputs(")\n", out);
}

static const char *curve_colour(const struct plot *plot, const struct curve *curve)
{
	if (curve->is_ceiling)
		return plot->picture.palette->ceiling;
	return curve->is_named ? plot->picture.palette->servers[curve->style.colour] : plot->picture.palette->context;
}

static void put_curves(FILE *out, const struct plot *plot)
{
	size_t count = plot->curves_count;

	picture_put_number(out, "CURVES", (double)count);
	picture_put_number(out, "CEILINGS", (double)plot->ceilings);
	picture_put_number(out, "CONTEXTS", (double)plot->contexts);
	picture_put_number(out, "BLOCKS", (double)plot->blocks);
	picture_array_open(out, "COLOUR", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i, curve_colour(plot, &plot->curves[i]));
	picture_array_close(out);
	picture_array_open(out, "MARK", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? ", " : "", plot->curves[i].style.mark);
	picture_array_close(out);
	picture_array_open(out, "DASH", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? ", " : "", plot->curves[i].style.dash + 1);
	picture_array_close(out);
}

/* The points: an index of gnuplot for each curve, in which an empty line breaks the line where a cell failed. */
static void put_points(FILE *out, const void *context)
{
	const struct plot *plot = context;

	fputs("# level rate_rps least_rps most_rps valid errors alone\n", out);
	for (size_t i = 0; i < plot->curves_count; i++) {
		const struct curve *curve = &plot->curves[i];
		bool begun = false, broken = false;
		fprintf(out, "%s# %s\n", i ? "\n\n" : "", curve->name);
		for (size_t level = 0; level < plot->levels_count; level++) {
			const struct summary *summary = &curve->summaries[level];
			if (!has_figure(summary)) {
				broken |= summary->cells > 0;
				continue;
			}
			bool before = begun && !broken;
			bool after = false;
			for (size_t next = level + 1; next < plot->levels_count && !after; next++) {
				if (curve->summaries[next].cells && !has_figure(&curve->summaries[next]))
					break;
				after = has_figure(&curve->summaries[next]);
			}
			if (begun && broken)
				fputc('\n', out);
			fprintf(out, "%llu %.10g %.10g %.10g %d %d %d\n", (unsigned long long)summary->level,
				summary->rate_rps, summary->rate_min_rps, summary->rate_max_rps, summary->valid,
				summary->errors, !before && !after);
			begun = true;
			broken = false;
		}
	}
}

/* In words, for those who do not see the picture. */
static void describe(const struct plot *plot, char *out, size_t room)
{
	char count[UNITS_TEXT], at[UNITS_TEXT], from[UNITS_TEXT], to[UNITS_TEXT];

	out[0] = 0;
	picture_add(out, room, "", "Line graph of requests per second against %s to %s concurrent connections in %s mode, "
	    "with %zu %s.", units_show_count(from, plot->levels[0]),
	    units_show_count(to, plot->levels[plot->levels_count - 1]), plot->picture.mode, plot->curves_count,
	    plot->curves_count == 1 ? "server" : "servers");
	if (plot->picture.message_count)
		picture_add(out, room, " ", "%s", plot->picture.message[0]);
	for (size_t i = 0; i < plot->picture.labels_count; i++) {
		const struct curve *curve = label_curve(plot, plot->picture.labels_count - 1 - i);
		picture_add(out, room, " ", "%.60s: at most %s, at %s connections%s%s.", curve->name,
		    units_show_count(count, (uint64_t)llround(curve->most_rps)), units_show_count(at, curve->most_at),
		    *plot->picture.labels[plot->picture.labels_count - 1 - i].detail ? "; " : "",
		    plot->picture.labels[plot->picture.labels_count - 1 - i].detail);
	}
}

static int folder_make(const char *folder, struct err *err)
{
	char path[4096];
	struct stat found;

	if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
		return err_set(err, "the path of folder %.200s is too long", folder);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(path, 0777) && errno != EEXIST)
			return err_set_errno(err, "folder %s cannot be made", path);
		*slash = '/';
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return err_set_errno(err, "folder %s cannot be made", path);
	if (stat(path, &found) || !S_ISDIR(found.st_mode))
		return err_set(err, "%s is not a folder", path);
	return 0;
}

static void put_head(FILE *out, const void *context)
{
	put_axes(out, context);
	put_curves(out, context);
}

static int draw(const struct document *doc, const char *mode, const char **servers, const char *folder,
		const char *template, struct err *err)
{
	struct plot plot;
	char subtitle[PICTURE_TEXT], name[PICTURE_TEXT], description[4096];
	int result = plot_fill(&plot, doc, mode, servers, err);

	if (!result) {
		picture_subtitle(&plot.picture, subtitle, sizeof subtitle);
		snprintf(name, sizeof name, TITLE ", %s", mode);
		describe(&plot, description, sizeof description);
		const struct picture_parts parts = { TITLE, subtitle, name, description, put_head, put_points, &plot };
		result = picture_draw(&plot.picture, &parts, folder, template, err);
	}
	plot_release(&plot);
	return result;
}

/* The looks of one kind of picture. Freed by the caller; NULL with err set. */
static char *template_read(const char *folder, const char *kind, struct err *err)
{
	char path[4096];

	if (snprintf(path, sizeof path, "%s/%s.gp", folder, kind) >= (int)sizeof path) {
		err_set(err, "the path of folder %.200s is too long", folder);
		return NULL;
	}
	char *template = picture_read(path, err);
	if (!template)
		err_prefix(err, "template");
	return template;
}

static int rates_draw(const struct document *doc, const char **modes, const char *folder,
		      const char *templates_folder, struct err *err)
{
	const char **servers = modes[0] ? summary_servers(doc, err) : NULL;
	char *template = servers ? template_read(templates_folder, "rate", err) : NULL;
	int result = modes[0] && !template ? -1 : 0;

	for (size_t i = 0; modes[i] && !result; i++)
		result = draw(doc, modes[i], servers, folder, template, err);
	free(servers);
	free(template);
	return result;
}

/* The points stand mode by mode. */
static int latencies_draw(const struct document *doc, const struct rate_point *points, size_t count,
			  const char *folder, const char *templates_folder, struct err *err)
{
	char *template = count ? template_read(templates_folder, "latency", err) : NULL;
	int result = count && !template ? -1 : 0;

	for (size_t i = 0, next; i < count && !result; i = next) {
		for (next = i + 1; next < count && strcmp(points[next].mode, points[i].mode) == 0; next++)
			;
		result = latency_plot_draw(doc, points + i, next - i, folder, template, err);
	}
	free(template);
	return result;
}

int plot_write(const struct document *doc, const char *folder, const char *templates_folder, struct err *err)
{
	const char **modes = summary_modes(doc, err);
	struct rate_point *points = NULL;
	size_t count = 0;
	int result = -1;

	if (!modes || rates_points(doc, &points, &count, err))
		goto out;
	if (!modes[0] && !count) {
		err_set(err, "there is nothing to draw: the run has no cell of the client %.60s", summary_client(doc));
		goto out;
	}
	if (folder_make(folder, err) || rates_draw(doc, modes, folder, templates_folder, err))
		goto out;
	result = latencies_draw(doc, points, count, folder, templates_folder, err);
out:
	free(modes);
	free(points);
	return result;
}
