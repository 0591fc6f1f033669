#include "harness/cmd/session.h"

#include <stdlib.h>
#include <string.h>

#include "harness/host/build.h"
#include "harness/host/host.h"
#include "harness/host/port.h"
#include "harness/lib/clock.h"
#include "harness/run/preamble.h"

/* Complains, and keeps why: what was asked for is written all the same. Returns the code. */
static int give_up(struct session *session, int code, const struct err *why)
{
	session->failure = *why;
	return complain(session->command, code, "%s", why->text);
}

int session_default(struct settings *settings, struct err *err)
{
	return options_default(settings_options, settings, err);
}

/* The client, the modes and the CPUs: what can be wrong here, the user has asked for. */
static int load_settle(struct session *session, struct err *err)
{
	const struct settings *settings = session->settings;
	struct sweep *sweep = &session->sweep;

	err->text[0] = 0;
	sweep->client = client_choose(settings->client, load_sources(NULL, settings_connections(settings)), err);
	if (!sweep->client)
		return err_prefix(err, "--client");
	if (err->text[0])
		fprintf(stderr, "%s\n", err->text);
	if (sweep->client->max_connections == 1)
		return err_set(err, "--client: %s asks one thing at a time", settings->client);
	if (settings->max_window_ns < settings->duration_ns)
		return err_set(err, "--max-window is less than --duration");
	if (sweep_modes(sweep, settings->mode, err))
		return -1;
	return cpus_divide(&sweep->cpus, settings->client_cpus, settings->server_cpus, err);
}

/* The port and the backlog. */
static int place_settle(struct session *session, struct err *err)
{
	struct host host;
	int port = session->settings->port ? (int)session->settings->port : port_find_free(err);

	if (port < 0)
		return -1;
	host_read(&host);
	session->sweep.port = (unsigned)port;
	session->sweep.backlog = (unsigned)(session->settings->backlog ? session->settings->backlog : host.somaxconn);
	if (!session->sweep.backlog)
		return err_set(err, "net.core.somaxconn can't be read: give a --backlog");
	return 0;
}

/* Whether the servers can run here. */
static int servers_settle(struct session *session, struct err *err)
{
	size_t kept = 0;

	session->found = calloc(session->count + 1, sizeof *session->found);
	if (!session->found)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < session->count && !common_stop; i++) {
		struct availability *found = &session->found[kept];
		availability_find(found, session->servers[i]);
		if (found->available)
			session->servers[kept++] = session->servers[i];
		else if (session->has_arms)
			return err_set(err, "%s can't run here: %s", session->servers[i]->name, found->reason);
		else
			fprintf(stderr, "left out: %s: %s\n", session->servers[i]->name, found->reason);
	}
	session->count = kept;
	return kept || common_stop ? 0 : err_set(err, "no server can run here (see 'benchctl list')");
}

int session_prepare(struct session *session)
{
	struct sweep *sweep = &session->sweep;
	struct err err;

	if (load_settle(session, &err))
		return give_up(session, EXIT_USAGE, &err);
	if (place_settle(session, &err) || servers_settle(session, &err))
		return give_up(session, EXIT_NO_RUN, &err);
	if (common_stop)
		return EXIT_INTERRUPTED;
	sweep->settings = session->settings;
	sweep->servers = session->servers;
	sweep->servers_count = session->count;
	sweep->is_mirrored = session->has_arms;
	sweep->levels_only = true;
	sweep->seed = session->settings->seed ? session->settings->seed : clock_read_ns(CLOCK_REALTIME) % 1000000;
	sweep->document = &session->document;
	sweep->stop = &common_stop;
	if (preamble_write(&session->document, sweep, session->found, &err))
		return give_up(session, EXIT_NO_RUN, &err);
	return EXIT_OK;
}

int session_keep(struct session *session, const char *name)
{
	char path[COMMON_FOLDER + 40];
	struct err err;

	if (common_run_folder(session->folder, name, &err))
		return give_up(session, EXIT_USAGE, &err);
	snprintf(path, sizeof path, "%s/cells.jsonl", session->folder);
	if (common_make_run_folder(session->folder, &err) || ledger_create(&session->ledger, path, &err))
		return give_up(session, EXIT_NO_RUN, &err);
	session->sweep.ledger = &session->ledger;
	return EXIT_OK;
}

/* Why a launch has brought no figure at all; NULL where it has. */
static const char *launch_error(const struct document *document, const char *server, uint64_t block)
{
	const char *why = NULL;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell->block != block || strcmp(cell->server, server) != 0)
			continue;
		if (!cell->error)
			return NULL;
		why = why ? why : cell->error;
	}
	return why;
}

/* Of two builds of which one does not work, nothing can be said: it is not to be tried seven times more. */
static void on_server_end(void *context, const char *server, uint64_t block, size_t done, size_t all)
{
	struct session *session = context;
	const char *why = block == 1 ? launch_error(&session->document, server, block) : NULL;

	session->progress.watch.server_end(session->progress.watch.context, server, block, done, all);
	if (!session->has_arms || !why || session->hopeless.text[0])
		return;
	err_set(&session->hopeless, "the first launch of %s has no figure at any level: %.1500s", server, why);
	common_stop = 1;
}

static void on_begin(void *context, const struct cell *cell, size_t done, size_t all)
{
	struct session *session = context;

	session->progress.watch.begin(session->progress.watch.context, cell, done, all);
}

static void on_end(void *context, const struct cell *cell, size_t done, size_t all)
{
	struct session *session = context;

	session->progress.watch.end(session->progress.watch.context, cell, done, all);
}

static void on_notice(void *context, const char *text)
{
	struct session *session = context;

	session->progress.watch.notice(session->progress.watch.context, text);
}

int session_run(struct session *session)
{
	struct err err;

	if (!build_is_benchmark())
		fputs("This build has no optimization or has a sanitizer in it: its figures are no benchmark.\n",
		      stderr);
	progress_init(&session->progress);
	session->watch = (struct sweep_watch){ on_begin, on_end, on_server_end, on_notice, session };
	session->sweep.watch = &session->watch;
	int failed = sweep_run(&session->sweep, &err);
	progress_clear(&session->progress);
	if (failed)
		return give_up(session, EXIT_NO_RUN, &err);
	if (session->hopeless.text[0])
		return give_up(session, EXIT_NO_RUN, &session->hopeless);
	return session->document.interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

void session_release(struct session *session)
{
	ledger_release(&session->ledger);
	document_release(&session->document);
	free(session->found);
	session->found = NULL;
}
