#include "harness/settings.h"

#include <string.h>

#include "harness/lib/clock.h"

#define FIELD(name) OPTION_FIELD(struct settings, name)
#define HOUR (3600 * CLOCK_S)

static const char *const ceiling_names[] = { "yes", "no", NULL };	/* enum settings_ceiling */

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
	{ "mode", 'm', &option_text, FIELD(mode), .fallback = "close", .placeholder = "MODE,..",
	  .help = "close: a connection a request; keepalive; crowd: few of many are active" },
	{ "active", 0, &option_count, FIELD(active), .fallback = "100", .least = 1, .most = LEVELS_HIGHEST,
	  .help = "crowd: connections that carry requests, the others are silent" },
	{ "client", 0, &option_text, FIELD(client), .fallback = "epoll", .placeholder = "NAME",
	  .help = "client that offers the load: epoll, uring or auto (uring where it can run)" },
	{ "duration", 'd', &option_duration, FIELD(duration_ns), .fallback = "1s", .least = CLOCK_MS, .most = HOUR,
	  .help = "window of a cell, at least" },
	{ "warmup", 0, &option_duration, FIELD(warmup_ns), .fallback = "200ms", .most = HOUR,
	  .help = "load before the window" },
	{ "max-window", 0, &option_duration, FIELD(max_window_ns), .fallback = "10s", .least = CLOCK_MS, .most = HOUR,
	  .help = "window, at most: it grows to two rounds of all connections" },
	{ "max-ramp", 0, &option_duration, FIELD(max_ramp_ns), .fallback = "30s", .least = CLOCK_MS, .most = HOUR,
	  .help = "time to open the connections, at most" },
	{ "timeout", 0, &option_duration, FIELD(timeout_ns), .fallback = "30s", .least = CLOCK_MS, .most = HOUR,
	  .help = "of one request" },
	{ "ready", 0, &option_duration, FIELD(ready_ns), .fallback = "10s", .least = CLOCK_MS, .most = HOUR,
	  .help = "time for a server to answer after its start or after a cell" },
	{ "requests", 'n', &option_count, FIELD(requests), .fallback = "0",
	  .help = "requests of a cell, instead of a time" },
	{ "sequential", 0, &option_count, FIELD(sequential), .fallback = "0",
	  .help = "requests of the sequential cell, instead of a time" },
	{ "repeat", 'r', &option_count, FIELD(repeat), .fallback = "1", .least = 1, .most = 1000,
	  .help = "blocks: each launches every server afresh" },
	{ "seed", 0, &option_count, FIELD(seed), .fallback = "0",
	  .help = "of the order of servers in a block, and of random arrivals (0: from the clock)" },
	{ "port", 'p', &option_count, FIELD(port), .fallback = "8080", .most = 65535,
	  .help = "port of the servers (0: a free one)" },
	{ "backlog", 0, &option_count, FIELD(backlog), .fallback = "0", .most = 1 << 30,
	  .help = "listen backlog (0: somaxconn)" },
	{ "client-cpus", 0, &option_text, FIELD(client_cpus), .placeholder = "LIST",
	  .help = "CPUs of the client, as 0-1,3 (automatic)" },
	{ "server-cpus", 0, &option_text, FIELD(server_cpus), .placeholder = "LIST",
	  .help = "CPUs of the servers (automatic)" },
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
		{ "2010", "concurrency", "100" },
		{ "2010", "requests", "100000" },
		{ "2010", "sequential", "10000" },
		{ "2010", "mode", "close" },
		{ "2010", "backlog", "128" },
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
