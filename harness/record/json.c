#include "harness/record/json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/gzip.h"
#include "harness/lib/text.h"
#include "harness/record/document.h"

/* null where the value is NAN or infinite: JSON has neither. */
static json_t *number_json(double value)
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

/* Text that is sanitized and bounded: without characters that steer a terminal, and cut. */
static json_t *cut_json(const char *text, size_t room)
{
	char *plain = text ? malloc(room) : NULL;
	json_t *json = plain ? json_string(text_plain(plain, room, text)) : text ? NULL : json_null();

	free(plain);
	return json;
}

json_t *whole_json(json_t *json, int bad)
{
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *field_json(const struct field *field, const void *from);

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

/* The fields of a struct in their order, without their names. */
static json_t *tuple_json(const struct field *fields, const void *from)
{
	json_t *json = json_array();
	int bad = 0;

	for (const struct field *field = fields; field->path; field++)
		bad |= json_array_append_new(json, field_json(field, from));
	return whole_json(json, bad);
}

static json_t *list_json(const struct field *field, const void *from)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < *field_count(field, from); i++)
		bad |= json_array_append_new(json, fields_json(field->items, field_item(field, from, i)));
	return whole_json(json, bad);
}

/* The names that the first field selects: one, or all others in their order. */
static json_t *map_json(const struct field *field, const void *from)
{
	const struct field *rest = field->items + 1;
	json_t *json = json_object();
	int bad = 0;

	for (uint64_t i = 0; i < *field_count(field, from); i++) {
		const void *item = field_item(field, from, i);
		bad |= json_object_set_new(json, *(char *const *)field_at(field->items, item),
					   rest[1].path ? tuple_json(rest, item) : field_json(rest, item));
	}
	return whole_json(json, bad);
}

static json_t *records_json(const struct field *field, const void *from)
{
	json_t *json = json_object();
	int bad = 0;

	for (size_t i = 0; i < field->room; i++) {
		const void *item = field_item(field, from, i);
		if (*(const uint64_t *)field_at(field->items, item))
			bad |= json_object_set_new(json, field->names[i], tuple_json(field->items, item));
	}
	return whole_json(json, bad);
}

static json_t *field_json(const struct field *field, const void *from)
{
	const void *at = field_at(field, from);

	switch (field->kind) {
	case FIELD_TEXT: return field->room ? cut_json(*(char *const *)at, field->room) : text_json(*(char *const *)at);
	case FIELD_BUFFER: return cut_json(at, field->room);
	case FIELD_COUNT: return json_integer((json_int_t) * (const uint64_t *)at);
	case FIELD_NUMBER: return number_json(*(const double *)at);
	case FIELD_BOOL: return json_boolean(*(const bool *)at);
	case FIELD_NAME: return json_string(field->names[*(const unsigned *)at]);
	case FIELD_NAMES: return names_json(field, *(const unsigned *)at);
	case FIELD_COUNTS:
	case FIELD_NUMBERS: return object_json(field, at);
	case FIELD_SERIES: return series_json(at, *field_count(field, from));
	case FIELD_TALLY: return tally_json(*(uint32_t *const *)at, *field_count(field, from));
	case FIELD_LIST: return list_json(field, from);
	case FIELD_MAP: return map_json(field, from);
	case FIELD_RECORDS: return records_json(field, from);
	}
	return NULL;
}

/* Whether there is anything to write. */
static bool is_known(const struct field *field, const void *from)
{
	const void *at = field_at(field, from);

	switch (field->kind) {
	case FIELD_TEXT: return *(char *const *)at;
	case FIELD_COUNT: return *(const uint64_t *)at;
	case FIELD_LIST: return *field_count(field, from);
	case FIELD_NAMES: return *(const unsigned *)at;
	case FIELD_NUMBER: return !isnan(*(const double *)at);
	default: return true;
	}
}

/*
 * The object that holds a field of that path: json itself, or a nested object for a path with dots. Its key is stored.
 */
