#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/cmd/progress.h"
#include "harness/host/build.h"
#include "harness/host/port.h"
#include "harness/lib/argv.h"
#include "harness/lib/clock.h"
#include "harness/lib/control.h"
#include "harness/record/result.h"
#include "harness/report/explain.h"
#include "harness/report/rates_table.h"
#include "harness/report/table.h"
#include "harness/run/preamble.h"
#include "harness/run/resume.h"
#include "harness/run/sweep.h"
#include "harness/server/availability.h"

/* All that a run needs, so that one place can let go of it. */
struct run {
	struct settings settings;
	struct conf conf;
	const struct conf_server **servers;
	struct availability *found; /* as servers */
	size_t count;
	bool adds_control; /* the control server is measured though it was not named: for the ceiling */
	struct document document;
	struct document before; /* what a resumed run was begun with */
	struct ledger ledger;
	struct sweep sweep;
	char folder[256];
	bool levels_given; /* by the command line itself */
};

/* The options that a run was begun with; the command line may say them again, and nothing else. */
static int settings_resume(struct run *run, const char *name, struct err *err)
{
	char path[400];

	snprintf(path, sizeof path, "results/%.200s/run.json", name);
	if (strchr(name, '/'))
		return err_set(err, "--resume: '%s' is no name of a run: it is the NAME in results/NAME", name);
	if (result_read(&run->before, path, err))
		return err_prefix(err, "--resume");
	for (size_t i = 0; i < run->before.options_count; i++) {
		const struct document_option *option = &run->before.options[i];
		if (option->value[0] && options_set(settings_options, &run->settings, option->name, option->value, err))
			return err_prefix(err, "--resume: %s", path);
	}
	return 0;
}

/* Whether the command line names levels, which by default there are too. Returns 0, or -1 with err set. */
static int levels_find(struct run *run, int argc, char **argv, struct err *err)
{
	struct settings given = { 0 };
	int operands = options_parse(settings_options, &given, argc, argv, err);

	run->levels_given = given.concurrency.count;
	options_release(settings_options, &given);
	return operands < 0 ? -1 : 0;
}

/* The order of precedence: command line, the run that is resumed, preset, bench.conf, defaults. */
static int settings_gather(struct run *run, int argc, char **argv, int *code)
{
	struct settings *settings = &run->settings;
	struct err err;
	char **conf = NULL;
	char *preset = NULL, *resume = NULL;
	char **copy = calloc((size_t)argc + 1, sizeof *copy);
	int result = -1;

	if (!copy) {
		*code = complain(&command_run, EXIT_NO_RUN, "out of memory");
		return -1;
	}
	memcpy(copy, argv, (size_t)argc * sizeof *copy);
	/* First only to learn of --conf, --preset and --help. */
	if (command_parse(&command_run, settings, &settings->help, argc, copy, 0, 0, code) < 0)
		goto out;
	conf = settings->conf;
	settings->conf = NULL;
	preset = settings->preset ? strdup(settings->preset) : NULL;
	resume = settings->resume ? strdup(settings->resume) : NULL;
	bool lost = (settings->preset && !preset) || (settings->resume && !resume);
	options_release(settings_options, settings);
	*settings = (struct settings){ 0 };
	if (lost) {
		*code = complain(&command_run, EXIT_NO_RUN, "out of memory");
		goto out;
	}
	if (levels_find(run, argc, copy, &err) || options_default(settings_options, settings, &err) ||
	    common_read_conf(&run->conf, settings, conf, &err) || (preset && settings_preset(settings, preset, &err)) ||
	    (resume && settings_resume(run, resume, &err)) ||
	    options_parse(settings_options, settings, argc, argv, &err) < 0)
		*code = complain(&command_run, EXIT_USAGE, "%s", err.text);
	else
		result = 0;
out:
	for (char **path = conf; path && *path; path++)
		free(*path);
	free(conf);
	free(preset);
	free(resume);
	free(copy);
	return result;
}

/*
 * What would be passed over in silence is an error. An open loop opens a connection when there is need of it: in a crowd
 * there never is.
 */
