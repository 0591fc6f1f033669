#include "harness/site/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/site/result_site.h"

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

int manifest_read(struct publishing *p, struct err *err)
{
	char *text;
	size_t bytes;

	if (p->store->ops->read(p->store, SITE_MANIFEST, RESULT_SITE_BYTES_MAX, &text, &bytes, err))
		return -1;
	if (!text)
		return p->request->rebuild ? 0 : manifest_rescue(p, err);
	sha256_text(p->seen, text, bytes);
	int result = p->request->rebuild ? 0 : result_site_read(&p->site, text, bytes, err);
	free(text);
	if (!result)
		return 0;
	struct err why = *err;
	return err_set(err,
		       "%s: " SITE_MANIFEST
		       " there: %.500s (given all its runs, --rebuild makes the site anew: benchctl publish "
		       "--rebuild --to PLACE SITE/" SITE_RUNS "/*/run.json*)",
		       p->store->name, why.text);
}

/* The next call must be able to read what this one writes. */
static int manifest_fits(const struct publishing *p, const char *text, struct err *err)
{
	size_t files = p->site.files.count;

	if (files > SITE_FILES_MAX)
		return err_set(
			err,
			"%s is full: its manifest would have a list of %zu files, and %d is the maximum: begin another site",
			p->store->name, files, SITE_FILES_MAX);
	if (result_site_fits(text, strlen(text), err))
		return err_prefix(err, "%s is full, begin another site: of its manifest", p->store->name);
	return 0;
}

int manifest_write(struct publishing *p, struct err *err)
{
	char *there = NULL, *text = NULL, hash[SHA256_TEXT], hash_there[SHA256_TEXT] = "";
	char local[STAGING_PATH];
	size_t bytes = 0;
	int result = -1;

	if (!p->runs_text)
		p->runs_text = result_site_runs(&p->site);
	if (!p->runs_text || !(text = result_site_text(&p->site, p->runs_text))) {
		err_set(err, "out of memory");
		goto out;
	}
	if (manifest_fits(p, text, err))
		goto out;
	sha256_text(hash, text, strlen(text));
	p->runs_unlisted = 0;
	if (strcmp(hash, p->seen) == 0) {
		result = 0;
		goto out;
	}
	if (publishing_is_stopped(p, err) ||
	    p->store->ops->read(p->store, SITE_MANIFEST, RESULT_SITE_BYTES_MAX, &there, &bytes, err))
		goto out;
	if (there)
		sha256_text(hash_there, there, bytes);
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
