/*
 * sweep: the run itself. Launches each server, drives it through all levels and rates, observes, and records each cell.
 *
 * A server that fails costs its own cells only: they are recorded as failed, with the reason, and it is restarted for
 * the next level; after three failures in a row the rest of its levels is skipped. A sweep ends early only where it is
 * pointless to continue: the port is in use, the disk is full, ^C.
 */
#ifndef HARNESS_RUN_SWEEP_H
#define HARNESS_RUN_SWEEP_H

#include <signal.h>
#include <stddef.h>

#include "clients/client.h"
#include "harness/config/conf.h"
#include "harness/config/settings.h"
#include "harness/host/cpus.h"
#include "harness/lib/err.h"
#include "harness/network/network.h"
#include "harness/record/document.h"
#include "harness/record/ledger.h"
#include "harness/server/service.h"

/* Reports of a sweep while it runs, so that a person can follow it. Any may be NULL. */
struct sweep_watch {
	/* A cell begins: the done-th of all (0 is the first). */
	void (*begin)(void *context, const struct cell *cell, size_t done, size_t all);
	void (*end)(void *context, const struct cell *cell, size_t done, size_t all);
	/* All cells of one launch of a server are over. */
	void (*server_end)(void *context, const char *server, uint64_t block, size_t done, size_t all);
	/* Something went wrong, and the sweep continues. */
	void (*notice)(void *context, const char *text);
	void *context;
};

/* What an experiment changes at each launch of a server (harness/why); what is not said stays as it is. */
struct sweep_change {
	unsigned workers; /* BENCH_WORKERS; 0: 1 */
	/* The server has started and responds. Returns 0, or -1 with err set: the cell fails. */
	int (*started)(void *context, struct service *service, struct err *err);
	void (*ending)(void *context); /* before the server is ended; after each start that has been told, once */
	void *context;
};

/* The levels that a block measures of a server, in each mode of the sweep. */
#define SWEEP_ASK_LEVELS 128
struct sweep_ask {
	struct {
		uint64_t level[SWEEP_ASK_LEVELS]; /* rising */
		size_t count;
	} of_mode[LOAD_MODES];
};

struct sweep {
	const struct settings *settings;
	const struct conf_server *const *servers; /* to measure */
	size_t servers_count;
	const struct client *client;
	enum load_mode modes[8];
	size_t modes_count;
	struct cpus cpus;
	unsigned port, backlog;
	struct network *network; /* that servers and client are in */
	bool takes_shares;       /* servers can be held to a share of a CPU, as settings->server_share says */
	uint64_t seed;
	/*
	 * The servers are arms, which are compared with each other: launched in the order of plan_mirrored() instead of
	 * a seeded one. If the first launch of an arm has no figure at any level, the sweep ends: nothing can be
	 * compared.
	 */
	bool has_arms;
	bool levels_only;             /* no sequential cell */
	struct ledger *ledger;        /* NULL: none is kept */
	struct document *document;    /* takes the cells */
	const struct sweep_ask *asks; /* of the block that goes on, a server each; NULL: all that the settings say */
	size_t done, asked;           /* cells: recorded; of blocks that were asked for */
	const struct sweep_watch *watch;
	const volatile sig_atomic_t *stop;
	const struct sweep_change *change; /* NULL: none; else a server that fails does not meet its load again */
};

/*
 * Runs all blocks; cells that are in the document already are not measured again. Returns 0 where all cells are
 * recorded, or -1 with err set where the sweep had to end early. When *stop is set it ends early too, returns 0 and
 * sets document->interrupted. The cells recorded so far are in the document in each case, and no server is left
 * running.
 */
int sweep_run(struct sweep *sweep, struct err *err);

/*
 * Launches those servers once more that `asks`, which has an entry for each, has levels of, and measures these alone. The
 * cells are judged then. Returns and ends as sweep_run().
 */
int sweep_block(struct sweep *sweep, const struct sweep_ask *asks, uint64_t block, struct err *err);

/* Fills in the modes from a list of their names. Returns 0, or -1 with err set. */
int sweep_modes(struct sweep *sweep, const char *text, struct err *err);

/* The number of cells that a sweep records unless it ends early. */
size_t sweep_cells(const struct sweep *sweep);

#endif
