#include "harness/record/result.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/record/result_json.h"

#define ROW(type, path_, kind_, presence_, member, ...)                                                                \
	{                                                                                                              \
		.path = path_, .kind = FIELD_##kind_, .presence = FIELD_##presence_, .offset = offsetof(type, member), \
		##__VA_ARGS__                                                                                          \
	}
#define HOST(path, kind, member)               ROW(struct host, path, kind, ALWAYS, member, .room = sizeof((struct host *)0)->member)
#define SERVER(name, presence)                 ROW(struct document_server, #name, TEXT, presence, name)
#define DOCUMENT(path, kind, presence, member) ROW(struct document, path, kind, presence, member)

static const struct field host_fields[] = { HOST("cpu_model", BUFFER, cpu_model),
					    HOST("cores", COUNT, cores),
					    HOST("memory_bytes", COUNT, memory_bytes),
					    HOST("kernel", BUFFER, kernel),
					    HOST("governor", BUFFER, governor),
					    HOST("limits.files_soft", COUNT, files_soft),
					    HOST("limits.files_hard", COUNT, files_hard),
					    HOST("sysctl.somaxconn", COUNT, somaxconn),
					    HOST("sysctl.port_low", COUNT, port_low),
					    HOST("sysctl.port_high", COUNT, port_high),
					    HOST("sysctl.tcp_max_tw_buckets", COUNT, tw_buckets),
					    HOST("sysctl.tcp_tw_reuse", COUNT, tw_reuse),
					    HOST("load", NUMBER, load),
					    HOST("date", BUFFER, date),
					    { .path = NULL } };

static const struct field server_fields[] = { SERVER(name, ALWAYS),          SERVER(command, ALWAYS),
					      SERVER(version, ALWAYS),       SERVER(family, ALWAYS),
					      SERVER(model, ALWAYS),         SERVER(since, KNOWN),
					      SERVER(implementation, KNOWN), { .path = NULL } };

static const struct field document_fields[] = { DOCUMENT("benchctl.version", TEXT, ALWAYS, benchctl),
						DOCUMENT("benchctl.commit", TEXT, ALWAYS, commit),
						DOCUMENT("benchctl.compiler", TEXT, ALWAYS, compiler),
						DOCUMENT("benchctl.flags", TEXT, ALWAYS, flags),
						DOCUMENT("environment.client_cpus", TEXT, ALWAYS, client_cpus),
						DOCUMENT("environment.server_cpus", TEXT, ALWAYS, server_cpus),
						DOCUMENT("environment.client", TEXT, KNOWN, client),
						DOCUMENT("interrupted", BOOL, ALWAYS, interrupted),
						{ .path = NULL } };

static json_t *options_json(const struct document *document)
{
	json_t *json = json_object();
	int bad = 0;

	for (size_t i = 0; i < document->options_count; i++)
		bad |= json_object_set_new(json, document->options[i].name, text_json(document->options[i].value));
	return whole_json(json, bad);
}

static json_t *servers_json(const struct document *document)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < document->servers_count; i++)
		bad |= json_array_append_new(json, fields_json(server_fields, &document->servers[i]));
	return whole_json(json, bad);
}

json_t *document_json(const struct document *document)
{
	json_t *json = json_object(), *host = json_object();

	int bad = json_object_set_new(json, "schema", json_integer(RESULT_SCHEMA));
	bad |= json_object_set_new(json, "environment", host); /* takes it; where it can't, host is gone */
	if (!bad) {
		bad |= fields_write(json, document_fields, document);
		bad |= fields_write(host, host_fields, &document->host);
		bad |= json_object_set_new(json, "config", options_json(document));
		bad |= json_object_set_new(json, "servers", servers_json(document));
	}
	return whole_json(json, bad);
}

