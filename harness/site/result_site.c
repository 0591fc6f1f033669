#include "harness/site/result_site.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"

#define MARK "benchctl_site" /* the key that only a manifest has, with its version */

/* The texts and numbers of the structs; one table both writes and reads. */
enum kind { TEXT, LONG_TEXT, HASH, COUNT, BOOL };

struct site_field {
	const char *name;
	enum kind kind;
	size_t offset;
	bool needed; /* a text that can't be null */
};

#define RUN(name, kind, needed)                                      \
	{                                                            \
#name, kind, offsetof(struct site_run, name), needed \
	}
static const struct site_field run_fields[] = { RUN(id, TEXT, true),
						RUN(date, TEXT, true),
						RUN(sha256, HASH, true),
						RUN(cpu_model, TEXT, false),
						RUN(cores, COUNT, true),
						RUN(memory_bytes, COUNT, true),
						RUN(kernel, TEXT, false),
						RUN(governor, TEXT, false),
						RUN(client_cpus, TEXT, false),
						RUN(server_cpus, TEXT, false),
						RUN(benchctl, TEXT, false),
						RUN(backlog, COUNT, true),
						RUN(level_least, COUNT, true),
						RUN(level_most, COUNT, true),
						RUN(servers, COUNT, true),
						RUN(finding, LONG_TEXT, false),
						RUN(gist, TEXT, false),
						RUN(interrupted, BOOL, true),
						{ .name = NULL } };

#define CURVE(name, kind, needed)                                      \
	{                                                              \
#name, kind, offsetof(struct site_curve, name), needed \
	}
static const struct site_field curve_fields[] = { CURVE(server, TEXT, true),  CURVE(version, TEXT, false),
						  CURVE(mode, TEXT, true),    CURVE(client, TEXT, true),
						  CURVE(revival, BOOL, true), { .name = NULL } };

#define SITE(name, needed)                                       \
	{                                                        \
#name, TEXT, offsetof(struct site, name), needed \
	}
static const struct site_field site_fields[] = {
	SITE(title, false), SITE(url, false), SITE(feed_id, false), SITE(latest, false), { .name = NULL }
};

/* The most bytes of a text of that kind, with its NUL: the same for what is written and for what is read. */
static size_t text_room(enum kind kind)
{
	return kind == LONG_TEXT ? SITE_FINDING_MAX : SITE_TEXT_MAX;
}

/* Writing. Each returns 0, or not where memory is out. */

static json_t *text_json(const char *text, enum kind kind)
{
	char plain[SITE_FINDING_MAX];

	return text ? json_string(text_plain(plain, text_room(kind), text)) : json_null();
}

static int fields_write(json_t *json, const struct site_field *fields, const void *from)
{
	int bad = 0;

	for (const struct site_field *field = fields; field->name; field++) {
		const char *at = (const char *)from + field->offset;
		json_t *value = NULL;
		switch (field->kind) {
		case TEXT:
		case LONG_TEXT: value = text_json(*(char *const *)at, field->kind); break;
		case HASH: value = json_string(at); break;
		case COUNT: value = json_integer((json_int_t) * (const uint64_t *)at); break;
		case BOOL: value = json_boolean(*(const bool *)at); break;
		}
		bad |= json_object_set_new(json, field->name, value);
	}
	return bad;
}

/* A list of files: {path: [bytes, hash]}. */
static json_t *files_json(const struct site_files *files, int *bad)
{
	json_t *json = json_object();

	for (size_t i = 0; i < files->count; i++) {
		json_t *entry = json_array();
		*bad |= json_array_append_new(entry, json_integer((json_int_t)files->files[i].bytes));
		*bad |= json_array_append_new(entry, json_string(files->files[i].sha256));
		*bad |= json_object_set_new(json, files->files[i].path, entry);
	}
	return json;
}

static json_t *number_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* [level, rate, least, most, valid] */
static json_t *point_json(const struct site_point *point, int *bad)
{
	json_t *json = json_array();

	*bad |= json_array_append_new(json, json_integer((json_int_t)point->level));
	*bad |= json_array_append_new(json, number_json(point->rate_rps));
	*bad |= json_array_append_new(json, number_json(point->least_rps));
	*bad |= json_array_append_new(json, number_json(point->most_rps));
	*bad |= json_array_append_new(json, json_boolean(point->valid));
	return json;
}

