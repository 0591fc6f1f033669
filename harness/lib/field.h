/*
 * field: a struct described by a table of its fields.
 *
 * What a struct holds stands once, in a table with a row for each field: its name in files, its kind and unit, how the
 * figures of several threads become one, where it is shown. Whatever treats all fields alike follows the table: setting them
 * to unknown, merging, copying, freeing (all here), reading and writing JSON (harness/record/json.h), showing them
 * (harness/report/explain.h). A table ends with a row whose path is NULL.
 *
 * A number that was not measured is NAN, never 0.
 */
#ifndef HARNESS_LIB_FIELD_H
#define HARNESS_LIB_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
	FIELD_TEXT,    /* char *, owned; NULL: there is none; at most `room` bytes with the NUL, where that is not 0 */
	FIELD_BUFFER,  /* char [room] */
	FIELD_COUNT,   /* uint64_t */
	FIELD_NUMBER,  /* double; NAN: unknown */
	FIELD_BOOL,    /* bool */
	FIELD_NAME,    /* an enum of `room` values, by their names */
	FIELD_NAMES,   /* unsigned: a set of bits, each by its name, `room` of them */
	FIELD_COUNTS,  /* uint64_t [room], each by its name */
	FIELD_NUMBERS, /* double [room], each by its name */
	FIELD_SERIES,  /* double [room], of which `count` are in use */
	FIELD_TALLY,   /* uint32_t *, owned: `count` of them, `room` at most */
	FIELD_LIST,    /* struct *, owned: `count` of them, described by `items`; `room` at most, where that is not 0 */
	FIELD_MAP,     /* the same, where the first item, a text, names the struct */
	FIELD_RECORDS, /* struct [room], described by `items`, each by its name; one whose first item, a count, is 0 is not there */
};

/* How the figures of several threads become one. One that is unknown adds nothing. */
enum field_merge {
	FIELD_APART, /* not at all: it is of all threads together, or not of threads */
	FIELD_SUM,
	FIELD_MIN,
	FIELD_MAX,
};

/* Whether a field stands in a file. */
enum field_presence {
	FIELD_ALWAYS, /* it does, or the file is wrong */
	FIELD_LATER,  /* it does, but in files of earlier versions */
	FIELD_KNOWN, /* where there is anything to say: a text, a number that is not NAN, a count that is not 0, a set with members */
};

struct field {
	const char *path;   /* the name in files, after a dot where the field stands in an object of its own */
	const char *former; /* the path in files of earlier versions; NULL where it was always the same */
	enum field_kind kind;
	enum field_presence presence;
	enum field_merge merge;
	size_t offset; /* in the struct */
	size_t room;   /* see enum field_kind */
	size_t count;  /* offset of the uint64_t that says how many of a series, tally, list or map there are */
	const char *const *names;  /* `room` of them */
	const struct field *items; /* the table of the structs that this field consists of, */
	size_t item_bytes;         /* and how large each is */
	bool filled;               /* a text that must not be empty, a count that must not be 0 */
	const char *unit;          /* a noun in the plural, or 1/s, s, ns, bytes, cores, share; NULL: no quantity */
	const char *group;         /* the part of an explanation that shows it by itself; NULL: none does */
};

/* The field's place in a struct. */
static inline void *field_at(const struct field *field, const void *of)
{
	return (char *)of + field->offset;
}

/* How many of a series, tally, list or map there are. */
static inline uint64_t *field_count(const struct field *field, const void *of)
{
	return (uint64_t *)((char *)of + field->count);
}

/* The struct at that place of a list, map or records. */
static inline void *field_item(const struct field *field, const void *of, size_t place)
{
	char *items = field->kind == FIELD_RECORDS ? field_at(field, of) : *(char **)field_at(field, of);

	return items + place * field->item_bytes;
}

/* The row of that path, or NULL. */
const struct field *fields_find(const struct field *fields, const char *path);

/* Sets every number to unknown, and all else to zero. What was there is forgotten, not freed. */
void fields_init(const struct field *fields, void *of);

/* Merges the figures of one thread into those of all, which begin as fields_init() leaves them. */
void fields_merge(const struct field *fields, void *into, const void *from);

/* Copies all fields that own nothing. */
void fields_copy(const struct field *fields, void *into, const void *from);

/* Frees what the fields own, and sets all of them to zero. */
void fields_release(const struct field *fields, void *of);

#endif
