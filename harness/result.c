#include "harness/result.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/text.h"

/* How a field of a struct stands in the JSON. */
enum kind {
	TEXT,		/* char *, owned; NULL is null, or absent where the field is optional */
	BUFFER,		/* char [room] */
	COUNT,		/* uint64_t */
	NUMBER,		/* double; NAN is null */
	BOOL,
	FAILED,		/* uint64_t [LOAD_FAILURES]: an object of those that are not 0 */
	REASONS,	/* unsigned bit set of enum invalid: an array of names */
	THREADS,	/* double [client_threads] of a cell: an array */
	TENTHS,		/* uint32_t *, owned, [tenths_count] of a cell: an array */
	KERNEL,		/* struct kernel: an object of its counters, by the kernel's names */
};

struct field {
	const char *path;	/* with a dot where the field stands in an object of its own */
	enum kind kind;
	size_t offset;
	size_t room;		/* of a BUFFER */
	bool optional;		/* may be absent in what is read; a TEXT that is NULL is left out */
	bool sparse;		/* and so is a NUMBER that is unknown */
};

#define CELL(path, kind, field) { path, kind, offsetof(struct cell, field), 0, false, false }
/* A field that came later than the first version of the schema, or is a text that may be NULL. */
#define LATER(path, kind, field) { path, kind, offsetof(struct cell, field), 0, true, false }
/* A number that only some kinds of load have. */
#define SOME(path, field) { path, NUMBER, offsetof(struct cell, field), 0, true, true }
#define TIMES(name) \
	CELL(#name ".mean", NUMBER, name.mean), CELL(#name ".p50", NUMBER, name.p50), \
	CELL(#name ".p90", NUMBER, name.p90), CELL(#name ".p99", NUMBER, name.p99), \
	CELL(#name ".p999", NUMBER, name.p999), CELL(#name ".max", NUMBER, name.max)

static const struct field cell_fields[] = {
	CELL("server", TEXT, server),
	CELL("client", TEXT, client),
	CELL("mode", TEXT, mode),
	CELL("level", COUNT, level),
	CELL("block", COUNT, block),
	CELL("rate_rps", NUMBER, rate_rps),
	CELL("started", COUNT, started),
	CELL("ok", COUNT, ok),
	CELL("failed", FAILED, failed),
	CELL("in_flight_start", COUNT, in_flight_start),
	CELL("in_flight_end", COUNT, in_flight_end),
	CELL("connects", COUNT, connects),
	LATER("started_before", COUNT, started_before),
	LATER("stray", COUNT, stray),
	CELL("open_in_server.mean", NUMBER, open_mean),
	CELL("open_in_server.max", NUMBER, open_max),
	CELL("backlog", COUNT, backlog),
	CELL("concurrency.mean", NUMBER, concurrency_mean),
	CELL("concurrency.min", NUMBER, concurrency_min),
	CELL("concurrency.max", NUMBER, concurrency_max),
	TIMES(latency_ns),
	TIMES(connect_ns),
	SOME("open_loop.offered_rps", open_loop.offered_rps),
	SOME("open_loop.share", open_loop.share),
	SOME("open_loop.scheduled", open_loop.scheduled),
	SOME("open_loop.waiting_start", open_loop.waiting_start),
	SOME("open_loop.waiting_end", open_loop.waiting_end),
	SOME("open_loop.waited", open_loop.waited),
	SOME("open_loop.late_ok", open_loop.late_ok),
	SOME("open_loop.late_failed", open_loop.late_failed),
	SOME("open_loop.unended", open_loop.unended),
	SOME("lag_ns.mean", lag_ns.mean), SOME("lag_ns.p50", lag_ns.p50), SOME("lag_ns.p90", lag_ns.p90),
	SOME("lag_ns.p99", lag_ns.p99), SOME("lag_ns.p999", lag_ns.p999), SOME("lag_ns.max", lag_ns.max),
	SOME("crowd.active", crowd.active),
	SOME("crowd.silent", crowd.silent),
	SOME("crowd.dropped", crowd.dropped),
	SOME("crowd.dropped_after_s", crowd.dropped_after_s),
	LATER("latency_censored", BOOL, latency_censored),
	LATER("latency_histogram", TEXT, latency_hist),
	LATER("connect_histogram", TEXT, connect_hist),
	LATER("tenths", TENTHS, tenths),
	LATER("little_residual", NUMBER, little),
	CELL("window_s", NUMBER, window_s),
	CELL("ramp.seconds", NUMBER, ramp_s),
	CELL("ramp.reached", COUNT, ramp_reached),
	CELL("fairness.min", NUMBER, served_min),
	CELL("fairness.max", NUMBER, served_max),
	CELL("fairness.never_served", NUMBER, never_served),
	CELL("fairness.jain", NUMBER, jain),
	CELL("client_cpu", THREADS, client_cpu),
	LATER("client_cpu_user", THREADS, client_user),
	LATER("client_cpu_system", THREADS, client_system),
	CELL("client_cpu_busiest", NUMBER, client_cpu_busiest),
	LATER("observer_cpu", NUMBER, observer_cpu),
	LATER("ceiling_rps", NUMBER, ceiling_rps),
	CELL("server_cpu_us_per_request", NUMBER, server_cpu_us_per_request),
	CELL("server_rss_bytes", NUMBER, server_rss_bytes),
	LATER("server_use.user_s", NUMBER, server_use.user_s),
	LATER("server_use.system_s", NUMBER, server_use.system_s),
	LATER("server_use.peak_rss_bytes", NUMBER, server_use.peak_rss_bytes),
	LATER("server_use.files_max", NUMBER, server_use.files_max),
	LATER("server_use.files_limit", NUMBER, server_use.files_limit),
	LATER("server_use.processes", NUMBER, server_use.processes),
	LATER("server_use.threads", NUMBER, server_use.threads),
	LATER("server_use.switches_voluntary", NUMBER, server_use.switches_voluntary),
	LATER("server_use.switches_involuntary", NUMBER, server_use.switches_involuntary),
	LATER("kernel", KERNEL, kernel),
	CELL("restarted", BOOL, restarted),
	LATER("error", TEXT, error),
	LATER("wrong", TEXT, wrong),
	CELL("valid", BOOL, valid),
	CELL("invalid", REASONS, invalid),
	{ .path = NULL }
};

#define HOST(path, kind, field) { path, kind, offsetof(struct host, field), sizeof ((struct host *)0)->field, false, false }

static const struct field host_fields[] = {
	HOST("cpu_model", BUFFER, cpu_model),
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
	{ .path = NULL }
};

#define SERVER(path, field) { path, TEXT, offsetof(struct document_server, field), 0, false, false }

static const struct field server_fields[] = {
	SERVER("name", name),
	SERVER("command", command),
	SERVER("version", version),
	SERVER("family", family),
	SERVER("model", model),
	{ "since", TEXT, offsetof(struct document_server, since), 0, true, false },
	{ "implementation", TEXT, offsetof(struct document_server, implementation), 0, true, false },
	{ .path = NULL }
};

static const struct field document_fields[] = {
	{ "benchctl.version", TEXT, offsetof(struct document, benchctl), 0, false, false },
	{ "benchctl.commit", TEXT, offsetof(struct document, commit), 0, false, false },
	{ "benchctl.compiler", TEXT, offsetof(struct document, compiler), 0, false, false },
	{ "benchctl.flags", TEXT, offsetof(struct document, flags), 0, false, false },
	{ "environment.client_cpus", TEXT, offsetof(struct document, client_cpus), 0, false, false },
	{ "environment.server_cpus", TEXT, offsetof(struct document, server_cpus), 0, false, false },
	{ "interrupted", BOOL, offsetof(struct document, interrupted), 0, false, false },
	{ .path = NULL }
};

static json_t *number_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Text that is no valid UTF-8 (a server's words, say) is shown with '?' for what is wrong. */
static json_t *text_json(const char *text)
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

/* The json; or NULL, and nothing left of it, where memory was out for a part. */
static json_t *whole(json_t *json, int bad)
{
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *failed_json(const uint64_t *failed)
{
	json_t *json = json_object();
	int bad = 0;

	for (int i = 0; i < LOAD_FAILURES; i++)
		if (failed[i])
			bad |= json_object_set_new(json, load_failure_names[i], json_integer((json_int_t)failed[i]));
	return whole(json, bad);
}

static json_t *reasons_json(unsigned reasons)
{
	json_t *json = json_array();
	int bad = 0;

	for (int i = 0; i < INVALIDS; i++)
		if (reasons & 1u << i)
			bad |= json_array_append_new(json, json_string(invalid_names[i]));
	return whole(json, bad);
}

static json_t *threads_json(const struct cell *cell, const double *threads)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < cell->client_threads; i++)
		bad |= json_array_append_new(json, number_json(threads[i]));
	return whole(json, bad);
}

static json_t *tenths_json(const struct cell *cell)
{
	json_t *json = json_array();
	int bad = 0;

	for (uint64_t i = 0; i < cell->tenths_count; i++)
		bad |= json_array_append_new(json, json_integer(cell->tenths[i]));
	return whole(json, bad);
}

static json_t *kernel_json(const struct kernel *kernel)
{
	json_t *json = json_object();
	int bad = 0;

	for (int i = 0; i < KERNEL_COUNTERS; i++)
		bad |= json_object_set_new(json, kernel_counter_names[i], number_json(kernel->counters[i]));
	return whole(json, bad | json_object_set_new(json, "time_wait", number_json(kernel->time_wait)));
}

static json_t *field_json(const struct field *field, const void *from)
{
	const char *at = (const char *)from + field->offset;

	switch (field->kind) {
	case TEXT:
		return text_json(*(char *const *)at);
	case BUFFER:
		return text_json(at);
	case COUNT:
		return json_integer((json_int_t)*(const uint64_t *)at);
	case NUMBER:
		return number_json(*(const double *)at);
	case BOOL:
		return json_boolean(*(const bool *)at);
	case FAILED:
		return failed_json((const uint64_t *)at);
	case REASONS:
		return reasons_json(*(const unsigned *)at);
	case THREADS:
		return threads_json(from, (const double *)at);
	case TENTHS:
		return tenths_json(from);
	case KERNEL:
		return kernel_json((const struct kernel *)at);
	}
	return NULL;
}

/* The object that holds a field: json itself, or the one named before the dot. Its key is stored. */
static json_t *field_holder(json_t *json, const struct field *field, bool make, const char **key)
{
	const char *dot = strchr(field->path, '.');
	char name[64];

	*key = dot ? dot + 1 : field->path;
	if (!dot)
		return json;
	snprintf(name, sizeof name, "%.*s", (int)(dot - field->path), field->path);
	json_t *inner = json_object_get(json, name);
	if (!inner && make && !json_object_set_new(json, name, json_object()))
		inner = json_object_get(json, name);
	return inner;
}

/* Returns 0, or not where memory is out. */
static int fields_write(json_t *json, const struct field *fields, const void *from)
{
	int bad = 0;

	for (const struct field *field = fields; field->path; field++) {
		const char *key;
		const char *at = (const char *)from + field->offset;
		if ((field->optional && field->kind == TEXT && !*(char *const *)at) ||
		    (field->sparse && isnan(*(const double *)at)))
			continue;
		json_t *holder = field_holder(json, field, true, &key);
		bad |= json_object_set_new(holder, key, field_json(field, from));
	}
	return bad;
}

static json_t *fields_json(const struct field *fields, const void *from)
{
	json_t *json = json_object();

	return whole(json, fields_write(json, fields, from));
}

/* Reading: json comes from outside; each kind checks what it gets. Returns whether it was right. */

static bool failed_read(uint64_t *failed, const json_t *json)
{
	if (!json_is_object(json))
		return false;
	for (int i = 0; i < LOAD_FAILURES; i++) {
		const json_t *count = json_object_get(json, load_failure_names[i]);
		if (count && (!json_is_integer(count) || json_integer_value(count) < 0))
			return false;
		failed[i] = count ? (uint64_t)json_integer_value(count) : 0;
	}
	return true;
}

static bool reasons_read(unsigned *reasons, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return false;
	*reasons = 0;
	json_array_foreach(json, index, item) {
		for (int i = 0; i < INVALIDS; i++)
			if (json_is_string(item) && strcmp(json_string_value(item), invalid_names[i]) == 0)
				*reasons |= 1u << i;
	}
	return true;
}

static bool number_read(double *value, const json_t *json)
{
	if (!json_is_number(json) && !json_is_null(json))
		return false;
	*value = json_is_null(json) ? NAN : json_number_value(json);
	return true;
}

static bool threads_read(struct cell *cell, double *threads, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > LOAD_THREADS_MAX)
		return false;
	/* All three arrays are of the same threads. */
	if (threads == cell->client_cpu)
		cell->client_threads = json_array_size(json);
	else if (json_array_size(json) != cell->client_threads)
		return false;
	json_array_foreach(json, index, item) {
		if (!number_read(&threads[index], item))
			return false;
	}
	return true;
}

static bool tenths_read(struct cell *cell, const json_t *json)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json) || json_array_size(json) > LOAD_TENTHS_MAX)
		return false;
	free(cell->tenths);
	cell->tenths_count = 0;
	cell->tenths = calloc(json_array_size(json) + 1, sizeof *cell->tenths);
	if (!cell->tenths)
		return false;
	json_array_foreach(json, index, item) {
		if (!json_is_integer(item) || json_integer_value(item) < 0 || json_integer_value(item) > UINT32_MAX)
			return false;
		cell->tenths[cell->tenths_count++] = (uint32_t)json_integer_value(item);
	}
	return true;
}

