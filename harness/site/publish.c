#include "harness/site/publish.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/plot/picture.h"
#include "harness/record/result.h"
#include "harness/report/headline.h"
#include "harness/report/offered.h"
#include "harness/report/report.h"
#include "harness/site/pages.h"
#include "harness/site/result_site.h"
#include "harness/site/staging.h"
#include "harness/site/trend_plot.h"

/* The manifest is written after each run; of a long history given at once, after every 1/64 of it. */
#define MANIFEST_SHARE 64

struct publishing {
	struct store *store;
	const struct publish_request *request;
	struct publish_done *done;
	struct site site;
	struct staging staging; /* in which the site is made, and the list of its files that are no run's */
	char seen[SHA256_TEXT]; /* hash of the manifest as it is there; "": there is none */
	size_t runs_unlisted;   /* added, and not yet in the manifest that is there */
	char **added;           /* ids of runs that were added now */
	size_t added_count;
	char *css; /* the looks of a report and, on top of them, of a site; owned */
};

static void tell(const struct publishing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(const struct publishing *p, const char *format, ...)
{
	char text[1000];
	va_list args;

	if (!p->request->tell)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	p->request->tell(p->request->context, text);
}

static int is_stopped(const struct publishing *p, struct err *err)
{
	return p->request->stop && *p->request->stop ? err_set(err, "interrupted") : 0;
}

/* Files of the site. */

/* Puts one staged file, if it is not there already, and sets it in the list. */
static int file_ensure(struct publishing *p, struct site_files *files, const char *path, struct err *err)
{
	struct site_file file = { .path = (char *)path };
	const struct site_file *known = site_file(files, path);
	enum store_state state = STORE_OTHER;
	char local[STAGING_PATH];

	staging_path(local, &p->staging, path);
	if (is_stopped(p, err) || store_hash(local, &file.bytes, file.sha256, err))
		return -1;
	if (known && !p->request->renew && strcmp(known->sha256, file.sha256) == 0)
		state = STORE_SAME;
	else if (p->store->ops->look(p->store, &file, &state, err))
		return -1;
	if (state == STORE_SAME) {
		p->done->kept++;
	} else {
		if (p->store->ops->put(p->store, path, local, err))
			return -1;
		p->done->sent++;
		p->done->sent_bytes += file.bytes;
	}
	return site_file_set(files, path, file.bytes, file.sha256) ? err_set(err, "out of memory") : 0;
}

/* A file that is there and not in the manifest is somebody else's. */
static int file_is_ours(struct publishing *p, const char *path, struct err *err)
{
	struct site_file file = { .path = (char *)path };
	enum store_state state;

	if (site_file(&p->site.files, path))
		return 0;
	if (p->store->ops->look(p->store, &file, &state, err))
		return -1;
	return state == STORE_ABSENT ? 0
				     : err_set(err,
					       "%s has a file %s that benchctl has not written, and does not replace: "
					       "choose another place, or remove it",
					       p->store->name, path);
}

static void hash_of(char out[SHA256_TEXT], const char *text, size_t bytes)
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, bytes, (const uint8_t *)text);
	sha256_show(&sha, out);
}

/*
 * Where a file cannot be renamed onto another (SFTP), the old manifest goes before the new one gets its name. A call that was
 * cut just there has left the new one whole under its other name. What is cut itself is the first one of a site, and says
 * nothing that would be missed.
 */
static int manifest_rescue(struct publishing *p, struct err *err)
{
	char path[STORE_PART_PATH], *text;
	struct err ignored;
	size_t bytes;

	if (p->store->ops->read(p->store, store_part(path, SITE_MANIFEST), RESULT_SITE_BYTES_MAX, &text, &bytes, err))
		return -1;
	if (text && result_site_read(&p->site, text, bytes, &ignored))
		site_release(&p->site);
	free(text);
	return 0;
}