static json_t *field_holder(json_t *json, const char *path, bool make, const char **key)
{
	*key = path;
	for (const char *dot; json && (dot = strchr(*key, '.')); *key = dot + 1) {
		char name[64];
		snprintf(name, sizeof name, "%.*s", (int)(dot - *key), *key);
		json_t *inner = json_object_get(json, name);
		if (!inner && make && !json_object_set_new(json, name, json_object()))
			inner = json_object_get(json, name);
		json = inner;
	}
	return json;
}

/* Returns 0, or not 0 if out of memory. */
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

/*
 * Reading: json comes from outside, and each kind checks what it gets. Returns 0; or -1, with err set where there is
 * more to say than that the field is wrong.
 */

static int field_read(const struct field *fields, const struct field *field, void *into, json_t *json, struct err *err);

static int count_read(uint64_t *count, const json_t *json)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return -1;
	*count = (uint64_t)json_integer_value(json);
	return 0;
}

static int number_read(double *value, const json_t *json)
{
	if (!json_is_number(json) && !json_is_null(json))
		return -1;
	*value = json_is_null(json) ? NAN : json_number_value(json);
	return 0;
}

static int text_read(const struct field *field, char **text, const json_t *json)
{
	if (json_is_null(json))
		return 0;
	if (!json_is_string(json) || (field->room && json_string_length(json) >= field->room))
		return -1;
	free(*text);
	*text = strdup(json_string_value(json));
	return *text ? 0 : -1;
}

static int buffer_read(const struct field *field, char *buffer, const json_t *json)
{
	if (!json_is_string(json) || json_string_length(json) >= field->room)
		return -1;
	memcpy(buffer, json_string_value(json), json_string_length(json) + 1);
	return 0;
}

static int bool_read(bool *value, const json_t *json)
{
	*value = json_is_true(json);
	return json_is_boolean(json) ? 0 : -1;
}

/* The place of a text among the field's names; `room` where it is none of them. */
static size_t name_find(const struct field *field, const json_t *json)
{
	size_t i = 0;

	while (i < field->room && !(json_is_string(json) && strcmp(json_string_value(json), field->names[i]) == 0))
		i++;
	return i;
}

static int name_read(const struct field *field, unsigned *value, const json_t *json)
{
	*value = (unsigned)name_find(field, json);
	return *value < field->room ? 0 : -1;
}

/* Names, counts and numbers that this version doesn't know are ignored. */
static int names_read(const struct field *field, unsigned *bits, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return -1;
	*bits = 0;
	json_array_foreach(json, index, item)
	{
		size_t name = name_find(field, item);
		*bits |= name < field->room ? 1u << name : 0;
	}
	return 0;
}

static int object_read(const struct field *field, void *at, const json_t *json)
{
	bool counts = field->kind == FIELD_COUNTS;

	if (!json_is_object(json))
		return -1;
	for (size_t i = 0; i < field->room; i++) {
		const json_t *item = json_object_get(json, field->names[i]);
		if (item && (counts ? count_read((uint64_t *)at + i, item) : number_read((double *)at + i, item)))
			return -1;
	}
	return 0;
}

/* Another series of the table with the same count describes the same things, and must have the same length. */
static int series_read(const struct field *fields, const struct field *field, void *into, const json_t *json)
{
	const struct field *first = fields;
	uint64_t *count = field_count(field, into);
	size_t index;
	json_t *item;

	while (first->kind != field->kind || first->count != field->count)
		first++;
	if (!json_is_array(json) || json_array_size(json) > field->room ||
	    (first != field && json_array_size(json) != *count))
		return -1;
	*count = json_array_size(json);
	json_array_foreach(json, index, item)
	{
		if (number_read((double *)field_at(field, into) + index, item))
			return -1;
	}
	return 0;
}

static int tally_read(const struct field *field, void *into, const json_t *json)
{
	uint32_t **tally = field_at(field, into);
	uint64_t *count = field_count(field, into), value;
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > field->room)
		return -1;
	free(*tally);
	*count = 0;
	*tally = calloc(json_array_size(json) + 1, sizeof **tally);
	if (!*tally)
		return -1;
	json_array_foreach(json, index, item)
	{
		if (count_read(&value, item) || value > UINT32_MAX)
			return -1;
		(*tally)[(*count)++] = (uint32_t)value;
	}
	return 0;
}

