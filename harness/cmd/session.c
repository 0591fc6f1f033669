#include "harness/cmd/session.h"

#include <stdlib.h>
#include <string.h>

#include "clients/choice.h"
#include "clients/sources.h"
#include "harness/cmd/progress.h"
#include "harness/host/build.h"
#include "harness/host/host.h"
#include "harness/host/port.h"
#include "harness/lib/argv.h"
#include "harness/lib/clock.h"
#include "harness/lib/control.h"
#include "harness/record/result.h"
#include "harness/run/preamble.h"
#include "harness/run/resume.h"
#include "harness/run/revision.h"
#include "harness/run/until_known.h"
#include "harness/server/container.h"
#include "harness/server/quota.h"

/* Prints the error, and keeps it: every output that was requested is written all the same. Returns the code. */
static int give_up(struct session *session, int code, const struct err *why)
{
	session->failure = *why;
	return complain(session->command, code, "%s", why->text);
}

int session_default(struct settings *settings, struct err *err)
{
	return options_default(settings_options, settings, err);
}

/* The servers. */

static int servers_room(struct session *session, size_t count)
{
	session->servers = calloc(count + 1, sizeof *session->servers);
	session->found = calloc(count + 1, sizeof *session->found);
	return session->servers && session->found ? 0 : -1;
}

int session_arms(struct session *session, const struct conf_server *servers, size_t count)
{
	if (servers_room(session, count))
		return complain(session->command, EXIT_NO_RUN, "out of memory");
	for (size_t i = 0; i < count; i++)
		session->servers[session->count++] = &servers[i];
	return EXIT_OK;
}

/*
 * Whether a server belongs to a session that names none. The preset 2010 selects the servers of its table, and the
 * control server.
 */
static bool is_wanted(const struct settings *settings, const struct conf_server *server)
{
	return !settings->preset || strcmp(server->name, CONTROL_SERVER) == 0 ||
	       (server->since && strcmp(server->since, settings->preset) == 0);
}

static void servers_add(struct session *session, const struct conf_server *server)
{
	for (size_t i = 0; i < session->count; i++)
		if (session->servers[i] == server)
			return;
	session->servers[session->count++] = server;
}

static int servers_add_named(struct session *session, const struct conf *conf, struct err *err)
{
	char **names = argv_list(session->settings->servers, err);
	int result = 0;

	if (!names)
		return err_prefix(err, "--servers");
	for (char **name = names; *name && !result; name++) {
		const struct conf_server *server = conf_find(conf, *name);
		if (server)
			servers_add(session, server);
		else
			result = err_set(err, "there is no server '%s' (see 'benchctl list')", *name);
	}
	argv_free(names);
	return result;
}

static void servers_add_control(struct session *session, const struct conf *conf)
{
	const struct conf_server *control = conf_find(conf, CONTROL_SERVER);
	size_t named = session->count;

	if (!control || session->kind != SESSION_RUN || session->settings->ceiling == CEILING_NO)
		return;
	servers_add(session, control);
	session->adds_control = session->count > named;
	if (!session->adds_control)
		return;
	memmove(session->servers + 1, session->servers, named * sizeof *session->servers);
	session->servers[0] = control;
}

int session_choose(struct session *session, const struct conf *conf)
{
	struct err err;

	if (servers_room(session, conf_known(conf) + 1))
		return complain(session->command, EXIT_NO_RUN, "out of memory");
	if (session->settings->servers) {
		if (servers_add_named(session, conf, &err))
			return give_up(session, EXIT_USAGE, &err);
		servers_add_control(session, conf);
		return EXIT_OK;
	}
	for (size_t i = 0; i < conf->count; i++)
		if (is_wanted(session->settings, &conf->servers[i]))
			servers_add(session, &conf->servers[i]);
	if (!session->count)
		return complain(session->command, EXIT_USAGE, "the configuration has no [server NAME] for this run");
	servers_add_control(session, conf);
	return EXIT_OK;
}

