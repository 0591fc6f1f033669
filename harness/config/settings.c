#include "harness/config/settings.h"

#include <math.h>
#include <string.h>

#define FIELD(kind, name)          OPTION_FIELD(kind, struct settings, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, name)

const double settings_shares[SHARES] = { NAN, 1, 0.5, 0.25 };
const char *const settings_share_names[] = { "auto", "1", "1/2", "1/4", NULL };

const char *const settings_no_yes[] = { "no", "yes", NULL };

static const char *const ceiling_names[] = { "yes", "no", NULL }; /* enum settings_ceiling */

const struct option_def settings_options[] = {
	{ "concurrency", 'c', FIELD(levels, concurrency), .fallback = "1..65536", .flags = OPTION_RESUME,
	  .help = "levels: A..B doubles, A..B:+S steps, commas join" },
	{ "rate", 0, FIELD(rates, rate), .flags = OPTION_RESUME,
	  .help = "open loop: requests a second on a schedule, instead of levels" },
	{ "after-sweep", 0, FIELD(shares, after_sweep), .flags = OPTION_RESUME,
	  .help = "open loop after the levels, at shares of each server's own maximum rate" },
#include "harness/config/settings_open_loop.def"
	{ "servers", 's', FIELD(text, servers), .placeholder = "A,B", .flags = OPTION_RESUME,
	  .help = "servers to measure (all that can run here)" },
	{ "url", 'u', FIELD(text, url), .placeholder = "URL", .flags = OPTION_CALL | OPTION_RESUME,
	  .help = "measure this service, which runs already, and no other: no bench.conf is read" },
	{ "ceiling", 0, FIELD(choice, ceiling), .fallback = "yes", .choices = ceiling_names, .flags = OPTION_RESUME,
	  .help = "measure the control server too where it is not named" },
#include "harness/config/settings_load.def"
#include "harness/config/settings_request.def"
	{ "requests", 'n', FIELD(count, requests), .fallback = "0", .flags = SETTINGS_ALIKE,
	  .help = "requests of a cell, instead of a time" },
	{ "sequential", 0, FIELD(count, sequential), .fallback = "0", .flags = SETTINGS_ALIKE,
	  .help = "requests of the sequential cell, instead of a time" },
	{ "repeat", 'r', FIELD(count, repeat), .fallback = "1", .min = 1, .max = 1000, .flags = OPTION_RESUME,
	  .help = "launches of each server" },
	{ "until-known", 0, FIELD(flag, until_known), .flags = OPTION_RESUME,
	  .help = "then launch servers whose verdict is not settled again, at the levels that decide" },
	{ "budget", 0, FIELD(duration, budget_ns), .fallback = "1800s", .min = CLOCK_S, .max = 100 * SETTINGS_LONGEST,
	  .flags = OPTION_RESUME,
	  .help = "of --until-known: time of the run in all, from its start or its resumption" },
	{ "seed", 0, FIELD(count, seed), .fallback = "0", .flags = OPTION_RESUME,
	  .help = "seed of the launch order and of random arrivals (0: from the clock)" },
#include "harness/config/settings_place.def"
#include "harness/config/settings_results.def"
	{ "out", 'o', FIELD(text, out), .placeholder = "NAME", .flags = OPTION_CALL,
	  .help = "name of the run, or the path of its folder (results/ and the date and time)" },
	{ "title", 0, FIELD(text, title), .placeholder = "WORDS", .flags = OPTION_CALL | OPTION_RESUME,
	  .help = "what the run is called on its page, in pictures, and on a site" },
	{ "note", 0, FIELD(text, note), .placeholder = "WORDS", .flags = OPTION_CALL | OPTION_RESUME,
	  .help = "a sentence about the run, for its page and for a site" },
	{ "resume", 0, FIELD(text, resume), .placeholder = "NAME", .flags = OPTION_CALL,
	  .help = "resume a run that was interrupted, with its options (latest: the newest)" },
	{ "subject", 0, FIELD(text, subject), .placeholder = "BRANCH@COMMIT", .flags = OPTION_CALL,
	  .help = "version of what is measured, for histories; or none (that of the CI job, or of git here)" },
	{ "preset", 0, FIELD(text, preset), .placeholder = "2010", .flags = OPTION_CALL | OPTION_RESUME,
	  .help = "2010: 100 connections, 100000 requests, 10000 links, backlog 128" },
	{ "conf", 0, FIELD(texts, conf), .placeholder = "FILE", .flags = OPTION_CALL,
	  .help = "configuration (bench.conf), instead of the installed one, whose servers can be named still; given again, it adds to the first" },
	{ "dry-run", 0, FIELD(flag, dry_run), .flags = OPTION_CALL,
	  .help = "print what would be measured, and how long it would take, and launch nothing" },
	{ "no-live", 0, FIELD(flag, verbosity.no_live), .flags = OPTION_CALL,
	  .help = "on a terminal: no curve so far beside the progress" },
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .flags = OPTION_CALL, .help = "this text" },
	{ .name = NULL }
};

int settings_preset(struct settings *settings, const char *name, struct err *err)
{
	static const struct {
		const char *preset, *key, *value;
	} presets[] = {
		{ "2010", "concurrency", "100" }, { "2010", "requests", "100000" }, { "2010", "sequential", "10000" },
		{ "2010", "mode", "close" },      { "2010", "backlog", "128" },     { "2010", "http", "1.0" },
	};
	bool found = false;

	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
		if (strcmp(presets[i].preset, name) != 0)
			continue;
		found = true;
		if (options_set(settings_options, settings, presets[i].key, presets[i].value, err))
			return -1;
	}
	return found ? 0 : err_set(err, "unknown preset '%s': the only one is 2010", name);
}

uint64_t settings_connections(const struct settings *settings)
{
	uint64_t max = settings->rate.count || settings->after_sweep.count ? settings->open_loop.max_connections : 1;

	for (size_t i = 0; i < settings->concurrency.count && !settings->rate.count; i++)
		if (settings->concurrency.level[i] > max)
			max = settings->concurrency.level[i];
	return max;
}
