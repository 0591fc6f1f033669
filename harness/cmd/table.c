#include "harness/report/table.h"

#include "harness/cmd/common.h"
#include "harness/cmd/runs.h"
#include "harness/record/result.h"
#include "harness/report/rates_table.h"

struct table_settings {
	bool markdown, csv, open_loop, help;
	uint64_t at;
	char *results;
};

#define SETTINGS_FIELD(kind, name) OPTION_FIELD(kind, struct table_settings, name)

static const struct option_def table_options[] = {
	{ "markdown", 0, OPTION_FIELD(flag, struct table_settings, markdown), .help = "print Markdown" },
	{ "csv", 0, OPTION_FIELD(flag, struct table_settings, csv), .help = "print CSV" },
	{ "open-loop", 0, OPTION_FIELD(flag, struct table_settings, open_loop),
	  .help = "only the table of the open loops, which CSV has no other way" },
	{ "at", 0, OPTION_FIELD(count, struct table_settings, at), .fallback = "0",
	  .help = "the level shown (0: the one nearest 100)" },
#include "harness/config/settings_results.def"
	{ "help", 'h', OPTION_FIELD(flag, struct table_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* Prints the tables of a run. Returns the exit code. */
static int run_table(const struct table_settings *settings, const char *word)
{
	struct document document;
	char path[RUNS_PATH];
	struct err err;
	enum table_format format = settings->markdown ? TABLE_MARKDOWN : settings->csv ? TABLE_CSV : TABLE_TEXT;
	bool both = !settings->open_loop && format != TABLE_CSV;
	int code = EXIT_OK;

	if (runs_read(&document, path, settings->results, word, &err) ||
	    (!settings->open_loop && table_print(&document, settings->at, format, stdout, &err)) ||
	    ((both || settings->open_loop) && rates_table_print(&document, both, format, stdout, &err)))
		code = complain(&command_table, EXIT_USAGE, "%s", err.text);
	document_release(&document);
	return code;
}

static int table_run(int argc, char **argv)
{
	struct table_settings settings = { 0 };
	int code, operands = command_parse(&command_table, &settings, argc, argv, 1, argc > 1 ? argc : 1, &code);

	for (int i = 0; i < operands; i++) {
		if (i)
			putchar('\n');
		int failed = run_table(&settings, argv[i]);
		code = code ? code : failed;
	}
	options_release(table_options, &settings);
	return code;
}

const struct command command_table = {
	.name = "table",
	.operands = "RUN..",
	.summary = "print the table of a run: requests per second and CPU",
	.options = table_options,
	.run = table_run,
};
