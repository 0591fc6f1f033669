#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/gate.h"
#include "harness/cmd/session.h"
#include "harness/lib/text.h"
#include "harness/record/result.h"
#include "harness/text/text_table.h"

/* So that the same launches give the same noise. */
#define SEED 1

struct calibrate {
	struct settings settings;
	uint64_t launches; /* of a side */
	char *noise;
	bool help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct calibrate, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, settings.name)

static const struct option_def calibrate_options[] = {
	{ "servers", 's', FIELD(text, settings.servers), .placeholder = "A,B",
	  .help = "servers to launch (all that can run here)" },
	{ "levels", 'l', FIELD(levels, settings.concurrency), .fallback = "1,16,256",
	  .help = "connections: A..B doubles, A..B:+S steps, commas join" },
	{ "launches", 'r', FIELD(count, launches), .fallback = "8", .min = 2, .max = 500,
	  .help = "of each side: as many as a comparison is to have; each server is launched twice as often" },
#include "harness/config/settings_load.def"
#include "harness/config/settings_place.def"
	{ "conf", 0, FIELD(texts, settings.conf), .placeholder = "FILE",
	  .help = "configuration (bench.conf); given again, it adds to the first" },
	{ "noise", 0, FIELD(text, noise), .placeholder = "FILE",
	  .help = "where the noise goes; what it has of other servers stays (results/" GATE_NOISE ")" },
	{ "out", 'o', FIELD(text, settings.out), .placeholder = "NAME",
	  .help = "name of the session, or the path of its folder (results/ and the date and time)" },
#include "harness/config/settings_results.def"
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

static int noise_print(const struct noise *noise, struct err *err)
{
	static const char *const headings[] = { "server", "client", "mode", "level", "rate", "cpu", "p99", "rss" };
	static const enum compare_measure measures[] = { COMPARE_RATE, COMPARE_CPU, COMPARE_P99, COMPARE_RSS };
	enum { COLUMNS = sizeof headings / sizeof *headings, FIRST = 4 };
	char at[COMPARE_AT];
	struct text_table table;

	if (text_table_init(&table, noise->count + 1, COLUMNS, err)) {
		text_table_release(&table);
		return -1;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		strcpy(text_table_item(&table, 0, i)->text, headings[i]);
		table.left[i] = i < 3;
	}
	for (size_t i = 0; i < noise->count; i++) {
		const struct noise_figure *figure = &noise->figures[i];
		const char *const texts[] = { figure->server, figure->client, figure->mode };
		for (size_t j = 0; j < 3; j++)
			text_plain(text_table_item(&table, i + 1, j)->text, 100, texts[j]);
		strcpy(text_table_item(&table, i + 1, 3)->text,
		       compare_show_at(at, figure->min_level, figure->max_level));
		for (size_t j = FIRST; j < COLUMNS; j++) {
			double share = figure->share[measures[j - FIRST]];
			snprintf(text_table_item(&table, i + 1, j)->text, TEXT_TABLE_TEXT,
				 isnan(share) ? "-" : "%.1f %%", 100 * share);
		}
	}
	text_table_write(&table, TABLE_TEXT, stdout);
	text_table_release(&table);
	return 0;
}

/*
 * Keeps what is known already for the same host, options and number of launches; else the file begins anew. Returns 0,
 * or -1 with err set.
 */
static int noise_keep(struct noise *noise, const char *path, struct err *err)
{
	struct noise before = { 0 };
	struct err why;
	int result = 0;

	if (!access(path, F_OK)) {
		if (result_read_noise(&before, path, err)) {
			noise_release(&before);
			return -1;
		}
		int fits = noise_fits(&before, &noise->document, &why);
		if (fits > 0 && before.launches != noise->launches) {
			err_set(&why, "%llu launches of a side", (unsigned long long)before.launches);
			fits = 0;
		}
		if (fits > 0)
			result = noise_merge(&before, noise);
		else
			say("%s: begun anew, what it had was measured otherwise: %s", path, why.text);
		if (fits > 0 && !result) {
			noise->figures = before.figures;
			noise->count = before.count;
			before.figures = NULL;
			before.count = 0;
		}
		noise_release(&before);
	}
	if (result)
		return err_set(err, "out of memory");
	return result_write_noise(noise, path, err);
}

/* From the launches to the file. Returns an exit code. */
static int noise_finish(struct session *session, const struct calibrate *calibrate)
{
	struct noise noise = { 0 };
	struct err err;
	char path[RUNS_PATH], kept[GATE_NOISE_PATH];

	gate_noise_path(kept, calibrate->noise, calibrate->settings.results);
	snprintf(path, sizeof path, "%s/run.json", session->folder);
	int bad = result_write(&session->document, path, &err) ||
		  noise_find(&noise, &session->document, NOISE_DEALS, SEED, &err);
	if (!bad) {
		/* Without its cells, which are in run.json. */
		for (size_t i = 0; i < session->document.cells_count; i++)
			cell_release(&session->document.cells[i]);
		session->document.cells_count = 0;
		noise.document = session->document;
		session->document = (struct document){ 0 };
		bad = noise_print(&noise, &err) || noise_keep(&noise, kept, &err);
	}
	noise_release(&noise);
	if (bad)
		return complain(&command_calibrate, EXIT_NO_RUN, "%s", err.text);
	printf("\nThe noise of two sides of %llu launches each: twice as much is the floor of a comparison of as many here.\n%s\n",
	       (unsigned long long)calibrate->launches, kept);
	return EXIT_OK;
}

static int calibrate_measure(struct calibrate *calibrate)
{
	struct conf conf = { 0 };
	struct session session = {
		.command = &command_calibrate,
		.settings = &calibrate->settings,
		.kind = SESSION_LAUNCHES,
	};
	struct err err;
	int code;

	if (common_read_conf(&conf, NULL, calibrate->settings.conf, &err)) {
		code = complain(&command_calibrate, EXIT_USAGE, "%s", err.text);
	} else {
		common_catch_signals();
		code = session_choose(&session, &conf);
		code = code ? code : session_prepare(&session);
		code = code ? code : session_keep(&session);
		code = code ? code : session_run(&session);
		code = code ? code : noise_finish(&session, calibrate);
	}
	session_release(&session);
	conf_release(&conf);
	return code;
}

static int calibrate_run(int argc, char **argv)
{
	struct calibrate calibrate = { 0 };
	struct err err;
	int code;

	if (session_default(&calibrate.settings, &err)) {
		code = complain(&command_calibrate, EXIT_NO_RUN, "%s", err.text);
	} else if (command_parse(&command_calibrate, &calibrate, argc, argv, 0, 0, &code) >= 0) {
		calibrate.settings.repeat = 2 * calibrate.launches;
		code = calibrate_measure(&calibrate);
	}
	options_release(calibrate_options, &calibrate);
	options_release(settings_options, &calibrate.settings);
	return code;
}

const struct command command_calibrate = {
	.name = "calibrate",
	.operands = "",
	.summary = "find this host's own noise, which compare and ab then take for their floor",
	.options = calibrate_options,
	.run = calibrate_run,
};
