#include <stdlib.h>
#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/runs.h"
#include "harness/record/result.h"
#include "harness/report/explain.h"

struct explain_settings {
	char *mode, *results;
	uint64_t launch;
	bool help;
};

#define SETTINGS_FIELD(kind, name) OPTION_FIELD(kind, struct explain_settings, name)

static const struct option_def explain_options[] = {
	{ "mode", 'm', OPTION_FIELD(text, struct explain_settings, mode),
	  .help = "the mode of the cell (the first that the run has)" },
	{ "launch", 'l', OPTION_FIELD(count, struct explain_settings, launch), .fallback = "1", .min = 1,
	  .max = 1000000, .help = "the launch of the server that the cell is from" },
	{ "block", 'b', OPTION_FIELD(count, struct explain_settings, launch), .min = 1, .max = 1000000,
	  .help = "the same as --launch, as it was called before" },
#include "harness/config/settings_results.def"
	{ "help", 'h', OPTION_FIELD(flag, struct explain_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* The cell to explain. */
struct wanted {
	char server[256];
	bool sequential;
	uint64_t number;  /* the level; for an open loop the rate, or the share of the maximum rate in percent */
	char unit;        /* 0: a level, '/': a rate, '%': a share */
	const char *mode; /* or NULL */
	uint64_t block;
};

/*
 * "SERVER@LEVEL", "SERVER@seq" for the sequential cell, "SERVER@RATE/s" and "SERVER@SHARE%" for those of an open loop.
 */
static int wanted_read(struct wanted *wanted, const char *text, struct err *err)
{
	const char *at = strrchr(text, '@');
	char *end;

	if (!at || at == text || (size_t)(at - text) >= sizeof wanted->server)
		return err_set(err,
			       "'%.100s' names no cell: SERVER@LEVEL, as eventlet@1024, SERVER@5000/s, SERVER@90%% or "
			       "SERVER@seq",
			       text);
	snprintf(wanted->server, sizeof wanted->server, "%.*s", (int)(at - text), text);
	wanted->sequential = strcmp(at + 1, "seq") == 0;
	wanted->number = strtoull(at + 1, &end, 10);
	bool open_loop = strcmp(end, "/s") == 0 || strcmp(end, "%") == 0;
	wanted->unit = open_loop ? *end : 0;
	if (!wanted->sequential && ((*end && !open_loop) || !wanted->number || at[1] == '-' || at[1] == '+'))
		return err_set(
			err,
			"'%.100s' is no level: a number of connections, a rate as 5000/s, a share of the maximum rate "
			"as 90%%, or seq",
			at + 1);
	return 0;
}

static bool is_at(const struct cell *cell, const struct wanted *wanted)
{
	switch (wanted->unit) {
	case '/': return cell->open_loop.offered_rps == (double)wanted->number;
	case '%':
		return !isnan(cell->open_loop.share) &&
		       llround(100 * cell->open_loop.share) == (long long)wanted->number;
	default: return !cell_is_open_loop(cell) && cell->level == wanted->number;
	}
}

static const struct cell *cell_find(const struct document *document, const struct wanted *wanted)
{
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		bool sequential = strcmp(cell->client, "seq") == 0;
		if (strcmp(cell->server, wanted->server) == 0 && cell->block == wanted->block &&
		    sequential == wanted->sequential && (sequential || is_at(cell, wanted)) &&
		    (!wanted->mode || strcmp(cell->mode, wanted->mode) == 0))
			return cell;
	}
	return NULL;
}

/* Lists what the run has of the server, so that a wrong name or level can be corrected. */
static int nothing_found(const struct document *document, const struct wanted *wanted, struct err *err)
{
	char levels[600] = "", at[CELL_AT];
	size_t used = 0;

	for (size_t i = 0; i < document->cells_count && used < sizeof levels - 40; i++) {
		const struct cell *cell = &document->cells[i];
		if (strcmp(cell->server, wanted->server) == 0 && cell->block == 1 && strcmp(cell->client, "seq") != 0)
			used += (size_t)snprintf(levels + used, sizeof levels - used, " %.12s@%s", cell->mode,
						 cell_show_at(at, cell));
	}
	if (!used)
		return err_set(err, "the run has no cells of a server '%s'", wanted->server);
	return err_set(err, "the run has no such cell of %s in launch %llu; it has, of launch 1:%s", wanted->server,
		       (unsigned long long)wanted->block, levels);
}

/* Explains one cell of the run at path. Returns the exit code. */
static int cell_explain(const struct document *document, const char *path, const char *name,
			const struct explain_settings *settings)
{
	struct wanted wanted = { 0 };
	struct err err;

	if (wanted_read(&wanted, name, &err))
		return complain(&command_explain, EXIT_USAGE, "%s", err.text);
	wanted.mode = settings->mode;
	wanted.block = settings->launch;
	const struct cell *cell = cell_find(document, &wanted);
	if (!cell) {
		nothing_found(document, &wanted, &err);
		return complain(&command_explain, EXIT_USAGE, "%s: %.900s", path, err.text);
	}
	explain_print(cell, document_network(document, cell->server), stdout);
	return EXIT_OK;
}

static int explain_run(int argc, char **argv)
{
	struct explain_settings settings = { 0 };
	struct document document = { 0 };
	char path[RUNS_PATH];
	struct err err;
	int code, operands = command_parse(&command_explain, &settings, argc, argv, 2, argc, &code);

	if (operands >= 0 && runs_read(&document, path, settings.results, argv[0], &err))
		code = complain(&command_explain, EXIT_USAGE, "%s", err.text);
	for (int i = 1; i < operands && !code; i++) {
		if (i > 1)
			putchar('\n');
		code = cell_explain(&document, path, argv[i], &settings);
	}
	document_release(&document);
	options_release(explain_options, &settings);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.operands = "RUN SERVER@LEVEL..",
	.summary = "show all evidence of one cell; SERVER@seq is the sequential one, SERVER@5000/s one of an open loop",
	.options = explain_options,
	.run = explain_run,
};