/* Counters that this version doesn't know are passed over. */
static bool kernel_of(struct kernel *kernel, const json_t *json)
{
	if (!json_is_object(json))
		return false;
	for (int i = 0; i <= KERNEL_COUNTERS; i++) {
		bool last = i == KERNEL_COUNTERS;
		const json_t *value = json_object_get(json, last ? "time_wait" : kernel_counter_names[i]);
		if (value && !number_read(last ? &kernel->time_wait : &kernel->counters[i], value))
			return false;
	}
	return true;
}

static bool field_read(const struct field *field, void *into, const json_t *json)
{
	char *at = (char *)into + field->offset;

	switch (field->kind) {
	case TEXT:
		if (!json || json_is_null(json))
			return json;
		if (!json_is_string(json))
			return false;
		free(*(char **)at);
		*(char **)at = strdup(json_string_value(json));
		return *(char **)at;
	case BUFFER:
		if (!json_is_string(json))
			return false;
		snprintf(at, field->room, "%s", json_string_value(json));
		return true;
	case COUNT:
		if (!json_is_integer(json) || json_integer_value(json) < 0)
			return false;
		*(uint64_t *)at = (uint64_t)json_integer_value(json);
		return true;
	case NUMBER:
		return number_read((double *)at, json);
	case BOOL:
		if (!json_is_boolean(json))
			return false;
		*(bool *)at = json_is_true(json);
		return true;
	case FAILED:
		return failed_read((uint64_t *)at, json);
	case REASONS:
		return reasons_read((unsigned *)at, json);
	case THREADS:
		return threads_read(into, (double *)at, json);
	case TENTHS:
		return tenths_read(into, json);
	case KERNEL:
		return kernel_of((struct kernel *)at, json);
	}
	return false;
}