static json_t *curve_json(const struct site_curve *curve, int *bad)
{
	json_t *json = json_object(), *points = json_object();

	*bad |= fields_write(json, curve_fields, curve);
	for (int at = 0; at < SITE_ATS; at++)
		if (curve->points[at].level)
			*bad |= json_object_set_new(points, site_at_names[at], point_json(&curve->points[at], bad));
	*bad |= json_object_set_new(json, "points", points);
	return json;
}

static json_t *run_json(const struct site_run *run, int *bad)
{
	json_t *json = json_object(), *curves = json_array();

	*bad |= fields_write(json, run_fields, run);
	for (size_t i = 0; i < run->curves_count; i++)
		*bad |= json_array_append_new(curves, curve_json(&run->curves[i], bad));
	*bad |= json_object_set_new(json, "curves", curves);
	*bad |= json_object_set_new(json, "files", files_json(&run->files, bad));
	return json;
}

/* The json on one line; it is taken. Returns 0, or not where memory is out. */
static int json_put(FILE *out, json_t *json, int bad)
{
	size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(15);
	size_t bytes = bad ? 0 : json_dumpb(json, NULL, 0, flags);
	char *text = bytes ? malloc(bytes) : NULL;

	bad = !text || json_dumpb(json, text, bytes, flags) != bytes || fwrite(text, 1, bytes, out) != bytes;
	free(text);
	json_decref(json);
	return bad;
}

char *result_site_text(const struct site *site)
{
	char *text = NULL;
	size_t room;
	int bad = 0;
	FILE *out = open_memstream(&text, &room);
	json_t *head = json_object();

	if (!out) {
		json_decref(head);
		return NULL;
	}
	bad |= fields_write(head, site_fields, site);
	fprintf(out, "{\"" MARK "\":%d,\n\"site\":", RESULT_SITE_SCHEMA);
	bad |= json_put(out, head, bad);
	fputs(",\n\"runs\":[", out);
	for (size_t i = 0; i < site->runs_count && !bad; i++) {
		fputs(i ? ",\n" : "\n", out);
		json_t *run = run_json(&site->runs[i], &bad);
		bad |= json_put(out, run, bad);
	}
	fputs("\n],\n\"files\":", out);
	json_t *files = files_json(&site->files, &bad);
	bad |= json_put(out, files, bad);
	fputs("}\n", out);
	if (text_close(out, &text) || !bad)
		return text;
	free(text);
	return NULL;
}

/* Reading: all of it comes from outside. */

static int field_read(const struct site_field *field, void *into, const json_t *json)
{
	char *at = (char *)into + field->offset;

	switch (field->kind) {
	case TEXT:
	case LONG_TEXT:
		if (!json || json_is_null(json))
			return field->needed ? -1 : 0;
		if (!json_is_string(json) || json_string_length(json) >= text_room(field->kind))
			return -1;
		*(char **)at = strdup(json_string_value(json));
		return *(char **)at ? 0 : -1;
	case HASH:
		if (!json_is_string(json) || json_string_length(json) >= SHA256_TEXT)
			return -1;
		snprintf(at, SHA256_TEXT, "%s", json_string_value(json));
		return 0;
	case COUNT:
		if (!json_is_integer(json) || json_integer_value(json) < 0)
			return -1;
		*(uint64_t *)at = (uint64_t)json_integer_value(json);
		return 0;
	case BOOL:
		if (!json_is_boolean(json))
			return -1;
		*(bool *)at = json_is_true(json);
		return 0;
	}
	return -1;
}

static int fields_read(const json_t *json, const struct site_field *fields, void *into, struct err *err)
{
	for (const struct site_field *field = fields; field->name; field++)
		if (field_read(field, into, json_object_get(json, field->name)))
			return err_set(err, "'%s' is not what it should be", field->name);
	return 0;
}

