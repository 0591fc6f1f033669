#include "harness/plot/plot.h"

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/lib/folder.h"
#include "harness/record/result.h"

struct plot_settings {
	char *out, *kinds;
	bool help;
};

static const struct option_def plot_options[] = {
	{ "out", 'o', OPTION_FIELD(text, struct plot_settings, out), .placeholder = "FOLDER",
	  .help = "where to draw (plots/NAME, with the name of the run)" },
	{ "kinds", 'k', OPTION_FIELD(text, struct plot_settings, kinds), .placeholder = "LIST",
	  .help = "which pictures: of hero, panels, shape, percentiles, cost, errors, latency, sequential, preview (all)" },
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

static int plot_run(int argc, char **argv)
{
	struct plot_settings settings = { 0 };
	struct document document = { 0 };
	struct err err;
	unsigned kinds = 0;
	int code;

	if (command_parse(&command_plot, &settings, argc, argv, 1, 1, &code) < 0)
		goto out;
	if (settings.kinds && plot_kinds_parse(&kinds, settings.kinds, &err)) {
		code = complain(&command_plot, EXIT_USAGE, "--kinds: %s", err.text);
		goto out;
	}
	if (result_read(&document, argv[0], &err)) {
		code = complain(&command_plot, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	if (!settings.out)
		settings.out = common_plots_folder(argv[0]);
	char room[DATA_PATH];
	const char *templates = data_find(room, "templates", &err);
	common_catch_signals();
	if (!templates || !settings.out ||
	    pictures_replace(&document, kinds ? kinds : PLOT_ALL, templates, settings.out, &err))
		code = complain(&command_plot, common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN, "%s",
				settings.out ? err.text : "out of memory");
	else
		printf("%s\n", settings.out);
out:
	document_release(&document);
	options_release(plot_options, &settings);
	return code;
}

const struct command command_plot = {
	.name = "plot",
	.operands = "RUN.json",
	.summary = "draw the graphs of a run, as SVG and PNG",
	.options = plot_options,
	.run = plot_run,
};
