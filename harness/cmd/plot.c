#include "harness/plot/plot.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/cmd/runs.h"
#include "harness/lib/folder.h"
#include "harness/record/result.h"

struct plot_settings {
	char *out, *kinds, *results;
	bool help;
};

#define SETTINGS_FIELD(kind, name) OPTION_FIELD(kind, struct plot_settings, name)

static const struct option_def plot_options[] = {
	{ "out", 'o', OPTION_FIELD(text, struct plot_settings, out), .placeholder = "FOLDER",
	  .help = "where to draw (plots/NAME, with the name of the run)" },
	{ "kinds", 'k', OPTION_FIELD(text, struct plot_settings, kinds), .placeholder = "LIST",
	  .help = "which pictures: of answer, hero, panels, shape, percentiles, cost, errors, latency, sequential, preview (all)" },
#include "harness/config/settings_results.def"
	{ "help", 'h', OPTION_FIELD(flag, struct plot_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* The pictures take the places of those that are there, all at once. Returns 0, or -1 with err set. */
static int pictures_replace(const struct document *document, unsigned kinds, const char *templates, const char *to,
			    struct err *err)
{
	struct folder_replacement folder;

	if (folder_replace(&folder, to, err))
		return -1;
	return folder_replaced(&folder, NULL,
			       plot_draw(document, kinds, folder.staged, templates, NULL, &common_stop, err), err);
}

/* Draws a run. Returns the exit code. */
static int run_plot(const struct plot_settings *settings, unsigned kinds, const char *word)
{
	struct document document;
	char path[RUNS_PATH], room[DATA_PATH], *folder = NULL;
	struct err err;
	int code = EXIT_OK;

	if (runs_read(&document, path, settings->results, word, &err)) {
		code = complain(&command_plot, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	folder = settings->out ? strdup(settings->out) : runs_plots(path, settings->results);
	const char *templates = data_find(room, "templates", &err);
	common_catch_signals();
	if (!templates || !folder || pictures_replace(&document, kinds, templates, folder, &err))
		code = complain(&command_plot, common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN, "%s",
				folder ? err.text : "out of memory");
	else
		printf("%s\n", folder);
out:
	free(folder);
	document_release(&document);
	return code;
}

static int plot_run(int argc, char **argv)
{
	struct plot_settings settings = { 0 };
	struct err err;
	unsigned kinds = PLOT_ALL;
	int code, operands = command_parse(&command_plot, &settings, argc, argv, 1, argc > 1 ? argc : 1, &code);

	if (operands > 1 && settings.out) {
		code = complain(&command_plot, EXIT_USAGE, "--out is for one run");
		operands = 0;
	}
	if (operands > 0 && settings.kinds && plot_kinds_parse(&kinds, settings.kinds, &err)) {
		code = complain(&command_plot, EXIT_USAGE, "--kinds: %s", err.text);
		operands = 0;
	}
	for (int i = 0; i < operands && !common_stop; i++) {
		int failed = run_plot(&settings, kinds, argv[i]);
		code = code ? code : failed;
	}
	options_release(plot_options, &settings);
	return code;
}

const struct command command_plot = {
	.name = "plot",
	.operands = "RUN..",
	.summary = "draw the graphs of a run, as SVG and PNG",
	.options = plot_options,
	.run = plot_run,
};
