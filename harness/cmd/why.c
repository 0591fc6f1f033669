#include <stdlib.h>
#include <string.h>

#include "harness/cmd/session.h"
#include "harness/lib/control.h"
#include "harness/record/result.h"
#include "harness/why/inquiry.h"

struct why {
	struct settings settings;
	char *run; /* a run.json, or NULL */
	struct document known;
	uint64_t budget_ns;
	bool json, help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct why, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, settings.name)

static const struct option_def why_options[] = {
	{ "mode", 'm', FIELD(text, settings.mode), .fallback = "close,keepalive,crowd", .placeholder = "MODE,..",
	  .help = "modes that are looked at" },
	{ "run", 'r', FIELD(text, run), .placeholder = "RUN",
	  .help = "the evidence is this run's, and what is found is added to it" },
#include "harness/config/settings_results.def"
	{ "budget", 'b', FIELD(duration, budget_ns), .fallback = "3m", .min = CLOCK_S, .max = 24 * SETTINGS_LONGEST,
	  .help = "time for the look and all experiments" },
	{ "json", 0, FIELD(flag, json), .help = "print JSON" },
	{ "client", 0, FIELD(text, settings.client), .fallback = "auto", .placeholder = "NAME",
	  .help = "client that offers the load: epoll, uring or auto (uring where it can run)" },
#include "harness/config/settings_place.def"
	{ "conf", 0, FIELD(texts, settings.conf), .placeholder = "FILE",
	  .help = "configuration (bench.conf); given again, it adds to the first" },
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

static void on_tell(void *context, const char *text)
{
	const struct why *why = context;

	if (!why->settings.verbosity.quiet)
		say("%s", text);
}

static void print_experiment(const struct cause_experiment *experiment)
{
	printf("  %-14s %-9s  ", experiment->cause, cause_moves[experiment->moved]);
	if (experiment->launches)
		printf("%s, %s: %.4g -> %.4g (x %.3g, %.3g to %.3g), %zu launches each; ", experiment->figure,
		       experiment->mode, experiment->before, experiment->after, experiment->effect,
		       experiment->interval[0], experiment->interval[1], (size_t)experiment->launches);
	else
		printf("no time was left; ");
	printf("%s\n", experiment->changed);
}

static void print_text(const struct cause *cause)
{
	char text[CAUSE_TEXT];

	printf("%s: %s\n", cause->server, cause_sentence(text, cause));
	for (size_t i = 0; i < cause->experiments_count; i++)
		print_experiment(&cause->experiments[i]);
}

/* Prints what was found, and adds it to the run. Returns an exit code. */
static int print(struct why *why, const struct inquiry *inquiry)
{
	struct cause cause;
	struct err err;
	bool bad = inquiry_result(inquiry, &cause);

	if (!bad && why->json) {
		char *text = result_cause_text(&cause);
		bad = !text || puts(text) < 0;
		free(text);
	} else if (!bad) {
		print_text(&cause);
	}
	bool is_kept = !bad && why->run && !document_set_cause(&why->known, &cause);
	if (!is_kept)
		fields_release(cause_fields, &cause);
	if (bad || (why->run && !is_kept))
		return complain(&command_why, EXIT_NO_RUN, "out of memory");
	if (is_kept && result_write(&why->known, why->run, &err))
		return complain(&command_why, EXIT_NO_RUN, "%s", err.text);
	return inquiry->answer == CAUSE_UNDECIDED ? EXIT_INCONCLUSIVE : EXIT_OK;
}

static int inquire(struct why *why, struct session *session, const struct conf *conf)
{
	struct inquiry *inquiry = calloc(1, sizeof *inquiry);
	struct err err;
	int code;

	if (!inquiry)
		return complain(&command_why, EXIT_NO_RUN, "out of memory");
	inquiry->trial = (struct trial){
		.sweep = &session->sweep,
		.server = session->servers[0],
		.control = conf_find(conf, CONTROL_SERVER),
	};
	for (size_t i = 0; i < session->sweep.modes_count; i++)
		inquiry->modes |= 1u << session->sweep.modes[i];
	inquiry->budget_ns = why->budget_ns;
	inquiry->known = why->run ? &why->known : NULL;
	inquiry->memory_bytes = (double)session->document.host.memory_bytes;
	inquiry->tell = on_tell;
	inquiry->context = why;
	if (inquiry_run(inquiry, &err))
		code = common_stop ? EXIT_INTERRUPTED : complain(&command_why, EXIT_NO_RUN, "%s", err.text);
	else
		code = print(why, inquiry);
	inquiry_release(inquiry);
	free(inquiry);
	return code;
}

/* Reads the run, which must have measured the server. Returns 0, or -1 with err set. */
static int run_read(struct why *why, struct err *err)
{
	char path[RUNS_PATH];

	if (runs_find(path, why->settings.results, why->run, err))
		return -1;
	free(why->run);
	why->run = strdup(path);
	if (!why->run)
		return err_set(err, "out of memory");
	if (result_read(&why->known, why->run, err))
		return -1;
	for (uint64_t i = 0; i < why->known.cells_count; i++)
		if (strcmp(why->known.cells[i].server, why->settings.servers) == 0)
			return 0;
	return err_set(err, "%s has no cell of %s", why->run, why->settings.servers);
}

static int why_find(struct why *why)
{
	struct conf conf = { 0 };
	struct session session = {
		.command = &command_why,
		.settings = &why->settings,
		.kind = SESSION_LAUNCHES,
	};
	struct err err;
	int code;

	if (common_read_conf(&conf, NULL, why->settings.conf, &err)) {
		code = complain(&command_why, EXIT_USAGE, "%s", err.text);
	} else if (!conf_find(&conf, why->settings.servers)) {
		code = complain(&command_why, EXIT_USAGE, "there is no server '%s' (see 'benchctl list')",
				why->settings.servers);
	} else if (why->run && run_read(why, &err)) {
		code = complain(&command_why, EXIT_USAGE, "%s", err.text);
	} else {
		common_catch_signals();
		code = session_choose(&session, &conf);
		code = code ? code : session_prepare(&session);
		code = code ? code : inquire(why, &session, &conf);
	}
	session_release(&session);
	conf_release(&conf);
	return code;
}

static int why_run(int argc, char **argv)
{
	struct why why = { 0 };
	struct err err;
	int code;

	if (session_default(&why.settings, &err)) {
		code = complain(&command_why, EXIT_NO_RUN, "%s", err.text);
	} else if (command_parse(&command_why, &why, argc, argv, 1, 1, &code) >= 0) {
		why.settings.servers = strdup(argv[0]);
		code = why.settings.servers ? why_find(&why) : complain(&command_why, EXIT_NO_RUN, "out of memory");
	}
	document_release(&why.known);
	options_release(why_options, &why);
	options_release(settings_options, &why.settings);
	return code;
}

const struct command command_why = {
	.name = "why",
	.operands = "SERVER",
	.summary = "find out by experiment what limits a server: one suspect is changed at a time, and nothing else",
	.options = why_options,
	.run = why_run,
};