/*
 * Appends a struct to a list. Room grows with what was read, not with what the file announces: a cell takes a thousand
 * times the memory of the digit that stands for it.
 */
static void *item_add(const struct field *field, void *into)
{
	uint64_t *count = field_count(field, into);
	void **items = field_at(field, into);

	if (!(*count & (*count - 1))) { /* 0 or a power of two */
		void *more = realloc(*items, (*count ? 2 * *count : 1) * field->item_bytes);
		if (!more)
			return NULL;
		*items = more;
	}
	void *item = field_item(field, into, (*count)++);
	memset(item, 0, field->item_bytes);
	fields_init(field->items, item);
	return item;
}

static int list_read(const struct field *field, void *into, json_t *json, struct err *err)
{
	size_t index;
	json_t *value;

	if (!json_is_array(json) || (field->room && json_array_size(json) > field->room))
		return -1;
	json_array_foreach(json, index, value)
	{
		void *item = item_add(field, into);
		if (!item)
			return -1;
		if (fields_read(value, field->items, item, err))
			return err_prefix(err, "%s[%zu]", field->path, index);
	}
	return 0;
}

static int tuple_read(const struct field *fields, void *into, const json_t *json, struct err *err)
{
	for (size_t i = 0; fields[i].path; i++) {
		json_t *value = json_array_get(json, i);
		if (!value || field_read(fields, &fields[i], into, value, err))
			return -1;
	}
	return 0;
}

static int map_read(const struct field *field, void *into, json_t *json, struct err *err)
{
	const struct field *rest = field->items + 1;
	const char *name;
	json_t *value;

	if (!json_is_object(json) || (field->room && json_object_size(json) > field->room))
		return -1;
	json_object_foreach(json, name, value)
	{
		void *item = item_add(field, into);
		char **key = item ? field_at(field->items, item) : NULL;
		if (!item || !(*key = strdup(name)))
			return -1;
		if (rest[1].path ? tuple_read(rest, item, value, err) : field_read(rest, rest, item, value, err))
			return err_set(err, "'%s.%.60s' is not what it should be", field->path, name);
	}
	return 0;
}

static int records_read(const struct field *field, void *into, const json_t *json, struct err *err)
{
	for (size_t i = 0; i < field->room; i++) {
		const json_t *value = json_object_get(json, field->names[i]);
		if (value && tuple_read(field->items, field_item(field, into, i), value, err))
			return err_set(err, "'%s.%s' is not what it should be", field->path, field->names[i]);
	}
	return json_is_object(json) ? 0 : -1;
}

static int field_read(const struct field *fields, const struct field *field, void *into, json_t *json, struct err *err)
{
	void *at = field_at(field, into);

	switch (field->kind) {
	case FIELD_TEXT: return text_read(field, at, json);
	case FIELD_BUFFER: return buffer_read(field, at, json);
	case FIELD_COUNT: return count_read(at, json);
	case FIELD_NUMBER: return number_read(at, json);
	case FIELD_BOOL: return bool_read(at, json);
	case FIELD_NAME: return name_read(field, at, json);
	case FIELD_NAMES: return names_read(field, at, json);
	case FIELD_COUNTS:
	case FIELD_NUMBERS: return object_read(field, at, json);
	case FIELD_SERIES: return series_read(fields, field, into, json);
	case FIELD_TALLY: return tally_read(field, into, json);
	case FIELD_LIST: return list_read(field, into, json, err);
	case FIELD_MAP: return map_read(field, into, json, err);
	case FIELD_RECORDS: return records_read(field, into, json, err);
	}
	return -1;
}

static json_t *field_value(json_t *json, const char *path)
{
	const char *key;
	json_t *holder = path ? field_holder(json, path, false, &key) : NULL;

	return holder ? json_object_get(holder, key) : NULL;
}

static bool is_empty(const struct field *field, const void *of)
{
	const void *at = field_at(field, of);

	if (field->kind == FIELD_COUNT)
		return !*(const uint64_t *)at;
	return field->kind == FIELD_TEXT && !(*(char *const *)at && **(char *const *)at);
}

