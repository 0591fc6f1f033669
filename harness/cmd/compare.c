#include "harness/compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/cmd/gate.h"
#include "harness/cmd/runs.h"
#include "harness/cmd/self_test.h"
#include "harness/compare/outputs.h"
#include "harness/config/settings.h"
#include "harness/lib/clock.h"
#include "harness/record/result.h"
#include "harness/site/baseline.h"
#include "harness/site/fetch.h"

struct compare_command {
	struct gate_settings gate;
	char **base, **new; /* besides the operands */
	char *results;
	char *baseline; /* a site, in place of the operand BASE */
	uint64_t timeout_ns;
	struct compare_outputs outputs;
	bool self_test;
	char **conf; /* of the self-test */
	struct settings_verbosity verbosity;
	bool help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct compare_command, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, name)

static const struct option_def compare_options[] = {
	{ "base", 0, FIELD(texts, base), .placeholder = "FILE",
	  .help = "another run of BASE: more launches; may be given again" },
	{ "new", 0, FIELD(texts, new), .placeholder = "FILE", .help = "another run of NEW" },
	{ "baseline", 0, FIELD(text, baseline), .placeholder = "PLACE",
	  .help = "instead of BASE: a published site, a folder or an address; its newest run that NEW can be compared with" },
#include "harness/cmd/gate.def"
#include "harness/compare/outputs.def"
	{ "timeout", 0, FIELD(duration, timeout_ns), .fallback = "1m", .min = CLOCK_MS, .max = 3600 * CLOCK_S,
	  .help = "maximum time to fetch an address" },
#include "harness/config/settings_results.def"
	{ "self-test", 0, FIELD(flag, self_test),
	  .help = "instead: launch the control server made slower by 30 % and by 8 %, and see what is found" },
	{ "conf", 0, FIELD(texts, conf), .placeholder = "FILE",
	  .help = "self-test: configuration that has the control server (bench.conf)" },
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

/* The runs of a side. */
struct runs {
	struct document *documents;  /* owned */
	const struct document **all; /* the same, as input of a comparison; owned */
	size_t count;
	char *title; /* the names of its files, owned */
};

static int run_read(struct document *document, const char *name, const char *shown,
		    const struct compare_command *settings, struct err *err)
{
	char path[RUNS_PATH];

	if (!fetch_is_address(name))
		return runs_find(path, settings->results, name, err) || result_read(document, path, err) ? -1 : 0;
	FILE *file = fetch_open(name, RESULT_BYTES_MAX, settings->timeout_ns, err);
	if (!file)
		return -1;
	int result = result_read_stream(document, file, shown, err);
	fclose(file);
	return result;
}

/* Adds a name to the title. Returns 0, or -1 where memory is out. */
static int title_add(struct runs *runs, const char *shown)
{
	char *title = NULL;

	if (asprintf(&title, "%s%s%s", runs->title ? runs->title : "", runs->title ? ", " : "", shown) < 0)
		return -1;
	free(runs->title);
	runs->title = title;
	return 0;
}

static int side_read(struct runs *runs, char *first, char *const *more, const struct compare_command *settings,
		     struct err *err)
{
	size_t names = 1;

	for (char *const *name = more; name && *name; name++)
		names++;
	runs->documents = calloc(names, sizeof *runs->documents);
	runs->all = calloc(names, sizeof *runs->all);
	if (!runs->documents || !runs->all)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < names; i++) {
		const char *name = i ? more[i - 1] : first;
		char *shown = fetch_show(name);
		runs->all[i] = &runs->documents[i];
		runs->count++;
		int result = !shown || title_add(runs, shown)
				     ? err_set(err, "out of memory")
				     : run_read(&runs->documents[i], name, shown, settings, err);
		free(shown);
		if (result)
			return -1;
	}
	return 0;
}

static void runs_release(struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		document_release(&runs->documents[i]);
	free(runs->documents);
	free(runs->all);
	free(runs->title);
}

/* The commit of the benchctl that measured the first run of a side; NULL where unknown. */
static const char *benchctl_of(const struct runs *runs)
{
	return runs->count ? runs->documents[0].commit : NULL;
}

/* The operands BASE and NEW, where BASE is to be found; *found is then to be freed. Returns 0, or -1 with err set. */
static int baseline_find_for(const struct compare_command *settings, char *operands[2], char **found, struct err *err)
{
	struct document document = { 0 };
	char sha256[SHA256_TEXT];

	operands[1] = operands[0];
	int result = fetch_is_address(operands[1]) ? err_set(err, "--baseline: NEW is a file")
						   : result_read_hashed(&document, operands[1], sha256, err);
	if (!result && !(*found = baseline_of(settings->baseline, &document, sha256, settings->timeout_ns, err)))
		result = -1;
	document_release(&document);
	operands[0] = *found;
	return result;
}

