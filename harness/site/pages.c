#include "harness/site/pages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/text/html.h"

#define TABLE_ROWS_MAX 500 /* of a trend, the newest */
#define USUAL_TITLE    "Server benchmarks"

/* The title of a site: its own, or the usual one. */
static const char *site_pages_title(const struct site *site)
{
	return site->title && *site->title ? site->title : USUAL_TITLE;
}

static const char *name_of(const char *server)
{
	return *server ? server : "(no name)";
}

/* 2026-11-25T12:05:58Z as 2026-11-25 12:05 UTC. */
static void date_put(FILE *out, const char *date)
{
	html_open(out, "time", "datetime", date, NULL);
	html_print(out, "%.10s %.5s UTC", date, date + 11);
	fputs("</time>", out);
}

/* The head of both kinds of pages; `up` leads to the root. */
static void page_begin(const struct site *site, const char *title, const char *up, const char *css, FILE *out)
{
	char feed[64];

	fputs("<!doctype html>\n", out);
	html_open(out, "html", "lang", "en", NULL);
	fputs("\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"generator\" content=\"benchctl\">\n",
	      out);
	html_leaf(out, "title", title, NULL);
	snprintf(feed, sizeof feed, "%s" SITE_FEED, up);
	html_open(out, "link", "rel", "alternate", "type", "application/atom+xml", "title", site_pages_title(site),
		  "href", feed, NULL);
	/* The style is ours, from the templates' folder. */
	fprintf(out, "\n<style>\n%s</style>\n</head>\n<body>\n", css);
}

static void page_end(FILE *out)
{
	fputs("</body>\n</html>\n", out);
}

/* Adds an item to a list, after a separator where it is not the first. */
static void list_add(char *list, size_t room, const char *separator, const char *item)
{
	size_t used = strlen(list);

	snprintf(list + used, room - used, "%s%s", used ? separator : "", item);
}

/* "close and keepalive mode" */
static void modes_of(const struct site_run *run, char *out, size_t room)
{
	const char *modes[8];
	size_t count = 0;

	for (size_t i = 0; i < run->curves_count; i++) {
		bool known = false;
		for (size_t j = 0; j < count; j++)
			known |= strcmp(modes[j], run->curves[i].mode) == 0;
		if (!known && count < sizeof modes / sizeof *modes)
			modes[count++] = run->curves[i].mode;
	}
	*out = 0;
	for (size_t i = 0; i < count; i++)
		list_add(out, room, i + 1 == count ? " and " : ", ", modes[i]);
	list_add(out, room, "", count ? count > 1 ? " modes" : " mode" : "");
}

/* The load of a run: "31 servers · close mode · 1 to 65,536 connections". */
static void run_facts(const struct site_run *run, char *out, size_t room)
{
	char modes[300], min[UNITS_TEXT], max[UNITS_TEXT], text[400];

	snprintf(out, room, "%llu %s", (unsigned long long)run->servers, run->servers == 1 ? "server" : "servers");
	if (run->offered) {
		list_add(out, room, " · ", run->offered);
		return;
	}
	modes_of(run, modes, sizeof modes);
	list_add(out, room, " · ", modes);
	if (run->level_least == run->level_most)
		snprintf(text, sizeof text, "%s connections", units_show_count(max, run->level_most));
	else
		snprintf(text, sizeof text, "%s to %s connections", units_show_count(min, run->level_least),
			 units_show_count(max, run->level_most));
	list_add(out, room, " · ", text);
}

static void host_facts(const struct site_run *run, char *out, size_t room)
{
	snprintf(out, room, "%.200s, %llu %s, %.1f GiB", run->cpu_model ? run->cpu_model : "unknown CPU",
		 (unsigned long long)run->cores, run->cores == 1 ? "core" : "cores",
		 (double)run->memory_bytes / (1024.0 * 1024 * 1024));
}

/* Index. */

static void run_put(const struct site *site, const struct site_run *run, FILE *out)
{
	char text[1200], href[SITE_PATH_MAX];

	snprintf(href, sizeof href, SITE_RUNS "/%s/", run->id);
	html_open(out, "li", NULL);
	fputs("<h3>", out);
	/* The file itself, so that the link works from a disk too. */
	snprintf(text, sizeof text, "%s" SITE_INDEX, href);
	html_open(out, "a", "href", text, NULL);
	date_put(out, run->date);
	fputs("</a></h3>", out);
	run_facts(run, text, sizeof text);
	if (run->interrupted)
		list_add(text, sizeof text, " · ", "interrupted: not all was measured");
	if (site->latest && strcmp(site->latest, run->id) == 0)
		list_add(text, sizeof text, " · ", "this is " SITE_LATEST);
	html_leaf(out, "p", text, "class", "meta", NULL);
	host_facts(run, text, sizeof text);
	if (run->kernel)
		list_add(text, sizeof text, " · ", run->kernel);
	list_add(text, sizeof text, " · benchctl ", run->benchctl ? run->benchctl : "?");
	html_leaf(out, "p", text, "class", "meta", NULL);
	/* A finding names all servers and would fill a screen: the page shows one line, which unfolds to the names. */
	if (run->finding) {
		if (run == site->runs)
			html_open(out, "details", "open", "", NULL);
		else
			html_open(out, "details", NULL);
		html_leaf(out, "summary", run->gist && *run->gist ? run->gist : "What was found", NULL);
		html_leaf(out, "p", run->finding, NULL);
		html_close(out, "details");
	}
	html_close(out, "li");
}

