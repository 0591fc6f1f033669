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

/* The longest duration that an option may have. */
#define SETTINGS_LONGEST (3600 * CLOCK_S)

/*
 * Commands share rows of their option tables. Each group is a file that is included among the rows: settings_load.def (how a
 * cell is measured), settings_place.def (where), settings_open_loop.def, settings_verbosity.def, settings_results.def. The command defines
 * SETTINGS_FIELD(kind, name) before: the OPTION_FIELD() of that name of struct settings, wherever its own struct has it.
 */

/* What `run` and `load` both ask of an open loop. */
struct settings_open_loop {
	int arrivals; /* enum arrivals_kind */
	uint64_t max_connections;
};

extern const char *const settings_no_yes[]; /* "no", "yes", NULL */

/* How much a command says of its progress, on stderr. */
struct settings_verbosity {
	bool quiet, verbose;
	bool no_live; /* on a terminal: no figures as they come (`run`, `load`) */
};

struct settings {
	struct levels concurrency;
	struct levels rate;        /* open loop: these rates instead of the levels; count 0: none */
	struct levels after_sweep; /* open loop: after the levels, these percentages of the best rate; or none */
	struct settings_open_loop open_loop;
	char *url;       /* of a service: one that runs already, or the one that the commands of `ab` launch; or NULL */
	char *servers;   /* a list of names; NULL: all that can run here */
	int ceiling;     /* enum settings_ceiling: the control server joins those that are named */
	char *mode;      /* a list of load modes */
	uint64_t active; /* connections of a crowd that carry requests */
	char *client;    /* the client of the sweep */
	struct request_settings request; /* of servers with a url; http is of all */
	uint64_t duration_ns, warmup_ns, max_window_ns, max_ramp_ns, timeout_ns, ready_ns;
	uint64_t requests;               /* of a cell; 0: measure for a time */
	uint64_t sequential;             /* requests of the sequential cell; 0: measure for a time */
	uint64_t repeat;                 /* blocks */
	bool until_known;                /* then launches where they decide, */
	uint64_t budget_ns;              /* in all at most */
	uint64_t seed;                   /* of the order of servers in each block; 0: from the clock */
	uint64_t port;                   /* 0: a free one */
	uint64_t backlog;                /* 0: as large as the network allows */
	int network;                     /* enum network_choice */
	int server_share;                /* enum settings_share */
	char *client_cpus, *server_cpus; /* lists of CPUs; NULL: automatic */
	char *results;                   /* folder of the runs */
	char *out;                       /* name or path of the run; NULL: from the date */
	char *resume;                    /* name of a run to be resumed; or NULL */
	char *preset;
	char *subject;       /* BRANCH@COMMIT of what is measured, or "none"; NULL: by the surroundings */
	char *title, *note;  /* of the run, for its readers; or NULL */
	char **conf;         /* files of the configuration; NULL: the usual one */
	bool whole_commands; /* of servers, in what is written */
	struct settings_verbosity verbosity;
	bool dry_run; /* only say what would be measured */
	bool help;
};

enum settings_ceiling { CEILING_YES, CEILING_NO };

/* The options of `run`; those without OPTION_CALL are the keys of [run] too. */
/*
 * Shares of a CPU that a server can get, by settings.server_share, from the largest to the smallest; SHARE_AUTO has none of
 * its own. Their names end with NULL.
 */
enum settings_share { SHARE_AUTO, SHARE_WHOLE, SHARE_HALF, SHARE_QUARTER, SHARES };
extern const double settings_shares[SHARES];
extern const char *const settings_share_names[];

extern const struct option_def settings_options[];

/* The maximum number of connections of any cell. */
uint64_t settings_connections(const struct settings *settings);

/*
 * Sets what a preset stands for. Options that were given before are overwritten, so call it first.
 * Returns 0, or -1 with err set: there is no such preset.
 */
int settings_preset(struct settings *settings, const char *name, struct err *err);

#endif
