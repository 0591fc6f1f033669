#include "harness/site/publish.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/lib/file.h"
#include "harness/lib/gzip.h"
#include "harness/lib/text.h"
#include "harness/record/result.h"
#include "harness/report/headline.h"
#include "harness/report/offered.h"
#include "harness/report/report.h"
#include "harness/site/index.h"
#include "harness/site/manifest.h"
#include "harness/site/pages.h"
#include "harness/site/server_pages.h"
#include "harness/site/upkeep.h"

/* The manifest is written after each run; when many runs are given at once, after every 1/64 of them. */
#define MANIFEST_SHARE 64

/* Runs. */

#define AHEAD_S 3600 /* a date by which a clock may be ahead of this one's */

/* A run.json, and what the site keeps of it. Release both in any case. *is_empty: it could be read, and has no cell yet. */
static int run_read(struct document *document, struct site_run *run, const char *path, bool *is_empty, struct err *err)
{
	char sha256[SHA256_TEXT];

	*run = (struct site_run){ 0 };
	*is_empty = false;
	if (result_read_hashed(document, path, sha256, err))
		return -1;
	*is_empty = !document->cells_count;
	/* A manifest with a run that no later call can read would end the site. */
	return site_run_of(run, document, sha256, err) || site_run_check(run, err) ? err_prefix(err, "%s", path) : 0;
}

static void warn(const struct publish_request *request, const char *path, const char *what)
{
	char text[1000];

	snprintf(text, sizeof text, "%.600s: %s", path, what);
	if (request->tell)
		request->tell(request->context, text);
}

int publish_choose(struct publish_request *request, char **chosen, struct err *err)
{
	size_t count = 0;
	int result = 0;

	for (size_t i = 0; i < request->runs_count && !result; i++) {
		struct document document = { 0 };
		struct site_run run;
		time_t when;
		bool is_empty;
		result = run_read(&document, &run, request->runs[i], &is_empty, err);
		if (!result)
			chosen[count++] = request->runs[i];
		if (!result && !site_date(&when, run.date) && when > time(NULL) + AHEAD_S)
			warn(request, request->runs[i],
			     "warning: its date is ahead of this machine's clock, and it stands first until then");
		/* One that is at its begin, or that did not get further. */
		if (is_empty && request->runs_count > 1) {
			warn(request, request->runs[i], "warning: left out, none of its cells is measured");
			result = 0;
		}
		document_release(&document);
		site_run_release(&run);
	}
	if (!result && !count && request->runs_count)
		result = err_set(err, "none of these runs has a cell: there is nothing to publish");
	request->runs = chosen;
	request->runs_count = count;
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
static int run_put(struct publishing *p, const char *folder, struct err *err)
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
			result = publishing_put(p, NULL, path, err);
	}
	free(names);
	if (!result)
		publishing_tell(p, "%s: %zu files sent, %zu were there", folder, p->done->sent - sent,
				p->done->kept - kept);
	return result;
}

