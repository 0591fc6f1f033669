/*
 * site.json: what passes its gate is written so that it reads back the same, names no file outside of the site, and gives pages
 * and a feed in which nothing is markup that should be text.
 */
#include "tests/fuzz/fuzz.h"

#include "harness/site/index.h"
#include "harness/site/pages.h"
#include "harness/site/result_site.h"

static void check_files(const struct site_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->files[i].path;
		fuzz_require(*path && *path != '/' && *path != '.' && !strstr(path, "/.") && !strstr(path, "//"));
	}
}

/* What was printed, to free(). */
static char *printed(FILE *out, char **text)
{
	fuzz_require(out != NULL && fclose(out) == 0 && *text);
	return *text;
}

static void check_pages(const struct site *site)
{
	char *text = NULL;
	size_t bytes;
	struct err err;

	FILE *out = open_memstream(&text, &bytes);
	fuzz_require(out && index_put(site, "", out, &err) == 0);
	fuzz_require(!strstr(printed(out, &text), "<script"));
	free(text);
	for (size_t page = site_pages_count(site); page; page--) {
		out = open_memstream(&text, &bytes);
		fuzz_require(out != NULL);
		index_history_put(site, page, "", out);
		fuzz_require(!strstr(printed(out, &text), "<script"));
		free(text);
	}
	if (site->runs_count && site->feed_id) {
		out = open_memstream(&text, &bytes);
		fuzz_require(out != NULL);
		site_pages_feed(site, out);
		fuzz_require(!strstr(printed(out, &text), "<script"));
		free(text);
	}
	const char **servers = site_servers(site);
	fuzz_require(servers != NULL);
	for (size_t i = 0; servers[i]; i++) {
		struct site_trends trends;
		char slug[SITE_SLUG], path[SITE_SLUG + 20];
		fuzz_require(site_trends_of(&trends, site, servers[i], &err) == 0 && trends.count);
		struct site_pages_trend *shown = calloc(trends.count, sizeof *shown);
		fuzz_require(shown != NULL);
		for (size_t j = 0; j < trends.count; j++)
			shown[j].trend = &trends.trends[j];
		out = open_memstream(&text, &bytes);
		fuzz_require(out != NULL);
		site_pages_server(site, servers[i], shown, trends.count, "", out);
		fuzz_require(!strstr(printed(out, &text), "<script"));
		free(text);
		snprintf(path, sizeof path, SITE_SERVERS "/%s.html", site_slug(slug, servers[i]));
		fuzz_require(site_path_is_good(path));
		free(shown);
		site_trends_release(&trends);
	}
	free(servers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct site site, again;
	struct err err;

	if (!result_site_read(&site, (const char *)data, bytes, &err)) {
		char *text = result_site_text(&site, NULL);
		fuzz_require(text != NULL);
		fuzz_require(result_site_read(&again, text, strlen(text), &err) == 0);
		char *text_again = result_site_text(&again, NULL);
		fuzz_require(text_again && strcmp(text, text_again) == 0);
		free(text);
		free(text_again);
		site_release(&again);
		check_files(&site.files);
		check_pages(&site);
	}
	site_release(&site);
	return 0;
}
