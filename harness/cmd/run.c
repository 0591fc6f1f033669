#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/verdicts.h"
#include "harness/cmd/session.h"
#include "harness/lib/clock.h"
#include "harness/record/result.h"
#include "harness/report/explain.h"
#include "harness/report/rates_table.h"
#include "harness/report/table.h"

#define RESCUE_ROOM (RUNS_FOLDER + 20)
/* How many names are tried for a folder beside the one that is gone. */
#define RESCUES_MAX 100

struct run {
	struct settings settings;
	struct conf conf;
	struct session session;
};

/* The options that a run was started with; the command line may only repeat them. */
static int settings_resume(struct run *run, const char *name, struct err *err)
{
	struct document *before = &run->session.before;
	char path[RUNS_PATH];

	if (runs_find(path, run->settings.results, name, err) || result_read(before, path, err))
		return err_prefix(err, "--resume");
	snprintf(run->session.folder, sizeof run->session.folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	for (size_t i = 0; i < before->options_count; i++) {
		const struct document_option *option = &before->options[i];
		const struct option_def *def = options_find(settings_options, option->name);
		if (!option->value[0])
			continue;
		if (!def || !(def->flags & OPTION_RESUME))
			return err_set(err, "--resume: %s: unknown option '%s'", path, option->name);
		if (options_set_def(def, &run->settings, option->value, err))
			return err_prefix(err, "--resume: %s", path);
	}
	return 0;
}

/*
 * The order of precedence: command line, the resumed run, preset, environment, bench.conf, defaults. The options of this call alone
 * are needed first, to find the others.
 */
static int settings_gather(struct run *run, const struct options_line *line, struct err *err)
{
	struct settings *settings = &run->settings;

	run->session.levels_given = options_line_gives(line, "concurrency") ||
				    options_environment(options_find(settings_options, "concurrency"));
	return options_default(settings_options, settings, err) ||
			       options_environment_apply(settings_options, line, settings, OPTION_CALL, err) ||
			       options_line_apply(line, settings, OPTION_CALL, err) ||
			       (settings->url ? conf_add_url(&run->conf, "service", settings->url, err)
					      : common_read_conf(&run->conf, settings, settings->conf, err)) ||
			       options_environment_apply(settings_options, line, settings, ~(unsigned)OPTION_CALL,
							 err) ||
			       (settings->preset && settings_preset(settings, settings->preset, err)) ||
			       (settings->resume && settings_resume(run, settings->resume, err)) ||
			       options_line_apply(line, settings, ~(unsigned)OPTION_CALL, err)
		       ? -1
		       : 0;
}

/* Names the crowd that lost the largest share of its silent connections. */
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
		fprintf(stderr,
			"\n  %zu with silent connections that the server ended, the largest share in %s@%llu: %s",
			cells, worst->server, (unsigned long long)worst->level, explain_crowd(crowd, worst));
}

/* The status of the right responses, where it is known; servers may differ. */
static void print_status(const struct document *document)
{
	double min = INFINITY, max = -INFINITY;

	for (size_t i = 0; i < document->cells_count; i++) {
		min = fmin(min, document->cells[i].status); /* which leaves out what is unknown */
		max = fmax(max, document->cells[i].status);
	}
	if (min == max)
		fprintf(stderr, "; right responses have status %.0f", min);
	else if (min < max)
		fprintf(stderr, "; right responses have a status from %.0f to %.0f", min, max);
}

/* How many cells are valid; of the others, how many for which reason. Returns the number of valid ones. */
static size_t print_summary(const struct document *document, const char *path)
{
	size_t valid = 0, by_reason[INVALIDS] = { 0 };

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		valid += cell->valid;
		for (int j = 0; j < INVALIDS; j++)
			by_reason[j] += cell->invalid >> j & 1;
	}
	fprintf(stderr, "%zu of %zu cells valid", valid, document->cells_count);
	print_status(document);
	for (int j = 0; j < INVALIDS; j++)
		if (by_reason[j])
			fprintf(stderr, "\n  %zu %s: %s.\n    What to do: %s.", by_reason[j], invalid_names[j],
				invalid_descriptions[j], invalid_advice[j]);
	print_dropped(document);
	if (valid == document->cells_count)
		fputs(".\n", stderr);
	else
		fprintf(stderr, "\n  Each cell: benchctl explain %s SERVER@LEVEL\n", path);
	return valid;
}

/*
 * The folder of the run was removed or renamed: what is in memory goes into a new one beside it, from which the run can be resumed.
 * Its path is stored. Returns 0, or -1 with err set.
 */
static int run_rescue(const struct session *session, char folder[RESCUE_ROOM], struct err *err)
{
	const struct document *document = &session->document;
	struct ledger ledger = { .fd = -1 };
	char path[RESCUE_ROOM + 20];
	int bad = -1;

	for (int number = 1; bad && number < RESCUES_MAX; number++) {
		snprintf(folder, RESCUE_ROOM, "%s-rescued-%d", session->folder, number);
		bad = runs_make_folder(folder, err);
	}
	snprintf(path, sizeof path, "%s/cells.jsonl", folder);
	bad = bad || ledger_create(&ledger, path, document, err);
	for (size_t i = 0; i < document->cells_count && !bad; i++)
		bad = ledger_append(&ledger, &document->cells[i], err);
	ledger_release(&ledger);
	snprintf(path, sizeof path, "%s/run.json", folder);
	return bad || result_write(document, path, err) ? -1 : 0;
}