/* Says which servers are not built here, in a line for each command that builds some. */
static void say_unbuilt(const struct conf_server *const *servers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char names[1024];
		size_t used = 0, first = 0;
		while (strcmp(servers[first]->build, servers[i]->build) != 0)
			first++;
		for (size_t k = i; first == i && k < count; k++)
			if (strcmp(servers[k]->build, servers[i]->build) == 0 && used < sizeof names)
				used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
							 servers[k]->name);
		if (first == i)
			say("left out, not built here (%s): %s", servers[i]->build, names);
	}
}

/* Keeps the servers that can run here. Returns 0, or -1 with err set. */
static int servers_find(struct session *session, struct err *err)
{
	bool is_needed = session->settings->servers || session->kind == SESSION_ARMS;
	const struct conf_server **unbuilt = calloc(session->count + 1, sizeof *unbuilt);
	size_t kept = 0, unbuilt_count = 0;
	int result = 0;

	if (!unbuilt)
		return err_set(err, "out of memory");

	for (size_t i = 0; i < session->count && !common_stop && !result; i++) {
		struct availability *found = &session->found[kept];
		const struct conf_server *server = session->servers[i];
		availability_find(found, server, &common_stop);
		if (common_stop)
			break;
		if (found->available)
			session->servers[kept++] = server;
		else if (is_needed && !(session->adds_control && i == 0))
			result = err_set(err, "server %s can't run here: %s", server->name, found->reason);
		else if (server->build)
			unbuilt[unbuilt_count++] = server;
		else
			say("left out: %s: %s", server->name, found->reason);
	}
	say_unbuilt(unbuilt, unbuilt_count);
	free(unbuilt);
	if (result)
		return result;
	session->count = kept;
	return kept || common_stop ? 0 : err_set(err, "no server can run here (see 'benchctl list')");
}

/* What must be known before the first launch. */

/*
 * An option that would be silently ignored is an error. An open loop opens connections as it needs them; a crowd opens
 * all of them at the start.
 */
static int rates_fit(const struct session *session, struct err *err)
{
	const struct settings *settings = session->settings;
	const struct sweep *sweep = &session->sweep;
	size_t crowds = 0;

	for (size_t i = 0; i < sweep->modes_count; i++)
		crowds += sweep->modes[i] == LOAD_CROWD;
	if (settings->rate.count && settings->after_sweep.count)
		return err_set(err,
			       "--after-sweep goes after levels, and --rate measures none: leave one of the two out");
	if (settings->rate.count && session->levels_given)
		return err_set(
			err,
			"--concurrency is of a closed loop, and --rate of an open one that measures no levels: leave one "
			"of the two out (--max-connections bounds the connections of an open loop)");
	if (settings->rate.count && crowds)
		return err_set(err, "--rate goes with the modes close and keepalive, not with crowd");
	if (settings->after_sweep.count && crowds == sweep->modes_count)
		return err_set(
			err,
			"--after-sweep goes with the modes close and keepalive, and --mode has crowd alone: add one "
			"of them to --mode, or leave --after-sweep out");
	return 0;
}

/* What the options request: the client, the modes, the CPUs, the name. */
static int load_settle(struct session *session, struct err *err)
{
	const struct settings *settings = session->settings;
	struct sweep *sweep = &session->sweep;

	err->text[0] = 0;
	sweep->client = client_choose(settings->client, sources_for(NULL, settings_connections(settings)), err);
	if (!sweep->client)
		return err_prefix(err, "--client");
	if (err->text[0])
		say("%s", err->text);
	if (sweep->client->max_connections == 1)
		return err_set(err, "--client: %s sends one request at a time; a run has a sequential cell for that",
			       settings->client);
	if (settings->max_window_ns < settings->duration_ns)
		return err_set(err, "--max-window is less than --duration");
	if (settings->resume && settings->out)
		return err_set(err, "--out: a resumed run keeps its name");
	if (sweep_modes(sweep, settings->mode, err) || rates_fit(session, err) ||
	    (!settings->resume && runs_folder(session->folder, settings->results, settings->out, err)))
		return -1;
	return cpus_divide(&sweep->cpus, settings->client_cpus, settings->server_cpus, err);
}

/*
 * The network: a private one has its own limits, so it determines the backlog. Entered before any thread and any
 * launch. The preset 2010 keeps its backlog, and so its accept queue, in a private network too.
 */
