#include "harness/plot/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/directory.h"
#include "harness/plot/gnuplot.h"
#include "harness/plot/kind.h"

#define TEMPLATE "chart.gp"

const char *const plot_kind_names[PLOT_KINDS] = {
	[PLOT_HERO] = "hero",       [PLOT_PANELS] = "panels",
	[PLOT_SHAPE] = "shape",     [PLOT_PERCENTILES] = "percentiles",
	[PLOT_COST] = "cost",       [PLOT_ERRORS] = "errors",
	[PLOT_LATENCY] = "latency", [PLOT_SEQUENTIAL] = "sequential",
	[PLOT_PREVIEW] = "preview",
};

static const struct plot_kind {
	const char *stem;   /* of its files, before the mode */
	bool of_open_loops; /* not of the levels */
	plot_fill *fill;
} kinds_of_plot[PLOT_KINDS] = {
	[PLOT_HERO] = { "rate", false, plot_hero },
	[PLOT_PANELS] = { "panels", false, plot_panels },
	[PLOT_SHAPE] = { "shape", false, plot_shape },
	[PLOT_PERCENTILES] = { "percentiles", false, plot_percentiles },
	[PLOT_COST] = { "cost", false, plot_cost },
	[PLOT_ERRORS] = { "errors", false, plot_errors },
	[PLOT_LATENCY] = { "latency", true, plot_latency },
	[PLOT_SEQUENTIAL] = { "sequential", false, plot_sequential },
	[PLOT_PREVIEW] = { "preview", false, plot_preview },
};

int plot_kinds_parse(unsigned *kinds, const char *text, struct err *err)
{
	while (true) {
		size_t bytes = strcspn(text, ",");
		unsigned found = PLOT_KINDS;
		for (unsigned kind = 0; kind < PLOT_KINDS; kind++)
			if (strlen(plot_kind_names[kind]) == bytes && strncmp(plot_kind_names[kind], text, bytes) == 0)
				found = kind;
		if (found == PLOT_KINDS) {
			char known[256] = "";
			for (unsigned kind = 0; kind < PLOT_KINDS; kind++)
				picture_add(known, sizeof known, ", ", "%s", plot_kind_names[kind]);
			return err_set(err, "'%.*s' is no kind of picture: %s", (int)(bytes < 64 ? bytes : 64), text,
				       known);
		}
		*kinds |= 1u << found;
		if (!text[bytes])
			return 0;
		text += bytes + 1;
	}
}

/* What can be drawn: the modes of levels, then those that only open loops have. */

struct sources {
	struct plot_source *all; /* owned */
	size_t count;
	struct rate_point *points; /* owned */
};

static void sources_release(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->all[i].has_levels)
			plot_data_release(&sources->all[i].data);
	free(sources->all);
	free(sources->points);
}

static struct plot_source *source_of(struct sources *sources, const struct document *doc, const char *mode)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->all[i].mode, mode) == 0)
			return &sources->all[i];
	struct plot_source *source = &sources->all[sources->count];
	*source = (struct plot_source){ .doc = doc, .mode = mode, .is_first = !sources->count };
	sources->count++;
	return source;
}

static int sources_fill(struct sources *sources, const struct document *doc, struct err *err)
{
	const char **modes = summary_modes(doc, err);
	size_t points_count = 0;
	int result = -1;

	*sources = (struct sources){ 0 };
	if (!modes || rates_points(doc, &sources->points, &points_count, err))
		goto out;
	sources->all = calloc(doc->cells_count + 1, sizeof *sources->all);
	if (!sources->all) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; modes[i]; i++) {
		struct plot_source *source = source_of(sources, doc, modes[i]);
		source->has_levels = true;
		if (plot_data_init(&source->data, doc, modes[i], err))
			goto out;
	}
	/* The points stand mode by mode. */
	for (size_t i = 0; i < points_count; i++) {
		struct plot_source *source = source_of(sources, doc, sources->points[i].mode);
		if (!source->points_count++)
			source->points = &sources->points[i];
	}
	result = sources->count ? 0
				: err_set(err, "there is nothing to draw: the run has no cell of the client %.60s",
					  summary_client(doc));
