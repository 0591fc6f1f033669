#include "harness/record/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/record/json.h"

char *result_cell_line(const struct cell *cell)
{
	json_t *json = fields_json(cell_fields, cell);
	char *line = dump_json(json, JSON_REAL_PRECISION(9));

	json_decref(json);
	return line;
}

int result_read_line(struct cell *cell, const char *line, size_t bytes, struct err *err)
{
	json_t *json = json_parse(line, bytes, NULL, err);

	cell_init(cell, NULL, NULL, NULL, 0, 0); /* copies nothing, so that it can't fail */
	int result = json ? fields_read(json, cell_fields, cell, err) : -1;
	json_decref(json);
	if (!result)
		return 0;
	cell_release(cell);
	return errno == ENOMEM ? err_set(err, "out of memory") : -1;
}

char *result_cause_text(const struct cause *cause)
{
	json_t *json = fields_json(cause_fields, cause);
	char *text = dump_json(json, JSON_INDENT(2) | JSON_REAL_PRECISION(6));

	json_decref(json);
	return text;
}

json_t *result_json(const struct document *document)
{
	json_t *json = json_object();
	int bad = json_object_set_new(json, "schema", json_integer(RESULT_SCHEMA));

	return whole_json(json, bad | fields_write(json, document_fields, document));
}

/* The document as text, with one line per cell: people read it too, and compare it by diff(1). */
static char *document_text(const struct document *document)
{
	char *text = NULL;
	size_t bytes;
	json_t *json = result_json(document);
	char *head = dump_json(json, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	FILE *out = head ? open_memstream(&text, &bytes) : NULL;
	bool bad = !out;

	json_decref(json);
	if (out)
		fprintf(out, "%.*s,\n \"cells\": [", (int)(strlen(head) - strlen("\n}")), head);
	for (size_t i = 0; i < document->cells_count && !bad; i++) {
		char *line = result_cell_line(&document->cells[i]);
		bad = !line || fprintf(out, "%s\n  %s", i ? "," : "", line) < 0;
		free(line);
	}
	if (out) {
		bad = fputs("\n ]\n}\n", out) < 0 || bad;
		bad = text_close(out, &text) || bad;
	}
	free(head);
	if (!bad)
		return text;
	free(text);
	return NULL;
}

int result_write(const struct document *document, const char *path, struct err *err)
{
	char *text = document_text(document);
	int result = file_write(path, text, err);

	free(text);
	return result;
}

int result_print(const struct document *document, FILE *out)
{
	char *text = document_text(document);
	int result = text && fputs(text, out) >= 0 && !fflush(out) ? 0 : -1;

	free(text);
	return result;
}

int result_take(struct document *document, json_t *json, struct err *err)
{
	json_t *schema = json_object_get(json, "schema");

	if (!json_is_integer(schema))
		return err_set(err, "not a run.json: 'schema' is missing");
	if (json_integer_value(schema) < 1)
		return err_set(err, "not a run.json: its schema is version %lld",
			       (long long)json_integer_value(schema));
	if (json_integer_value(schema) > RESULT_SCHEMA)
		return err_set(err, "its schema is version %lld and this benchctl knows up to %d: use a newer benchctl",
			       (long long)json_integer_value(schema), RESULT_SCHEMA);
	return fields_read(json, document_fields, document, err) || fields_read(json, document_cells, document, err) ||
			       document_check(document, err)
		       ? -1
		       : 0;
}

int result_text(char **text, size_t *bytes, const char *path, struct err *err)
{
	FILE *file = json_open(path, err);

	*text = NULL;
	if (!file)
		return -1;
	int result = json_text(text, bytes, file, path, err);
	fclose(file);
	return result;
}

int result_text_stream(char **text, size_t *bytes, FILE *file, const char *name, struct err *err)
{
	return json_text(text, bytes, file, name, err);
}

/* Reads a document out of JSON, which is released; NULL: err is set already. */
static int document_take(struct document *document, json_t *json, const char *name, struct err *err)
{
	int result = json ? result_take(document, json, err) : -1;

	if (json && result && errno == ENOMEM)
		err_set(err, "%s: out of memory", name);
	else if (json && result)
		err_prefix(err, "%s", name);
	json_decref(json);
	return result;
}

int result_read_hashed(struct document *document, const char *path, char sha256[SHA256_TEXT], struct err *err)
{
	size_t bytes;
	char *text;

	*document = (struct document){ 0 };
	if (result_text(&text, &bytes, path, err))
		return -1;
	sha256_text(sha256, text, bytes);
	int result = document_take(document, json_parse(text, bytes, path, err), path, err);
	free(text);
	return result;
}

int result_read_stream(struct document *document, FILE *file, const char *name, struct err *err)
{
	json_t *json;

	*document = (struct document){ 0 };
	return json_load(&json, file, name, err) ? -1 : document_take(document, json, name, err);
}

int result_read(struct document *document, const char *path, struct err *err)
{
	FILE *file = json_open(path, err);

	*document = (struct document){ 0 };
	if (!file)
		return -1;
	int result = result_read_stream(document, file, path, err);
	fclose(file);
	return result;
}
