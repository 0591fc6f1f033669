/*
 * progress: what a run is doing, on stderr: the terminal's status line for the cell under way, with the curve so far of its server, and a line for each launch of a
 * server that is over; with --verbose a line for each cell; with --quiet only what has gone wrong. Where the terminal has no
 * status line, or there is none, a line each ten seconds at most says which cell is under way.
 *
 * Nothing is drawn while a cell is measured, only between cells: the CPU on which the client runs has nothing to do for it in a
 * window.
 */
#ifndef HARNESS_CMD_PROGRESS_H
#define HARNESS_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/cmd/terminal.h"
#include "harness/run/pace.h"
#include "harness/run/sweep.h"

/* Cells of which the curve is shown, the last ones. */
#define PROGRESS_CURVE 40

struct progress {
	struct terminal terminal;
	struct pace pace;
	struct sweep_watch watch; /* for the sweep */
	uint64_t said_ns;         /* when a line that stays was last said; where there is no status line */
	/* Of the launch under way: */
	double best_rps;
	char best_at[64]; /* under which load */
	uint64_t failed_cells;
	/* Of its mode under way, the live view: */
	char mode[32];
	double curve[PROGRESS_CURVE]; /* rates; NAN: failed */
	size_t curve_count;
	double requests_failed;
	uint64_t cells_not_valid;
};

/* The curve so far as a bar a cell, the highest as high as a line, and what there was besides; "" before the first. Returns out. */
#define PROGRESS_LIVE 512
char *progress_live(const struct progress *progress, char out[PROGRESS_LIVE]);

/* The struct must stay where it is while the sweep runs. */
void progress_init(struct progress *progress, struct settings_verbosity verbosity);

#endif
