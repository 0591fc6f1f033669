/* Whether two sides were measured alike. */
#include "harness/compare/compare_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"

static const char *cpu_model_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->host.cpu_model;
}

static const char *cores_of(const struct document *document, char *room, size_t bytes)
{
	snprintf(room, bytes, "%" PRIu64, document->host.cores);
	return room;
}

static const char *kernel_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->host.kernel;
}

static const char *governor_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->host.governor;
}

static const char *client_cpus_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->client_cpus;
}

static const char *server_cpus_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->server_cpus;
}

static const char *version_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->benchctl;
}

/* The load generator is a part of every figure. What was not committed is another matter, which a run can't tell. */
static const char *commit_of(const struct document *document, char *room, size_t bytes)
{
	static const char dirty[] = "-dirty";
	size_t length = document->commit ? strlen(document->commit) : 0, end = sizeof dirty - 1;

	if (length >= end && strcmp(document->commit + length - end, dirty) == 0)
		length -= end;
	snprintf(room, bytes, "%.*s", (int)length, document->commit ? document->commit : "");
	return strcmp(room, "unknown") == 0 ? "" : room;
}

/* Unknown on one side, it is not held against it; git shortens a commit now more, now less. */
static bool is_same_commit(const char *a, const char *b)
{
	size_t x = strlen(a), y = strlen(b);

	return strncmp(a, b, x < y ? x : y) == 0;
}

static const struct {
	const char *field;
	const char *(*of)(const struct document *document, char *room, size_t bytes);
	bool (*is_alike)(const char *a, const char *b); /* NULL: they are equal */
} host_parts[] = {
	{ "CPU model", cpu_model_of, NULL },
	{ "cores", cores_of, NULL },
	{ "kernel", kernel_of, NULL },
	{ "governor", governor_of, NULL },
	{ "CPUs of the client", client_cpus_of, NULL },
	{ "CPUs of the servers", server_cpus_of, NULL },
	{ "version of benchctl", version_of, NULL },
	{ "commit of benchctl", commit_of, is_same_commit },
};

/* The options that the figures depend on; one that a run does not have is not held against it. */
static const char *const options[] = {
	"duration", "warmup", "max-window", "max-ramp", "timeout", "requests", "sequential", "backlog", "active",
};

int compare_difference_add(struct comparison *comparison, const char *field, const char *base, const char *new,
			   struct err *err)
{
	for (size_t i = 0; i < comparison->differences_count; i++)
		if (strcmp(comparison->differences[i].field, field) == 0)
			return 0;
	struct compare_difference *more = realloc(comparison->differences,
						  (comparison->differences_count + 1) * sizeof *more);
	if (!more)
		return err_set(err, "out of memory");
	comparison->differences = more;
	struct compare_difference *difference = &more[comparison->differences_count++];
	difference->field = field;
	text_plain(difference->base, sizeof difference->base, base);
	text_plain(difference->new, sizeof difference->new, new);
	return 0;
}

static int differences_of(struct comparison *comparison, const struct document *base, const struct document *new,
			  struct err *err)
{
	char room[2][100];

	for (size_t i = 0; i < sizeof host_parts / sizeof *host_parts; i++) {
		const char *a = host_parts[i].of(base, room[0], sizeof room[0]);
		const char *b = host_parts[i].of(new, room[1], sizeof room[1]);
		bool is_alike = host_parts[i].is_alike ? host_parts[i].is_alike(a, b)
						       : strcmp(a ? a : "", b ? b : "") == 0;
		if (!is_alike && compare_difference_add(comparison, host_parts[i].field, a, b, err))
			return -1;
	}
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		const char *a = document_option(base, options[i]), *b = document_option(new, options[i]);
		if (*a && *b && strcmp(a, b) != 0 && compare_difference_add(comparison, options[i], a, b, err))
			return -1;
	}
	return 0;
}

/* All runs of both sides, each against the first one. */
int compare_alike(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  struct err *err)
{
	const struct compare_side *const sides[SIDES] = { base, new };

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < sides[side]->count; i++)
			if (differences_of(comparison, base->documents[0], sides[side]->documents[i], err))
				return -1;
	return 0;
}

int compare_documents(struct compare_difference *first, const struct document *base, const struct document *new,
		      struct err *err)
{
	struct comparison comparison = { .differences_count = 0 };
	int result = differences_of(&comparison, base, new, err);

	if (!result && comparison.differences_count) {
		*first = comparison.differences[0];
		result = 1;
	}
	comparison_release(&comparison);
	return result;
}