static int files_read(struct site_files *files, json_t *json, struct err *err)
{
	const char *path;
	json_t *entry;

	if (!json_is_object(json) || json_object_size(json) > SITE_FILES_MAX)
		return err_set(err, "'files' is not what it should be");
	json_object_foreach(json, path, entry)
	{
		const json_t *bytes = json_array_get(entry, 0), *hash = json_array_get(entry, 1);
		if (!json_is_integer(bytes) || json_integer_value(bytes) < 0 || !json_is_string(hash) ||
		    json_string_length(hash) >= SHA256_TEXT)
			return err_set(err, "'files': '%.60s' has no size and hash", path);
		if (site_file_set(files, path, (uint64_t)json_integer_value(bytes), json_string_value(hash)))
			return err_set(err, "out of memory");
	}
	return 0;
}

static bool number_read(double *value, const json_t *json)
{
	*value = json_is_number(json) ? json_number_value(json) : NAN;
	return json_is_number(json) || json_is_null(json);
}

static int point_read(struct site_point *point, const json_t *json)
{
	const json_t *level = json_array_get(json, 0), *valid = json_array_get(json, 4);

	if (!json_is_integer(level) || json_integer_value(level) < 1 || !json_is_boolean(valid) ||
	    !number_read(&point->rate_rps, json_array_get(json, 1)) ||
	    !number_read(&point->least_rps, json_array_get(json, 2)) ||
	    !number_read(&point->most_rps, json_array_get(json, 3)))
		return -1;
	point->level = (uint64_t)json_integer_value(level);
	point->valid = json_is_true(valid);
	return 0;
}

static int curves_read(struct site_run *run, const json_t *json, struct err *err)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > SITE_CURVES_MAX)
		return err_set(err, "'curves' is not what it should be");
	run->curves = calloc(json_array_size(json) + 1, sizeof *run->curves);
	if (!run->curves)
		return err_set(err, "out of memory");
	json_array_foreach(json, index, item)
	{
		struct site_curve *curve = &run->curves[run->curves_count++];
		if (fields_read(item, curve_fields, curve, err))
			return err_prefix(err, "curves[%zu]", index);
		const json_t *points = json_object_get(item, "points");
		for (int at = 0; at < SITE_ATS; at++) {
			const json_t *point = json_object_get(points, site_at_names[at]);
			if (point && point_read(&curve->points[at], point))
				return err_set(err, "curves[%zu]: '%s' is not what it should be", index,
					       site_at_names[at]);
		}
	}
	return 0;
}

static int runs_read(struct site *site, const json_t *json, struct err *err)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > SITE_RUNS_MAX)
		return err_set(err, "'runs' is not what it should be");
	site->runs = calloc(json_array_size(json) + 1, sizeof *site->runs);
	if (!site->runs)
		return err_set(err, "out of memory");
	json_array_foreach(json, index, item)
	{
		struct site_run *run = &site->runs[site->runs_count++];
		if (fields_read(item, run_fields, run, err) || curves_read(run, json_object_get(item, "curves"), err) ||
		    files_read(&run->files, json_object_get(item, "files"), err))
			return err_prefix(err, "runs[%zu]", index);
	}
	return 0;
}

static int site_read(struct site *site, const json_t *json, struct err *err)
{
	const json_t *version = json_object_get(json, MARK);

	if (!json_is_integer(version) || json_integer_value(version) < 1)
		return err_set(err, "it is no manifest of benchctl");
	if (json_integer_value(version) > RESULT_SITE_SCHEMA)
		return err_set(err, "it is of version %lld and this benchctl knows up to %d: use a newer benchctl",
			       (long long)json_integer_value(version), RESULT_SITE_SCHEMA);
	if (fields_read(json_object_get(json, "site"), site_fields, site, err) ||
	    runs_read(site, json_object_get(json, "runs"), err) ||
	    files_read(&site->files, json_object_get(json, "files"), err))
		return -1;
	return site_check(site, err);
}

int result_site_read(struct site *site, const char *text, size_t bytes, struct err *err)
{
	json_error_t where;

	*site = (struct site){ 0 };
	json_t *json = bytes > RESULT_SITE_BYTES_MAX ? NULL : json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &where);
	if (!json)
		return bytes > RESULT_SITE_BYTES_MAX
			       ? err_set(err, "it is larger than %u MiB", RESULT_SITE_BYTES_MAX >> 20)
			       : err_set(err, "line %d: not valid JSON: %s", where.line, where.text);
	int result = site_read(site, json, err);
	json_decref(json);
	return result;
}
