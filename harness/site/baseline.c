#include "harness/site/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/record/result.h"
#include "harness/site/fetch.h"
#include "harness/site/result_site.h"

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Whether they were measured by the same program under the same system. */
static bool is_measured_alike(const struct site_run *a, const struct site_run *b)
{
	return is_same(a->kernel, b->kernel) && is_same(a->governor, b->governor) &&
	       is_same(a->benchctl, b->benchctl) && is_same(a->client_cpus, b->client_cpus) &&
	       is_same(a->server_cpus, b->server_cpus);
}

const struct site_run *baseline_find(const struct site *site, const struct site_run *run, struct err *err)
{
	const struct site_run *found = NULL;
	int found_rank = 0;
	size_t of_main = 0, of_host = 0, of_setup = 0;

	for (size_t i = 0; i < site->runs_count; i++) {
		const struct site_run *at = &site->runs[i];
		if (at->interrupted || !site_is_main(site, at) || strcmp(at->id, run->id) == 0)
			continue;
		of_main++;
		if (!site_run_is_same_host(at, run))
			continue;
		of_host++;
		if (!at->setup || !run->setup || strcmp(at->setup, run->setup) != 0)
			continue;
		of_setup++;
		if (!site_run_has_all_of(at, run))
			continue;
		int rank = 1 + 2 * is_measured_alike(at, run) + site_run_has_all_of(run, at);
		if (rank > found_rank) {
			found = at;
			found_rank = rank;
		}
	}
	if (!found)
		err_set(err,
			"no baseline: of %zu whole runs of the main branch %zu are of this kind of host, %zu of these with the same "
			"options, and none of those with all servers and modes",
			of_main, of_host, of_setup);
	return found;
}

/* A path below a place. Returns memory to be freed, or NULL where it is out. */
static char *below(const char *place, const char *path)
{
	char *whole;
	bool has_slash = *place && place[strlen(place) - 1] == '/';

	return asprintf(&whole, "%s%s%s", place, has_slash ? "" : "/", path) < 0 ? NULL : whole;
}

static int site_read(struct site *site, const char *place, uint64_t timeout_ns, struct err *err)
{
	char *path = below(place, SITE_MANIFEST), *text = NULL;
	size_t bytes;
	int result = -1;

	FILE *file = !path                    ? NULL
		     : fetch_is_address(path) ? fetch_open(path, RESULT_SITE_BYTES_MAX, timeout_ns, err)
					      : file_open(path, err);
	if (!path)
		err_set(err, "out of memory");
	if (file && !result_text_stream(&text, &bytes, file, SITE_MANIFEST, err)) {
		result = result_site_read(site, text, bytes, err);
		if (result)
			err_prefix(err, SITE_MANIFEST);
	}
	if (file)
		fclose(file);
	free(text);
	free(path);
	return result;
}

char *baseline_of(const char *place, const struct document *document, const char *sha256, uint64_t timeout_ns,
		  struct err *err)
{
	struct site site = { 0 };
	struct site_run run = { 0 };
	const struct site_run *found = NULL;
	char path[SITE_PATH_MAX], *whole = NULL, *shown = fetch_show(place);

	if (!site_read(&site, place, timeout_ns, err) && !site_run_of(&run, document, sha256, err) &&
	    (found = baseline_find(&site, &run, err)) && !(whole = below(place, site_run_path(path, found))))
		err_set(err, "out of memory");
	if (!whole)
		err_prefix(err, "--baseline %.200s", shown ? shown : "");
	free(shown);
	site_run_release(&run);
	site_release(&site);
	return whole;
}
