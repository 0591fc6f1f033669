#include "harness/lib/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t field_bytes(const struct field *field)
{
	switch (field->kind) {
	case FIELD_TEXT: return sizeof(char *);
	case FIELD_BUFFER: return field->room;
	case FIELD_COUNT: return sizeof(uint64_t);
	case FIELD_NUMBER: return sizeof(double);
	case FIELD_BOOL: return sizeof(bool);
	case FIELD_NAME:
	case FIELD_NAMES: return sizeof(unsigned);
	case FIELD_COUNTS: return field->room * sizeof(uint64_t);
	case FIELD_NUMBERS:
	case FIELD_SERIES: return field->room * sizeof(double);
	case FIELD_TALLY:
	case FIELD_LIST:
	case FIELD_MAP: return sizeof(void *);
	case FIELD_RECORDS: return field->room * field->item_bytes;
	}
	abort();
}

static bool is_owner(const struct field *field)
{
	return field->kind == FIELD_TEXT || field->kind == FIELD_TALLY || field->kind == FIELD_LIST ||
	       field->kind == FIELD_MAP;
}

static void field_clear(const struct field *field, void *of)
{
	memset(field_at(field, of), 0, field_bytes(field));
	if (field->kind == FIELD_SERIES || (is_owner(field) && field->kind != FIELD_TEXT))
		*field_count(field, of) = 0;
}

const struct field *fields_find(const struct field *fields, const char *path)
{
	for (; fields->path; fields++)
		if (strcmp(fields->path, path) == 0)
			return fields;
	return NULL;
}

/* The doubles of a field; 0 where it has none. */
static size_t numbers_of(const struct field *field)
{
	if (field->kind == FIELD_NUMBER)
		return 1;
	return field->kind == FIELD_NUMBERS || field->kind == FIELD_SERIES ? field->room : 0;
}

void fields_init(const struct field *fields, void *of)
{
	for (const struct field *field = fields; field->path; field++) {
		field_clear(field, of);
		for (size_t i = 0; i < numbers_of(field); i++)
			((double *)field_at(field, of))[i] = NAN;
		for (size_t i = 0; field->kind == FIELD_RECORDS && i < field->room; i++)
			fields_init(field->items, field_item(field, of, i));
	}
}

static void number_merge(enum field_merge merge, double *into, double from)
{
	if (isnan(from))
		return;
	if (isnan(*into) || (merge == FIELD_MIN && from < *into) || (merge == FIELD_MAX && from > *into))
		*into = from;
	else if (merge == FIELD_SUM)
		*into += from;
}

void fields_merge(const struct field *fields, void *into, const void *from)
{
	for (const struct field *field = fields; field->path; field++) {
		size_t counts = field->kind == FIELD_COUNT ? 1 : field->kind == FIELD_COUNTS ? field->room : 0;
		if (field->merge == FIELD_APART)
			continue;
		for (size_t i = 0; i < numbers_of(field); i++)
			number_merge(field->merge, (double *)field_at(field, into) + i,
				     ((const double *)field_at(field, from))[i]);
		for (size_t i = 0; i < counts; i++) /* a count can't be unknown, so that it is only ever added */
			((uint64_t *)field_at(field, into))[i] += ((const uint64_t *)field_at(field, from))[i];
	}
}

void fields_copy(const struct field *fields, void *into, const void *from)
{
	for (const struct field *field = fields; field->path; field++)
		if (!is_owner(field))
			memcpy(field_at(field, into), field_at(field, from), field_bytes(field));
}

void fields_release(const struct field *fields, void *of)
{
	for (const struct field *field = fields; field->path; field++) {
		bool is_list = field->kind == FIELD_LIST || field->kind == FIELD_MAP;
		for (uint64_t i = 0; is_list && i < *field_count(field, of); i++)
			fields_release(field->items, field_item(field, of, i));
		if (is_owner(field))
			free(*(void **)field_at(field, of));
		field_clear(field, of);
	}
}
