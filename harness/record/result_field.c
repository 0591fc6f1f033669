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

/* Each value by its name; a count of 0 is left out. */
static json_t *object_json(const struct field *field, const void *at)
{
	json_t *json = json_object();
	int bad = 0;

	for (size_t i = 0; i < field->room; i++) {
		uint64_t count = field->kind == FIELD_COUNTS ? ((const uint64_t *)at)[i] : 0;
		if (field->kind == FIELD_NUMBERS)
			bad |= json_object_set_new(json, field->names[i], number_json(((const double *)at)[i]));
		else if (count)
			bad |= json_object_set_new(json, field->names[i], json_integer((json_int_t)count));
	}
	return whole_json(json, bad);
}

static json_t *names_json(const struct field *field, unsigned bits)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < field->room; i++)
		if (bits & 1u << i)
			bad |= json_array_append_new(json, json_string(field->names[i]));
	return whole_json(json, bad);
}

static json_t *series_json(const double *values, uint64_t count)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < count; i++)
		bad |= json_array_append_new(json, number_json(values[i]));
	return whole_json(json, bad);
}

static json_t *tally_json(const uint32_t *tally, uint64_t count)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < count; i++)
		bad |= json_array_append_new(json, json_integer(tally[i]));
	return whole_json(json, bad);
}

static uint64_t *count_at(const struct field *field, const void *of)
{
	return (uint64_t *)((char *)of + field->count);
}

static json_t *field_json(const struct field *field, const void *from)
{
	const void *at = field_at(field, from);

	switch (field->kind) {
	case FIELD_TEXT: return text_json(*(char *const *)at);
	case FIELD_BUFFER: return text_json(at);
	case FIELD_COUNT: return json_integer((json_int_t) * (const uint64_t *)at);
	case FIELD_NUMBER: return number_json(*(const double *)at);
	case FIELD_BOOL: return json_boolean(*(const bool *)at);
	case FIELD_NAME: return json_string(field->names[*(const unsigned *)at]);
	case FIELD_NAMES: return names_json(field, *(const unsigned *)at);
	case FIELD_COUNTS:
	case FIELD_NUMBERS: return object_json(field, at);
	case FIELD_SERIES: return series_json(at, *count_at(field, from));
	case FIELD_TALLY: return tally_json(*(uint32_t *const *)at, *count_at(field, from));
	}
	return NULL;
}

/* Whether there is anything to write. */
static bool is_known(const struct field *field, const void *from)
{
	const void *at = field_at(field, from);

	if (field->kind == FIELD_TEXT)
		return *(char *const *)at;
	return field->kind != FIELD_NUMBER || !isnan(*(const double *)at);
}

/* The object that holds a field of that path: json itself, or the one named before the dot. Its key is stored. */
static json_t *field_holder(json_t *json, const char *path, bool make, const char **key)
{
	const char *dot = strchr(path, '.');
	char name[64];

	*key = dot ? dot + 1 : path;
	if (!dot)
		return json;
	snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
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
		if (field->presence == FIELD_KNOWN && !is_known(field, from))
			continue;
		json_t *holder = field_holder(json, field->path, true, &key);
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

static bool count_read(uint64_t *count, const json_t *json)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return false;
	*count = (uint64_t)json_integer_value(json);
	return true;
}

static bool number_read(double *value, const json_t *json)
{
	if (!json_is_number(json) && !json_is_null(json))
		return false;
	*value = json_is_null(json) ? NAN : json_number_value(json);
	return true;
}

static bool text_read(const struct field *field, char **text, const json_t *json)
{
	if (json_is_null(json))
		return true;
	if (!json_is_string(json) || (field->room && json_string_length(json) >= field->room))
		return false;
	free(*text);
	*text = strdup(json_string_value(json));
	return *text;
}

static bool buffer_read(const struct field *field, char *buffer, const json_t *json)
{
	if (!json_is_string(json) || json_string_length(json) >= field->room)
		return false;
	memcpy(buffer, json_string_value(json), json_string_length(json) + 1);
	return true;
}

