#include "harness/record/result_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *number_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *text_json(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();

	if (json)
		return json;
	char *copy = strdup(text);
	for (char *c = copy; c && *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	json = copy ? json_string(copy) : NULL;
	free(copy);
	return json;
}

json_t *whole_json(json_t *json, int bad)
{
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *failed_json(const uint64_t *failed)
{
	json_t *json = json_object();
	int bad = 0;

	for (int i = 0; i < LOAD_FAILURES; i++)
		if (failed[i])
			bad |= json_object_set_new(json, load_failure_names[i], json_integer((json_int_t)failed[i]));
	return whole_json(json, bad);
}

static json_t *reasons_json(unsigned reasons)
{
	json_t *json = json_array();
	int bad = 0;

	for (int i = 0; i < INVALIDS; i++)
		if (reasons & 1u << i)
			bad |= json_array_append_new(json, json_string(invalid_names[i]));
	return whole_json(json, bad);
}

static json_t *threads_json(const struct cell *cell, const double *threads)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < cell->client_threads; i++)
		bad |= json_array_append_new(json, number_json(threads[i]));
	return whole_json(json, bad);
}

static json_t *tenths_json(const struct cell *cell)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < cell->tenths_count; i++)
		bad |= json_array_append_new(json, json_integer(cell->tenths[i]));
	return whole_json(json, bad);
}

static json_t *kernel_json(const struct kernel *kernel)
{
	json_t *json = json_object();
	int bad = 0;

	for (int i = 0; i < KERNEL_COUNTERS; i++)
		bad |= json_object_set_new(json, kernel_counter_names[i], number_json(kernel->counters[i]));
	return whole_json(json, bad | json_object_set_new(json, "time_wait", number_json(kernel->time_wait)));
}

static json_t *field_json(const struct field *field, const void *from)
{
	const char *at = (const char *)from + field->offset;

	switch (field->kind) {
	case TEXT: return text_json(*(char *const *)at);
	case BUFFER: return text_json(at);
	case COUNT: return json_integer((json_int_t) * (const uint64_t *)at);
	case NUMBER: return number_json(*(const double *)at);
	case BOOL: return json_boolean(*(const bool *)at);
	case FAILED: return failed_json((const uint64_t *)at);
	case REASONS: return reasons_json(*(const unsigned *)at);
	case THREADS: return threads_json(from, (const double *)at);
	case TENTHS: return tenths_json(from);
	case KERNEL: return kernel_json((const struct kernel *)at);
	}
	return NULL;
}

/* The object that holds a field: json itself, or the one named before the dot. Its key is stored. */
static json_t *field_holder(json_t *json, const struct field *field, bool make, const char **key)
{
	const char *dot = strchr(field->path, '.');
	char name[64];

	*key = dot ? dot + 1 : field->path;
	if (!dot)
		return json;
	snprintf(name, sizeof name, "%.*s", (int)(dot - field->path), field->path);
	json_t *inner = json_object_get(json, name);
	if (!inner && make && !json_object_set_new(json, name, json_object()))
		inner = json_object_get(json, name);
	return inner;
}

/* Returns 0, or not where memory is out. */
int fields_write(json_t *json, const struct field *fields, const void *from)
{
	int bad = 0;

	for (const struct field *field = fields; field->path; field++) {
		const char *key;
		const char *at = (const char *)from + field->offset;
		if ((field->optional && field->kind == TEXT && !*(char *const *)at) ||
		    (field->sparse && isnan(*(const double *)at)))
			continue;
		json_t *holder = field_holder(json, field, true, &key);
		bad |= json_object_set_new(holder, key, field_json(field, from));
	}
	return bad;
}

json_t *fields_json(const struct field *fields, const void *from)
{
	json_t *json = json_object();

	return whole_json(json, fields_write(json, fields, from));
}

/* Reading: json comes from outside; each kind checks what it gets. Returns whether it was right. */

static bool failed_read(uint64_t *failed, const json_t *json)
{
	if (!json_is_object(json))
		return false;
	for (int i = 0; i < LOAD_FAILURES; i++) {
		const json_t *count = json_object_get(json, load_failure_names[i]);
		if (count && (!json_is_integer(count) || json_integer_value(count) < 0))
			return false;
		failed[i] = count ? (uint64_t)json_integer_value(count) : 0;
	}
	return true;
}