/* Says what came of a run whose folder is gone. */
static void run_finish_elsewhere(struct session *session, const char *why)
{
	struct document *document = &session->document;
	char folder[RESCUE_ROOM];
	struct err err;

	document->interrupted = true;
	bool bad = run_rescue(session, folder, &err);
	/* What can't be printed either is lost: all that could be done is said. */
	(void)!table_print(document, 0, TABLE_TEXT, stdout, &err);
	if (bad) {
		complain(&command_run, 0, "%s; nor can a folder be made beside it: %s: the run is printed on stdout",
			 why, err.text);
		(void)!result_print(document, stdout);
	} else {
		complain(&command_run, 0, "%s: what was measured is in %s (--resume %s goes on)", why, folder, folder);
	}
}

/* Writes the run and says what came of it; `code` is that of the sweep. Returns the exit code. */
static int run_finish(struct session *session, int code)
{
	struct document *document = &session->document;
	char path[RUNS_PATH];
	struct err err;

	if (ledger_check(&session->ledger, &err)) {
		run_finish_elsewhere(session, err.text);
		return EXIT_NO_RUN;
	}
	snprintf(path, sizeof path, "%s/run.json", session->folder);
	if (verdicts_record(document, &err) || result_write(document, path, &err))
		return complain(&command_run, EXIT_NO_RUN, "%s (the cells are in %s/cells.jsonl)", err.text,
				session->folder);
	size_t valid = print_summary(document, path);
	/*
	 * A terminal that went away interrupts the run too, and then nobody reads the tables: that is not another
	 * failure.
	 */
	if (table_print(document, 0, TABLE_TEXT, stdout, &err) ||
	    rates_table_print(document, true, TABLE_TEXT, stdout, &err)) {
		if (!document->interrupted)
			return complain(&command_run, EXIT_NO_RUN, "%s (the cells are in %s/cells.jsonl)", err.text,
					session->folder);
	} else {
		printf("\n%s\n%s/cells.jsonl\n", path, session->folder);
	}
	if (code || valid)
		return code;
	return complain(&command_run, EXIT_NO_RUN, "no cell is valid: see 'benchctl explain %s SERVER@LEVEL'", path);
}

/* How long a launch takes besides its cells: the start, the end, the free port. */
#define LAUNCH_NS (500 * CLOCK_MS)
/* And a cell besides its warm-up and window: the ramp of few connections, the drain. */
#define CELL_NS (150 * CLOCK_MS)

static void time_print(const char *before, uint64_t ns)
{
	unsigned long long minutes = ns / (60 * CLOCK_S);

	printf("%s%llu:%02llu:%02llu", before, minutes / 60, minutes % 60, (unsigned long long)(ns / CLOCK_S % 60));
}

/* Prints what a session would do, and estimates its time from the options. */
static void plan_print(const struct session *session)
{
	const struct settings *settings = session->settings;
	uint64_t cells = sweep_cells(&session->sweep), launches = session->count * settings->repeat;
	const char *load = settings->rate.count ? "rate" : "concurrency";

	printf("servers   ");
	for (size_t i = 0; i < session->count; i++)
		printf("%s%s", i ? ", " : "", session->servers[i]->name);
	printf("\nmodes     ");
	for (size_t i = 0; i < session->sweep.modes_count; i++)
		printf("%s%s", i ? ", " : "", load_mode_names[session->sweep.modes[i]]);
	printf("\n%-10s", settings->rate.count ? "rates" : "levels");
	options_show(options_find(settings_options, load), settings, stdout);
	printf("\nlaunches  %llu launches of each server, %llu cells in all\n", (unsigned long long)settings->repeat,
	       (unsigned long long)cells);
	if (settings->requests) {
		printf("time      not known: about as long as %llu requests take in each cell\n",
		       (unsigned long long)settings->requests);
		return;
	}
	uint64_t cell_ns = settings->warmup_ns + CELL_NS;
	time_print("time      about ", cells * (cell_ns + settings->duration_ns) + launches * LAUNCH_NS);
	time_print("; at most ",
		   cells * (cell_ns + settings->max_ramp_ns + settings->max_window_ns) + launches * LAUNCH_NS);
	puts(" where servers are slow (h:mm:ss)");
	if (settings->until_known) {
		time_print("          with --until-known to the end of its budget: ", settings->budget_ns);
		putchar('\n');
	}
}

static int run_measure(struct run *run)
{
	struct session *session = &run->session;

	common_catch_signals();
	int code = session_choose(session, &run->conf);
	code = code ? code : session_prepare(session);
	if (!code && run->settings.dry_run) {
		plan_print(session);
		return EXIT_OK;
	}
	code = code ? code : session_keep(session);
	return code ? code : run_finish(session, session_run(session));
}

static int run_run(int argc, char **argv)
{
	struct run run = { .session = { .command = &command_run, .settings = &run.settings, .kind = SESSION_RUN } };
	struct options_line line;
	struct err err;
	int code;

	if (command_read(&command_run, &line, argc, argv, 0, 0, &code) >= 0)
		code = settings_gather(&run, &line, &err) ? complain(&command_run, EXIT_USAGE, "%s", err.text)
							  : run_measure(&run);
	options_line_release(&line);
	session_release(&run.session);
	conf_release(&run.conf);
	options_release(settings_options, &run.settings);
	return code;
}

const struct command command_run = {
	.name = "run",
	.operands = "",
	.summary = "sweep servers over numbers of connections",
	.options = settings_options,
	.run = run_run,
};
