/*
 * result: cells and runs as JSON.
 *
 * What the fields are is docs/run.schema.json. The tables of fields of a cell and of a document both write and read them, so that
 * the two can't differ (harness/record/json.h). Numbers that were not measured are null.
 */
#ifndef HARNESS_RECORD_RESULT_H
#define HARNESS_RECORD_RESULT_H

#include <stdio.h>

#include "harness/config/conf.h"
#include "harness/lib/err.h"
#include "harness/record/cause.h"
#include "harness/record/document.h"

/* The version of run.json's schema. */
#define RESULT_SCHEMA 1

/* A cell as one line of JSON, without the line's end. Freed by the caller; NULL if out of memory. */
char *result_cell_line(const struct cell *cell);

/*
 * Reads such a line of `bytes` bytes. Returns 0: release the cell then. Or -1 with err set, and nothing to release;
 * errno is ENOMEM where that says nothing about the line, since memory was out.
 */
int result_read_line(struct cell *cell, const char *line, size_t bytes, struct err *err);

/* What limits a server as JSON, for people and programs. Freed by the caller; NULL if out of memory. */
char *result_cause_text(const struct cause *cause);

/* Writes a document to path: to a temporary file beside it, synced, then renamed. Returns 0, or -1 with err set. */
int result_write(const struct document *document, const char *path, struct err *err);

/* Prints it instead. Returns 0, or -1 where memory is out or the stream takes no more. */
int result_print(const struct document *document, FILE *out);

/*
 * Reads a run.json, or one that is compressed (gzip). Returns 0; or -1 with err set, which names what is wrong and where: the file comes from
 * outside. Release the document in both cases.
 */
int result_read(struct document *document, const char *path, struct err *err);

/* The same, with the hash of its text, which is that before compression. */
int result_read_hashed(struct document *document, const char *path, char sha256[SHA256_TEXT], struct err *err);

/* The text of a run.json, decompressed. Returns 0, *text is to be freed; or -1 with err set. */
int result_text(char **text, size_t *bytes, const char *path, struct err *err);

/* The same of a stream, which must be of a regular file; `name` is how messages call it. */
int result_text_stream(char **text, size_t *bytes, FILE *file, const char *name, struct err *err);

/* The same from a stream, which must be of a regular file; `name` is how messages call it. */
int result_read_stream(struct document *document, FILE *file, const char *name, struct err *err);

/* What a run.json says before its cells, as JSON of which the caller owns a reference; NULL if out of memory. */
struct json_t;
struct json_t *result_json(const struct document *document);

/* Reads a run.json into a document that is zeroed. Returns 0, or -1 with err set; release it in both cases. */
int result_take(struct document *document, struct json_t *json, struct err *err);

/*
 * Writes this host's noise, in the same way as a document, or reads it: a run.json without cells that has `noise` beside
 * them. Returns 0, or -1 with err set. What was read is to be released in both cases.
 */
struct noise;
int result_write_noise(const struct noise *noise, const char *path, struct err *err);
int result_read_noise(struct noise *noise, const char *path, struct err *err);

/* A server and whether it can run here, for `list`. */
struct result_listing {
	const struct conf_server *server;
	bool available;
	const char *version;        /* or NULL */
	const char *implementation; /* "original" or "revival", or NULL */
	const char *reason;         /* why not, or NULL */
};

/* Prints an array of servers as JSON. */
int result_print_listing(const struct result_listing *listing, size_t count, FILE *out);

/* One named finding, for `doctor` and `check`. */
struct result_finding {
	const char *subject; /* of what */
	const char *check;
	bool good;
	const char *text; /* what was found */
	/* Of `doctor` only; severity is NULL elsewhere, and the three are not printed. */
	const char *severity; /* "ok", "note", "bad" */
	const char *why;      /* it matters */
	const char *command;  /* what lifts it, or NULL */
};

/* Prints an array of findings as JSON. */
int result_print_findings(const struct result_finding *findings, size_t count, FILE *out);

#endif
