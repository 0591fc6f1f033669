/* The pictures of the page, each with how to read it and its figures. */
#include "harness/report/page.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/plot/picture.h"
#include "harness/report/figures.h"
#include "harness/report/svg.h"
#include "harness/text/html.h"

#define LIGHT_BYTES (160 << 10) /* of pictures, on a light page */

/* The title and the text of each kind of picture. */
static const struct picture_words {
	const char *section;       /* a heading above the first of its kind; NULL: none */
	const char *words;         /* how to read it; NULL: the page does not show it */
	enum figures_kind figures; /* FIGURES_KINDS: its figures are in the table of the page */
} picture_words[PLOT_KINDS] = {
	[PLOT_ANSWER] = { NULL,
			  "Grouped by verdict, the fastest first. The circle is a server's best rate, the square that at the most "
			  "connections: the further apart, the more is lost.",
			  FIGURES_KINDS },
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

/* The SVG of a picture, to be freed; NULL with err set. */
static char *svg_read(const struct report_page *page, const struct plot_picture *picture, struct err *err)
{
	char path[REPORT_PATH], name[PLOT_STEM + 16];

	snprintf(name, sizeof name, "%s.svg", picture->stem);
	return report_path(path, page, name, err) ? NULL : file_read(path, err);
}

static int svg_put(const struct report_page *page, const struct plot_picture *picture, struct err *err)
{
	char prefix[PLOT_STEM + 16], *svg = svg_read(page, picture, err);

	if (!svg)
		return -1;
	snprintf(prefix, sizeof prefix, "%s-", picture->stem);
	int result = svg_inline(page->out, svg, prefix, picture->description, err);
	if (result)
		err_prefix(err, "%s/%s.svg", page->folder, picture->stem);
	free(svg);
	return result;
}

static void links_put(const struct report_page *page, const struct plot_picture *picture)
{
	html_open(page->out, "p", NULL);
	fputs("Files: ", page->out);
	report_link(page, picture->stem, ".svg", "SVG", "");
	report_link(page, picture->stem, ".png", "PNG", ", ");
	report_link(page, picture->stem, "-dark.svg", "dark SVG", ", ");
	report_link(page, picture->stem, "-dark.png", "dark PNG", ", ");
	report_link(page, picture->stem, ".csv", "figures as CSV", ", ");
	report_link(page, picture->stem, ".gp", "gnuplot script", ", ");
	report_link(page, picture->stem, ".dat", "its data", ", ");
	html_close(page->out, "p");
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
	if (!result && findings && words->figures < FIGURES_KINDS)
		result = figures_table(findings, words->figures, &table, err);
	if (!result && data_table_rows(&table)) {
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
	if (!page->is_light)
		links_put(page, picture);
	html_close(out, "figcaption");
	html_close(out, "figure");
	return result;
}

/*
 * Which pictures the page shows. A light page has those that fit into its share of bytes, in the order of the page, at least the
 * first; the others are named, where there are any, in left[]. Returns 0, or -1 with err set.
 */
static int pictures_choose(const struct report_page *page, bool *shows, char *left, size_t room, struct err *err)
{
	size_t bytes = 0, used = 0, chosen = 0;

	*left = 0;
	for (size_t i = 0; i < page->pictures.count; i++) {
		const struct plot_picture *picture = &page->pictures.pictures[i];
		shows[i] = picture->has_svg && picture_words[picture->kind].words;
		if (!shows[i] || !page->is_light)
			continue;
		char *svg = svg_read(page, picture, err);
		if (!svg)
			return -1;
		size_t more = strlen(svg);
		free(svg);
		shows[i] = !chosen || bytes + more <= LIGHT_BYTES;
		bytes += shows[i] ? more : 0;
		chosen += shows[i];
		if (!shows[i] && used < room)
			used += (size_t)snprintf(left + used, room - used, "%s%s", used ? "; " : "", picture->title);
	}
	return 0;
}

static int kind_put(const struct report_page *page, int kind, const bool *shows, struct err *err)
{
	char id[32];
	size_t count = 0;

	for (size_t i = 0; i < page->pictures.count; i++)
		count += shows[i] && (int)page->pictures.pictures[i].kind == kind;
	if (!count)
		return 0;
	snprintf(id, sizeof id, "pictures-%d", kind);
	if (picture_words[kind].section)
		html_leaf(page->out, "h2", picture_words[kind].section, "id", id, NULL);
	/* Several modes are shown side by side where there is room. */
	html_open(page->out, "div", "class", count > 1 ? "pictures wide" : "pictures", NULL);
	for (size_t i = 0; i < page->pictures.count; i++)
		if (shows[i] && (int)page->pictures.pictures[i].kind == kind &&
		    picture_put(page, &page->pictures.pictures[i], err))
			return -1;
	html_close(page->out, "div");
	return 0;
}

/* Those of some kinds, from the first to the one before `end`. What a light page leaves out of all is named in left[]. */
static int kinds_put(const struct report_page *page, int first, int end, char *left, size_t room, struct err *err)
{
	bool *shows = calloc(page->pictures.count + 1, sizeof *shows);
	int result = !shows ? err_set(err, "out of memory") : pictures_choose(page, shows, left, room, err);

	for (int kind = first; kind < end && !result; kind++)
		result = kind_put(page, kind, shows, err);
	free(shows);
	return result;
}

int report_answer(const struct report_page *page, struct err *err)
{
	char left[1000];

	return kinds_put(page, PLOT_ANSWER, PLOT_ANSWER + 1, left, sizeof left, err);
}

int report_pictures(const struct report_page *page, struct err *err)
{
	char left[1000];
	int result = kinds_put(page, PLOT_ANSWER + 1, PLOT_KINDS, left, sizeof left, err);

	if (!result && *left) {
		html_open(page->out, "p", "class", "note", NULL);
		html_print(page->out,
			   "This page is a small one, without: %s. `benchctl report " REPORT_PACKED "` draws them.",
			   left);
		html_close(page->out, "p");
	}
	return result;
}
