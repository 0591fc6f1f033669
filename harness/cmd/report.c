#include "harness/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/cmd/runs.h"
#include "harness/lib/folder.h"
#include "harness/plot/plot.h"
#include "harness/record/result.h"

struct report_settings {
	char *out, *url, *format, *results;
	bool help;
};

#define SETTINGS_FIELD(kind, name) OPTION_FIELD(kind, struct report_settings, name)

static const struct option_def report_options[] = {
	{ "out", 'o', OPTION_FIELD(text, struct report_settings, out), .placeholder = "FOLDER",
	  .help = "where to write (plots/NAME, with the name of the run)" },
	{ "url", 0, OPTION_FIELD(text, struct report_settings, url), .placeholder = "URL",
	  .help = "where the folder will be found: for the picture in previews of links" },
	{ "format", 0, OPTION_FIELD(text, struct report_settings, format), .placeholder = "LIST",
	  .help = "of the pictures beside the page: svg, and png or pdf (svg,png)" },
#include "harness/config/settings_results.def"
	{ "help", 'h', OPTION_FIELD(flag, struct report_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* The page takes the place of one that is there, all at once. Returns 0, or -1 with err set. */
static int page_replace(const struct document *document, struct report_request *request, const char *to,
			struct err *err)
{
	struct folder_replacement folder;

	if (folder_replace(&folder, to, err))
		return -1;
	request->folder = folder.staged;
	return folder_replaced(&folder, REPORT_PAGE, report_write(document, request, err), err);
}

/* Makes the page of a run. Returns the exit code. */
static int run_report(const struct report_settings *settings, unsigned formats, const char *word)
{
	struct document document;
	char path[RUNS_PATH], room[DATA_PATH], *folder = NULL;
	struct err err;
	int code = EXIT_OK;

	if (runs_read(&document, path, settings->results, word, &err)) {
		code = complain(&command_report, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	folder = settings->out ? strdup(settings->out) : runs_plots(path, settings->results);
	const char *templates = data_find(room, "templates", &err);
	common_catch_signals();
	struct report_request request = {
		.templates = templates, .run = path, .url = settings->url, .formats = formats, .stop = &common_stop
	};
	if (!templates || !folder || page_replace(&document, &request, folder, &err))
		code = complain(&command_report, common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN, "%s",
				folder ? err.text : "out of memory");
	else
		printf("%s/%s\n", folder, REPORT_PAGE);
out:
	free(folder);
	document_release(&document);
	return code;
}

static int report_run(int argc, char **argv)
{
	struct report_settings settings = { 0 };
	struct plot_look look = { 0 };
	struct err err;
	int code, operands = command_parse(&command_report, &settings, argc, argv, 1, argc > 1 ? argc : 1, &code);

	if (operands > 1 && settings.out) {
		code = complain(&command_report, EXIT_USAGE, "--out is for one run");
		operands = 0;
	}
	if (operands > 0 && settings.format && plot_formats_parse(&look, settings.format, &err)) {
		code = complain(&command_report, EXIT_USAGE, "--format: %s", err.text);
		operands = 0;
	}
	for (int i = 0; i < operands && !common_stop; i++) {
		int failed = run_report(&settings, look.formats, argv[i]);
		code = code ? code : failed;
	}
	options_release(report_options, &settings);
	return code;
}

const struct command command_report = {
	.name = "report",
	.operands = "RUN..",
	.summary = "make a page of a run: the finding, the table, the graphs",
	.options = report_options,
	.run = report_run,
};
