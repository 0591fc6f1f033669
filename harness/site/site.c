#include "harness/site/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/site/address.h"

#define SITE(name) FIELD_ROW(struct site, "site." #name, TEXT, LATER, name, .room = SITE_TEXT_MAX)

const struct field site_fields[] = { SITE(title),
				     SITE(url),
				     SITE(feed_id),
				     SITE(latest),
				     FIELD_ROW(struct site, "runs", LIST, ALWAYS, runs,
					       .count = FIELD_COUNTED_BY(struct site, runs_count),
					       .items = site_run_fields, .room = SITE_RUNS_MAX),
				     SITE_FILES_ROW(struct site),
				     { .path = NULL } };

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

/* The newest run that was not interrupted; if all were, the newest. */
static const struct site_run *run_latest(const struct site *site)
{
	for (size_t i = 0; i < site->runs_count; i++)
		if (!site->runs[i].interrupted)
			return &site->runs[i];
	return site->runs_count ? &site->runs[0] : NULL;
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
	return cell_set_text(&site->latest, run_latest(site)->id) ? err_set(err, "out of memory") : 0;
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
	return site_files_check(&site->files, "", err);
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
			names[all++] = site->runs[i].curves[j].server;
	qsort(names, all, sizeof *names, name_order);
	for (size_t i = 0; i < all; i++)
		if (!count || strcmp(names[count - 1], names[i]) != 0)
			names[count++] = names[i];
	names[count] = NULL;
	return names;
}
