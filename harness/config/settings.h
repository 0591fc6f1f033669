/*
 * settings: what one run is asked to do. The options of `benchctl run`, and the [run] section of bench.conf.
 */
#ifndef HARNESS_CONFIG_SETTINGS_H
#define HARNESS_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "clients/arrivals.h"
#include "clients/target.h"
#include "harness/config/levels.h"
#include "harness/lib/clock.h"
#include "harness/lib/options.h"
#include "harness/network/network.h"

/* What figures depend on: alike in a run that is resumed, and in runs that are compared. */
#define SETTINGS_ALIKE (OPTION_RESUME | OPTION_COMPARE)

/* What `run` and `load` both ask of an open loop: a struct of settings has it as `open_loop`. */
struct settings_open_loop {
	int arrivals; /* enum arrivals_kind */
	uint64_t max_connections;
};

/* The rows of its option table for that; `type` is the struct. */
#define SETTINGS_OPEN_LOOP(type)                                                                     \
	{ "arrivals",                                                                                \
	  0,                                                                                         \
	  OPTION_FIELD(choice, type, open_loop.arrivals),                                            \
	  .fallback = "uniform",                                                                     \
	  .choices = arrivals_names,                                                                 \
	  .flags = OPTION_RESUME,                                                                    \
	  .help = "open loop: how the requests are spread over time" },                              \
	{                                                                                            \
		"max-connections", 0, OPTION_FIELD(count, type, open_loop.max_connections),          \
			.fallback = "1024", .min = 1, .max = LEVELS_HIGHEST, .flags = OPTION_RESUME, \
			.help = "open loop: maximum number of connections"                           \
	}

/*
 * The rows of an option table for how a cell is measured, and where. `type` is the struct of settings; `settings` is the path to
 * the struct settings in it: nothing, or its name and a dot.
 */
#define SETTINGS_LOAD(type, settings)                                                                        \
	{ "mode",                                                                                            \
	  'm',                                                                                               \
	  OPTION_FIELD(text, type, settings mode),                                                           \
	  .fallback = "close",                                                                               \
	  .placeholder = "MODE,..",                                                                          \
	  .flags = OPTION_RESUME,                                                                            \
	  .help = "close: a connection per request; keepalive; crowd: few of many are active" },             \
		{ "active",                                                                                  \
		  0,                                                                                         \
		  OPTION_FIELD(count, type, settings active),                                                \
		  .fallback = "100",                                                                         \
		  .min = 1,                                                                                  \
		  .max = LEVELS_HIGHEST,                                                                     \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "crowd: connections that carry requests; the others are silent" },                 \
		{ "client",                                                                                  \
		  0,                                                                                         \
		  OPTION_FIELD(text, type, settings client),                                                 \
		  .fallback = "epoll",                                                                       \
		  .placeholder = "NAME",                                                                     \
		  .flags = OPTION_RESUME,                                                                    \
		  .help = "client that offers the load: epoll, uring or auto (uring where it can run)" },    \
		{ "duration",                                                                                \
		  'd',                                                                                       \
		  OPTION_FIELD(duration, type, settings duration_ns),                                        \
		  .fallback = "1s",                                                                          \
		  .min = CLOCK_MS,                                                                           \
		  .max = SETTINGS_LONGEST,                                                                   \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "window of a cell, minimum" },                                                     \
		{ "warmup",                                                                                  \
		  0,                                                                                         \
		  OPTION_FIELD(duration, type, settings warmup_ns),                                          \
		  .fallback = "200ms",                                                                       \
		  .max = SETTINGS_LONGEST,                                                                   \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "load before the window" },                                                        \
		{ "max-window",                                                                              \
		  0,                                                                                         \
		  OPTION_FIELD(duration, type, settings max_window_ns),                                      \
		  .fallback = "10s",                                                                         \
		  .min = CLOCK_MS,                                                                           \
		  .max = SETTINGS_LONGEST,                                                                   \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "window, maximum: it grows to two rounds of all connections" },                    \
		{ "max-ramp",                                                                                \
		  0,                                                                                         \
		  OPTION_FIELD(duration, type, settings max_ramp_ns),                                        \
		  .fallback = "30s",                                                                         \
		  .min = CLOCK_MS,                                                                           \
		  .max = SETTINGS_LONGEST,                                                                   \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "time to open the connections, maximum" },                                         \
		{ "http",                                                                                    \
		  0,                                                                                         \
		  OPTION_FIELD(choice, type, settings http),                                                 \
		  .fallback = "1.1",                                                                         \
		  .choices = target_http_names,                                                              \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "version of HTTP to ask in: 1.0 as ab does" },                                     \
		{ "timeout",                                                                                 \
		  0,                                                                                         \
		  OPTION_FIELD(duration, type, settings timeout_ns),                                         \
		  .fallback = "30s",                                                                         \
		  .min = CLOCK_MS,                                                                           \
		  .max = SETTINGS_LONGEST,                                                                   \
		  .flags = SETTINGS_ALIKE,                                                                   \
		  .help = "of one request" },                                                                \
	{                                                                                                    \
		"ready", 0, OPTION_FIELD(duration, type, settings ready_ns),                                 \
			.fallback = "10s", .min = CLOCK_MS, .max = SETTINGS_LONGEST, .flags = OPTION_RESUME, \
			.help = "time for a right response after a start or a cell"                          \
	}