static int rates_fit(const struct sweep *sweep, const struct settings *settings, bool levels_given, struct err *err)
{
	size_t crowds = 0;

	for (size_t i = 0; i < sweep->modes_count; i++)
		crowds += sweep->modes[i] == LOAD_CROWD;
	if (settings->rate.count && settings->after_sweep.count)
		return err_set(err,
			       "--after-sweep goes after levels, and --rate measures none: leave one of the two out");
	if (settings->rate.count && levels_given)
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

/* Where none is named: all servers; with the preset 2010 those of its table, under the control server's ceiling. */
static bool is_asked_for(const struct run *run, const struct conf_server *server)
{
	return !run->settings.preset || strcmp(server->name, CONTROL_SERVER) == 0 ||
	       (server->since && strcmp(server->since, run->settings.preset) == 0);
}

/* Without the control server beside them, nobody could tell a server's limit from the client's. */
static void servers_add_control(struct run *run)
{
	const struct conf_server *control = conf_find(&run->conf, CONTROL_SERVER);

	for (size_t i = 0; i < run->count; i++)
		if (run->servers[i] == control)
			return;
	if (!control || run->settings.ceiling == CEILING_NO)
		return;
	memmove(run->servers + 1, run->servers, run->count++ * sizeof *run->servers);
	run->servers[0] = control;
	run->adds_control = true;
}

/* The servers named, or all of the configuration. Returns 0, or -1 with err set: one is unknown. */
static int servers_choose(struct run *run, struct err *err)
{
	run->servers = calloc(run->conf.count + 1, sizeof *run->servers);
	if (!run->servers)
		return err_set(err, "out of memory");
	if (!run->settings.servers) {
		for (size_t i = 0; i < run->conf.count; i++)
			if (is_asked_for(run, &run->conf.servers[i]))
				run->servers[run->count++] = &run->conf.servers[i];
		return run->count ? 0 : err_set(err, "the configuration has no [server NAME] for this run");
	}
	char **names = argv_list(run->settings.servers, err);
	if (!names)
		return err_prefix(err, "--servers");
	int result = 0;
	for (char **name = names; *name && !result; name++) {
		const struct conf_server *server = conf_find(&run->conf, *name);
		bool twice = false;
		for (size_t i = 0; i < run->count; i++)
			twice = twice || run->servers[i] == server;
		if (!server)
			result = err_set(err, "there is no server '%s' (see 'benchctl list')", *name);
		else if (!twice)
			run->servers[run->count++] = server;
	}
	argv_free(names);
	servers_add_control(run);
	return result;
}

/* Leaves out the servers that can't run here; one that was named is an error instead. */
static int servers_find(struct run *run, struct err *err)
{
	bool named = run->settings.servers != NULL;
	size_t kept = 0;

	run->found = calloc(run->count + 1, sizeof *run->found);
	if (!run->found)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < run->count && !common_stop; i++) {
		struct availability *found = &run->found[kept];
		availability_find(found, run->servers[i]);
		if (found->available)
			run->servers[kept++] = run->servers[i];
		else if (named && !(run->adds_control && i == 0))
			return err_set(err, "server %s can't run here: %s", run->servers[i]->name, found->reason);
		else
			fprintf(stderr, "left out: %s: %s\n", run->servers[i]->name, found->reason);
	}
	run->count = kept;
	return kept || common_stop ? 0 : err_set(err, "no server can run here (see 'benchctl list')");
}

static int folder_name(struct run *run, struct err *err)
{
	if (run->settings.resume && run->settings.out)
		return err_set(err, "--out: a resumed run keeps its name");
	return common_run_folder(run->folder, run->settings.resume ? run->settings.resume : run->settings.out, err);
}

static int folder_make(struct run *run, struct err *err)
{
	char path[300];

	snprintf(path, sizeof path, "%s/cells.jsonl", run->folder);
	if (run->settings.resume) {
		bool torn;
		if (ledger_resume(&run->ledger, path, &run->document, &torn, err))
			return -1;
		if (torn)
			fprintf(stderr,
				"%s: its last line was torn and has been cut off; that cell is measured again\n", path);
		fprintf(stderr, "going on with %s after %zu cells\n", run->folder, run->document.cells_count);
		return 0;
	}
	if (common_make_run_folder(run->folder, err))
		return -1;
	return ledger_create(&run->ledger, path, err);
}

/* What is settled before anything is launched: the exit code is for what is wrong there. */
static int run_prepare(struct run *run, struct err *err)
{
	struct settings *settings = &run->settings;
	struct sweep *sweep = &run->sweep;

	sweep->client = client_choose(settings->client, load_sources(NULL, settings_connections(settings)), err);
	if (!sweep->client) {
		err_prefix(err, "--client");
		return EXIT_USAGE;
	}
	if (err->text[0])
		fprintf(stderr, "%s\n", err->text);
	if (sweep->client->max_connections == 1) {
		err_set(err, "--client: %s asks one thing at a time; every run has a sequential cell",
			settings->client);
		return EXIT_USAGE;
	}
	if (settings->max_window_ns < settings->duration_ns) {
		err_set(err, "--max-window is less than --duration");
		return EXIT_USAGE;
	}
	if (sweep_modes(sweep, settings->mode, err) || rates_fit(sweep, settings, run->levels_given, err) ||
	    servers_choose(run, err) || folder_name(run, err) ||
	    cpus_divide(&sweep->cpus, settings->client_cpus, settings->server_cpus, err))
		return EXIT_USAGE;
	int port = settings->port ? (int)settings->port : port_find_free(err);
	if (port < 0)
		return EXIT_NO_RUN;
	sweep->port = (unsigned)port;
	if (!settings->seed)
		settings->seed = clock_read_ns(CLOCK_REALTIME) % 1000000;
	sweep->seed = settings->seed;
	return servers_find(run, err) ? EXIT_NO_RUN : EXIT_OK;
}