static int network_settle(struct session *session, struct err *err)
{
	struct settings *settings = session->settings;
	struct network *network = &session->network;
	enum network_choice choice = (enum network_choice)settings->network;

	for (size_t i = 0; i < session->count; i++)
		if (conf_is_attached(session->servers[i]) && choice == NETWORK_AUTO)
			choice = NETWORK_HOST; /* all of them, so that they can be compared */
	if (network_open(network, choice, session->sweep.port, (unsigned)settings->backlog, err))
		return -1;
	session->sweep.network = network;
	if (network->reason[0])
		say("%s", network->reason);
	if (network->lacking[0])
		say("in the private network %s", network->lacking);
	return 0;
}

/* What depends on the host: the port, the network, the backlog, the seed. */
static int place_settle(struct session *session, struct err *err)
{
	struct settings *settings = session->settings;
	struct sweep *sweep = &session->sweep;
	struct host host;
	int port = settings->port ? (int)settings->port : port_find_free(err);

	if (port < 0)
		return -1;
	sweep->port = (unsigned)port;
	if (network_settle(session, err))
		return -1;
	host_read(&host);
	sweep->backlog = (unsigned)(settings->backlog ? settings->backlog : host.somaxconn);
	if (!sweep->backlog)
		return err_set(err, "net.core.somaxconn can't be read: give a --backlog");
	if (!settings->seed)
		settings->seed = clock_read_ns(CLOCK_REALTIME) % 1000000;
	sweep->seed = settings->seed;
	return 0;
}

/*
 * Whether servers get shares of a CPU. By --server-share auto only those of a run do, at levels: cells that are compared with
 * each other have all the same, and where requests are counted the look would be some more of them.
 */
static int share_settle(struct session *session, struct err *err)
{
	const struct settings *settings = session->settings;
	bool is_auto = settings->server_share == SHARE_AUTO;
	struct quota quota;

	if (settings->server_share == SHARE_WHOLE || settings->rate.count ||
	    (is_auto && (session->kind != SESSION_RUN || settings->requests)))
		return 0;
	/* What runs already can't be put into a group, and a container is in one of its own. */
	for (size_t i = 0; i < session->count; i++)
		if (conf_is_attached(session->servers[i]) || conf_is_container(session->servers[i]))
			return is_auto ? 0
				       : err_set(err, "--server-share: %s can't be given a share of a CPU: it is %s",
						 session->servers[i]->name,
						 conf_is_attached(session->servers[i]) ? "not launched here"
										       : "a container");
	if (!quota_open(&quota, err)) {
		session->sweep.takes_shares = true;
		return quota_close(&quota, err);
	}
	if (!is_auto)
		return err_prefix(err, "--server-share");
	say("%s; so where the client is the limit, a cell has its capacity by the server's CPU time per request",
	    err->text);
	return 0;
}

/* What is asked of servers that have a URL would be ignored in silence where none has; and what is not launched is told. */
static int requests_fit(const struct session *session, struct err *err)
{
	size_t with = 0;

	for (size_t i = 0; i < session->count; i++) {
		with += session->servers[i]->url != NULL;
		if (conf_is_attached(session->servers[i]))
			say("%s is not launched here: its figures are of one launch, and %s", session->servers[i]->name,
			    session->servers[i]->pid || session->servers[i]->pidfile
				    ? "its CPU that of the process given"
				    : "without its CPU time (pid, pidfile)");
	}
	if (!with && request_settings_given(&session->settings->request))
		return err_set(err, "options that say what to ask are for servers with a url, and none here has one");
	return 0;
}

/* Has the images of containers ready: in the host's network, which is left then. Returns 0, or -1 with err set. */
static int images_prepare(struct session *session, struct err *err)
{
	bool is_needed = session->settings->servers || session->kind == SESSION_ARMS;

	for (size_t i = 0; i < session->count && !common_stop; i++) {
		if (!conf_is_container(session->servers[i]) ||
		    !container_prepare(session->servers[i], &common_stop, err))
			continue;
		if (is_needed)
			return -1;
		say("%s", err->text); /* and it is left out then */
	}
	return 0;
}

