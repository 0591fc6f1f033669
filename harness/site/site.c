#include "harness/site/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/site/address.h"

#define SITE(name) FIELD_ROW(struct site, "site." #name, TEXT, LATER, name, .room = SITE_TEXT_MAX)

#define RENAMES_MAX 256 /* of servers, that are followed */

static const struct field gone_fields[] = {
	FIELD_ROW(struct site_gone, "id", TEXT, ALWAYS, id, .room = 80, .filled = true), { .path = NULL }
};

const struct field site_fields[] = {
	SITE(title),
	SITE(url),
	SITE(feed_id),
	SITE(branch),
	SITE(latest),
	FIELD_ROW(struct site, "runs", LIST, ALWAYS, runs, .count = FIELD_COUNTED_BY(struct site, runs_count),
		  .items = site_run_fields, .room = SITE_RUNS_MAX),
	FIELD_ROW(struct site, "gone", LIST, KNOWN, gone, .count = FIELD_COUNTED_BY(struct site, gone_count),
		  .items = gone_fields, .room = SITE_RUNS_MAX),
	FIELD_ROW(struct site, "files", MAP, ALWAYS, files.files, .count = FIELD_COUNTED_BY(struct site, files.count),
		  .items = site_file_fields, .room = SITE_FILES_MAX),
	{ .path = NULL }
};

void site_release(struct site *site)
{
	fields_release(site_fields, site);
	*site = (struct site){ 0 };
}

const struct site_run *site_run(const struct site *site, const char *id)
{
	for (size_t i = 0; i < site->runs_count; i++)
		if (strcmp(site->runs[i].id, id) == 0)
			return &site->runs[i];
	return NULL;
}

/* Newest first; the id begins with the date, so that runs of the same second have an order too. */
static int run_order(const void *a, const void *b)
{
	return strcmp(((const struct site_run *)b)->id, ((const struct site_run *)a)->id);
}

bool site_is_main(const struct site *site, const struct site_run *run)
{
	const char *branch = run->branch;

	return !branch || (site->branch ? strcmp(branch, site->branch) == 0
					: strcmp(branch, "main") == 0 || strcmp(branch, "master") == 0);
}

size_t site_pages_count(const struct site *site)
{
	return site->runs_count > SITE_INDEX_RUNS ? (site->runs_count + SITE_PAGE_RUNS - 1) / SITE_PAGE_RUNS : 0;
}

/* The newest run of the main branch that was not interrupted; where there is none, the newest that was not; else the newest. */
static const struct site_run *run_latest(const struct site *site)
{
	for (int any_branch = 0; any_branch < 2; any_branch++)
		for (size_t i = 0; i < site->runs_count; i++)
			if (!site->runs[i].interrupted && (any_branch || site_is_main(site, &site->runs[i])))
				return &site->runs[i];
	return site->runs_count ? &site->runs[0] : NULL;
}

void site_settle(struct site *site)
{
	struct {
		const char *from, *to;
	} renames[RENAMES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < site->runs_count; i++) {
		struct site_run *run = &site->runs[i];
		size_t before = count;
		for (size_t j = 0; j < run->curves_count; j++) {
			struct site_curve *curve = &run->curves[j];
			curve->current = curve->server;
			for (size_t k = 0; k < before; k++)
				if (strcmp(renames[k].from, curve->server) == 0)
					curve->current = renames[k].to;
		}
		for (size_t j = 0; j < run->curves_count; j++) {
			const struct site_curve *curve = &run->curves[j];
			bool known = !curve->alias || count == RENAMES_MAX;
			for (size_t k = 0; k < count && !known; k++)
				known = strcmp(renames[k].from, curve->alias) == 0;
			if (known)
				continue;
			renames[count].from = curve->alias;
			renames[count++].to = curve->current;
		}
	}
}

/* What follows from the runs. Returns 0, or -1 where memory is out. */
static int runs_settle(struct site *site)
{
	const struct site_run *latest = run_latest(site);

	site_settle(site);
	return cell_set_text(&site->latest, latest ? latest->id : NULL);
}