static bool reasons_read(unsigned *reasons, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return false;
	*reasons = 0;
	json_array_foreach(json, index, item)
	{
		for (int i = 0; i < INVALIDS; i++)
			if (json_is_string(item) && strcmp(json_string_value(item), invalid_names[i]) == 0)
				*reasons |= 1u << i;
	}
	return true;
}

static bool number_read(double *value, const json_t *json)
{
	if (!json_is_number(json) && !json_is_null(json))
		return false;
	*value = json_is_null(json) ? NAN : json_number_value(json);
	return true;
}

static bool threads_read(struct cell *cell, double *threads, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > LOAD_THREADS_MAX)
		return false;
	/* All three arrays are of the same threads. */
	if (threads == cell->client_cpu)
		cell->client_threads = json_array_size(json);
	else if (json_array_size(json) != cell->client_threads)
		return false;
	json_array_foreach(json, index, item)
	{
		if (!number_read(&threads[index], item))
			return false;
	}
	return true;
}

static bool tenths_read(struct cell *cell, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > LOAD_TENTHS_MAX)
		return false;
	free(cell->tenths);
	cell->tenths_count = 0;
	cell->tenths = calloc(json_array_size(json) + 1, sizeof *cell->tenths);
	if (!cell->tenths)
		return false;
	json_array_foreach(json, index, item)
	{
		if (!json_is_integer(item) || json_integer_value(item) < 0 || json_integer_value(item) > UINT32_MAX)
			return false;
		cell->tenths[cell->tenths_count++] = (uint32_t)json_integer_value(item);
	}
	return true;
}

/* Counters that this version doesn't know are passed over. */
static bool kernel_of(struct kernel *kernel, const json_t *json)
{
	if (!json_is_object(json))
		return false;
	for (int i = 0; i <= KERNEL_COUNTERS; i++) {
		bool last = i == KERNEL_COUNTERS;
		const json_t *value = json_object_get(json, last ? "time_wait" : kernel_counter_names[i]);
		if (value && !number_read(last ? &kernel->time_wait : &kernel->counters[i], value))
			return false;
	}
	return true;
}

static bool field_read(const struct field *field, void *into, const json_t *json)
{
	char *at = (char *)into + field->offset;

	switch (field->kind) {
	case TEXT:
		if (!json || json_is_null(json))
			return json;
		if (!json_is_string(json))
			return false;
		free(*(char **)at);
		*(char **)at = strdup(json_string_value(json));
		return *(char **)at;
	case BUFFER:
		if (!json_is_string(json))
			return false;
		snprintf(at, field->room, "%s", json_string_value(json));
		return true;
	case COUNT:
		if (!json_is_integer(json) || json_integer_value(json) < 0)
			return false;
		*(uint64_t *)at = (uint64_t)json_integer_value(json);
		return true;
	case NUMBER: return number_read((double *)at, json);
	case BOOL:
		if (!json_is_boolean(json))
			return false;
		*(bool *)at = json_is_true(json);
		return true;
	case FAILED: return failed_read((uint64_t *)at, json);
	case REASONS: return reasons_read((unsigned *)at, json);
	case THREADS: return threads_read(into, (double *)at, json);
	case TENTHS: return tenths_read(into, json);
	case KERNEL: return kernel_of((struct kernel *)at, json);
	}
	return false;
}

int fields_read(json_t *json, const struct field *fields, void *into, struct err *err)
{
	for (const struct field *field = fields; field->path; field++) {
		const char *key;
		json_t *holder = field_holder(json, field, false, &key);
		const json_t *value = holder ? json_object_get(holder, key) : NULL;
		if (!value && field->optional)
			continue;
		if (!field_read(field, into, value))
			return err_set(err, "'%s' is %s", field->path, value ? "not what it should be" : "missing");
	}
	return 0;
}

/*
 * Not by json_dumps(): where its memory runs out on a key, jansson 2.14 leaves the key away and goes on. json_dumpb()
 * writes to memory that it is given.
 */
char *dump_json(const json_t *json, size_t flags)
{
	size_t bytes = json ? json_dumpb(json, NULL, 0, flags) : 0;
	char *text = bytes ? malloc(bytes + 1) : NULL;

	if (text && json_dumpb(json, text, bytes, flags) == bytes) {
		text[bytes] = 0;
		return text;
	}
	free(text);
	return NULL;
}