#define SETTINGS_PLACE(type, settings)                                                                           \
	{ "port",                                                                                                \
	  'p',                                                                                                   \
	  OPTION_FIELD(count, type, settings port),                                                              \
	  .fallback = "8080",                                                                                    \
	  .max = 65535,                                                                                          \
	  .flags = OPTION_RESUME,                                                                                \
	  .help = "port of the servers (0: a free one)" },                                                       \
		{ "backlog",                                                                                     \
		  0,                                                                                             \
		  OPTION_FIELD(count, type, settings backlog),                                                   \
		  .fallback = "0",                                                                               \
		  .max = 1 << 30,                                                                                \
		  .flags = SETTINGS_ALIKE,                                                                       \
		  .help = "listen backlog (0: as large as the network allows)" },                                \
		{ "network",                                                                                     \
		  0,                                                                                             \
		  OPTION_FIELD(choice, type, settings network),                                                  \
		  .fallback = "auto",                                                                            \
		  .choices = network_choice_names,                                                               \
		  .flags = OPTION_RESUME,                                                                        \
		  .help = "a private network for servers and client, or the host's" },                           \
		{ "client-cpus",                                                                                 \
		  0,                                                                                             \
		  OPTION_FIELD(text, type, settings client_cpus),                                                \
		  .placeholder = "LIST",                                                                         \
		  .flags = OPTION_RESUME,                                                                        \
		  .help = "CPUs of the client, as 0-1,3 (automatic)" },                                          \
	{                                                                                                        \
		"server-cpus", 0, OPTION_FIELD(text, type, settings server_cpus),                                \
			.placeholder = "LIST", .flags = OPTION_RESUME, .help = "CPUs of the servers (automatic)" \
	}
#define SETTINGS_LONGEST (3600 * CLOCK_S)

/* How much a command says of its progress, on stderr: a struct of settings has it as `verbosity`. */
struct settings_verbosity {
	bool quiet, verbose;
};

/* The rows of its option table for that, as those of SETTINGS_LOAD. */
#define SETTINGS_VERBOSITY(type, settings)                                                                \
	{ "quiet", 'q', OPTION_FIELD(flag, type, settings verbosity.quiet), .flags = OPTION_CALL,         \
	  .help = "no progress on stderr, only errors" },                                                 \
	{                                                                                                 \
		"verbose", 'v', OPTION_FIELD(flag, type, settings verbosity.verbose),                     \
			.flags = OPTION_CALL, .help = "a line on stderr for each step, on a terminal too" \
	}

struct settings {
	struct levels concurrency;
	struct levels rate;        /* open loop: these rates instead of the levels; count 0: none */
	struct levels after_sweep; /* open loop: after the levels, these percentages of the best rate; or none */
	struct settings_open_loop open_loop;
	char *servers;   /* a list of names; NULL: all that can run here */
	int ceiling;     /* enum settings_ceiling: the control server joins those that are named */
	char *mode;      /* a list of load modes */
	uint64_t active; /* connections of a crowd that carry requests */
	char *client;    /* the client of the sweep */
	int http;        /* enum target_http */
	uint64_t duration_ns, warmup_ns, max_window_ns, max_ramp_ns, timeout_ns, ready_ns;
	uint64_t requests;               /* of a cell; 0: measure for a time */
	uint64_t sequential;             /* requests of the sequential cell; 0: measure for a time */
	uint64_t repeat;                 /* blocks */
	uint64_t seed;                   /* of the order of servers in each block; 0: from the clock */
	uint64_t port;                   /* 0: a free one */
	uint64_t backlog;                /* 0: as large as the network allows */
	int network;                     /* enum network_choice */
	char *client_cpus, *server_cpus; /* lists of CPUs; NULL: automatic */
	char *out;                       /* name of the run; NULL: from the date */
	char *resume;                    /* name of a run to be resumed; or NULL */
	char *preset;
	char **conf; /* files of the configuration; NULL: the usual one */
	struct settings_verbosity verbosity;
	bool help;
};

enum settings_ceiling { CEILING_YES, CEILING_NO };

/* The options of `run`; those without OPTION_CALL are the keys of [run] too. */
extern const struct option_def settings_options[];

/* The maximum number of connections of any cell. */
uint64_t settings_connections(const struct settings *settings);

/*
 * Sets what a preset stands for. Options that were given before are overwritten, so call it first.
 * Returns 0, or -1 with err set: there is no such preset.
 */
int settings_preset(struct settings *settings, const char *name, struct err *err);

#endif
