/*
 * trial: one launch of a server under a condition, and what was measured in it.
 *
 * Launch, load and observation are those of a sweep (harness/run/sweep.h), so that a cell of an experiment is measured as any
 * other. What a condition changes ends with the launch: it is of the server's own processes, its control group and its private
 * network.
 */
#ifndef HARNESS_WHY_TRIAL_H
#define HARNESS_WHY_TRIAL_H

#include "harness/run/sweep.h"
#include "harness/why/lever.h"

struct condition {
	unsigned modes;              /* bit set of 1 << enum load_mode, each measured in turn */
	uint32_t level;              /* connections */
	uint32_t silent;             /* connections beside these that say nothing */
	struct levers levers;        /* pulled once the server runs */
	unsigned workers;            /* that it is asked for; 0: 1 */
	bool is_half;                /* it gets half of a CPU */
	uint32_t tw_buckets;         /* of the private network; 0: as many as in a sweep */
	const struct client *client; /* NULL: that of the sweep */
	uint64_t duration_ns;        /* of the window; 0: TRIAL_DURATION_NS */
	uint64_t max_ramp_ns;        /* 0: TRIAL_RAMP_NS */
	bool control;                /* the control server instead */
};

#define TRIAL_DURATION_NS (300 * CLOCK_MS)
#define TRIAL_RAMP_NS     (2 * CLOCK_S)
/* A SYN that was dropped is sent again after 1 s and after 3 s: that must not be a failed request. */
#define TRIAL_TIMEOUT_NS (3500 * CLOCK_MS)

struct trial {
	const struct sweep *sweep; /* its client, CPUs, port, network, settings; its servers are not looked at */
	const struct conf_server *server;
	const struct conf_server *control; /* NULL: it can't run here */
	struct document *document;         /* takes the cells; their block is the number of the launch */
	uint64_t launches;
};

/*
 * Launches the server once and measures a cell in each mode. Returns 0: the cells are the last of the document, in the order
 * of enum load_mode, as many as there are modes (a server that keeps no connection open: close alone); a cell may say that it
 * has failed. -1 with err set where nothing can be launched any more, or `stop` is set.
 */
int trial_launch(struct trial *trial, const struct condition *condition, struct err *err);

/* The cell of a mode of the last launch; NULL: none. */
const struct cell *trial_cell(const struct trial *trial, enum load_mode mode);

#endif
