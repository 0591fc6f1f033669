#include "harness/site/server_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/site/pages.h"
#include "harness/site/trend_plot.h"

/* Whether a server is in a run that was added or removed now. */
static bool is_touched(const struct publishing *p, const char *server)
{
	for (size_t i = 0; i < p->touched_count; i++)
		if (strcmp(p->touched[i], server) == 0)
			return true;
	return false;
}

static bool is_settled(const struct publishing *p, const char *path)
{
	const struct site_file *file = site_file(&p->site.files, path);

	return file && *file->sha256;
}

/* Which pictures have to be drawn: all of a server are, or none. */
static bool needs_drawing(const struct publishing *p, const char *server, const char *stem)
{
	char light[SITE_PATH_MAX + 32], dark[SITE_PATH_MAX + 32];

	snprintf(light, sizeof light, SITE_SERVERS "/%s.svg", stem);
	snprintf(dark, sizeof dark, SITE_SERVERS "/%s-dark.svg", stem);
	return p->request->renew || is_touched(p, server) || !is_settled(p, light) || !is_settled(p, dark);
}

/* The trends of one server while pictures are drawn and its page is written. */
struct server_page {
	char slug[SITE_SLUG];
	struct site_trends trends;
	struct site_pages_trend *shown; /* owned, as the next two */
	struct trend_plot *plots;
	char (*descriptions)[TREND_PLOT_DESCRIPTION];
};

static void server_page_release(struct server_page *page)
{
	site_trends_release(&page->trends);
	free(page->shown);
	free(page->plots);
	free(page->descriptions);
}

/* Finds the trends of a server. Those of their pictures that are to be drawn are added to `plots`. */
static int server_page_of(struct server_page *page, struct publishing *p, const char *server, struct trend_plot **plots,
			  size_t *count, struct err *err)
{
	if (site_trends_of(&page->trends, &p->site, server, err))
		return -1;
	size_t trends = page->trends.count;
	page->shown = calloc(trends + 1, sizeof *page->shown);
	page->plots = calloc(trends + 1, sizeof *page->plots);
	page->descriptions = calloc(trends + 1, sizeof *page->descriptions);
	struct trend_plot *more = realloc(*plots, (*count + trends + 1) * sizeof *more);
	if (more)
		*plots = more;
	if (!page->shown || !page->plots || !page->descriptions || !more)
		return err_set(err, "out of memory");
	size_t others = 0;
	site_slug(page->slug, server);
	for (size_t i = 0; i < trends; i++) {
		struct trend_plot *plot = &page->plots[i];
		page->shown[i].trend = plot->trend = &page->trends.trends[i];
		others += !plot->trend->is_main;
		plot->server = server;
		snprintf(plot->stem, sizeof plot->stem, "%s-%zu", page->slug, plot->trend->number);
		/* What the page does not show has no picture. */
		if (others > SITE_PAGES_BRANCHES_MAX || !trend_plot_is_due(plot->trend))
			continue;
		page->shown[i].picture = plot->stem;
		page->shown[i].description = trend_plot_description(page->descriptions[i], plot);
		if (!needs_drawing(p, server, plot->stem)) {
			char light[SITE_PATH_MAX + 32], dark[SITE_PATH_MAX + 32];
			snprintf(light, sizeof light, SITE_SERVERS "/%s.svg", plot->stem);
			snprintf(dark, sizeof dark, SITE_SERVERS "/%s-dark.svg", plot->stem);
			if (staging_keep(&p->staging, light, err) || staging_keep(&p->staging, dark, err))
				return -1;
			continue;
		}
		more[(*count)++] = *plot;
		if (staging_list(&p->staging, err, SITE_SERVERS "/%s.svg", plot->stem) ||
		    staging_list(&p->staging, err, SITE_SERVERS "/%s-dark.svg", plot->stem))
			return -1;
	}
	return 0;
}

static int server_page_write(const struct server_page *page, struct publishing *p, const char *server, struct err *err)
{
	char path[SITE_PATH_MAX];

	snprintf(path, sizeof path, SITE_SERVERS "/%s.html", page->slug);
	FILE *out = staging_create(&p->staging, path, err);
	if (!out)
		return -1;
	site_pages_server(&p->site, server, page->shown, page->trends.count, p->css, out);
	return file_close(out, path, err) ? -1 : staging_list(&p->staging, err, "%s", path);
}

int server_pages_stage(struct publishing *p, struct err *err)
{
	const char **servers = site_servers(&p->site);
	size_t count = 0, plots_count = 0;
	struct trend_plot *plots = NULL;
	int result = 0;

	while (servers && servers[count])
		count++;
	struct server_page *pages = servers ? calloc(count + 1, sizeof *pages) : NULL;
	if (!pages)
		result = err_set(err, "out of memory");
	for (size_t i = 0; i < count && !result; i++)
		result = server_page_of(&pages[i], p, servers[i], &plots, &plots_count, err);
	if (!result && plots_count) {
		char folder[STAGING_PATH], scratch[STAGING_PATH];
		result = trend_plot_draw(plots, plots_count, staging_path(folder, &p->staging, SITE_SERVERS),
					 staging_path(scratch, &p->staging, STAGING_SCRATCH), p->request->templates,
					 p->request->stop, err);
	}
	for (size_t i = 0; i < count && !result; i++)
		result = server_page_write(&pages[i], p, servers[i], err);
	for (size_t i = 0; pages && i < count; i++)
		server_page_release(&pages[i]);
	free(pages);
	free(plots);
	free(servers);
	return result;
}
