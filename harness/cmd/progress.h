/*
 * progress: what a run is doing, on stderr: the terminal's status line for the cell under way, and a line for each launch of a
 * server that is over; with --verbose a line for each cell; with --quiet only what has gone wrong. Where the terminal has no
 * status line, or there is none, a line each ten seconds at most says which cell is under way.
 */
#ifndef HARNESS_CMD_PROGRESS_H
#define HARNESS_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/cmd/terminal.h"
#include "harness/run/pace.h"
#include "harness/run/sweep.h"

struct progress {
	struct terminal terminal;
	struct pace pace;
	struct sweep_watch watch; /* for the sweep */
	uint64_t said_ns;         /* when a line that stays was last said; where there is no status line */
	/* Of the launch under way: */
	double best_rps;
	char best_at[64]; /* under which load */
	uint64_t failed_cells;
};

/* The struct must stay where it is while the sweep runs. */
void progress_init(struct progress *progress, struct settings_verbosity verbosity);

#endif