/* The document as text, with a line a cell: it is read by people too, and compared by diff(1). */
static char *document_text(const struct document *document)
{
	char *text = NULL;
	size_t bytes;
	json_t *json = document_json(document);
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

static int options_read(struct document *document, json_t *json, struct err *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return err_set(err, "'config' is not an object");
	document->options = calloc(json_object_size(json) + 1, sizeof *document->options);
	if (!document->options)
		return err_set(err, "out of memory");
	json_object_foreach(json, name, value)
	{
		if (!json_is_string(value))
			return err_set(err, "'config.%.60s' is not a text", name);
		struct document_option *option = &document->options[document->options_count++];
		option->name = strdup(name);
		option->value = strdup(json_string_value(value));
		if (!option->name || !option->value)
			return err_set(err, "out of memory");
	}
	return 0;
}

static int servers_read(struct document *document, json_t *json, struct err *err)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return err_set(err, "'servers' is not an array");
	document->servers = calloc(json_array_size(json) + 1, sizeof *document->servers);
	if (!document->servers)
		return err_set(err, "out of memory");
	json_array_foreach(json, index, item)
	{
		document->servers_count++;
		if (fields_read(item, server_fields, &document->servers[index], err))
			return err_prefix(err, "servers[%zu]", index);
		if (!has_words(document->servers[index].name))
			return err_set(err, "servers[%zu]: 'name' is empty", index);
	}
	return 0;
}

static int cells_read(struct document *document, json_t *json, struct err *err)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return err_set(err, "'cells' is not an array");
	json_array_foreach(json, index, item)
	{
		struct cell cell;
		if (cell_read(&cell, item, err))
			return err_prefix(err, "cells[%zu]", index);
		if (document_add_cell(document, &cell)) {
			cell_release(&cell);
			return err_set(err, "out of memory");
		}
	}
	return 0;
}

int document_read(struct document *document, json_t *json, struct err *err)
{
	json_t *schema = json_object_get(json, "schema");
	json_t *host = json_object_get(json, "environment");

	if (!json_is_integer(schema))
		return err_set(err, "not a run.json: 'schema' is missing");
	if (json_integer_value(schema) < 1)
		return err_set(err, "not a run.json: its schema is version %lld",
			       (long long)json_integer_value(schema));
	if (json_integer_value(schema) > RESULT_SCHEMA)
		return err_set(err, "its schema is version %lld and this benchctl knows up to %d: use a newer benchctl",
			       (long long)json_integer_value(schema), RESULT_SCHEMA);
	if (fields_read(json, document_fields, document, err))
		return -1;
	if (fields_read(host, host_fields, &document->host, err))
		return err_prefix(err, "environment");
	if (options_read(document, json_object_get(json, "config"), err) ||
	    servers_read(document, json_object_get(json, "servers"), err) ||
	    cells_read(document, json_object_get(json, "cells"), err))
		return -1;
	return 0;
}

int json_load(json_t **json, FILE *file, const char *name, struct err *err)
{
	json_error_t where;
	struct stat info;

	*json = NULL;
	errno = 0;
	if (fstat(fileno(file), &info))
		return err_set_errno(err, "%s", name);
	if (!S_ISREG(info.st_mode) || info.st_size > RESULT_BYTES_MAX)
		return err_set(err, "%s: not a file, or larger than %u MiB", name, RESULT_BYTES_MAX >> 20);
	*json = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
	if (*json)
		return 0;
	if (errno == ENOMEM)
		return err_set(err, "%s: out of memory", name);
	return err_set(err, "%s:%d:%d: not valid JSON: %s", name, where.line, where.column, where.text);
}

FILE *json_open(const char *path, struct err *err)
{
	/* Not to wait for the other end of a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (file)
		return file;
	err_set_errno(err, "%s", path);
	if (fd >= 0)
		close(fd);
	return NULL;
}

int result_read_stream(struct document *document, FILE *file, const char *name, struct err *err)
{
	json_t *json;

	*document = (struct document){ 0 };
	if (json_load(&json, file, name, err))
		return -1;
	int result = document_read(document, json, err);
	if (result && errno == ENOMEM)
		err_set(err, "%s: out of memory", name);
	else if (result)
		err_prefix(err, "%s", name);
	json_decref(json);
	return result;
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