/* The place of a text among the field's names; `room` where it is none of them. */
static size_t name_find(const struct field *field, const json_t *json)
{
	size_t i = 0;

	while (i < field->room && !(json_is_string(json) && strcmp(json_string_value(json), field->names[i]) == 0))
		i++;
	return i;
}

static bool name_read(const struct field *field, unsigned *value, const json_t *json)
{
	*value = (unsigned)name_find(field, json);
	return *value < field->room;
}

/* Names, counts and numbers that this version doesn't know are passed over. */
static bool names_read(const struct field *field, unsigned *bits, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return false;
	*bits = 0;
	json_array_foreach(json, index, item)
	{
		size_t name = name_find(field, item);
		*bits |= name < field->room ? 1u << name : 0;
	}
	return true;
}

static bool object_read(const struct field *field, void *at, const json_t *json)
{
	if (!json_is_object(json))
		return false;
	for (size_t i = 0; i < field->room; i++) {
		const json_t *item = json_object_get(json, field->names[i]);
		if (item && !(field->kind == FIELD_COUNTS ? count_read((uint64_t *)at + i, item)
							  : number_read((double *)at + i, item)))
			return false;
	}
	return true;
}

/* Where another series of the table has the same count, they are of the same things, and as long. */
static bool series_read(const struct field *fields, const struct field *field, void *into, const json_t *json)
{
	const struct field *first = fields;
	uint64_t *count = count_at(field, into);
	size_t index;
	json_t *item;

	while (first->kind != field->kind || first->count != field->count)
		first++;
	if (!json_is_array(json) || json_array_size(json) > field->room ||
	    (first != field && json_array_size(json) != *count))
		return false;
	*count = json_array_size(json);
	json_array_foreach(json, index, item)
	{
		if (!number_read((double *)field_at(field, into) + index, item))
			return false;
	}
	return true;
}

static bool tally_read(const struct field *field, void *into, const json_t *json)
{
	uint32_t **tally = field_at(field, into);
	uint64_t *count = count_at(field, into), value;
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > field->room)
		return false;
	free(*tally);
	*count = 0;
	*tally = calloc(json_array_size(json) + 1, sizeof **tally);
	if (!*tally)
		return false;
	json_array_foreach(json, index, item)
	{
		if (!count_read(&value, item) || value > UINT32_MAX)
			return false;
		(*tally)[(*count)++] = (uint32_t)value;
	}
	return true;
}

static bool field_read(const struct field *fields, const struct field *field, void *into, const json_t *json)
{
	void *at = field_at(field, into);

	switch (field->kind) {
	case FIELD_TEXT: return text_read(field, at, json);
	case FIELD_BUFFER: return buffer_read(field, at, json);
	case FIELD_COUNT: return count_read(at, json);
	case FIELD_NUMBER: return number_read(at, json);
	case FIELD_BOOL: *(bool *)at = json_is_true(json); return json_is_boolean(json);
	case FIELD_NAME: return name_read(field, at, json);
	case FIELD_NAMES: return names_read(field, at, json);
	case FIELD_COUNTS:
	case FIELD_NUMBERS: return object_read(field, at, json);
	case FIELD_SERIES: return series_read(fields, field, into, json);
	case FIELD_TALLY: return tally_read(field, into, json);
	}
	return false;
}

static const json_t *field_value(json_t *json, const char *path)
{
	const char *key;
	json_t *holder = path ? field_holder(json, path, false, &key) : NULL;

	return holder ? json_object_get(holder, key) : NULL;
}

int fields_read(json_t *json, const struct field *fields, void *into, struct err *err)
{
	for (const struct field *field = fields; field->path; field++) {
		const json_t *value = field_value(json, field->path);
		if (!value)
			value = field_value(json, field->former);
		if (!value && field->presence != FIELD_ALWAYS)
			continue;
		if (!value)
			return err_set(err, "'%s' is missing", field->path);
		if (!field_read(fields, field, into, value))
			return err_set(err, "'%s' is not what it should be", field->path);
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
