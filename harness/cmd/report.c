#include "harness/report/report.h"

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/lib/folder.h"
#include "harness/record/result.h"

struct report_settings {
	char *out, *url;
	bool help;
};

static const struct option_def report_options[] = {
	{ "out", 'o', OPTION_FIELD(text, struct report_settings, out), .placeholder = "FOLDER",
	  .help = "where to write (plots/NAME, with the name of the run)" },
	{ "url", 0, OPTION_FIELD(text, struct report_settings, url), .placeholder = "URL",
	  .help = "where the folder will be found: for the picture in previews of links" },
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

static int report_run(int argc, char **argv)
{
	struct report_settings settings = { 0 };
	struct document document = { 0 };
	struct err err;
	int code;

	if (command_parse(&command_report, &settings, argc, argv, 1, 1, &code) < 0)
		goto out;
	if (result_read(&document, argv[0], &err)) {
		code = complain(&command_report, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	if (!settings.out)
		settings.out = common_plots_folder(argv[0]);
	char room[DATA_PATH];
	const char *templates = data_find(room, "templates", &err);
	common_catch_signals();
	struct report_request request = {
		.templates = templates, .run = argv[0], .url = settings.url, .stop = &common_stop
	};
	if (!templates || !settings.out || page_replace(&document, &request, settings.out, &err))
		code = complain(&command_report, common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN, "%s",
				settings.out ? err.text : "out of memory");
	else
		printf("%s/%s\n", settings.out, REPORT_PAGE);
out:
	document_release(&document);
	options_release(report_options, &settings);
	return code;
}

const struct command command_report = {
	.name = "report",
	.operands = "RUN.json",
	.summary = "make a page of a run: the finding, the table, the graphs",
	.options = report_options,
	.run = report_run,
};