int session_prepare(struct session *session)
{
	struct sweep *sweep = &session->sweep;
	struct err err;

	if (requests_fit(session, &err) || load_settle(session, &err))
		return give_up(session, EXIT_USAGE, &err);
	if (images_prepare(session, &err) || place_settle(session, &err) || share_settle(session, &err) ||
	    servers_find(session, &err))
		return give_up(session, EXIT_NO_RUN, &err);
	if (common_stop)
		return EXIT_INTERRUPTED;
	sweep->settings = session->settings;
	sweep->servers = session->servers;
	sweep->servers_count = session->count;
	sweep->has_arms = session->kind == SESSION_ARMS;
	sweep->levels_only = session->kind != SESSION_RUN;
	sweep->document = &session->document;
	sweep->stop = &common_stop;
	if (preamble_write(&session->document, sweep, session->found, &err))
		return give_up(session, EXIT_NO_RUN, &err);
	/* The arms of a comparison are of two versions. */
	if (session->kind == SESSION_RUN && revision_find(&session->document, session->settings->subject, &err))
		return give_up(session, EXIT_USAGE, &err);
	return EXIT_OK;
}

/* The files of a session. */

/* Continues the ledger of a run. Returns 0, or -1 with err set. */
static int ledger_continue(struct session *session, const char *path, struct err *err)
{
	struct ledger_found found;

	if (ledger_resume(&session->ledger, path, &session->document, &found, err))
		return -1;
	if (found.torn)
		say("%s: its last line was torn and has been cut off; that cell is measured again", path);
	if (found.doubled)
		say("%s: %zu cells are in it more than once: the first of each counts", path, found.doubled);
	say("resuming %s after %zu cells", session->folder, session->document.cells_count);
	return 0;
}

static int files_make(struct session *session, struct err *err)
{
	bool resumes = session->settings->resume != NULL;
	char path[RUNS_PATH];

	if (resumes && resume_match(&session->before, &session->document, err))
		return err_prefix(err, "--resume: %s can't be resumed", session->folder);
	if (resumes) { /* it stays the same run; one of an old version has no id */
		char *id = session->document.id;
		session->document.id = session->before.id;
		session->before.id = id;
		struct document_revision revision = session->document.revision;
		session->document.revision = session->before.revision;
		session->before.revision = revision;
	}
	if ((!resumes && runs_make_folder(session->folder, err)) || lock_take(&session->lock, session->folder, err))
		return -1;
	snprintf(path, sizeof path, "%s/cells.jsonl", session->folder);
	session->ledger.fd = -1;
	if (resumes ? ledger_continue(session, path, err)
		    : ledger_create(&session->ledger, path, &session->document, err)) {
		ledger_release(&session->ledger);
		return -1;
	}
	session->sweep.ledger = &session->ledger;
	if (resumes || session->kind != SESSION_RUN)
		return 0;
	snprintf(path, sizeof path, "%s/run.json", session->folder);
	session->document.interrupted = true;
	return result_write(&session->document, path, err);
}

int session_keep(struct session *session)
{
	struct err err;

	return files_make(session, &err) ? give_up(session, EXIT_NO_RUN, &err) : EXIT_OK;
}

int session_run(struct session *session)
{
	struct progress progress;
	struct err err;

	if (!build_is_benchmark())
		fputs("This build has no optimization or has a sanitizer in it: its figures are no benchmark.\n",
		      stderr);
	progress_init(&progress, session->settings->verbosity);
	session->sweep.watch = &progress.watch;
	const uint64_t start_ns = clock_ns();
	int failed = sweep_run(&session->sweep, &err);
	if (!failed && session->settings->until_known && !session->document.interrupted)
		failed = until_known_run(&session->sweep, start_ns + session->settings->budget_ns, &err);
	terminal_clear(&progress.terminal);
	session->sweep.watch = NULL;
	if (failed)
		return give_up(session, EXIT_NO_RUN, &err);
	return session->document.interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

void session_release(struct session *session)
{
	if (session->sweep.network)
		network_close(session->sweep.network);
	if (session->sweep.ledger)
		ledger_release(&session->ledger);
	lock_release(&session->lock);
	document_release(&session->document);
	document_release(&session->before);
	free(session->servers);
	free(session->found);
	*session = (struct session){ 0 };
}
