/* The pictures of the page, each with how to read it and its figures. */
#include "harness/report/page.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/plot/picture.h"
#include "harness/report/figures.h"
#include "harness/report/svg.h"
#include "harness/text/html.h"

/* The title and the text of each kind of picture. */
static const struct picture_words {
	const char *section; /* a heading above the first of its kind */
	const char *words;   /* how to read it */
	enum figures_kind figures;
} picture_words[PLOT_KINDS] = {
	[PLOT_HERO] = { "Requests per second against connections",
			"A line that stays up shows a server that keeps up. Grey is what the harness itself reaches.",
			FIGURES_RATE },
	[PLOT_PANELS] = { "Server by server", "The same, with each server before all others, and its verdict above it.",
			  FIGURES_VERDICT },
	[PLOT_SHAPE] = { "The shape alone",
			 "Each server relative to its own maximum: whether it keeps up, however fast it is.",
			 FIGURES_SHAPE },
	[PLOT_PERCENTILES] = { "Latency",
			       "Of a closed loop: with N connections and X requests a second it is about N/X.",
			       FIGURES_LATENCY },
	[PLOT_COST] = { "What a request and a connection cost",
			"A line that rises shows work that grows with the connections.", FIGURES_COST },
	[PLOT_ERRORS] = { "Errors, and connections inside the server",
			  "What failed, and how many of the connections offered the server really held.",
			  FIGURES_ERRORS },
	[PLOT_LATENCY] = { "Latency at a rate", "Of an open loop: counted from when each request was due.",
			   FIGURES_OPEN_LOOP },
	[PLOT_SEQUENTIAL] = { "One by one against many at once", "The table of 2010 as a picture.",
			      FIGURES_SEQUENTIAL },
};

static int svg_put(const struct report_page *page, const struct plot_picture *picture, struct err *err)
{
	char path[REPORT_PATH], name[PLOT_STEM + 16], prefix[PLOT_STEM + 16];

	snprintf(name, sizeof name, "%s.svg", picture->stem);
	if (report_path(path, page, name, err))
		return -1;
	char *svg = file_read(path, err);
	if (!svg)
		return -1;
	snprintf(prefix, sizeof prefix, "%s-", picture->stem);
	int result = svg_inline(page->out, svg, prefix, picture->description, err);
	if (result)
		err_prefix(err, "%s", path);
	free(svg);
	return result;
}

static int picture_put(const struct report_page *page, const struct plot_picture *picture, struct err *err)
{
	const struct picture_words *words = &picture_words[picture->kind];
	const struct findings *findings = findings_set_find(&page->findings, picture->mode);
	char caption[TEXT_TABLE_TEXT], name[PLOT_STEM + 16];
	FILE *out = page->out;
	struct data_table table = { 0 };
	int result = 0;

	html_open(out, "figure", NULL);
	html_open(out, "div", "class", "scroll picture", "role", "region", "tabindex", "0", "aria-label",
		  picture->title, NULL);
	result = svg_put(page, picture, err);
	html_close(out, "div");
	html_open(out, "figcaption", NULL);
	html_leaf(out, "p", words->words, NULL);
	if (!result && findings)
		result = figures_table(findings, words->figures, &table, err);
	if (!result && findings && data_table_rows(&table)) {
		snprintf(name, sizeof name, "%s.csv", picture->stem);
		snprintf(caption, sizeof caption, "The figures of: %.200s", picture->title);
		result = report_csv(page, &table, name, err);
		data_table_trim(&table);
		html_open(out, "details", NULL);
		html_leaf(out, "summary", "Its figures", NULL);
		data_table_html(&table, caption, out);
		html_close(out, "details");
	}
	data_table_release(&table);
	html_open(out, "p", NULL);
	fputs("Files: ", out);
	report_link(page, picture->stem, ".svg", "SVG", "");
	report_link(page, picture->stem, ".png", "PNG", ", ");
	report_link(page, picture->stem, "-dark.svg", "dark SVG", ", ");
	report_link(page, picture->stem, "-dark.png", "dark PNG", ", ");
	report_link(page, picture->stem, ".csv", "figures as CSV", ", ");
	report_link(page, picture->stem, ".gp", "gnuplot script", ", ");
	report_link(page, picture->stem, ".dat", "its data", ", ");
	html_close(out, "p");
	html_close(out, "figcaption");
	html_close(out, "figure");
	return result;
}

int report_pictures(const struct report_page *page, struct err *err)
{
	char id[32];

	for (int kind = 0; kind < PLOT_KINDS; kind++) {
		size_t count = 0;
		for (size_t i = 0; i < page->pictures.count; i++)
			count += (int)page->pictures.pictures[i].kind == kind && page->pictures.pictures[i].has_svg;
		if (!count || !picture_words[kind].section)
			continue;
		snprintf(id, sizeof id, "pictures-%d", kind);
		html_leaf(page->out, "h2", picture_words[kind].section, "id", id, NULL);
		/* Several modes are shown side by side where there is room. */
		html_open(page->out, "div", "class", count > 1 ? "pictures wide" : "pictures", NULL);
		for (size_t i = 0; i < page->pictures.count; i++) {
			const struct plot_picture *picture = &page->pictures.pictures[i];
			if ((int)picture->kind == kind && picture->has_svg && picture_put(page, picture, err))
				return -1;
		}
		html_close(page->out, "div");
	}
	return 0;
}