int fields_read(json_t *json, const struct field *fields, void *into, struct err *err)
{
	for (const struct field *field = fields; field->path; field++) {
		json_t *value = field_value(json, field->path);
		if (!value)
			value = field_value(json, field->former);
		if (!value && field->presence != FIELD_ALWAYS)
			continue;
		if (!value)
			return err_set(err, "'%s' is missing", field->path);
		err->text[0] = 0;
		if (field_read(fields, field, into, value, err))
			return *err->text ? -1 : err_set(err, "'%s' is not what it should be", field->path);
		if (field->filled && is_empty(field, into))
			return err_set(err, "'%s' is empty", field->path);
	}
	return 0;
}

/*
 * Not by json_dumps(): where its memory runs out on a key, jansson 2.14 silently omits the key. json_dumpb() writes to
 * memory that it is given.
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

/*
 * A tree takes up to a hundred times the memory of its text: `[{},{},…` 240 bytes for three. So what it would have is counted
 * before it is built. Text that is no JSON may be counted wrong; the parser refuses it.
 */
int json_fits(const char *text, size_t bytes, struct err *err)
{
	size_t values = 0, containers = 0;
	bool quoted = false;

	for (size_t i = 0; i < bytes && values <= JSON_VALUES_MAX && containers <= JSON_CONTAINERS_MAX; i++) {
		char c = text[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ',' || c == '{' || c == '['))
			values++, containers += c != ',';
	}
	if (containers > JSON_CONTAINERS_MAX)
		return err_set(err, "more than %d lists and objects", JSON_CONTAINERS_MAX);
	return values > JSON_VALUES_MAX ? err_set(err, "more than %d values", JSON_VALUES_MAX) : 0;
}

json_t *json_parse(const char *text, size_t bytes, const char *name, struct err *err)
{
	json_error_t where;

	errno = 0;
	if (json_fits(text, bytes, err)) {
		if (name)
			err_prefix(err, "%s", name);
		return NULL;
	}
	json_t *json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &where);
	if (json)
		return json;
	if (errno == ENOMEM)
		err_set(err, "%s%sout of memory", name ? name : "", name ? ": " : "");
	else if (name)
		err_set(err, "%s:%d:%d: not valid JSON: %s", name, where.line, where.column, where.text);
	else
		err_set(err, "not valid JSON: %s", where.text);
	return NULL;
}

int json_text(char **text, size_t *bytes, FILE *file, const char *name, struct err *err)
{
	struct stat info;

	*text = NULL;
	errno = 0;
	if (fstat(fileno(file), &info))
		return err_set_errno(err, "%s", name);
	if (!S_ISREG(info.st_mode) || info.st_size > RESULT_BYTES_MAX)
		return err_set(err, "%s: not a file, or larger than %u MiB", name, RESULT_BYTES_MAX >> 20);
	/* A file of no size may be one of /proc; one that grows meanwhile is cut, which the parser sees. */
	size_t room = info.st_size ? (size_t)info.st_size : RESULT_BYTES_MAX;
	char *read = malloc(room);
	if (!read)
		return err_set(err, "%s: out of memory", name);
	*bytes = fread(read, 1, room, file);
	int result = ferror(file) ? err_set_errno(err, "%s", name) : 0;
	if (result || !gzip_is(read, *bytes)) {
		*text = read;
	} else {
		result = gzip_unpack(text, bytes, read, *bytes, RESULT_BYTES_MAX, err);
		free(read);
		if (result)
			return err_prefix(err, "%s", name);
	}
	if (!result)
		return 0;
	free(*text);
	*text = NULL;
	return -1;
}

int json_load(json_t **json, FILE *file, const char *name, struct err *err)
{
	size_t bytes;
	char *text;

	*json = NULL;
	if (json_text(&text, &bytes, file, name, err))
		return -1;
	*json = json_parse(text, bytes, name, err);
	free(text);
	return *json ? 0 : -1;
}

FILE *json_open(const char *path, struct err *err)
{
	/* So as not to wait for the other end of a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (file)
		return file;
	err_set_errno(err, "%s", path);
	if (fd >= 0)
		close(fd);
	return NULL;
}