/* Makes the page of a run in the staging folder. */
static int run_stage(struct publishing *p, const struct document *document, const struct site_run *run,
		     const char *source, const char *folder, struct err *err)
{
	char url[2 * SITE_PATH_MAX], run_json[SITE_PATH_MAX], local[STAGING_PATH], path[STAGING_PATH],
		page[STAGING_PATH + sizeof REPORT_PAGE], sha256[SHA256_TEXT];
	struct document unused;

	snprintf(url, sizeof url, "%s%s", p->site.url ? p->site.url : "", folder);
	staging_path(local, &p->staging, folder);
	snprintf(page, sizeof page, "%s/" REPORT_PAGE, local);
	if (p->request->tries && !access(page, R_OK)) /* the page is written last: an earlier try has made all of it */
		return 0;
	staging_path(path, &p->staging, site_run_path(run_json, run));
	struct report_request request = {
		.folder = local,
		.templates = p->request->templates,
		.run = source,
		.url = p->site.url ? url : NULL,
		.stop = p->request->stop,
		.is_light = run->is_light,
	};
	if (staging_folder_make(&p->staging, folder, err) || report_write(document, &request, err))
		return -1;
	int result = result_read_hashed(&unused, path, sha256, err);
	document_release(&unused);
	if (result)
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

/* The files of the other kind of page would stay beside those of this one. */
static int run_clear(struct publishing *p, const struct site_run *known, const struct site_run *run, const char *folder,
		     struct err *err)
{
	char path[SITE_PATH_MAX + 1];

	if (!known || known->is_light == run->is_light)
		return 0;
	snprintf(path, sizeof path, "%s/", folder);
	return p->store->ops->remove(p->store, path, err);
}

/* Publishes one run, as far as its own folder goes. */
static int run_publish(struct publishing *p, const char *source, struct err *err)
{
	struct document document = { 0 };
	struct site_run run;
	char folder[SITE_PATH_MAX];
	bool is_empty;
	int result = -1;

	if (publishing_is_stopped(p, err) || run_read(&document, &run, source, &is_empty, err))
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
		publishing_tell(p, "%s: is there already", folder);
		result = 0;
		goto out;
	}
	run.is_light = p->request->light;
	if (run_tell(&run, &document, err) || run_stage(p, &document, &run, source, folder, err) ||
	    run_clear(p, known, &run, folder, err) || run_put(p, folder, err))
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
	publishing_changed(p);
	if (upkeep_touch(p, site_run(&p->site, p->added[p->added_count - 1]))) {
		err_set(err, "out of memory");
		goto out;
	}
	result = ++p->runs_unlisted > p->site.runs_count / MANIFEST_SHARE ? manifest_write(p, err) : 0;
	if (!p->request->tries)
		staging_folder_remove(&p->staging, folder);
out:
	document_release(&document);
	site_run_release(&run);
	return result;
}

/* The pages of all runs. */