/* Reads both sides and compares them. Returns 0, or -1 with err set. */
static int sides_compare(struct comparison *comparison, const struct compare_command *settings, char **operands,
			 struct runs *base, struct runs *new, const struct noise *noise, struct err *err)
{
	struct compare_settings how;
	struct err later;

	/* Where BASE can't be read, the outputs name the commit of NEW all the same. */
	int bad = side_read(base, operands[0], settings->base, settings, err);
	if (side_read(new, operands[1], settings->new, settings, bad ? &later : err) || bad ||
	    gate_how(&how, &settings->gate, noise, base->all[0], err))
		return -1;
	return compare_sides(comparison, &(struct compare_side){ base->all, base->count, NULL },
			     &(struct compare_side){ new->all, new->count, NULL }, &how, err);
}

static int compare_files(const struct compare_command *settings, char **operands)
{
	const struct compare_outputs *outputs = &settings->outputs;
	struct noise noise = { 0 };
	struct runs base = { 0 }, new = { 0 };
	struct comparison comparison = { 0 };
	char room[DATA_PATH];
	const char *templates = NULL;
	char *sides[2] = { operands[0], operands[1] }, *found = NULL;
	struct err err;
	int code;

	if (gate_check(&settings->gate, &err) || compare_outputs_check(outputs, &err) ||
	    (outputs->picture && !(templates = data_find(room, "templates", &err))) ||
	    gate_read(&noise, &settings->gate, &err)) {
		code = complain(&command_compare, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	bool is_made = !(settings->baseline && baseline_find_for(settings, sides, &found, &err)) &&
		       !sides_compare(&comparison, settings, sides, &base, &new, &noise, &err);
	if (!is_made) {
		complain(&command_compare, EXIT_USAGE, "%s", err.text);
		comparison_fail(&comparison, &compare_settings_usual, &err);
	}
	struct compare_titles titles = {
		.comparison = outputs->name,
		.name = { base.title, new.title },
		.commit = { outputs->commit[SIDE_BASE], outputs->commit[SIDE_NEW] },
		.benchctl = { benchctl_of(&base), benchctl_of(&new) },
	};
	int failed = compare_outputs_write(outputs, &comparison, &titles, templates, &err);
	if (failed)
		complain(&command_compare, EXIT_NO_RUN, "%s", err.text);
	code = is_made ? gate_exit(&command_compare, &settings->gate, &comparison) : EXIT_USAGE;
	code = failed && !code ? EXIT_NO_RUN : code;
out:
	free(found);
	comparison_release(&comparison);
	noise_release(&noise);
	runs_release(&base);
	runs_release(&new);
	return code;
}

/* What is asked for: a self-test, or two sides. */
static int compare_choose(const struct compare_command *settings, int operands, char **argv)
{
	struct compare_settings how = compare_settings_usual;

	how.floor = settings->gate.floor;
	const struct compare_outputs *outputs = &settings->outputs;
	if (settings->self_test && (operands || settings->base || settings->new))
		return complain(&command_compare, EXIT_USAGE, "--self-test compares no files");
	if (settings->self_test &&
	    (outputs->json || outputs->markdown || outputs->junit || outputs->tsv || outputs->picture))
		return complain(&command_compare, EXIT_USAGE,
				"--self-test writes to stdout only: no --json and the like");
	if (settings->self_test && (settings->gate.strict || settings->gate.no_strict || settings->gate.allow_missing ||
				    settings->gate.noise || settings->gate.fail_on != GATE_REGRESSED))
		return complain(&command_compare, EXIT_USAGE,
				"--self-test knows no --strict, --no-strict, --allow-missing, --noise and --fail-on");
	if (!settings->self_test && settings->conf)
		return complain(&command_compare, EXIT_USAGE, "--conf is for --self-test");
	if (settings->self_test)
		return self_test(&command_compare, settings->conf, &how, settings->verbosity);
	if (settings->baseline && operands == 2)
		return complain(&command_compare, EXIT_USAGE,
				"--baseline is instead of BASE.json: give NEW.json alone");
	if (operands < (settings->baseline ? 1 : 2))
		return complain(&command_compare, EXIT_USAGE, "%s is missing (see 'benchctl compare --help')",
				command_compare.operands);
	return compare_files(settings, argv);
}

static int compare_run(int argc, char **argv)
{
	struct compare_command settings = { 0 };
	int code, operands = command_parse(&command_compare, &settings, argc, argv, 0, 2, &code);

	settings.gate.quiet = settings.verbosity.quiet;
	settings.gate.results = settings.results;
	if (operands >= 0)
		code = compare_choose(&settings, operands, argv);
	options_release(compare_options, &settings);
	return code;
}

const struct command command_compare = {
	.name = "compare",
	.operands = "BASE NEW",
	.summary = "say whether NEW is slower than BASE; each a run, or a file by its https:// or file:// address",
	.options = compare_options,
	.run = compare_run,
};
