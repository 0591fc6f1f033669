/*
 * result_json: what the files result*.c share, and no other includes: jansson, and the tables of fields.
 *
 * A struct is written and read by a table of its fields, each with the path where it stands in the JSON, so that what is
 * written and what is read can't differ. result_cell.c has the table of a cell, result.c those of a run; another kind of
 * file gets a table of its own, in a result_*.c of its own.
 *
 * Memory: what makes JSON returns a new reference, or NULL where memory is out, never half of it. So a caller gathers
 * whether anything went wrong (json_object_set_new() takes a NULL, and says so) and asks whole_json() at the end.
 */
#ifndef HARNESS_RECORD_RESULT_JSON_H
#define HARNESS_RECORD_RESULT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/lib/field.h"
#include "harness/record/cell.h"
#include "harness/record/document.h"

/* null where the value is NAN or infinite: JSON has neither. */
json_t *number_json(double value);

/* null where text is NULL. Text that is no valid UTF-8 (a server's words, say) has '?' for what is not ASCII. */
json_t *text_json(const char *text);

/* The json; or NULL, and nothing left of it, where `bad` says that memory was out for a part. */
json_t *whole_json(json_t *json, int bad);

/* A struct, at `from`, as an object. */
json_t *fields_json(const struct field *fields, const void *from);

/* The same into an object that there is already. Returns 0, or not where memory is out. */
int fields_write(json_t *json, const struct field *fields, const void *from);

/*
 * Reads an object, which comes from outside, into the struct at `into`. Each kind checks what it gets. Returns 0, or -1
 * with err set, which names the field; the texts that were read until then belong to the struct in both cases.
 */
int fields_read(json_t *json, const struct field *fields, void *into, struct err *err);

/* One cell, from outside. Returns 0; or -1 with err set, and nothing is left to release. */
int cell_read(struct cell *cell, json_t *json, struct err *err);

/* The json as text, to be freed; NULL where there is none, or memory is out. The flags are those of json_dumps(). */
char *dump_json(const json_t *json, size_t flags);

/* What a run.json says before its cells, which it lacks; other files begin so too. */
json_t *document_json(const struct document *document);

/* Reads a run.json into a document that is zeroed. Returns 0, or -1 with err set; release it in both cases. */
int document_read(struct document *document, json_t *json, struct err *err);

/* Opens a file that is to be read as JSON; NULL with err set. */
FILE *json_open(const char *path, struct err *err);

/* Reads JSON of bounded size from a stream, which must be of a regular file. Returns 0, or -1 with err set. */
int json_load(json_t **json, FILE *file, const char *name, struct err *err);

/* Whether there is a text, and it is not empty. */
static inline bool has_words(const char *text)
{
	return text && *text;
}

#endif
