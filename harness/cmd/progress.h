/*
 * progress: what a run is doing, on stderr: one line that is written anew on a terminal, a line a server
 * elsewhere.
 */
#ifndef HARNESS_CMD_PROGRESS_H
#define HARNESS_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/run/pace.h"
#include "harness/run/sweep.h"

struct progress {
	bool terminal;
	struct pace pace;
	struct sweep_watch watch; /* to hang on the sweep */
	/* Of the server that runs. */
	double best_rps;
	char best_at[64]; /* the load that it was reached under, in words */
	uint64_t failed_cells;
};

/* The struct must stay where it is while the sweep runs. */
void progress_init(struct progress *progress);

/* Takes the terminal's line away, so that other output can follow. */
void progress_clear(struct progress *progress);

#endif
