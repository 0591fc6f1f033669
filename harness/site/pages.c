#include "harness/site/pages.h"

#include <stdlib.h>
#include <string.h>

#include "harness/site/parts.h"
#include "harness/text/html.h"

#define TABLE_ROWS_MAX 100 /* of a trend, the newest */

/* The page of a server. */

static void picture_put(const struct site_pages_trend *trend, const char *label, FILE *out)
{
	char light[SITE_PATH_MAX], dark[SITE_PATH_MAX];

	snprintf(light, sizeof light, "%.*s.svg", SITE_PATH_MAX - 12, trend->picture);
	snprintf(dark, sizeof dark, "%.*s-dark.svg", SITE_PATH_MAX - 12, trend->picture);
	html_open(out, "figure", NULL);
	html_open(out, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", label, NULL);
	html_open(out, "picture", NULL);
	html_open(out, "source", "media", "screen and (prefers-color-scheme: dark)", "srcset", dark, NULL);
	html_open(out, "img", "src", light, "alt", trend->description, "width", "780", "height", "430", NULL);
	fputs("</picture></div>", out);
	html_close(out, "figure");
}

static void trend_row(const struct site_trend *trend, size_t i, FILE *out)
{
	const struct site_run *run = trend->runs[i];
	const struct site_curve *curve = trend->curves[i];
	char text[1200];

	html_open(out, "tr", NULL);
	html_open(out, "th", "scope", "row", NULL);
	snprintf(text, sizeof text, "../" SITE_RUNS "/%s/" SITE_INDEX, run->id);
	html_open(out, "a", "href", text, NULL);
	parts_date(out, run->date);
	fputs("</a>", out);
	if (run->interrupted)
		fputs("<br><small>interrupted</small>", out);
	html_close(out, "th");
	for (int at = 0; at < SITE_ATS; at++)
		parts_point(&curve->points[at], (enum site_at)at, out);
	parts_revision(run, text, sizeof text);
	html_leaf(out, "td", *text ? text : "–", NULL);
	html_leaf(out, "td", curve->version ? curve->version : "–", NULL);
	html_leaf(out, "td", run->kernel ? run->kernel : "–", NULL);
	*text = 0;
	if (i + 1 < trend->count)
		site_changes(text, sizeof text, run, curve, trend->runs[i + 1], trend->curves[i + 1]);
	html_leaf(out, "td", text, NULL);
	html_close(out, "tr");
}

/* `number` tells regions apart that would have the same name: hosts may differ in little. */
static void trend_put(const struct site_pages_trend *one, size_t number, FILE *out)
{
	const struct site_trend *trend = one->trend;
	char text[1200], host[600], label[200];

	parts_host(trend->runs[0], host, sizeof host);
	snprintf(text, sizeof text, "%s%.100s%s%.100s mode, %s", trend->is_main ? "" : "Branch ",
		 trend->is_main ? "" : trend->runs[0]->branch, trend->is_main ? "" : ": ", trend->curves[0]->mode,
		 host);
	html_leaf(out, "h2", text, NULL);
	snprintf(label, sizeof label, "Picture %zu, %.100s mode", number, trend->curves[0]->mode);
	if (one->picture)
		picture_put(one, label, out);
	else
		html_leaf(out, "p",
			  trend->count > 1 ? "There is no picture: fewer than two of these runs have a figure."
					   : "A picture comes with the second run on such a host.",
			  "class", "note", NULL);
	snprintf(label, sizeof label, "Figures %zu, %.100s mode", number, trend->curves[0]->mode);
	parts_table(out, label);
	html_leaf(out, "th", "run", "scope", "col", NULL);
	parts_heads(out);
	html_leaf(out, "th", "commit", "scope", "col", NULL);
	html_leaf(out, "th", "version", "scope", "col", NULL);
	html_leaf(out, "th", "kernel", "scope", "col", NULL);
	html_leaf(out, "th", "changed since the run before", "scope", "col", NULL);
	fputs("</tr>\n</thead>\n<tbody>\n", out);
	for (size_t i = 0; i < trend->count && i < TABLE_ROWS_MAX; i++)
		trend_row(trend, i, out);
	fputs("</tbody>\n</table>\n</div>\n", out);
	if (trend->count > TABLE_ROWS_MAX) {
		snprintf(text, sizeof text, "The newest %d of %zu runs.", TABLE_ROWS_MAX, trend->count);
		html_leaf(out, "p", text, "class", "note", NULL);
	}
}

void site_pages_server(const struct site *site, const char *server, const struct site_pages_trend *trends, size_t count,
		       const char *css, FILE *out)
{
	bool revival = count && trends[0].trend->curves[0]->revival;
	char title[SITE_TEXT_MAX + 40];

	snprintf(title, sizeof title, "%s%s over runs", parts_name(server), revival ? " (revival)" : "");
	parts_begin(site, title, "../", css, out);
	fputs("<nav>", out);
	html_leaf(out, "a", parts_title(site), "href", "../" SITE_INDEX, NULL);
	fputs("</nav>\n<main>\n", out);
	html_leaf(out, "h1", title, NULL);
	html_leaf(
		out, "p",
		"Requests per second at four numbers of connections, in each run on the same kind of host: the median "
		"over the launches, below it the minimum and the maximum. * not valid; the page of the run says why. Where something "
		"else than the server changed too, a difference need not be the server's. Each branch has trends of its own, in the "
		"order of its commits.",
		"class", "note", NULL);
	size_t others = 0;
	for (size_t i = 0; i < count; i++) {
		others += !trends[i].trend->is_main;
		if (others <= SITE_PAGES_BRANCHES_MAX)
			trend_put(&trends[i], i + 1, out);
	}
	if (others > SITE_PAGES_BRANCHES_MAX) {
		snprintf(title, sizeof title, "Of branches beside the main one, the newest %d of %zu trends are shown.",
			 SITE_PAGES_BRANCHES_MAX, others);
		html_leaf(out, "p", title, "class", "note", NULL);
	}
	fputs("</main>\n", out);
	parts_end(out);
}

/* The feed. Its elements are XML, which html.h writes as well. */

static void link_put(const struct site *site, const char *rel, const char *path, FILE *out)
{
	char href[2 * SITE_PATH_MAX + 2];

	snprintf(href, sizeof href, "%s%s", site->url ? site->url : "", path);
	fputs("<link rel=\"", out);
	html_text(out, rel);
	fputs("\" href=\"", out);
	html_text(out, *href ? href : "./");
	fputs("\"/>\n", out);
}

void site_pages_feed(const struct site *site, FILE *out)
{
	char text[1200], host[600], uuid[SITE_UUID], path[SITE_PATH_MAX];

	fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n", out);
	html_leaf(out, "title", parts_title(site), NULL);
	html_leaf(out, "id", site->feed_id, NULL);
	html_leaf(out, "updated", site->runs[0].date, NULL);
	fputs("<author><name>benchctl</name></author>\n<generator>benchctl</generator>\n", out);
	link_put(site, "self", SITE_FEED, out);
	link_put(site, "alternate", "", out);
	for (size_t i = 0; i < site->runs_count && i < SITE_PAGES_FEED_MAX; i++) {
		const struct site_run *run = &site->runs[i];
		fputs("<entry>\n", out);
		parts_run(run, text, sizeof text);
		fputs("<title>", out);
		html_print(out, "%s%s%s", run->title ? run->title : "", run->title ? ": " : "", text);
		fputs("</title>\n", out);
		html_leaf(out, "id", site_uuid(uuid, run->sha256), NULL);
		html_leaf(out, "updated", run->date, NULL);
		snprintf(path, sizeof path, SITE_RUNS "/%s/" SITE_INDEX, run->id);
		link_put(site, "alternate", path, out);
		parts_revision(run, text, sizeof text);
		parts_host(run, host, sizeof host);
		parts_add(text, sizeof text, " · ", host);
		fputs("<summary>", out);
		html_print(out, "%s%s%s%s%s", run->note ? run->note : "", run->note ? " " : "",
			   run->finding ? run->finding : "", run->finding ? " " : "", text);
		fputs("</summary>\n</entry>\n", out);
	}
	fputs("</feed>\n", out);
}
