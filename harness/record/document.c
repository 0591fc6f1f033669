#include "harness/record/document.h"
#include "harness/lib/control.h"
#include "harness/record/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPTION(name)                           FIELD_ROW(struct document_option, #name, TEXT, ALWAYS, name, .filled = true)
#define SERVER(name, presence, ...)            FIELD_ROW(struct document_server, #name, TEXT, presence, name, ##__VA_ARGS__)
#define DOCUMENT(path, kind, presence, member) FIELD_ROW(struct document, path, kind, presence, member)
#define HOST(name, kind, member)               DOCUMENT("environment." name, kind, ALWAYS, host.member)
#define LIST(path, kind, presence, member, items_)                                \
	FIELD_ROW(struct document, path, kind, presence, member, .items = items_, \
		  .count = FIELD_COUNTED_BY(struct document, member##_count))

static const struct field option_fields[] = { OPTION(name), OPTION(value), { .path = NULL } };

static const struct field server_fields[] = { SERVER(name, ALWAYS, .filled = true),
					      SERVER(command, ALWAYS),
					      SERVER(version, ALWAYS),
					      SERVER(family, ALWAYS),
					      SERVER(model, ALWAYS),
					      SERVER(since, KNOWN),
					      SERVER(implementation, KNOWN),
					      SERVER(url, KNOWN),
					      SERVER(launched, KNOWN),
					      SERVER(network, KNOWN),
					      SERVER(alias, KNOWN),
					      { .path = NULL } };

#define VERDICT(path, kind, presence, member, ...) \
	FIELD_ROW(struct document_verdict, path, kind, presence, member, ##__VA_ARGS__)
#define VERDICT_INTERVAL(name)                                                                                \
	VERDICT(#name ".value", NUMBER, ALWAYS, name.value), VERDICT(#name ".low", NUMBER, ALWAYS, name.low), \
		VERDICT(#name ".high", NUMBER, ALWAYS, name.high)

static const struct field note_fields[] = { FIELD_ROW(struct document_note, "text", TEXT, ALWAYS, text, .filled = true),
					    { .path = NULL } };

static const struct field verdict_fields[] = { VERDICT("server", TEXT, ALWAYS, server, .filled = true),
					       VERDICT("mode", TEXT, ALWAYS, mode, .filled = true),
					       VERDICT("class", TEXT, ALWAYS, class, .filled = true),
					       VERDICT("leans", TEXT, ALWAYS, leans, .filled = true),
					       VERDICT("settled", BOOL, ALWAYS, settled),
					       VERDICT("missing", TEXT, KNOWN, missing),
					       VERDICT("launches", COUNT, ALWAYS, launches),
					       VERDICT("agree", COUNT, ALWAYS, agree),
					       VERDICT("from_level", COUNT, KNOWN, from_level),
					       VERDICT("before_level", COUNT, KNOWN, before_level),
					       VERDICT_INTERVAL(retention),
					       VERDICT_INTERVAL(remains),
					       VERDICT("failure_share", NUMBER, KNOWN, failure_share),
					       VERDICT("kind", TEXT, KNOWN, kind),
					       VERDICT("waits.latency_ns", NUMBER, KNOWN, waits_ns),
					       VERDICT("waits.to_level", COUNT, KNOWN, waits_to),
					       VERDICT("notes", LIST, ALWAYS, notes, .items = note_fields,
						       .count = FIELD_COUNTED_BY(struct document_verdict, notes_count)),
					       { .path = NULL } };

const struct field document_fields[] = { DOCUMENT("environment.client_cpus", TEXT, ALWAYS, client_cpus),
					 DOCUMENT("environment.server_cpus", TEXT, ALWAYS, server_cpus),
					 DOCUMENT("environment.client", TEXT, KNOWN, client),
					 DOCUMENT("environment.network", TEXT, KNOWN, network),
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
					 DOCUMENT("id", TEXT, KNOWN, id),
					 DOCUMENT("benchctl.version", TEXT, ALWAYS, benchctl),
					 DOCUMENT("benchctl.commit", TEXT, ALWAYS, commit),
					 DOCUMENT("benchctl.compiler", TEXT, ALWAYS, compiler),
					 DOCUMENT("benchctl.flags", TEXT, ALWAYS, flags),
					 DOCUMENT("subject.branch", TEXT, KNOWN, revision.branch),
					 DOCUMENT("subject.commit", TEXT, KNOWN, revision.commit),
					 DOCUMENT("subject.date", TEXT, KNOWN, revision.date),
					 DOCUMENT("interrupted", BOOL, ALWAYS, interrupted),
					 LIST("config", MAP, ALWAYS, options, option_fields),
					 LIST("servers", LIST, ALWAYS, servers, server_fields),
					 LIST("verdicts", LIST, KNOWN, verdicts, verdict_fields),
					 LIST("why", LIST, KNOWN, causes, cause_fields),
					 { .path = NULL } };

const struct field document_cells[] = { LIST("cells", LIST, ALWAYS, cells, cell_fields), { .path = NULL } };

void document_release(struct document *document)
{
	fields_release(document_fields, document);
	fields_release(document_cells, document);
}

char *document_digest(const struct document *document, char out[SHA256_TEXT])
{
	const char *const texts[] = { document->id, document->commit, document->compiler, document->flags };
	struct sha256_ctx sha;

	sha256_init(&sha);
	for (size_t i = 0; i < sizeof texts / sizeof *texts;
	     i++) /* each with its NUL, which parts it from the next one */
		sha256_update(&sha, texts[i] ? strlen(texts[i]) + 1 : 1, (const uint8_t *)(texts[i] ? texts[i] : ""));
	for (size_t i = 0; i < document->options_count; i++) {
		const struct document_option *option = &document->options[i];
		sha256_update(&sha, strlen(option->name) + 1, (const uint8_t *)option->name);
		sha256_update(&sha, strlen(option->value) + 1, (const uint8_t *)option->value);
	}
	return sha256_show(&sha, out);
}

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int level_order(const void *a, const void *b)
{
	const struct cell *const *x = a, *const *y = b;

	return ((*x)->level > (*y)->level) - ((*x)->level < (*y)->level);
}

/* How many different ones there are among `count` pointers, which are sorted by that. */
static size_t different(const void **of, size_t count, int (*order)(const void *, const void *))
{
	size_t found = 0;

	qsort(of, count, sizeof *of, order);
	for (size_t i = 0; i < count; i++)
		found += i == 0 || order(&of[i - 1], &of[i]) != 0;
	return found;
}

int document_check(const struct document *document, struct err *err)
{
	size_t count = document->cells_count;
	const void **of = calloc(count + 1, sizeof *of);

	if (document->id && (strlen(document->id) > 64 || document->id[strspn(document->id, "0123456789abcdef")])) {
		free(of);
		return err_set(err, "'id' is not what it should be");
	}
	if (!of) {
		errno = ENOMEM;
		return err_set(err, "out of memory");
	}
	for (size_t i = 0; i < count; i++)
		of[i] = document->cells[i].server;
	size_t servers = different(of, count, text_order);
	for (size_t i = 0; i < count; i++)
		of[i] = document->cells[i].mode;
	size_t modes = different(of, count, text_order);
	for (size_t i = 0; i < count; i++)
		of[i] = &document->cells[i];
	size_t levels = different(of, count, level_order);
	free(of);
	if (servers > DOCUMENT_SERVERS_MAX || document->servers_count > DOCUMENT_SERVERS_MAX)
		return err_set(err, "it has more than %d servers", DOCUMENT_SERVERS_MAX);
	if (modes > DOCUMENT_MODES_MAX)
		return err_set(err, "it has more than %d modes", DOCUMENT_MODES_MAX);
	return levels > DOCUMENT_LEVELS_MAX ? err_set(err, "it has more than %d levels", DOCUMENT_LEVELS_MAX) : 0;
}

void document_drop_verdicts(struct document *document)
{
	static const struct field only[] = { LIST("verdicts", LIST, KNOWN, verdicts, verdict_fields),
					     { .path = NULL } };

	fields_release(only, document);
}

int document_add_cell(struct document *document, struct cell *cell)
{
	struct cell *cells = realloc(document->cells, (document->cells_count + 1) * sizeof *cells);

	if (!cells)
		return -1;
	document->cells = cells;
	cells[document->cells_count++] = *cell;
	return 0;
}

int document_set_cause(struct document *document, struct cause *cause)
{
	for (uint64_t i = 0; i < document->causes_count; i++)
		if (strcmp(document->causes[i].server, cause->server) == 0) {
			fields_release(cause_fields, &document->causes[i]);
			document->causes[i] = *cause;
			return 0;
		}
	struct cause *causes = realloc(document->causes, (document->causes_count + 1) * sizeof *causes);
	if (!causes)
		return -1;
	document->causes = causes;
	causes[document->causes_count++] = *cause;
	return 0;
}

const char *document_option(const struct document *document, const char *name)
{
	for (size_t i = 0; i < document->options_count; i++)
		if (strcmp(document->options[i].name, name) == 0)
			return document->options[i].value;
	return "";
}

const struct document_server *document_server(const struct document *document, const char *name)
{
	for (size_t i = 0; i < document->servers_count; i++)
		if (strcmp(document->servers[i].name, name) == 0)
			return &document->servers[i];
	return NULL;
}

const char *document_network(const struct document *document, const char *server)
{
	const struct document_server *found = document_server(document, server);

	return found && found->network ? found->network : document->network ? document->network : "host";
}

bool document_is_revival(const struct document *document, const char *server)
{
	const struct document_server *found = document_server(document, server);

	return found && found->implementation && strcmp(found->implementation, "revival") == 0;
}

const struct cell *document_cell(const struct document *document, const char *server, const struct cell *like)
{
	for (size_t i = 0; i < document->cells_count; i++)
		if (strcmp(document->cells[i].server, server) == 0 && cell_is_alike(&document->cells[i], like))
			return &document->cells[i];
	return NULL;
}

static void cell_judge_in(const struct document *document, struct cell *cell)
{
	const struct cell *control = document_cell(document, CONTROL_SERVER, cell);

	if (control && !control->error)
		cell_judge(cell, control->rate_rps,
			   isnan(control->scaled_from) ? control->rate_rps : control->scaled_from);
	else
		cell_judge(cell, NAN, NAN);
}

void document_judge(struct document *document)
{
	for (size_t i = 0; i < document->cells_count; i++)
		cell_judge_in(document, &document->cells[i]);
}
