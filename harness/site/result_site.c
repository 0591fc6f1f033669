#include "harness/site/result_site.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/record/json.h"

#define MARK "benchctl_site" /* the key that only a manifest has, with its version */

/* A value of the manifest on one line, after what stands before it. Returns 0, or not 0 if out of memory. */
static int line_put(FILE *out, const char *before, const json_t *json)
{
	char *text = dump_json(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
	int bad = !text || fprintf(out, "%s%s", before, text) < 0;

	free(text);
	return bad;
}

char *result_site_runs(const struct site *site)
{
	char *text = NULL;
	size_t room;
	FILE *out = open_memstream(&text, &room);
	int bad = 0;

	/* One after the other: the JSON of thousands of runs need not be in memory at once. */
	for (size_t i = 0; out && i < site->runs_count && !bad; i++) {
		json_t *run = fields_json(site_run_fields, &site->runs[i]);
		bad = !run || line_put(out, i ? ",\n" : "\n", run);
		json_decref(run);
	}
	if (out && (text_close(out, &text) || !bad))
		return text;
	free(text);
	return NULL;
}

char *result_site_text(const struct site *site, const char *runs)
{
	struct site rest = *site;
	char *text = NULL, *made = runs ? NULL : result_site_runs(site);
	size_t room;

	if (!runs && !made)
		return NULL;
	rest.runs = NULL;
	rest.runs_count = 0;
	json_t *json = fields_json(site_fields, &rest);
	FILE *out = json ? open_memstream(&text, &room) : NULL;
	if (!out) {
		json_decref(json);
		free(made);
		return NULL;
	}
	fprintf(out, "{\"" MARK "\":%d,\n", RESULT_SITE_SCHEMA);
	int bad = line_put(out, "\"site\":", json_object_get(json, "site"));
	bad = bad || fprintf(out, ",\n\"runs\":[%s", runs ? runs : made) < 0;
	const json_t *gone = json_object_get(json, "gone");
	bad = bad || (gone ? line_put(out, "\n],\n\"gone\":", gone) : fputs("\n]", out) < 0);
	bad = bad || line_put(out, ",\n\"files\":", json_object_get(json, "files"));
	fputs("}\n", out);
	json_decref(json);
	free(made);
	if (text_close(out, &text) || !bad)
		return text;
	free(text);
	return NULL;
}

static int file_order(const void *a, const void *b)
{
	return strcmp(((const struct site_file *)a)->path, ((const struct site_file *)b)->path);
}

/* A manifest may come with its files in any order. */
static void files_sort(struct site_files *files)
{
	if (files->count)
		qsort(files->files, files->count, sizeof *files->files, file_order);
}

static int site_read(struct site *site, json_t *json, struct err *err)
{
	const json_t *version = json_object_get(json, MARK);

	if (!json_is_integer(version) || json_integer_value(version) < 1)
		return err_set(err, "it is no manifest of benchctl");
	if (json_integer_value(version) > RESULT_SITE_SCHEMA)
		return err_set(err, "it is of version %lld and this benchctl knows up to %d: use a newer benchctl",
			       (long long)json_integer_value(version), RESULT_SITE_SCHEMA);
	if (fields_read(json, site_fields, site, err))
		return -1;
	files_sort(&site->files);
	site_settle(site);
	return site_check(site, err);
}

int result_site_fits(const char *text, size_t bytes, struct err *err)
{
	if (bytes > RESULT_SITE_BYTES_MAX)
		return err_set(err, "it is larger than %u MiB", RESULT_SITE_BYTES_MAX >> 20);
	return json_fits(text, bytes, err);
}

int result_site_read(struct site *site, const char *text, size_t bytes, struct err *err)
{
	fields_init(site_fields, site);
	if (result_site_fits(text, bytes, err))
		return -1;
	json_t *json = json_parse(text, bytes, SITE_MANIFEST, err);
	if (!json)
		return -1;
	int result = site_read(site, json, err);
	json_decref(json);
	return result;
}