int site_add(struct site *site, struct site_run *run, struct err *err)
{
	struct site_run *old = (struct site_run *)site_run(site, run->id);
	char hash[SHA256_TEXT], uuid[SITE_UUID], text[SHA256_TEXT + 16];

	if (!old && site->runs_count == SITE_RUNS_MAX)
		return err_set(err, "the site has %d runs already", SITE_RUNS_MAX);
	if (!site->feed_id) {
		snprintf(text, sizeof text, "feed %s", run->sha256);
		site->feed_id = strdup(site_uuid(uuid, sha256_text(hash, text, strlen(text))));
		if (!site->feed_id)
			return err_set(err, "out of memory");
	}
	if (old) {
		site_run_release(old);
	} else {
		struct site_run *more = realloc(site->runs, (site->runs_count + 1) * sizeof *more);
		if (!more)
			return err_set(err, "out of memory");
		site->runs = more;
		old = &more[site->runs_count++];
	}
	*old = *run;
	*run = (struct site_run){ 0 };
	qsort(site->runs, site->runs_count, sizeof *site->runs, run_order);
	/* It is there again: its folder stays. */
	for (size_t i = 0; i < site->gone_count; i++)
		if (site_run(site, site->gone[i].id)) {
			free(site->gone[i].id);
			site->gone[i--] = site->gone[--site->gone_count];
		}
	return runs_settle(site) ? err_set(err, "out of memory") : 0;
}

int site_remove(struct site *site, const char *id, struct err *err)
{
	struct site_run *run = (struct site_run *)site_run(site, id);
	struct site_gone *more = realloc(site->gone, (site->gone_count + 1) * sizeof *more);

	if (more)
		site->gone = more;
	if (!more || !(more[site->gone_count].id = strdup(id)))
		return err_set(err, "out of memory");
	site->gone_count++;
	site_run_release(run);
	memmove(run, run + 1, (size_t)(site->runs + site->runs_count - (run + 1)) * sizeof *run);
	site->runs_count--;
	return runs_settle(site) ? err_set(err, "out of memory") : 0;
}

int site_check(const struct site *site, struct err *err)
{
	if (site->url && !site_url_is_good(site->url))
		return err_set(err, "'url' is no plain http or https URL");
	if (site->feed_id && !site_is_uuid(site->feed_id))
		return err_set(err, "'feed_id' is no UUID");
	for (size_t i = 0; i < site->runs_count; i++) {
		if (site_run_check(&site->runs[i], err))
			return err_prefix(err, "runs[%zu]", i);
		if (i && strcmp(site->runs[i - 1].id, site->runs[i].id) <= 0)
			return err_set(err, "runs[%zu]: the runs are not in order", i);
	}
	/* site_add() sets both, so a run always has them. */
	if (site->runs_count && (!site->latest || !site->feed_id))
		return err_set(err, "'%s' is missing beside runs", site->latest ? "feed_id" : "latest");
	if (site->latest && !site_run(site, site->latest))
		return err_set(err, "'latest' is none of the runs");
	for (size_t i = 0; i < site->gone_count; i++)
		if (!site_run_id_is_good(site->gone[i].id) || site_run(site, site->gone[i].id))
			return err_set(err, "gone[%zu] is no id of a run that is gone", i);
	return site_files_check(&site->files, err);
}

static int name_order(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int ceiling = (strcmp(y, CONTROL_SERVER) == 0) - (strcmp(x, CONTROL_SERVER) == 0);

	return ceiling ? ceiling : strcmp(x, y);
}

const char **site_servers(const struct site *site)
{
	size_t all = 0, count = 0;

	for (size_t i = 0; i < site->runs_count; i++)
		all += site->runs[i].curves_count;
	const char **names = calloc(all + 1, sizeof *names);
	if (!names)
		return NULL;
	all = 0;
	for (size_t i = 0; i < site->runs_count; i++)
		for (size_t j = 0; j < site->runs[i].curves_count; j++)
			names[all++] = site->runs[i].curves[j].current;
	qsort(names, all, sizeof *names, name_order);
	for (size_t i = 0; i < all; i++)
		if (!count || strcmp(names[count - 1], names[i]) != 0)
			names[count++] = names[i];
	names[count] = NULL;
	return names;
}
