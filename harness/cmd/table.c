#include "harness/report/table.h"

#include "harness/cmd/common.h"
#include "harness/record/result.h"
#include "harness/report/rates_table.h"

struct table_settings {
	bool markdown, csv, open_loop, help;
	uint64_t at;
};

static const struct option_def table_options[] = {
	{ "markdown", 0, OPTION_FIELD(flag, struct table_settings, markdown), .help = "print Markdown" },
	{ "csv", 0, OPTION_FIELD(flag, struct table_settings, csv), .help = "print CSV" },
	{ "open-loop", 0, OPTION_FIELD(flag, struct table_settings, open_loop),
	  .help = "only the table of the open loops, which CSV has no other way" },
	{ "at", 0, OPTION_FIELD(count, struct table_settings, at), .fallback = "0",
	  .help = "the level shown (0: the one nearest 100)" },
	{ "help", 'h', OPTION_FIELD(flag, struct table_settings, help), .help = "this text" },
	{ .name = NULL }
};

static int table_run(int argc, char **argv)
{
	struct table_settings settings = { 0 };
	struct document document = { 0 };
	struct err err;
	int code;

	if (command_parse(&command_table, &settings, argc, argv, 1, 1, &code) < 0)
		return code;
	enum table_format format = settings.markdown ? TABLE_MARKDOWN : settings.csv ? TABLE_CSV : TABLE_TEXT;
	bool both = !settings.open_loop && format != TABLE_CSV;
	if (result_read(&document, argv[0], &err) ||
	    (!settings.open_loop && table_print(&document, settings.at, format, stdout, &err)) ||
	    ((both || settings.open_loop) && rates_table_print(&document, both, format, stdout, &err)))
		code = complain(&command_table, EXIT_USAGE, "%s", err.text);
	document_release(&document);
	return code;
}

const struct command command_table = {
	.name = "table",
	.operands = "RUN.json",
	.summary = "print the table of a run: requests per second and CPU",
	.options = table_options,
	.run = table_run,
};
