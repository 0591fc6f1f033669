#include "harness/config/settings.h"

#include <string.h>

#define FIELD(name) OPTION_FIELD(struct settings, name)

static const char *const ceiling_names[] = { "yes", "no", NULL }; /* enum settings_ceiling */

const struct option_def settings_options[] = {
	{ "concurrency", 'c', &option_levels, FIELD(concurrency), .fallback = "1..65536",
	  .help = "levels: A..B doubles, A..B:+S steps, commas join" },
	{ "rate", 0, &option_rates, FIELD(rate),
	  .help = "open loop: requests a second, whatever the server does, instead of levels" },
	{ "after-sweep", 0, &option_shares, FIELD(after_sweep),
	  .help = "open loop after the levels, at shares of each server's own best rate" },
	SETTINGS_OPEN_LOOP(struct settings),
	{ "servers", 's', &option_text, FIELD(servers), .placeholder = "A,B",
	  .help = "servers to measure (all that can run here)" },
	{ "ceiling", 0, &option_choice, FIELD(ceiling), .fallback = "yes", .choices = ceiling_names,
	  .help = "measure the control server too where --servers does not name it" },
	SETTINGS_LOAD(struct settings, ),
	{ "requests", 'n', &option_count, FIELD(requests), .fallback = "0",
	  .help = "requests of a cell, instead of a time" },
	{ "sequential", 0, &option_count, FIELD(sequential), .fallback = "0",
	  .help = "requests of the sequential cell, instead of a time" },
	{ "repeat", 'r', &option_count, FIELD(repeat), .fallback = "1", .least = 1, .most = 1000,
	  .help = "blocks: each launches every server afresh" },
	{ "seed", 0, &option_count, FIELD(seed), .fallback = "0",
	  .help = "of the order of servers in a block, and of random arrivals (0: from the clock)" },
	SETTINGS_PLACE(struct settings, ),
	{ "out", 'o', &option_text, FIELD(out), .placeholder = "NAME", .here_only = true,
	  .help = "name of the run: results/NAME (the date and time)" },
	{ "resume", 0, &option_text, FIELD(resume), .placeholder = "NAME", .here_only = true,
	  .help = "go on with a run that was cut short, with its options" },
	{ "preset", 0, &option_text, FIELD(preset), .placeholder = "2010", .here_only = true,
	  .help = "2010: 100 connections, 100000 requests, 10000 links, backlog 128" },
	{ "conf", 0, &option_texts, FIELD(conf), .placeholder = "FILE", .here_only = true,
	  .help = "configuration (bench.conf); given again, it adds to the first" },
	{ "help", 'h', &option_flag, FIELD(help), .here_only = true, .help = "this text" },
	{ .name = NULL }
};

int settings_preset(struct settings *settings, const char *name, struct err *err)
{
	static const struct {
		const char *preset, *key, *value;
	} presets[] = {
		{ "2010", "concurrency", "100" }, { "2010", "requests", "100000" }, { "2010", "sequential", "10000" },
		{ "2010", "mode", "close" },      { "2010", "backlog", "128" },
	};
	bool found = false;

	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
		if (strcmp(presets[i].preset, name) != 0)
			continue;
		found = true;
		if (options_set(settings_options, settings, presets[i].key, presets[i].value, err))
			return -1;
	}
	return found ? 0 : err_set(err, "unknown preset '%s': the one there is is 2010", name);
}

uint64_t settings_connections(const struct settings *settings)
{
	uint64_t most = settings->rate.count || settings->after_sweep.count ? settings->open_loop.max_connections : 1;

	for (size_t i = 0; i < settings->concurrency.count && !settings->rate.count; i++)
		if (settings->concurrency.level[i] > most)
			most = settings->concurrency.level[i];
	return most;
}
