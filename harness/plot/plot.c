#include "harness/plot/plot.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/directory.h"
#include "harness/lib/text.h"
#include "harness/plot/kind.h"
#include "harness/plot/script.h"

#define TEMPLATE "chart.gp"

/* The width of a picture that was asked for, in pixels, and twice the minimum of the height. */
#define PIXELS_MIN 600u
#define PIXELS_MAX 6000u

/* A picture of the closed loops of a mode is a row of a table or a function; one of open loops is a function. */
static const struct plot_kind {
	const char *name, *stem; /* stem: of its files, before the mode */
	const struct level_kind *levels;
	plot_fill *fill;
	enum { OF_LEVELS, OF_RATES, OF_ALL } needs;
} kinds_of_plot[PLOT_KINDS] = {
	[PLOT_ANSWER] = { "answer", "answer", NULL, plot_answer, OF_LEVELS },
	[PLOT_HERO] = { "hero", "rate", &level_hero, NULL, OF_LEVELS },
	[PLOT_PANELS] = { "panels", "panels", NULL, plot_panels, OF_LEVELS },
	[PLOT_SHAPE] = { "shape", "shape", &level_shape, NULL, OF_LEVELS },
	[PLOT_PERCENTILES] = { "percentiles", "percentiles", &level_percentiles, NULL, OF_LEVELS },
	[PLOT_COST] = { "cost", "cost", &level_cost, NULL, OF_LEVELS },
	[PLOT_ERRORS] = { "errors", "errors", NULL, plot_failures, OF_LEVELS },
	[PLOT_LATENCY] = { "latency", "latency", NULL, plot_open_loop, OF_RATES },
	[PLOT_SEQUENTIAL] = { "sequential", "sequential", NULL, plot_sequential, OF_ALL },
	[PLOT_PREVIEW] = { "preview", "preview", &level_preview, NULL, OF_LEVELS },
};

const char *plot_kind_name(enum plot_kind_id kind)
{
	return kinds_of_plot[kind].name;
}

int plot_kinds_parse(unsigned *kinds, const char *text, struct err *err)
{
	unsigned asked = 0;
	while (true) {
		size_t bytes = strcspn(text, ",");
		unsigned found = PLOT_KINDS;
		for (unsigned kind = 0; kind < PLOT_KINDS; kind++)
			if (strlen(plot_kind_name(kind)) == bytes && strncmp(plot_kind_name(kind), text, bytes) == 0)
				found = kind;
		if (found == PLOT_KINDS) {
			char known[256] = "";
			for (unsigned kind = 0; kind < PLOT_KINDS; kind++)
				picture_add(known, sizeof known, ", ", "%s", plot_kind_name(kind));
			return err_set(err, "'%.*s' is no kind of picture: %s", (int)(bytes < 64 ? bytes : 64), text,
				       known);
		}
		asked |= 1u << found;
		if (!text[bytes])
			break;
		text += bytes + 1;
	}
	*kinds = asked;
	return 0;
}

int plot_formats_parse(struct plot_look *look, const char *text, struct err *err)
{
	static const char *const names[] = { "svg", "png", "pdf" };
	unsigned formats = 0;

	while (true) {
		size_t bytes = strcspn(text, ","), i = 0;
		while (i < 3 && (strlen(names[i]) != bytes || strncmp(names[i], text, bytes) != 0))
			i++;
		if (i == 3)
			return err_set(err, "'%.*s' is no format: svg, png, pdf", (int)(bytes < 64 ? bytes : 64), text);
		formats |= 1u << i;
		if (!text[bytes])
			break;
		text += bytes + 1;
	}
	look->formats = formats;
	return 0;
}

int plot_size_parse(struct plot_look *look, const char *text, struct err *err)
{
	unsigned width, height;
	int end = 0;

	if (!isdigit((unsigned char)*text) || sscanf(text, "%4ux%n%4u%n", &width, &end, &height, &end) != 2 ||
	    text[end] || !isdigit((unsigned char)text[strcspn(text, "x") + 1]))
		return err_set(err, "'%.40s' is no size, as 1600x900 is", text);
	if (width < PIXELS_MIN || width > PIXELS_MAX || height < PIXELS_MIN / 2 || height > PIXELS_MAX)
		return err_set(err, "%.40s is not between %ux%u and %ux%u pixels", text, PIXELS_MIN, PIXELS_MIN / 2,
			       PIXELS_MAX, PIXELS_MAX);
	look->width = width;
	look->height = height;
	return 0;
}

