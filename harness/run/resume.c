#include "harness/run/resume.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "harness/config/settings.h"

static int differs(struct err *err, const char *what, const char *before, const char *now)
{
	return err_set(err, "%s was '%.200s' and is now '%.200s'", what, before, now);
}

static int texts_match(const char *what, const char *before, const char *now, struct err *err)
{
	before = before ? before : "";
	now = now ? now : "";
	return strcmp(before, now) == 0 ? 0 : differs(err, what, before, now);
}

static int options_match(const struct document *before, const struct document *now, struct err *err)
{
	for (const struct option_def *def = settings_options; def->name; def++) {
		char what[80];
		snprintf(what, sizeof what, "--%.60s", def->name);
		if (def->flags & OPTION_RESUME &&
		    texts_match(what, document_option(before, def->name), document_option(now, def->name), err))
			return -1;
	}
	return 0;
}

static int host_match(const struct host *before, const struct host *now, struct err *err)
{
#define COUNT(field)                                 \
	{                                            \
#field, offsetof(struct host, field) \
	}
	static const struct {
		const char *name;
		size_t offset;
	} counts[] = {
		COUNT(cores),    COUNT(memory_bytes), COUNT(files_soft), COUNT(files_hard), COUNT(somaxconn),
		COUNT(port_low), COUNT(port_high),    COUNT(tw_buckets), COUNT(tw_reuse),
	};
#undef COUNT

	if (texts_match("the CPU", before->cpu_model, now->cpu_model, err) ||
	    texts_match("the kernel", before->kernel, now->kernel, err) ||
	    texts_match("the governor", before->governor, now->governor, err))
		return -1;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		char what[80], then_text[32], now_text[32];
		uint64_t then_count, now_count;
		memcpy(&then_count, (const char *)before + counts[i].offset, sizeof then_count);
		memcpy(&now_count, (const char *)now + counts[i].offset, sizeof now_count);
		if (then_count == now_count)
			continue;
		snprintf(what, sizeof what, "the host's %s", counts[i].name);
		snprintf(then_text, sizeof then_text, "%" PRIu64, then_count);
		snprintf(now_text, sizeof now_text, "%" PRIu64, now_count);
		return differs(err, what, then_text, now_text);
	}
	return 0;
}

static int servers_match(const struct document *before, const struct document *now, struct err *err)
{
	for (size_t i = 0; i < before->servers_count; i++)
		if (!document_server(now, before->servers[i].name))
			return err_set(err, "server %.100s was part of it and can't run now", before->servers[i].name);
	for (size_t i = 0; i < now->servers_count; i++) {
		const struct document_server *server = &now->servers[i];
		const struct document_server *then = document_server(before, server->name);
		char what[200];
		if (!then)
			return err_set(err, "server %.100s was not part of it", server->name);
		snprintf(what, sizeof what, "the command of %.100s", server->name);
		if (texts_match(what, then->command, server->command, err))
			return -1;
		snprintf(what, sizeof what, "the version of %.100s", server->name);
		if (texts_match(what, then->version, server->version, err))
			return -1;
	}
	return 0;
}

/*
 * With --client auto, and where uring can't run, the host determines the client: one run must not mix cells of two
 * clients.
 */
static int clients_match(const struct document *before, const struct document *now, struct err *err)
{
	return before->client ? texts_match("the client", before->client, now->client, err) : 0;
}

int resume_match(const struct document *before, const struct document *now, struct err *err)
{
	if (options_match(before, now, err) || host_match(&before->host, &now->host, err) ||
	    texts_match("the commit of benchctl", before->commit, now->commit, err) ||
	    texts_match("the compiler of benchctl", before->compiler, now->compiler, err) ||
	    texts_match("the flags of benchctl", before->flags, now->flags, err) ||
	    texts_match("the network", before->network, now->network, err) ||
	    texts_match("the client's CPUs", before->client_cpus, now->client_cpus, err) ||
	    texts_match("the servers' CPUs", before->server_cpus, now->server_cpus, err) ||
	    clients_match(before, now, err))
		return -1;
	return servers_match(before, now, err);
}