static int fields_read(json_t *json, const struct field *fields, void *into, struct err *err)
{
	for (const struct field *field = fields; field->path; field++) {
		const char *key;
		json_t *holder = field_holder(json, field, false, &key);
		const json_t *value = holder ? json_object_get(holder, key) : NULL;
		if (!value && field->optional)
			continue;
		if (!field_read(field, into, value))
			return err_set(err, "'%s' is %s", field->path, value ? "not what it should be" : "missing");
	}
	return 0;
}

/*
 * The json as text; NULL where there is none, or memory is out. Not by json_dumps(): where its memory runs out on a
 * key, jansson 2.14 leaves the key away and goes on. json_dumpb() writes to memory that it is given.
 */
static char *json_text(const json_t *json, size_t flags)
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

char *result_cell_line(const struct cell *cell)
{
	json_t *json = fields_json(cell_fields, cell);
	char *line = json_text(json, JSON_REAL_PRECISION(9));

	json_decref(json);
	return line;
}

static json_t *options_json(const struct document *document)
{
	json_t *json = json_object();
	int bad = 0;

	for (size_t i = 0; i < document->options_count; i++)
		bad |= json_object_set_new(json, document->options[i].name, text_json(document->options[i].value));
	return whole(json, bad);
}

static json_t *servers_json(const struct document *document)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < document->servers_count; i++)
		bad |= json_array_append_new(json, fields_json(server_fields, &document->servers[i]));
	return whole(json, bad);
}