/* A rate as a cell of a table: the median, the spread, and where it was measured unless that is obvious. */
static void point_put(const struct site_point *point, enum site_at at, FILE *out)
{
	char rate[UNITS_TEXT], level[UNITS_TEXT], min[UNITS_TEXT], max[UNITS_TEXT];

	html_open(out, "td", "class", "n", NULL);
	if (!point->level) {
		fputs("–", out);
	} else if (isnan(point->rate_rps)) {
		html_leaf(out, "small", "no figure", NULL);
	} else {
		html_print(out, "%s%s", units_show_count(rate, (uint64_t)(point->rate_rps + 0.5)),
			   point->valid ? "" : "*");
		if (point->most_rps > point->least_rps) {
			fputs("<br>", out);
			html_open(out, "small", NULL);
			html_print(out, "%s–%s", units_show_count(min, (uint64_t)(point->least_rps + 0.5)),
				   units_show_count(max, (uint64_t)(point->most_rps + 0.5)));
			fputs("</small>", out);
		}
		if (at == SITE_AT_BEST || (at == SITE_AT_HUNDRED && point->level != 100)) {
			fputs("<br>", out);
			html_open(out, "small", NULL);
			html_print(out, "at %s", units_show_count(level, point->level));
			fputs("</small>", out);
		}
	}
	html_close(out, "td");
}

static void heads_put(FILE *out)
{
	for (int at = 0; at < SITE_ATS; at++)
		html_leaf(out, "th", site_at_words[at], "class", "n", "scope", "col", NULL);
}

/* The newest curve of a server, and its run. */
static const struct site_curve *curve_of(const struct site *site, const char *server, const struct site_run **run)
{
	for (size_t i = 0; i < site->runs_count; i++)
		for (size_t j = 0; j < site->runs[i].curves_count; j++)
			if (strcmp(site->runs[i].curves[j].server, server) == 0) {
				*run = &site->runs[i];
				return &site->runs[i].curves[j];
			}
	return NULL;
}

static size_t runs_of(const struct site *site, const char *server)
{
	size_t count = 0;

	for (size_t i = 0; i < site->runs_count; i++) {
		bool there = false;
		for (size_t j = 0; j < site->runs[i].curves_count && !there; j++)
			there = strcmp(site->runs[i].curves[j].server, server) == 0;
		count += there;
	}
	return count;
}

static void server_row(const struct site *site, const char *server, FILE *out)
{
	char slug[SITE_SLUG], href[SITE_PATH_MAX];
	const struct site_run *run;
	const struct site_curve *curve = curve_of(site, server, &run);

	if (!curve)
		return;
	snprintf(href, sizeof href, SITE_SERVERS "/%s.html", site_slug(slug, server));
	html_open(out, "tr", NULL);
	html_open(out, "th", "scope", "row", NULL);
	html_leaf(out, "a", name_of(server), "href", href, NULL);
	if (curve->revival)
		fputs(" (revival)", out);
	html_close(out, "th");
	html_open(out, "td", "class", "n", NULL);
	html_print(out, "%zu", runs_of(site, server));
	html_close(out, "td");
	html_open(out, "td", NULL);
	html_print(out, "%.10s, %.30s", run->date, curve->mode);
	html_close(out, "td");
	for (int at = 0; at < SITE_ATS; at++)
		point_put(&curve->points[at], (enum site_at)at, out);
	html_close(out, "tr");
}