out:
	free(modes);
	return result;
}

/* The pictures that were written, for gnuplot and for the list. */

struct drawn {
	struct picture *pictures; /* owned; of each its names, texts and size count from here on */
	enum plot_kind_id *kinds; /* owned */
	size_t count;
};

/* Writes the sources of one picture, if the run has what it shows. */
static int picture_make(struct drawn *drawn, enum plot_kind_id kind, const struct plot_source *source,
			const char *folder, const char *template, struct err *err)
{
	const struct plot_kind *of = &kinds_of_plot[kind];
	struct chart chart = { .panels = NULL };
	int result = -1;

	if (of->of_open_loops ? !source->points_count : !source->has_levels)
		return 0;
	if (picture_init(&chart.picture, source->doc, of->stem, source->mode, err) || of->fill(&chart, source, err))
		goto out;
	if (chart.is_skipped) {
		result = 0;
		goto out;
	}
	snprintf(chart.picture.name, sizeof chart.picture.name, "%.180s, %.40s", chart.picture.title, source->mode);
	if (chart_write(&chart, folder, template, err))
		goto out;
	drawn->kinds[drawn->count] = kind;
	drawn->pictures[drawn->count] = chart.picture;
	drawn->pictures[drawn->count++].texts = NULL;
	result = 0;
out:
	chart_release(&chart);
	return result;
}

/* One gnuplot draws them all. */
static int gnuplot_draw(const struct drawn *drawn, const char *folder, struct err *err)
{
	char(*names)[PICTURE_SCRIPT] = calloc(drawn->count * PALETTES + 1, sizeof *names);
	const char **scripts = calloc(drawn->count * PALETTES + 1, sizeof *scripts);
	int result = -1;

	if (!names || !scripts) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < drawn->count * PALETTES; i++)
		scripts[i] = picture_script(names[i], &drawn->pictures[i / PALETTES], &palettes[i % PALETTES]);
	if (!drawn->count || !gnuplot_run(folder, scripts, err))
		result = 0;
	for (size_t i = 0; i < drawn->count && !result; i++)
		result = picture_finish(&drawn->pictures[i], folder, err);
out:
	free(names);
	free(scripts);
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
		snprintf(picture->stem, sizeof picture->stem, "%s", from->stem);
		snprintf(picture->mode, sizeof picture->mode, "%s", from->mode);
		if (!picture->title || !picture->description) {
			plot_list_release(list);
			return err_set(err, "out of memory");
		}
	}
	return 0;
}

int plot_draw(const struct document *doc, unsigned kinds, const char *folder, const char *templates_folder,
	      struct plot_list *list, struct err *err)
{
	struct sources sources;
	struct drawn drawn = { 0 };
	char *template = NULL;
	int result = -1;

	if (sources_fill(&sources, doc, err) || directory_make(folder, err) ||
	    !(template = picture_template(templates_folder, TEMPLATE, err)))
		goto out;
	drawn.pictures = calloc(PLOT_KINDS * sources.count + 1, sizeof *drawn.pictures);
	drawn.kinds = calloc(PLOT_KINDS * sources.count + 1, sizeof *drawn.kinds);
	if (!drawn.pictures || !drawn.kinds) {
		err_set(err, "out of memory");
		goto out;
	}
	for (unsigned kind = 0; kind < PLOT_KINDS; kind++)
		for (size_t i = 0; i < sources.count && kinds >> kind & 1; i++)
			if (picture_make(&drawn, kind, &sources.all[i], folder, template, err))
				goto out;
	result = gnuplot_draw(&drawn, folder, err);
	if (!result && list)
		result = list_fill(list, &drawn, err);
out:
	sources_release(&sources);
	free(template);
	free(drawn.pictures);
	free(drawn.kinds);
	return result;
}