/* The crowd that lost most of its silent connections. */
static void print_dropped(const struct document *document)
{
	const struct cell *worst = NULL;
	char crowd[EXPLAIN_CROWD];
	size_t cells = 0;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell->error || !(cell->crowd.dropped > 0))
			continue;
		cells++;
		if (!worst || cell->crowd.dropped > worst->crowd.dropped)
			worst = cell;
	}
	if (worst)
		fprintf(stderr, "\n  %zu with silent connections that the server ended, most of all %s@%llu: %s", cells,
			worst->server, (unsigned long long)worst->level, explain_crowd(crowd, worst));
}

/* So many cells valid; of the others, how many for which reason. */
static void print_summary(const struct document *document, const char *path)
{
	size_t valid = 0, by_reason[INVALIDS] = { 0 };

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		valid += cell->valid;
		for (int j = 0; j < INVALIDS; j++)
			by_reason[j] += cell->invalid >> j & 1;
	}
	fprintf(stderr, "%zu of %zu cells valid", valid, document->cells_count);
	for (int j = 0; j < INVALIDS; j++)
		if (by_reason[j])
			fprintf(stderr, "\n  %zu %s: %s.\n    What to do: %s.", by_reason[j], invalid_names[j],
				invalid_words[j], invalid_advice[j]);
	print_dropped(document);
	if (valid == document->cells_count)
		fputs(".\n", stderr);
	else
		fprintf(stderr, "\n  Each cell: benchctl explain %s SERVER@LEVEL\n", path);
}

/*
 * What the run is begun with goes to the disk first: a run that is cut short by whatever means can be resumed, and
 * refused where something has changed.
 */
static int run_begin(struct run *run, struct err *err)
{
	char path[300];

	if (preamble_write(&run->document, &run->sweep, run->found, err))
		return -1;
	if (run->settings.resume && resume_match(&run->before, &run->document, err))
		return err_prefix(err, "--resume: %s can't be gone on with", run->folder);
	if (folder_make(run, err))
		return -1;
	if (run->settings.resume)
		return 0;
	snprintf(path, sizeof path, "%s/run.json", run->folder);
	run->document.interrupted = true;
	return result_write(&run->document, path, err);
}

static int run_finish(struct run *run, struct err *err)
{
	char path[300];

	snprintf(path, sizeof path, "%s/run.json", run->folder);
	if (result_write(&run->document, path, err))
		return -1;
	print_summary(&run->document, path);
	/* Where the terminal went away, which interrupts too, nobody reads it: no failure more. */
	if (table_print(&run->document, 0, TABLE_TEXT, stdout, err) ||
	    rates_table_print(&run->document, true, TABLE_TEXT, stdout, err))
		return run->document.interrupted ? 0 : -1;
	printf("\n%s\n%s/cells.jsonl\n", path, run->folder);
	return 0;
}

static int run_sweep(struct run *run)
{
	struct sweep *sweep = &run->sweep;
	struct progress progress;
	struct host host;
	struct err err, late;

	host_read(&host);
	sweep->backlog = (unsigned)(run->settings.backlog ? run->settings.backlog : host.somaxconn);
	if (!sweep->backlog)
		return complain(&command_run, EXIT_NO_RUN, "net.core.somaxconn can't be read: give a --backlog");
	sweep->settings = &run->settings;
	sweep->servers = run->servers;
	sweep->servers_count = run->count;
	sweep->ledger = &run->ledger;
	sweep->document = &run->document;
	sweep->stop = &common_stop;
	if (run_begin(run, &err))
		return complain(&command_run, EXIT_NO_RUN, "%s", err.text);
	if (!build_is_benchmark())
		fputs("This build has no optimization or has a sanitizer in it: its figures are no benchmark.\n",
		      stderr);
	progress_init(&progress);
	sweep->watch = &progress.watch;
	int failed = sweep_run(sweep, &err);
	progress_clear(&progress);
	if (failed)
		complain(&command_run, EXIT_NO_RUN, "%s", err.text);
	if (run_finish(run, &late)) {
		complain(&command_run, EXIT_NO_RUN, "%s (the cells are in %s/cells.jsonl)", late.text, run->folder);
		failed = -1;
	}
	if (failed)
		return EXIT_NO_RUN;
	return run->document.interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

static int run_run(int argc, char **argv)
{
	struct run *run = calloc(1, sizeof *run);
	struct err err;
	int code = EXIT_NO_RUN;

	if (!run)
		return complain(&command_run, EXIT_NO_RUN, "out of memory");
	run->ledger.fd = -1;
	if (settings_gather(run, argc, argv, &code))
		goto out;
	common_catch_signals();
	code = run_prepare(run, &err);
	if (code)
		complain(&command_run, code, "%s", err.text);
	else
		code = common_stop ? EXIT_INTERRUPTED : run_sweep(run);
out:
	ledger_release(&run->ledger);
	document_release(&run->document);
	document_release(&run->before);
	conf_release(&run->conf);
	options_release(settings_options, &run->settings);
	free(run->servers);
	free(run->found);
	free(run);
	return code;
}

const struct command command_run = {
	.name = "run",
	.operands = "",
	.summary = "sweep servers over numbers of connections",
	.options = settings_options,
	.run = run_run,
};
