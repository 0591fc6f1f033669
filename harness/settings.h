/*
 * settings: what one run is asked to do. The options of `benchctl run`, and the [run] section of bench.conf.
 */
#ifndef HARNESS_SETTINGS_H
#define HARNESS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "clients/arrivals.h"
#include "harness/levels.h"
#include "harness/lib/options.h"

/* What `run` and `load` both ask of an open loop: a struct of settings has it as `open_loop`. */
struct settings_open_loop {
	int arrivals;			/* enum arrivals_kind */
	uint64_t max_connections;
};

/* The rows of its option table for that; `type` is the struct. */
#define SETTINGS_OPEN_LOOP(type) \
	{ "arrivals", 0, &option_choice, OPTION_FIELD(type, open_loop.arrivals), .fallback = "uniform", \
	  .choices = arrivals_names, .help = "open loop: how the requests are spread over time" }, \
	{ "max-connections", 0, &option_count, OPTION_FIELD(type, open_loop.max_connections), .fallback = "1024", \
	  .least = 1, .most = LEVELS_HIGHEST, .help = "open loop: connections at a time, at most" }

struct settings {
	struct levels concurrency;
	struct levels rate;		/* open loop: these rates instead of the levels; count 0: none */
	struct levels after_sweep;	/* open loop: behind the levels, these percentages of what was reached; or none */
	struct settings_open_loop open_loop;
	char *servers;			/* a list of names; NULL: all that can run here */
	int ceiling;			/* enum settings_ceiling: the control server joins those that are named */
	char *mode;			/* a list of load modes */
	uint64_t active;		/* connections of a crowd that carry requests */
	char *client;			/* the client of the sweep */
	uint64_t duration_ns, warmup_ns, max_window_ns, max_ramp_ns, timeout_ns, ready_ns;
	uint64_t requests;		/* of a cell; 0: measure for a time */
	uint64_t sequential;		/* requests of the sequential cell; 0: measure for a time */
	uint64_t repeat;		/* blocks */
	uint64_t seed;			/* of the order of servers in each block; 0: from the clock */
	uint64_t port;			/* 0: a free one */
	uint64_t backlog;		/* 0: as large as the host allows */
	char *client_cpus, *server_cpus;	/* lists of CPUs; NULL: automatic */
	char *out;			/* name of the run; NULL: from the date */
	char *resume;			/* name of a run to go on with; or NULL */
	char *preset;
	char **conf;			/* files of the configuration; NULL: the usual one */
	bool help;
};

enum settings_ceiling { CEILING_YES, CEILING_NO };

/* The options of `run`; those that are not here_only are the keys of [run] too. */
extern const struct option_def settings_options[];

/*
 * Sets what a preset stands for. Options that were given before are overwritten, so call it first.
 * Returns 0, or -1 with err set: there is no such preset.
 */
int settings_preset(struct settings *settings, const char *name, struct err *err);

#endif