/* What can be drawn: the modes of levels, then those of open loops; or only those of the sequential client. */

struct sources {
	struct plot_source *all; /* owned */
	size_t count;
	struct rate_point *points; /* owned */
	enum plot_scale scale;
};

static void sources_release(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		plot_data_release(&sources->all[i].data);
	free(sources->all);
	free(sources->points);
}

/* The source of a mode, added where there is none. NULL with err set. */
static struct plot_source *source_of(struct sources *sources, const struct document *doc, const char *mode,
				     struct err *err)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->all[i].mode, mode) == 0)
			return &sources->all[i];
	struct plot_source *source = &sources->all[sources->count];
	*source = (struct plot_source){ .doc = doc, .mode = mode, .is_first = !sources->count };
	sources->count++;
	int result = plot_data_init(&source->data, doc, mode, err);
	source->data.is_log = sources->scale == PLOT_SCALE_LOG;
	source->data.is_linear = sources->scale == PLOT_SCALE_LINEAR;
	return result ? NULL : source;
}

/* All sources, into arrays that have room for them. */
static int sources_add(struct sources *sources, const struct document *doc, const char *const *modes,
		       size_t points_count, struct err *err)
{
	for (size_t i = 0; modes[i]; i++)
		if (!source_of(sources, doc, modes[i], err))
			return -1;
	/* The points are grouped by mode. */
	for (size_t i = 0; i < points_count; i++) {
		struct plot_source *source = source_of(sources, doc, sources->points[i].mode, err);
		if (!source)
			return -1;
		if (!source->points_count++)
			source->points = &sources->points[i];
	}
	for (size_t i = 0; i < doc->cells_count && !sources->count; i++)
		if (strcmp(doc->cells[i].client, SUMMARY_SEQUENTIAL) == 0 &&
		    !source_of(sources, doc, doc->cells[i].mode, err))
			return -1;
	return sources->count ? 0
			      : err_set(err, "there is nothing to draw: the run has no cell of the client %.60s",
					summary_client(doc));
}

static int sources_fill(struct sources *sources, const struct document *doc, enum plot_scale scale, struct err *err)
{
	const char **modes = summary_modes(doc, err);
	size_t points_count = 0;
	int result = -1;

	*sources = (struct sources){ .scale = scale };
	if (modes && !rates_points(doc, &sources->points, &points_count, err)) {
		sources->all = calloc(doc->cells_count + 1, sizeof *sources->all);
		result = sources->all ? sources_add(sources, doc, modes, points_count, err)
				      : err_set(err, "out of memory");
	}
	free(modes);
	return result;
}

/* The pictures that were written, for gnuplot and for the list. */

struct drawn {
	struct picture *pictures; /* owned; the index of the first names, texts and sizes of each */
	enum plot_kind_id *kinds; /* owned */
	size_t count;
};

