/*
 * field: a struct described by a table of its fields.
 *
 * The fields of a struct are listed once, in a table with a row for each: its name in files, its kind and unit, how the
 * figures of several threads become one, where it is shown. Whatever treats all fields alike follows the table: setting
 * them to unknown, merging, copying, freeing (all here), reading and writing JSON (harness/record/json.h), showing them
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

/* Whether a field is in a file. */
enum field_presence {
	FIELD_ALWAYS, /* it does, or the file is wrong */
	FIELD_LATER,  /* it does, but in files of earlier versions */
	FIELD_KNOWN, /* where there is anything to say: a text, a number that is not NAN, a count that is not 0, a list or set with members */
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

/*
 * A row for a member of a struct: FIELD_ROW(struct site_run, "cores", COUNT, ALWAYS, cores), with further members of the row after
 * these. It does not compile where the member's C type is not the one that the kind writes to. `room` of an array and
 * `item_bytes` follow from that type.
 */
#define FIELD_ROW(type, path_, kind_, presence_, member, ...)                             \
	{                                                                                 \
		.path = path_, .kind = FIELD_##kind_, .presence = FIELD_##presence_,      \
		FIELD_AS_##kind_(type, member, FIELD_MEMBER(type, member)), ##__VA_ARGS__ \
	}
/* The offset of the uint64_t that says how many of a series, tally, list or map there are: .count = FIELD_COUNTED_BY(...). */
#define FIELD_COUNTED_BY(type, member) FIELD_OFFSET(type, member, uint64_t)

#define FIELD_MEMBER(type, member) (((type *)0)->member)
#define FIELD_PLACES(array)        (sizeof(array) / sizeof *(array))
#define FIELD_OFFSET(type, member, c_type) \
	_Generic(&FIELD_MEMBER(type, member), __typeof__(c_type) * : offsetof(type, member))
#define FIELD_OFFSET_ARRAY(type, member, c_type, array) \
	.offset = FIELD_OFFSET(type, member, c_type[FIELD_PLACES(array)]), .room = FIELD_PLACES(array)
#define FIELD_AS_TEXT(type, member, at) \
	.offset = _Generic(&(at), char ** : offsetof(type, member), const char ** : offsetof(type, member))
#define FIELD_AS_BUFFER(type, member, at)  FIELD_OFFSET_ARRAY(type, member, char, at)
#define FIELD_AS_COUNT(type, member, at)   .offset = FIELD_OFFSET(type, member, uint64_t)
#define FIELD_AS_NUMBER(type, member, at)  .offset = FIELD_OFFSET(type, member, double)
#define FIELD_AS_BOOL(type, member, at)    .offset = FIELD_OFFSET(type, member, bool)
#define FIELD_AS_NAME(type, member, at)    .offset = FIELD_OFFSET(type, member, unsigned)
#define FIELD_AS_NAMES(type, member, at)   .offset = FIELD_OFFSET(type, member, unsigned)
#define FIELD_AS_COUNTS(type, member, at)  FIELD_OFFSET_ARRAY(type, member, uint64_t, at)
#define FIELD_AS_NUMBERS(type, member, at) FIELD_OFFSET_ARRAY(type, member, double, at)
#define FIELD_AS_SERIES(type, member, at)  FIELD_OFFSET_ARRAY(type, member, double, at)
#define FIELD_AS_TALLY(type, member, at)   .offset = FIELD_OFFSET(type, member, uint32_t *)
#define FIELD_AS_LIST(type, member, at) \
	.offset = FIELD_OFFSET(type, member, __typeof__(*(at)) *), .item_bytes = sizeof *(at)
#define FIELD_AS_MAP(type, member, at) FIELD_AS_LIST(type, member, at)
#define FIELD_AS_RECORDS(type, member, at) \
	FIELD_OFFSET_ARRAY(type, member, __typeof__(*(at)), at), .item_bytes = sizeof *(at)

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