/* Copies latest.json, if it is not that of the latest run, from the run's own folder. */
static int latest_stage(struct publishing *p, struct err *err)
{
	const struct site_run *run = site_run(&p->site, p->site.latest);
	const struct site_file *file = site_file(&p->site.files, SITE_LATEST);
	char path[SITE_PATH_MAX], hash[SHA256_TEXT], *text;
	size_t bytes;

	if (file && strcmp(file->sha256, run->sha256) == 0 && !p->request->renew)
		return 0;
	site_run_path(path, run);
	if (p->store->ops->read(p->store, path, RESULT_BYTES_MAX, &text, &bytes, err))
		return -1;
	if (!text)
		return err_set(err, "%s: %s is missing: publish that run with --renew", p->store->name, path);
	if (run->is_light) {
		char *packed = text;
		int bad = gzip_unpack(&text, &bytes, packed, bytes, RESULT_BYTES_MAX, err);
		free(packed);
		if (bad)
			return err_prefix(err, "%s: %s", p->store->name, path);
	}
	sha256_text(hash, text, bytes);
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

static int history_stage(struct publishing *p, struct err *err)
{
	char path[SITE_PATH_MAX];

	for (size_t page = site_pages_count(&p->site); page; page--) {
		snprintf(path, sizeof path, SITE_HISTORY "/%zu.html", page);
		FILE *out = staging_create(&p->staging, path, err);
		if (!out)
			return -1;
		index_history_put(&p->site, page, p->css, out);
		if (file_close(out, path, err) || staging_list(&p->staging, err, "%s", path))
			return -1;
	}
	return 0;
}

static int indices_stage(struct publishing *p, struct err *err)
{
	FILE *out = history_stage(p, err) ? NULL : staging_create(&p->staging, SITE_FEED, err);

	if (!out)
		return -1;
	site_pages_feed(&p->site, out);
	if (file_close(out, SITE_FEED, err) || !(out = staging_create(&p->staging, SITE_INDEX, err)))
		return -1;
	int result = index_put(&p->site, p->css, out, err);
	if (file_close(out, SITE_INDEX, err) || result)
		return -1;
	return staging_list(&p->staging, err, SITE_FEED) || staging_list(&p->staging, err, SITE_INDEX) ? -1 : 0;
}

/* Says in the manifest which files are about to change; each must be ours, or new. */
static int files_claim(struct publishing *p, struct err *err)
{
	const struct staging *list = &p->staging;

	for (size_t i = 0; i < list->count; i++)
		if (publishing_is_stopped(p, err) || publishing_is_ours(p, list->paths[i], err))
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

/* GitHub's pages leave out names that begin with "_" where this file is missing. One that is there is left as it is. */
static int nojekyll_put(struct publishing *p, struct err *err)
{
	static const char path[] = ".nojekyll";
	struct site_file file = { .path = (char *)path };
	enum store_state state;
	char local[STAGING_PATH];

	if (!p->store->is_folder)
		return 0;
	if (p->store->ops->look(p->store, &file, &state, err))
		return -1;
	if (state != STORE_ABSENT)
		return 0;
	FILE *out = staging_create(&p->staging, path, err);
	return !out || file_close(out, path, err) ||
			       p->store->ops->put(p->store, path, staging_path(local, &p->staging, path), err)
		       ? -1
		       : 0;
}

static int pages_publish(struct publishing *p, struct err *err)
{
	size_t sent = p->done->sent, kept = p->done->kept;
	int result = server_pages_stage(p, err) || latest_stage(p, err) || indices_stage(p, err) ||
				     files_claim(p, err) || nojekyll_put(p, err)
			     ? -1
			     : 0;

	for (size_t i = 0; i < p->staging.count && !result; i++)
		result = publishing_put(p, &p->site.files, p->staging.paths[i], err);
	if (!result)
		result = upkeep_sweep(p, err) || manifest_write(p, err) ? -1 : 0;
	if (!result)
		publishing_tell(p, "indices and trends: %zu files sent, %zu were there", p->done->sent - sent,
				p->done->kept - kept);
	return result;
}

/* Applies the request's title and URL. A URL gets a slash at its end. */
static int site_set(struct publishing *p, struct err *err)
{
	const char *url = p->request->url;
	char whole[SITE_PATH_MAX + 2], plain[SITE_TEXT_MAX];

	/* As the manifest keeps it, so that pages made from either are the same. */
	if (p->request->title && cell_set_text(&p->site.title, text_plain(plain, sizeof plain, p->request->title)))
		return err_set(err, "out of memory");
	if (p->request->branch && cell_set_text(&p->site.branch, text_plain(plain, sizeof plain, p->request->branch)))
		return err_set(err, "out of memory");
	if (!url)
		return 0;
	snprintf(whole, sizeof whole, "%.*s%s", SITE_PATH_MAX, url, *url && url[strlen(url) - 1] == '/' ? "" : "/");
	return cell_set_text(&p->site.url, whole) ? err_set(err, "out of memory") : 0;
}

/* The style, from two files. NULL with err set. */
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

/* Makes the staging folder, or takes that of an earlier try, with the pages of runs that it has made for the same URL. */
static int staging_begin(struct publishing *p, struct err *err)
{
	struct publish_tries *tries = p->request->tries;
	const char *url = p->site.url ? p->site.url : "";

	if (!tries || !tries->staging.folder || !tries->url || strcmp(tries->url, url) != 0) {
		if (tries)
			staging_remove(&tries->staging);
		if (staging_make(&p->staging, err))
			return -1;
		return tries && cell_set_text(&tries->url, url) ? err_set(err, "out of memory") : 0;
	}
	p->staging = tries->staging;
	p->staging.count = 0;
	tries->staging = (struct staging){ 0 };
	staging_folder_remove(&p->staging, SITE_SERVERS);
	staging_folder_remove(&p->staging, STAGING_SCRATCH);
	return staging_folder_make(&p->staging, SITE_SERVERS, err) ||
			       staging_folder_make(&p->staging, STAGING_SCRATCH, err)
		       ? -1
		       : 0;
}

/* Leaves it to the next try, or removes it. */
static void staging_end(struct publishing *p)
{
	if (!p->request->tries)
		staging_remove(&p->staging);
	else if (p->staging.folder) /* else it ended before it had one, and an earlier try's stays */
		p->request->tries->staging = p->staging;
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
	    upkeep_check(&p, err) || staging_begin(&p, err))
		goto out;
	/* Checked before the many files of a run are sent. */
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (publishing_is_ours(&p, first[i], err))
			goto out;
	for (size_t i = 0; i < request->runs_count; i++)
		if (run_publish(&p, request->runs[i], err))
			goto out;
	result = upkeep_remove(&p, err) || pages_publish(&p, err) ? -1 : 0;
out:
	staging_end(&p);
	for (size_t i = 0; i < p.added_count; i++)
		free(p.added[i]);
	free(p.added);
	for (size_t i = 0; i < p.touched_count; i++)
		free(p.touched[i]);
	free(p.touched);
	free(p.css);
	free(p.runs_text);
	site_release(&p.site);
	return result;
}
