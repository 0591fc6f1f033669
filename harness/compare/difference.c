#include "harness/compare/difference.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/config/settings.h"
#include "harness/lib/text.h"

/* The text of a field, or one that is written into `room`; NULL or "" where unknown. */
static const char *cores_of(const struct document *document, char *room, size_t bytes)
{
	snprintf(room, bytes, "%" PRIu64, document->host.cores);
	return room;
}

#define TEXT_OF(name, field)                                                                    \
	static const char *name##_of(const struct document *document, char *room, size_t bytes) \
	{                                                                                       \
		(void)room, (void)bytes;                                                        \
		return document->field;                                                         \
	}
TEXT_OF(cpu_model, host.cpu_model)
TEXT_OF(kernel, host.kernel)
TEXT_OF(governor, host.governor)
TEXT_OF(client_cpus, client_cpus)
TEXT_OF(server_cpus, server_cpus)
TEXT_OF(version, benchctl)

/* Before there were private networks, every run was in the host's. */
static const char *network_of(const struct document *document, char *room, size_t bytes)
{
	(void)room, (void)bytes;
	return document->network ? document->network : "host";
}

/* The load generator is part of every figure. Uncommitted changes are not known, so "-dirty" is dropped. */
static const char *commit_of(const struct document *document, char *room, size_t bytes)
{
	static const char dirty[] = "-dirty";
	size_t length = document->commit ? strlen(document->commit) : 0, end = sizeof dirty - 1;

	if (length >= end && strcmp(document->commit + length - end, dirty) == 0)
		length -= end;
	snprintf(room, bytes, "%.*s", (int)length, document->commit ? document->commit : "");
	return strcmp(room, "unknown") == 0 ? "" : room;
}

/* A commit that is unknown on one side is no difference; git shortens commits to varying lengths. */
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
	{ "network", network_of, NULL },
	{ "version of benchctl", version_of, NULL },
	{ "commit of benchctl", commit_of, is_same_commit },
};

int differences_add(struct differences *differences, const char *field, const char *base, const char *new,
		    struct err *err)
{
	for (size_t i = 0; i < differences->count; i++)
		if (strcmp(differences->items[i].field, field) == 0)
			return 0;
	struct difference *more = realloc(differences->items, (differences->count + 1) * sizeof *more);
	if (!more)
		return err_set(err, "out of memory");
	differences->items = more;
	struct difference *difference = &more[differences->count++];
	difference->field = field;
	text_plain(difference->base, sizeof difference->base, base);
	text_plain(difference->new, sizeof difference->new, new);
	return 0;
}

int differences_find(struct differences *differences, const struct document *base, const struct document *new,
		     struct err *err)
{
	char room[2][100];

	for (size_t i = 0; i < sizeof host_parts / sizeof *host_parts; i++) {
		const char *a = host_parts[i].of(base, room[0], sizeof room[0]);
		const char *b = host_parts[i].of(new, room[1], sizeof room[1]);
		bool is_alike = host_parts[i].is_alike ? host_parts[i].is_alike(a, b)
						       : strcmp(a ? a : "", b ? b : "") == 0;
		if (!is_alike && differences_add(differences, host_parts[i].field, a, b, err))
			return -1;
	}
	/* An option that one of the runs lacks is no difference. */
	for (const struct option_def *def = settings_options; def->name; def++) {
		const char *a = document_option(base, def->name), *b = document_option(new, def->name);
		if (def->flags & OPTION_COMPARE && *a && *b && strcmp(a, b) != 0 &&
		    differences_add(differences, def->name, a, b, err))
			return -1;
	}
	return 0;
}

void differences_release(struct differences *differences)
{
	free(differences->items);
	*differences = (struct differences){ 0 };
}