/* Reads the manifest that is there; the hash of it is stored. A site without one is empty. */
static int manifest_read(struct publishing *p, struct err *err)
{
	char *text;
	size_t bytes;

	if (p->store->ops->read(p->store, SITE_MANIFEST, RESULT_SITE_BYTES_MAX, &text, &bytes, err))
		return -1;
	if (!text)
		return manifest_rescue(p, err);
	hash_of(p->seen, text, bytes);
	int result = result_site_read(&p->site, text, bytes, err);
	free(text);
	return result ? err_prefix(err, "%s: " SITE_MANIFEST " there", p->store->name) : 0;
}

/* The next call must be able to read what this one writes. */
static int manifest_fits(const struct publishing *p, size_t bytes, struct err *err)
{
	size_t files = p->site.files.count;

	for (size_t i = 0; i < p->site.runs_count; i++)
		if (p->site.runs[i].files.count > files)
			files = p->site.runs[i].files.count;
	if (files > SITE_FILES_MAX)
		return err_set(
			err,
			"%s is full: its manifest would have a list of %zu files, and %d is the most: begin another site",
			p->store->name, files, SITE_FILES_MAX);
	if (bytes > RESULT_SITE_BYTES_MAX)
		return err_set(err, "%s is full: its manifest would be larger than %u MiB: begin another site",
			       p->store->name, RESULT_SITE_BYTES_MAX >> 20);
	return 0;
}

/* Writes the manifest, if it says something new; unless another has written it since it was read. */
static int manifest_write(struct publishing *p, struct err *err)
{
	char *there = NULL, *text = result_site_text(&p->site), hash[SHA256_TEXT], hash_there[SHA256_TEXT] = "";
	char local[STAGING_PATH];
	size_t bytes = 0;
	int result = -1;

	if (!text) {
		err_set(err, "out of memory");
		goto out;
	}
	if (manifest_fits(p, strlen(text), err))
		goto out;
	hash_of(hash, text, strlen(text));
	p->runs_unlisted = 0;
	if (strcmp(hash, p->seen) == 0) {
		result = 0;
		goto out;
	}
	if (is_stopped(p, err) ||
	    p->store->ops->read(p->store, SITE_MANIFEST, RESULT_SITE_BYTES_MAX, &there, &bytes, err))
		goto out;
	if (there)
		hash_of(hash_there, there, bytes);
	if (strcmp(hash_there, p->seen) != 0) {
		err_set(err, "another has published to %s at the same time: publish again", p->store->name);
		goto out;
	}
	staging_path(local, &p->staging, SITE_MANIFEST);
	FILE *file = file_create(local, err);
	if (!file)
		goto out;
	fputs(text, file); /* file_close() sees whether it was taken */
	if (!file_close(file, local, err))
		result = p->store->ops->put(p->store, SITE_MANIFEST, local, err);
	if (!result)
		strcpy(p->seen, hash);
out:
	free(there);
	free(text);
	return result;
}

/* Runs. */

/* A run.json, and what the site keeps of it. Release both in any case. */
static int run_read(struct document *document, struct site_run *run, const char *path, struct err *err)
{
	char sha256[SHA256_TEXT];
	uint64_t bytes;

	*run = (struct site_run){ 0 };
	if (result_read(document, path, err) || store_hash(path, &bytes, sha256, err))
		return -1;
	/* A manifest with a run that no later call can read would end the site. */
	return site_run_of(run, document, sha256, err) || site_run_check(run, err) ? err_prefix(err, "%s", path) : 0;
}

int publish_check(const struct publish_request *request, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < request->runs_count && !result; i++) {
		struct document document = { 0 };
		struct site_run run;
		result = run_read(&document, &run, request->runs[i], err);
		document_release(&document);
		site_run_release(&run);
	}
	return result;
}

