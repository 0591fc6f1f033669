#include <stdlib.h>
#include <string.h>

#include "harness/cmd/data.h"
#include "harness/cmd/gate.h"
#include "harness/cmd/session.h"
#include "harness/compare/compare.h"
#include "harness/compare/outputs.h"
#include "harness/lib/argv.h"
#include "harness/record/result.h"
#include "harness/run/preamble.h"

enum { OLD, NEW, ARMS };

static const char *const arm_names[ARMS] = { "old", "new" };

struct ab {
	struct settings settings;
	char *command[ARMS], *conf[ARMS]; /* exactly one of the two is given for each build */
	char *server;
	struct gate_settings gate;
	struct compare_outputs outputs;
	struct noise noise; /* read before anything is measured */
	bool help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct ab, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, settings.name)

static const struct option_def ab_options[] = {
	{ "old", 0, FIELD(text, command[OLD]), .placeholder = "COMMAND",
	  .help = "starts the old build; split into arguments as in bench.conf, without a shell" },
	{ "new", 0, FIELD(text, command[NEW]), .placeholder = "COMMAND", .help = "starts the new build" },
	{ "old-conf", 0, FIELD(text, conf[OLD]), .placeholder = "FILE",
	  .help = "instead: the configuration whose [server NAME] is the old build" },
	{ "new-conf", 0, FIELD(text, conf[NEW]), .placeholder = "FILE",
	  .help = "the configuration whose [server NAME] is the new one" },
	{ "url", 'u', FIELD(text, settings.url), .placeholder = "URL",
	  .help = "what both builds serve, where they do not keep the server contract: they listen there" },
	{ "server", 's', FIELD(text, server), .placeholder = "NAME",
	  .help = "of the server in the configurations, and in the results (server)" },
	{ "levels", 'l', FIELD(levels, settings.concurrency), .fallback = "1,16,256",
	  .help = "connections: A..B doubles, A..B:+S steps, commas join" },
	{ "launches", 'r', FIELD(count, settings.repeat), .fallback = "8", .min = 1, .max = 1000,
	  .help = "of each build, in the order AB BA AB BA; a verdict takes five or more" },
#include "harness/config/settings_load.def"
#include "harness/config/settings_place.def"
#include "harness/config/settings_request.def"
	{ "out", 'o', FIELD(text, settings.out), .placeholder = "NAME",
	  .help = "name of the session, or the path of its folder (results/ and the date and time)" },
#include "harness/cmd/gate.def"
#include "harness/compare/outputs.def"
#include "harness/config/settings_results.def"
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

/* One build: its command, and its own document, in which it has the name of the server. */
struct arm {
	struct conf conf;
	struct conf_server named; /* with the name of the server; the texts are those of conf */
	struct document document;
	char path[RUNS_PATH];
};

/* Finds the name of the server. Returns 0, or -1 with err set. */
static int arm_find(struct arm *arm, const struct ab *ab, int which, struct conf_server *running, struct err *err)
{
	const char *command = ab->command[which], *conf = ab->conf[which];
	const char *name = ab->server ? ab->server : "server";
	const struct conf_server *found;

	if (command && (conf_add(&arm->conf, name, command, err) ||
			(ab->settings.url && conf_set_url(&arm->conf, ab->settings.url, err))))
		return err_prefix(err, "--%s", arm_names[which]);
	if (!command && conf_read(&arm->conf, NULL, conf, err))
		return err_prefix(err, "--%s-conf", arm_names[which]);
	found = conf_find(&arm->conf, name);
	if (!found)
		return err_set(err, "--%s-conf: %s has no [server %.200s]", arm_names[which], conf, name);
	arm->named = *running = *found;
	running->name = (char *)arm_names[which];
	return 0;
}

/*
 * Finds both builds; `running` receives them as arms, under the names by which they are measured. Returns 0, or -1 with
 * err set.
 */
static int arms_find(struct arm *arms, const struct ab *ab, struct conf_server *running, struct err *err)
{
	const int by_command = (ab->command[OLD] != NULL) + (ab->command[NEW] != NULL);
	const int by_conf = (ab->conf[OLD] != NULL) + (ab->conf[NEW] != NULL);

	if (by_command + by_conf != ARMS || by_command == 1)
		return err_set(err,
			       "give either --old and --new, two commands, or --old-conf and --new-conf with --server");
	if (by_conf && !ab->server)
		return err_set(err, "--server is missing: which one of the configurations is meant");
	for (int i = 0; i < ARMS; i++)
		if (arm_find(&arms[i], ab, i, &running[i], err))
			return -1;
	/* A build that can't do what is asked of the other would show only in missing cells. */
	if (arms[OLD].named.keepalive != arms[NEW].named.keepalive)
		return err_set(err, "keepalive is not the same in %s and %s", ab->conf[OLD], ab->conf[NEW]);
	return 0;
}

/* Its document as it is before the first cell; on the disk it says that the session did not get to its end. */
static int arm_begin(struct arm *arm, int which, const struct session *session, struct err *err)
{
	const struct conf_server *const server = &arm->named;
	struct sweep alone = session->sweep;

	alone.servers = &server;
	alone.servers_count = 1;
	snprintf(arm->path, sizeof arm->path, "%s/%s.json", session->folder, arm_names[which]);
	if (preamble_write(&arm->document, &alone, &session->found[which], err))
		return -1;
	arm->document.interrupted = true;
	return result_write(&arm->document, arm->path, err);
}

/* Deals the cells to the documents of their arms. Returns 0, or -1 with err set. */
static int cells_deal(struct arm *arms, struct document *from, struct err *err)
{
	for (; from->cells_count; from->cells_count--) {
		/* From the end, so that the rest is whole at any time. */
		struct cell *cell = &from->cells[from->cells_count - 1];
		struct arm *arm = &arms[strcmp(cell->server, arm_names[NEW]) == 0 ? NEW : OLD];
		if (cell_set_text(&cell->server, arm->named.name) || document_add_cell(&arm->document, cell))
			return err_set(err, "out of memory");
	}
	for (int i = 0; i < ARMS; i++) {
		struct document *document = &arms[i].document;
		document->interrupted = from->interrupted;
		for (size_t a = 0, b = document->cells_count; a + 1 < b; a++) {
			struct cell cell = document->cells[--b];
			document->cells[b] = document->cells[a];
			document->cells[a] = cell;
		}
	}
	return 0;
}

/*
 * Writes its document and reads it again: the comparison uses what the file has, to the last digit, so that `compare`
 * gives the same result from it at any time.
 */
static int arm_end(struct arm *arm, struct err *err)
{
	if (result_write(&arm->document, arm->path, err))
		return -1;
	document_release(&arm->document);
	return result_read(&arm->document, arm->path, err);
}

/* What a build is called. Returns its file or its command, which is made shorter in `brief` unless it is wanted whole. */
static const char *title_of(const struct arm *arm, const char *conf, const struct ab *ab, char brief[ARGV_BRIEF])
{
	if (conf)
		return conf;
	return ab->settings.whole_commands || !arm->named.command ? arm->named.command
								  : argv_brief(brief, arm->named.command);
}

/* The titles are good as long as `briefs`. */
static struct compare_titles titles_of(const struct arm *arms, const struct ab *ab, char briefs[ARMS][ARGV_BRIEF])
{
	return (struct compare_titles){
		.comparison = ab->outputs.name && *ab->outputs.name ? ab->outputs.name : arms[NEW].named.name,
		.name = { title_of(&arms[OLD], ab->conf[OLD], ab, briefs[OLD]),
			  title_of(&arms[NEW], ab->conf[NEW], ab, briefs[NEW]) },
		.commit = { ab->outputs.commit[SIDE_BASE], ab->outputs.commit[SIDE_NEW] },
	};
}

/*
 * Writes all outputs that were requested. Returns the exit code: `code`, unless that is EXIT_OK and an output failed.
 */
static int outputs_write(const struct comparison *comparison, const struct arm *arms, const struct ab *ab,
			 const char *templates, int code)
{
	char briefs[ARMS][ARGV_BRIEF];
	struct compare_titles titles = titles_of(arms, ab, briefs);
	struct err err;

	if (!compare_outputs_write(&ab->outputs, comparison, &titles, templates, &err))
		return code;
	complain(&command_ab, EXIT_NO_RUN, "%s", err.text);
	return code ? code : EXIT_NO_RUN;
}

/* Compares. Returns an exit code; EXIT_NO_RUN with *why where there is no comparison. */
static int arms_compare(const struct arm *arms, const struct ab *ab, const char *templates, struct err *why)
{
	const struct document *old = &arms[OLD].document, *new = &arms[NEW].document;
	struct compare_settings how;
	struct comparison comparison;

	if (gate_how(&how, &ab->gate, &ab->noise, old, why) ||
	    compare_sides(&comparison, &(struct compare_side){ &old, 1, NULL }, &(struct compare_side){ &new, 1, NULL },
			  &how, why))
		return complain(&command_ab, EXIT_NO_RUN, "%s", why->text);
	int code = outputs_write(&comparison, arms, ab, templates, gate_exit(&command_ab, &ab->gate, &comparison));
	comparison_release(&comparison);
	return code;
}

/* Measures, and compares what was measured. Returns an exit code; *why where there is no comparison. */
static int arms_measure(struct arm *arms, const struct ab *ab, struct session *session, const char *templates,
			struct err *why)
{
	for (int i = 0; i < ARMS; i++)
		if (arm_begin(&arms[i], i, session, why))
			return complain(&command_ab, EXIT_NO_RUN, "%s", why->text);
	int code = session_run(session);
	int bad = cells_deal(arms, &session->document, why);
	for (int i = 0; i < ARMS && !bad; i++)
		bad = arm_end(&arms[i], why);
	if (bad)
		return complain(&command_ab, EXIT_NO_RUN, "%s (the cells are in %s/cells.jsonl)", why->text,
				session->folder);
	say("%s", arms[OLD].path);
	say("%s", arms[NEW].path);
	/* No verdict from an interrupted session: a test that may be stopped when its figures please is no test. */
	return code ? code : arms_compare(arms, ab, templates, why);
}

/* Prepares and measures. Where there is no comparison, all outputs say why. Returns an exit code. */
static int session_measure(struct session *session, struct arm *arms, const struct conf_server *running,
			   const struct ab *ab, const char *templates)
{
	struct comparison comparison;
	struct err why = { "" };
	int code = session_arms(session, running, ARMS);

	code = code ? code : session_prepare(session);
	if (!code && gate_check_launches(&ab->gate, ab->settings.repeat, session->sweep.modes_count,
					 &ab->settings.concurrency, &why))
		return complain(&command_ab, EXIT_USAGE, "%s", why.text);
	code = code ? code : session_keep(session);
	code = code ? code : arms_measure(arms, ab, session, templates, &why);
	if (*session->failure.text)
		why = session->failure;
	else if (code == EXIT_INTERRUPTED)
		err_set(&why, "the session was interrupted");
	if (!code || !*why.text)
		return code;
	comparison_fail(&comparison, &compare_settings_usual, &why);
	return outputs_write(&comparison, arms, ab, templates, code);
}

static int ab_measure(struct ab *ab)
{
	struct arm arms[ARMS] = { 0 };
	struct conf_server running[ARMS];
	struct session session = { .command = &command_ab, .settings = &ab->settings, .kind = SESSION_ARMS };
	char room[DATA_PATH];
	const char *templates = NULL;
	struct err err;
	int code;

	if (gate_check(&ab->gate, &err) || arms_find(arms, ab, running, &err) ||
	    compare_outputs_check(&ab->outputs, &err) || gate_read(&ab->noise, &ab->gate, &err) ||
	    (ab->outputs.picture && !(templates = data_find(room, "templates", &err)))) {
		code = complain(&command_ab, EXIT_USAGE, "%s", err.text);
	} else {
		common_catch_signals();
		code = session_measure(&session, arms, running, ab, templates);
	}
	session_release(&session);
	for (int i = 0; i < ARMS; i++) {
		document_release(&arms[i].document);
		conf_release(&arms[i].conf);
	}
	return code;
}

static int ab_run(int argc, char **argv)
{
	struct ab ab = { 0 };
	struct err err;
	int code;

	if (session_default(&ab.settings, &err))
		code = complain(&command_ab, EXIT_NO_RUN, "%s", err.text);
	else if (command_parse(&command_ab, &ab, argc, argv, 0, 0, &code) >= 0) {
		ab.gate.quiet = ab.settings.verbosity.quiet;
		ab.gate.results = ab.settings.results;
		code = ab_measure(&ab);
	}
	noise_release(&ab.noise);
	options_release(ab_options, &ab);
	options_release(settings_options, &ab.settings);
	return code;
}

const struct command command_ab = {
	.name = "ab",
	.operands = "",
	.summary = "say whether a new build of a server is slower than the old one, launched in turn",
	.options = ab_options,
	.run = ab_run,
};
