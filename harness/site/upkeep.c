#include "harness/site/upkeep.h"

#include <stdlib.h>
#include <string.h>

int upkeep_touch(struct publishing *p, const struct site_run *run)
{
	char **more = realloc(p->touched, (p->touched_count + run->curves_count + 1) * sizeof *more);

	if (!more)
		return -1;
	p->touched = more;
	for (size_t i = 0; i < run->curves_count; i++) {
		if (!(more[p->touched_count] = strdup(run->curves[i].current)))
			return -1;
		p->touched_count++;
	}
	return 0;
}

int upkeep_check(const struct publishing *p, struct err *err)
{
	for (char *const *id = p->request->remove; id && *id; id++)
		if (!site_run(&p->site, *id))
			return err_set(err, "--remove: %s has no run %.100s: it is the ID in runs/ID", p->store->name,
				       *id);
	return 0;
}

static int run_remove(struct publishing *p, const char *id, struct err *err)
{
	char *copy = strdup(id); /* it may be the run's own */
	const struct site_run *run = site_run(&p->site, id);
	int result = 0;

	if (!copy)
		return err_set(err, "out of memory");
	if (run && upkeep_touch(p, run))
		result = err_set(err, "out of memory");
	else if (run && !(result = site_remove(&p->site, copy, err))) {
		publishing_changed(p);
		p->done->runs_removed++;
		publishing_tell(p, SITE_RUNS "/%s: taken out", copy);
	}
	free(copy);
	return result;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Whether a run that was added takes the place of another. */
static bool is_replaced(const struct site_run *run, const struct site_run *by)
{
	return strcmp(run->id, by->id) != 0 && is_same_text(run->commit, by->commit) &&
	       strcmp(run->branch ? run->branch : "", by->branch ? by->branch : "") == 0 &&
	       is_same_text(run->setup, by->setup) && site_run_is_same_host(run, by) && site_run_has_all_of(by, run);
}

static bool is_added(const struct publishing *p, const char *id)
{
	for (size_t i = 0; i < p->added_count; i++)
		if (strcmp(p->added[i], id) == 0)
			return true;
	return false;
}

static int runs_replace(struct publishing *p, struct err *err)
{
	for (size_t i = 0; i < p->added_count; i++)
		for (size_t j = p->site.runs_count; j-- > 0;) {
			const struct site_run *by = site_run(&p->site, p->added[i]), *run = &p->site.runs[j];
			if (by && !is_added(p, run->id) && is_replaced(run, by) && run_remove(p, run->id, err))
				return -1;
		}
	return 0;
}

static int runs_retain(struct publishing *p, struct err *err)
{
	bool *stays = calloc(p->site.runs_count + 1, sizeof *stays);
	int result = 0;

	if (!stays)
		return err_set(err, "out of memory");
	retention_choose(&p->request->retention, &p->site, time(NULL), stays);
	/* From the oldest on: the places of newer ones stay. */
	for (size_t i = p->site.runs_count; i-- > 0 && !result;)
		if (!stays[i])
			result = run_remove(p, p->site.runs[i].id, err);
	free(stays);
	return result;
}

int upkeep_remove(struct publishing *p, struct err *err)
{
	for (char *const *id = p->request->remove; id && *id; id++)
		if (run_remove(p, *id, err))
			return -1;
	if ((p->request->replace && runs_replace(p, err)) || runs_retain(p, err))
		return -1;
	return p->site.runs_count ? 0 : err_set(err, "no run would be left: remove the site itself instead");
}

/* Whether a file is one of those that are made anew with each call, and can become pointless. */
static bool is_made(const char *path)
{
	return strncmp(path, SITE_SERVERS "/", strlen(SITE_SERVERS "/")) == 0 ||
	       strncmp(path, SITE_HISTORY "/", strlen(SITE_HISTORY "/")) == 0;
}

static int pages_sweep(struct publishing *p, struct err *err)
{
	for (size_t i = p->site.files.count; i-- > 0;) {
		struct site_file *file = &p->site.files.files[i];
		enum store_state state;
		if (!is_made(file->path) || staging_has(&p->staging, file->path))
			continue;
		if (publishing_is_stopped(p, err) || p->store->ops->look(p->store, file, &state, err) ||
		    (state == STORE_SAME && p->store->ops->remove(p->store, file->path, err)))
			return -1;
		site_file_drop(&p->site.files, file->path);
	}
	return 0;
}

static int folders_sweep(struct publishing *p, struct err *err)
{
	char path[SITE_PATH_MAX];

	while (p->site.gone_count) {
		struct site_gone *gone = &p->site.gone[p->site.gone_count - 1];
		snprintf(path, sizeof path, SITE_RUNS "/%.80s/", gone->id);
		if (publishing_is_stopped(p, err) || p->store->ops->remove(p->store, path, err))
			return -1;
		free(gone->id);
		p->site.gone_count--;
	}
	return 0;
}

int upkeep_sweep(struct publishing *p, struct err *err)
{
	return pages_sweep(p, err) || folders_sweep(p, err) ? -1 : 0;
}