/* The names in a folder, sorted, the page last. */
static int page_last(const struct dirent **a, const struct dirent **b)
{
	int page = (strcmp((*a)->d_name, REPORT_PAGE) == 0) - (strcmp((*b)->d_name, REPORT_PAGE) == 0);

	return page ? page : strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Puts all files of a run's folder. */
static int run_put(struct publishing *p, struct site_run *run, const char *folder, struct err *err)
{
	char local[STAGING_PATH];
	struct dirent **names;
	int count = scandir(staging_path(local, &p->staging, folder), &names, is_visible, page_last), result = 0;
	size_t sent = p->done->sent, kept = p->done->kept;

	if (count < 0)
		return err_set_errno(err, "%s", folder);
	for (int i = 0; i < count; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		free(names[i]);
		if (!result && !site_path_is_good(path))
			result = err_set(err, "%s is no name for a file of a site", path);
		if (!result)
			result = file_ensure(p, &run->files, path, err);
	}
	free(names);
	if (!result)
		tell(p, "%s: %zu files sent, %zu were there", folder, p->done->sent - sent, p->done->kept - kept);
	return result;
}

/* Makes the page of a run in the staging folder. */
static int run_stage(struct publishing *p, const struct document *document, const struct site_run *run,
		     const char *source, const char *folder, struct err *err)
{
	char url[2 * SITE_PATH_MAX], path[STAGING_PATH + SITE_PATH_MAX], local[STAGING_PATH], sha256[SHA256_TEXT];
	uint64_t bytes;

	snprintf(url, sizeof url, "%s%s", p->site.url ? p->site.url : "", folder);
	staging_path(local, &p->staging, folder);
	snprintf(path, sizeof path, "%s/" SITE_RUN_JSON, local);
	struct report_request request = {
		.folder = local,
		.templates = p->request->templates,
		.run = source,
		.url = p->site.url ? url : NULL,
	};
	if (staging_folder_make(&p->staging, folder, err) || report_write(document, &request, err) ||
	    store_hash(path, &bytes, sha256, err))
		return -1;
	return strcmp(sha256, run->sha256) == 0 ? 0 : err_set(err, "%s has changed while it was read", source);
}

static int added_note(struct publishing *p, const char *id)
{
	return (p->added[p->added_count] = strdup(id)) ? (p->added_count++, 0) : -1;
}

/* Gives the run its load, and its finding in one sentence and in a line. */
static int run_tell(struct site_run *run, const struct document *document, struct err *err)
{
	struct findings_set findings;
	char *finding = NULL, *gist = NULL, offered[OFFERED_TEXT];
	int result = -1;

	if (!findings_set_fill(&findings, document, err) && (finding = headline_finding(document, &findings, err)) &&
	    (gist = headline_gist(&findings, err)) &&
	    (result = site_run_tell(run, offered_list(offered, document), finding, gist)))
		err_set(err, "out of memory");
	findings_set_release(&findings);
	free(finding);
	free(gist);
	return result;
}

/* Publishes one run, as far as its own folder goes. */
static int run_publish(struct publishing *p, const char *source, struct err *err)
{
	struct document document = { 0 };
	struct site_run run;
	char folder[SITE_PATH_MAX];
	int result = -1;

	if (is_stopped(p, err) || run_read(&document, &run, source, err))
		goto out;
	snprintf(folder, sizeof folder, SITE_RUNS "/%s", run.id);
	const struct site_run *known = site_run(&p->site, run.id);
	if (known && strcmp(known->sha256, run.sha256) != 0) {
		err_set(err, "%s: a run of the same second with the same name is there", source);
		goto out;
	}
	bool now = false;
	for (size_t i = 0; i < p->added_count; i++)
		now |= strcmp(p->added[i], run.id) == 0;
	if (known && (now || !p->request->renew)) {
		p->done->runs_known += !now;
		tell(p, "%s: is there already", folder);
		result = 0;
		goto out;
	}
	if (run_tell(&run, &document, err) || run_stage(p, &document, &run, source, folder, err) ||
	    run_put(p, &run, folder, err))
		goto out;
	if (added_note(p, run.id)) {
		err_set(err, "out of memory");
		goto out;
	}
	if (known)
		p->done->runs_known++;
	else
		p->done->runs_added++;
	if (site_add(&p->site, &run, err))
		goto out;
	result = ++p->runs_unlisted > p->site.runs_count / MANIFEST_SHARE ? manifest_write(p, err) : 0;
	staging_folder_remove(&p->staging, folder);
out:
	document_release(&document);
	site_run_release(&run);
	return result;
}

/* Pages of servers. */

/* Whether a server stands in a run that was added now. */
static bool is_touched(const struct publishing *p, const char *server)
{
	for (size_t i = 0; i < p->added_count; i++) {
		const struct site_run *run = site_run(&p->site, p->added[i]);
		for (size_t j = 0; run && j < run->curves_count; j++)
			if (strcmp(run->curves[j].server, server) == 0)
				return true;
	}
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
	site_slug(page->slug, server);
	for (size_t i = 0; i < trends; i++) {
		struct trend_plot *plot = &page->plots[i];
		page->shown[i].trend = plot->trend = &page->trends.trends[i];
		plot->server = server;
		snprintf(plot->stem, sizeof plot->stem, "%s-%zu", page->slug, plot->trend->number);
		if (!trend_plot_is_due(plot->trend))
			continue;
		page->shown[i].picture = plot->stem;
		page->shown[i].description = trend_plot_description(page->descriptions[i], plot);
		if (!needs_drawing(p, server, plot->stem))
			continue;
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

static int servers_stage(struct publishing *p, struct err *err)
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
					 err);
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

/* latest.json, where it is not that of the latest run: out of the run's own folder there. */
static int latest_stage(struct publishing *p, struct err *err)
{
	const struct site_run *run = site_run(&p->site, p->site.latest);
	const struct site_file *file = site_file(&p->site.files, SITE_LATEST);
	char path[SITE_PATH_MAX], hash[SHA256_TEXT], *text;
	size_t bytes;

	if (file && strcmp(file->sha256, run->sha256) == 0 && !p->request->renew)
		return 0;
	snprintf(path, sizeof path, SITE_RUNS "/%s/" SITE_RUN_JSON, run->id);
	if (p->store->ops->read(p->store, path, RESULT_BYTES_MAX, &text, &bytes, err))
		return -1;
	if (!text)
		return err_set(err, "%s: %s is missing: publish that run with --renew", p->store->name, path);
	hash_of(hash, text, bytes);
	FILE *out = NULL;
	int result = -1;
	if (strcmp(hash, run->sha256) != 0)
		err_set(err, "%s: %s is not what was published: publish that run with --renew", p->store->name, path);
	else if ((out = staging_create(&p->staging, SITE_LATEST, err))) {
		fwrite(text, 1, bytes, out); /* file_close() sees whether it was taken */
		result = file_close(out, SITE_LATEST, err);
	}
	free(text);
	return result ? result : staging_list(&p->staging, err, SITE_LATEST);
}

static int indices_stage(struct publishing *p, struct err *err)
{
	FILE *out = staging_create(&p->staging, SITE_FEED, err);

	if (!out)
		return -1;
	site_pages_feed(&p->site, out);
	if (file_close(out, SITE_FEED, err) || !(out = staging_create(&p->staging, SITE_INDEX, err)))
		return -1;
	int result = site_pages_index(&p->site, p->css, out, err);
	if (file_close(out, SITE_INDEX, err) || result)
		return -1;
	return staging_list(&p->staging, err, SITE_FEED) || staging_list(&p->staging, err, SITE_INDEX) ? -1 : 0;
}

/* Says in the manifest which files are about to change; each must be ours, or new. */
static int files_claim(struct publishing *p, struct err *err)
{
	const struct staging *list = &p->staging;

	for (size_t i = 0; i < list->count; i++)
		if (is_stopped(p, err) || file_is_ours(p, list->paths[i], err))
			return -1;
	for (size_t i = 0; i < list->count; i++) {
		const struct site_file *known = site_file(&p->site.files, list->paths[i]);
		char local[STAGING_PATH], sha256[SHA256_TEXT];
		uint64_t bytes;
		if (store_hash(staging_path(local, list, list->paths[i]), &bytes, sha256, err))
			return -1;
		if (known && strcmp(known->sha256, sha256) == 0)
			continue;
		if (site_file_set(&p->site.files, list->paths[i], 0, ""))
			return err_set(err, "out of memory");
	}
	return manifest_write(p, err);
}

static int pages_publish(struct publishing *p, struct err *err)
{
	size_t sent = p->done->sent, kept = p->done->kept;
	int result = servers_stage(p, err) || latest_stage(p, err) || indices_stage(p, err) || files_claim(p, err) ? -1
														   : 0;

	for (size_t i = 0; i < p->staging.count && !result; i++)
		result = file_ensure(p, &p->site.files, p->staging.paths[i], err);
	if (!result)
		result = manifest_write(p, err);
	if (!result)
		tell(p, "indices and trends: %zu files sent, %zu were there", p->done->sent - sent,
		     p->done->kept - kept);
	return result;
}

/* Sets what the request says of the site itself. A URL gets its slash. */
static int site_set(struct publishing *p, struct err *err)
{
	const char *url = p->request->url;
	char whole[SITE_PATH_MAX + 2], plain[SITE_TEXT_MAX];

	/* As the manifest keeps it, so that pages made from that are the same. */
	if (p->request->title && cell_set_text(&p->site.title, text_plain(plain, sizeof plain, p->request->title)))
		return err_set(err, "out of memory");
	if (!url)
		return 0;
	snprintf(whole, sizeof whole, "%.*s%s", SITE_PATH_MAX, url, *url && url[strlen(url) - 1] == '/' ? "" : "/");
	return cell_set_text(&p->site.url, whole) ? err_set(err, "out of memory") : 0;
}

/* The looks, out of two files. NULL with err set. */
static char *css_read(const char *templates, struct err *err)
{
	static const char *const names[] = { "page.css", "site.css" };
	char path[4096], *parts[2] = { NULL, NULL }, *css = NULL;

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", templates, names[i]);
		if (!(parts[i] = file_read(path, err)))
			break;
	}
	if (parts[0] && parts[1] && asprintf(&css, "%s%s", parts[0], parts[1]) < 0) {
		css = NULL;
		err_set(err, "out of memory");
	}
	free(parts[0]);
	free(parts[1]);
	return css;
}

int publish(struct store *store, const struct publish_request *request, struct publish_done *done, struct err *err)
{
	struct publishing p = { .store = store, .request = request, .done = done };
	static const char *const first[] = { SITE_INDEX, SITE_FEED, SITE_LATEST };
	int result = -1;

	*done = (struct publish_done){ 0 };
	p.added = calloc(request->runs_count + 1, sizeof *p.added);
	if (!p.added) {
		err_set(err, "out of memory");
		goto out;
	}
	if (!(p.css = css_read(request->templates, err)) || manifest_read(&p, err) || site_set(&p, err) ||
	    staging_make(&p.staging, err))
		goto out;
	/* Said before the many files of a run are sent. */
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (file_is_ours(&p, first[i], err))
			goto out;
	for (size_t i = 0; i < request->runs_count; i++)
		if (run_publish(&p, request->runs[i], err))
			goto out;
	result = pages_publish(&p, err);
out:
	staging_remove(&p.staging);
	for (size_t i = 0; i < p.added_count; i++)
		free(p.added[i]);
	free(p.added);
	free(p.css);
	site_release(&p.site);
	return result;
}