static json_t *document_json(const struct document *document)
{
	json_t *json = json_object(), *host = json_object();

	int bad = json_object_set_new(json, "schema", json_integer(RESULT_SCHEMA));
	bad |= json_object_set_new(json, "environment", host);	/* takes it; where it can't, host is gone */
	if (!bad) {
		bad |= fields_write(json, document_fields, document);
		bad |= fields_write(host, host_fields, &document->host);
		bad |= json_object_set_new(json, "config", options_json(document));
		bad |= json_object_set_new(json, "servers", servers_json(document));
	}
	return whole(json, bad);
}

/* The document as text, with a line a cell: it is read by people too, and compared by diff(1). */
static char *document_text(const struct document *document)
{
	char *text = NULL;
	size_t bytes;
	json_t *json = document_json(document);
	char *head = json_text(json, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
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

/* Writes text to a new file, all of it and to the disk. */
static int file_write(const char *path, const char *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	size_t bytes = strlen(text), done = 0;

	if (fd < 0)
		return err_set_errno(err, "%s", path);
	while (done < bytes) {
		ssize_t wrote = write(fd, text + done, bytes - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			goto failed;
		done += (size_t)wrote;
	}
	if (fsync(fd))
		goto failed;
	close(fd);
	return 0;
failed:
	err_set_errno(err, "writing %s", path);
	close(fd);
	unlink(path);
	return -1;
}

int result_write(const struct document *document, const char *path, struct err *err)
{
	int result = -1;
	char *temporary = NULL;
	char *text = document_text(document);

	if (!text || asprintf(&temporary, "%s.new", path) < 0) {
		temporary = NULL;
		err_set(err, "out of memory");
		goto out;
	}
	if (file_write(temporary, text, err))
		goto out;
	if (rename(temporary, path)) {
		err_set_errno(err, "%s", path);
		unlink(temporary);
		goto out;
	}
	result = 0;
out:
	free(text);
	free(temporary);
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
	json_object_foreach(json, name, value) {
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

static bool has_words(const char *text)
{
	return text && *text;
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
	json_array_foreach(json, index, item) {
		document->servers_count++;
		if (fields_read(item, server_fields, &document->servers[index], err))
			return err_prefix(err, "servers[%zu]", index);
		if (!has_words(document->servers[index].name))
			return err_set(err, "servers[%zu]: 'name' is empty", index);
	}
	return 0;
}

/* One cell, from outside. Where it is none, nothing is left to release. */
static int cell_read(struct cell *cell, json_t *json, struct err *err)
{
	cell_init(cell, NULL, NULL, NULL, 0, 0);	/* copies nothing, so that it can't fail */
	if (!fields_read(json, cell_fields, cell, err)) {
		if (has_words(cell->server) && has_words(cell->client) && has_words(cell->mode) && cell->level)
			return 0;
		err_set(err, "'server', 'client', 'mode' or 'level' is empty");
	}
	cell_release(cell);
	return -1;
}

int result_read_line(struct cell *cell, const char *line, size_t bytes, struct err *err)
{
	json_error_t where;
	errno = 0;
	json_t *json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &where);

	int result = json ? cell_read(cell, json, err) : err_set(err, "not valid JSON: %s", where.text);
	json_decref(json);
	return result && errno == ENOMEM ? err_set(err, "out of memory") : result;
}

static int cells_read(struct document *document, json_t *json, struct err *err)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return err_set(err, "'cells' is not an array");
	json_array_foreach(json, index, item) {
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

static int document_read(struct document *document, json_t *json, struct err *err)
{
	json_t *schema = json_object_get(json, "schema");
	json_t *host = json_object_get(json, "environment");

	if (!json_is_integer(schema))
		return err_set(err, "not a run.json: 'schema' is missing");
	if (json_integer_value(schema) < 1)
		return err_set(err, "not a run.json: its schema is version %lld", (long long)json_integer_value(schema));
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

int result_read(struct document *document, const char *path, struct err *err)
{
	json_error_t where;
	struct stat info;
	int result = -1;
	json_t *json = NULL;
	FILE *file = fopen(path, "re");

	*document = (struct document){ 0 };
	if (file)
		errno = 0;
	if (!file || fstat(fileno(file), &info))
		err_set_errno(err, "%s", path);
	else if (!S_ISREG(info.st_mode) || info.st_size > RESULT_BYTES_MAX)
		err_set(err, "%s: not a file, or larger than %u MiB", path, RESULT_BYTES_MAX >> 20);
	else if (!(json = json_loadf(file, JSON_REJECT_DUPLICATES, &where)))
		err_set(err, "%s:%d:%d: not valid JSON: %s", path, where.line, where.column, where.text);
	else if (document_read(document, json, err))
		err_prefix(err, "%s", path);
	else
		result = 0;
	if (result && errno == ENOMEM)
		err_set(err, "%s: out of memory", path);
	json_decref(json);
	if (file)
		fclose(file);
	return result;
}

/* Prints the json, which it takes. Returns 0, or -1: there is none, since memory was out, or it can't be written. */
static int json_print(json_t *json, FILE *out)
{
	char *text = json_text(json, JSON_INDENT(1));
	int bad = !text || fprintf(out, "%s\n", text) < 0;

	free(text);
	json_decref(json);
	return bad ? -1 : 0;
}

int result_print_listing(const struct result_listing *listing, size_t count, FILE *out)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		bad |= json_object_set_new(item, "name", text_json(listing[i].server->name));
		bad |= json_object_set_new(item, "available", json_boolean(listing[i].available));
		bad |= json_object_set_new(item, "version", text_json(listing[i].version));
		bad |= json_object_set_new(item, "implementation", text_json(listing[i].implementation));
		bad |= json_object_set_new(item, "reason", text_json(listing[i].reason));
		bad |= json_array_append_new(json, item);
	}
	return json_print(whole(json, bad), out);
}

int result_print_findings(const struct result_finding *findings, size_t count, FILE *out)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		bad |= json_object_set_new(item, "subject", text_json(findings[i].subject));
		bad |= json_object_set_new(item, "check", text_json(findings[i].check));
		bad |= json_object_set_new(item, "good", json_boolean(findings[i].good));
		bad |= json_object_set_new(item, "text", text_json(findings[i].text));
		if (findings[i].severity) {
			bad |= json_object_set_new(item, "severity", text_json(findings[i].severity));
			bad |= json_object_set_new(item, "why", text_json(findings[i].why));
			bad |= json_object_set_new(item, "command", text_json(findings[i].command));
		}
		bad |= json_array_append_new(json, item);
	}
	return json_print(whole(json, bad), out);
}