/* A mode becomes part of file names and of the script. */
static bool mode_is_good(const char *mode)
{
	return *mode && strlen(mode) <= 32 && mode[strspn(mode, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == 0;
}

/* Whether the run has the data of a kind of picture. */
static bool is_due(const struct plot_kind *kind, const struct plot_source *source)
{
	return kind->needs == OF_ALL || (kind->needs == OF_RATES ? source->points_count : source->data.levels_count);
}

static int chart_fill(struct chart *chart, const struct plot_kind *kind, const struct plot_source *source,
		      const struct plot_look *look, struct err *err)
{
	struct picture *picture = &chart->picture;
	char own[PICTURE_OWN], mode[SUMMARY_MODE];

	if (!mode_is_good(source->mode))
		return err_set(err, "'%.100s' is no mode: lower-case letters, digits, _ and -", source->mode);
	picture_init(picture);
	if (look->width > 0)
		picture_size(picture, look->width, look->height);
	picture->doc = source->doc;
	picture->mode = source->mode;
	snprintf(picture->stem, sizeof picture->stem, "%.20s-%.40s", kind->stem, source->mode);
	text_plain(own, sizeof own, document_option(source->doc, "title"));
	snprintf(picture->subtitle, sizeof picture->subtitle, "%s%s%s", own, *own ? " · " : "",
		 summary_mode(mode, source->doc, source->mode));
	if (look->subtitle)
		text_plain(picture->subtitle, sizeof picture->subtitle, look->subtitle);
	return kind->levels ? level_chart_fill(chart, &source->data, kind->levels, err)
			    : kind->fill(chart, source, err);
}

/* What is as asked once the picture is filled. */
static void look_apply(struct picture *picture, const struct plot_look *look)
{
	if (look->title)
		text_plain(picture->title, sizeof picture->title, look->title);
	/* A preview is a PNG, whatever the others are. */
	if (look->formats && picture->has_svg) {
		picture->has_pdf = look->formats & PLOT_PDF;
		picture->has_svg = look->formats & PLOT_SVG;
		picture->has_png = look->formats & PLOT_PNG;
	}
}

/* Writes the sources of one picture, if the run has its data. */
static int picture_make(struct drawn *drawn, enum plot_kind_id kind, const struct plot_source *source,
			const struct plot_look *look, bool is_light, const char *folder, const char *template,
			struct err *err)
{
	struct chart chart = { .panels = NULL };
	struct picture *picture = &chart.picture;

	if (!is_due(&kinds_of_plot[kind], source))
		return 0;
	int result = chart_fill(&chart, &kinds_of_plot[kind], source, look, err);
	look_apply(picture, look);
	if (is_light)
		picture->has_png = picture->has_dark = false;
	if (!result && !chart.is_skipped && (picture->has_svg || picture->has_png || picture->has_pdf)) {
		snprintf(picture->name, sizeof picture->name, "%.180s, %.40s", picture->title, source->mode);
		result = chart_write(&chart, folder, template, err);
		drawn->kinds[drawn->count] = kind;
		drawn->pictures[drawn->count] = *picture;
		drawn->pictures[drawn->count++].texts = NULL;
	}
	chart_release(&chart);
	return result;
}

void plot_list_release(struct plot_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->pictures[i].title);
		free(list->pictures[i].description);
	}
	free(list->pictures);
	*list = (struct plot_list){ 0 };
}

static int list_fill(struct plot_list *list, const struct drawn *drawn, struct err *err)
{
	*list = (struct plot_list){ .pictures = calloc(drawn->count + 1, sizeof *list->pictures) };
	if (!list->pictures)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < drawn->count; i++) {
		const struct picture *from = &drawn->pictures[i];
		struct plot_picture *picture = &list->pictures[list->count++];
		*picture = (struct plot_picture){
			.kind = drawn->kinds[i],
			.title = strdup(from->name),
			.description = strdup(from->description),
			.width = from->width,
			.height = from->height,
			.has_svg = from->has_svg,
		};
		snprintf(picture->stem, sizeof picture->stem, "%.63s", from->stem);
		snprintf(picture->mode, sizeof picture->mode, "%s", from->mode);
		if (!picture->title || !picture->description) {
			plot_list_release(list);
			return err_set(err, "out of memory");
		}
	}
	return 0;
}

int plot_draw(const struct document *doc, unsigned kinds, const struct plot_look *look, const char *folder,
	      const char *templates_folder, struct plot_list *list, const volatile sig_atomic_t *stop, struct err *err)
{
	struct sources sources;
	struct drawn drawn = { 0 };
	const struct plot_look usual = { 0 };
	char *template = NULL;
	int result = -1;

	if (sources_fill(&sources, doc, look ? look->scale : PLOT_SCALE_USUAL, err) || directory_make(folder, err) ||
	    !(template = script_template(templates_folder, TEMPLATE, err)))
		goto out;
	drawn.pictures = calloc(PLOT_KINDS * sources.count + 1, sizeof *drawn.pictures);
	drawn.kinds = calloc(PLOT_KINDS * sources.count + 1, sizeof *drawn.kinds);
	if (!drawn.pictures || !drawn.kinds) {
		err_set(err, "out of memory");
		goto out;
	}
	for (unsigned kind = 0; kind < PLOT_KINDS; kind++)
		for (size_t i = 0; i < sources.count && kinds >> kind & 1; i++)
			if ((stop && *stop && err_set(err, "interrupted")) ||
			    picture_make(&drawn, kind, &sources.all[i], look ? look : &usual, kinds & PLOT_LIGHT,
					 folder, template, err))
				goto out;
	result = picture_draw(drawn.pictures, drawn.count, folder, folder, stop, err);
	if (!result && list)
		result = list_fill(list, &drawn, err);
out:
	sources_release(&sources);
	free(template);
	free(drawn.pictures);
	free(drawn.kinds);
	return result;
}
