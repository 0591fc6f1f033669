/*
 * json: structs as JSON, by the tables of their fields (harness/lib/field.h). Only this file and result*.c include
 * jansson.
 *
 * One table both writes and reads each kind of file, so that the two can't differ. What is read comes from outside:
 * each kind of field checks what it gets, a message names the field, and memory grows with what was read.
 *
 * Memory: a function that makes JSON returns a new reference, or NULL if out of memory, never a part. So a caller
 * collects errors (json_object_set_new() takes a NULL, and says so) and asks whole_json() at the end.
 */
#ifndef HARNESS_RECORD_JSON_H
#define HARNESS_RECORD_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/lib/field.h"

/* null where text is NULL. Text that is no valid UTF-8 (a server's stderr, say) has '?' for what is not ASCII. */
json_t *text_json(const char *text);

/* Returns the json; or releases it and returns NULL, where `bad` says that memory was out for a part. */
json_t *whole_json(json_t *json, int bad);

/* A struct, at `from`, as an object. */
json_t *fields_json(const struct field *fields, const void *from);

/* The same into an existing object. Returns 0, or not 0 if out of memory. */
int fields_write(json_t *json, const struct field *fields, const void *from);

/*
 * Reads an object into the struct at `into`, which fields_init() has set. Returns 0, or -1 with err set, which names the field;
 * errno is ENOMEM where that says nothing about the JSON, since memory was out, and it was 0 before. What was read until then
 * belongs to the struct in both cases.
 */
int fields_read(json_t *json, const struct field *fields, void *into, struct err *err);

/* The json as text, to be freed; NULL if there is none, or if out of memory. The flags are those of json_dumps(). */
char *dump_json(const json_t *json, size_t flags);

/* Opens a file that is to be read as JSON; NULL with err set. */
FILE *json_open(const char *path, struct err *err);

/*
 * The most that a file or a text may hold, whatever its size: a tree of that many takes 200 MB and a second. 64 MiB of cells
 * have 290,000 and 2,000,000.
 */
#define JSON_VALUES_MAX     2500000
#define JSON_CONTAINERS_MAX 400000

/* Whether a text has no more of them. Returns 0, or -1 with err set. */
int json_fits(const char *text, size_t bytes, struct err *err);

/*
 * The only way from text to JSON. Returns a new reference; or NULL with err set, which begins with the name where that is not NULL;
 * errno is ENOMEM where that says nothing about the text, since memory was out.
 */
json_t *json_parse(const char *text, size_t bytes, const char *name, struct err *err);

/*
 * Reads the text of at most RESULT_BYTES_MAX from a stream, which must be of a regular file; one that is compressed (gzip) is
 * decompressed. Returns 0, *text is to be freed; or -1 with err set, which begins with the name.
 */
int json_text(char **text, size_t *bytes, FILE *file, const char *name, struct err *err);

/* Reads JSON, by json_text(). Returns 0, or -1 with err set. */
int json_load(json_t **json, FILE *file, const char *name, struct err *err);

#endif