/* A table that is wider than a phone scrolls by itself; the keyboard can reach it. */
static void table_begin(FILE *out, const char *label)
{
	html_open(out, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", label, NULL);
	fputs("\n<table>\n<thead>\n<tr>", out);
}

static void servers_put(const struct site *site, const char *const *servers, FILE *out)
{
	if (!*servers) {
		html_leaf(out, "p", "Trends are of runs over numbers of connections: there is none yet.", "class",
			  "note", NULL);
		return;
	}
	html_leaf(
		out, "p",
		"Requests per second in the newest run of each: the median over the launches, below it the minimum and the "
		"maximum. * not valid; the page of the run says why. Each name leads to the server's trend over all runs.",
		"class", "note", NULL);
	table_begin(out, "Servers");
	html_leaf(out, "th", "server", "scope", "col", NULL);
	html_leaf(out, "th", "runs", "class", "n", "scope", "col", NULL);
	html_leaf(out, "th", "newest", "scope", "col", NULL);
	heads_put(out);
	fputs("</tr>\n</thead>\n<tbody>\n", out);
	for (size_t i = 0; servers[i]; i++)
		server_row(site, servers[i], out);
	fputs("</tbody>\n</table>\n</div>\n", out);
}

int site_pages_index(const struct site *site, const char *css, FILE *out, struct err *err)
{
	const char **servers = site_servers(site);
	const char *title = site_pages_title(site);

	if (!servers)
		return err_set(err, "out of memory");
	page_begin(site, title, "", css, out);
	fputs("<main>\n", out);
	html_leaf(out, "h1", title, NULL);
	html_open(out, "p", "class", "meta", NULL);
	html_print(out, "%zu %s · ", site->runs_count, site->runs_count == 1 ? "run" : "runs");
	html_leaf(out, "a", "feed", "href", SITE_FEED, NULL);
	if (site->latest) {
		fputs(" · ", out);
		html_leaf(out, "a", SITE_LATEST, "href", SITE_LATEST, NULL);
		fputs("(the newest figures, as a baseline for <code>benchctl compare</code>)", out);
	}
	html_close(out, "p");
	html_leaf(out, "h2", "Runs", NULL);
	html_open(out, "ul", "class", "runs", NULL);
	for (size_t i = 0; i < site->runs_count; i++)
		run_put(site, &site->runs[i], out);
	html_close(out, "ul");
	html_leaf(out, "h2", "Servers", NULL);
	servers_put(site, servers, out);
	fputs("</main>\n", out);
	page_end(out);
	free(servers);
	return 0;
}

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
	date_put(out, run->date);
	fputs("</a>", out);
	if (run->interrupted)
		fputs("<br><small>interrupted</small>", out);
	html_close(out, "th");
	for (int at = 0; at < SITE_ATS; at++)
		point_put(&curve->points[at], (enum site_at)at, out);
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

	host_facts(trend->runs[0], host, sizeof host);
	snprintf(text, sizeof text, "%.100s mode, %s", trend->curves[0]->mode, host);
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
	table_begin(out, label);
	html_leaf(out, "th", "run", "scope", "col", NULL);
	heads_put(out);
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
	const struct site_run *run;
	const struct site_curve *curve = curve_of(site, server, &run);
	char title[SITE_TEXT_MAX + 40];

	snprintf(title, sizeof title, "%s%s over runs", name_of(server), curve && curve->revival ? " (revival)" : "");
	page_begin(site, title, "../", css, out);
	fputs("<nav>", out);
	html_leaf(out, "a", site_pages_title(site), "href", "../" SITE_INDEX, NULL);
	fputs("</nav>\n<main>\n", out);
	html_leaf(out, "h1", title, NULL);
	html_leaf(
		out, "p",
		"Requests per second at four numbers of connections, in each run on the same kind of host: the median "
		"over the launches, below it the minimum and the maximum. * not valid; the page of the run says why. Where something "
		"else than the server changed too, a difference need not be the server's.",
		"class", "note", NULL);
	for (size_t i = 0; i < count; i++)
		trend_put(&trends[i], i + 1, out);
	fputs("</main>\n", out);
	page_end(out);
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
	char text[1200], uuid[SITE_UUID], path[SITE_PATH_MAX];

	fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n", out);
	html_leaf(out, "title", site_pages_title(site), NULL);
	html_leaf(out, "id", site->feed_id, NULL);
	html_leaf(out, "updated", site->runs[0].date, NULL);
	fputs("<author><name>benchctl</name></author>\n<generator>benchctl</generator>\n", out);
	link_put(site, "self", SITE_FEED, out);
	link_put(site, "alternate", "", out);
	for (size_t i = 0; i < site->runs_count && i < SITE_PAGES_FEED_MAX; i++) {
		const struct site_run *run = &site->runs[i];
		fputs("<entry>\n", out);
		run_facts(run, text, sizeof text);
		html_leaf(out, "title", text, NULL);
		html_leaf(out, "id", site_uuid(uuid, run->sha256), NULL);
		html_leaf(out, "updated", run->date, NULL);
		snprintf(path, sizeof path, SITE_RUNS "/%s/" SITE_INDEX, run->id);
		link_put(site, "alternate", path, out);
		host_facts(run, text, sizeof text);
		fputs("<summary>", out);
		html_print(out, "%s%s%s", run->finding ? run->finding : "", run->finding ? " " : "", text);
		fputs("</summary>\n</entry>\n", out);
	}
	fputs("</feed>\n", out);
}
