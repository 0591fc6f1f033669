/*
 * gate: the exit code that follows from a comparison, for `compare` and `ab`.
 */
#ifndef HARNESS_CMD_GATE_H
#define HARNESS_CMD_GATE_H

#include <stdbool.h>

#include "harness/cmd/command.h"
#include "harness/compare/comparison.h"
#include "harness/compare/noise.h"
#include "harness/config/levels.h"

struct gate_settings {
	int fail_on;        /* enum gate_fail_on */
	bool strict;        /* inconclusive or interrupted does not pass */
	bool no_strict;     /* even a gate that could not see passes */
	bool allow_missing; /* NEW may lack what BASE has */
	bool quiet;         /* nothing is said of the noise */
	double floor;
	char *noise;         /* file of this host's noise; NULL: the usual file, if it exists */
	const char *results; /* the folder in which the usual file is */
};

/* The usual file, where `calibrate` writes it: in the folder of results. */
#define GATE_NOISE      "noise.json"
#define GATE_NOISE_PATH 1100
char *gate_noise_path(char out[GATE_NOISE_PATH], const char *noise, const char *results);

enum gate_fail_on { GATE_REGRESSED, GATE_NOTHING };

extern const char *const gate_fail_on_names[];

/*
 * gate.def has the rows of an option table for it. It is included where FIELD(kind, name) is the OPTION_FIELD() of a struct that has
 * a member `gate`.
 */

/*
 * Reads this host's noise, from the given file or from the usual file where that exists, into `noise`, which is zeroed
 * and must be released in any case. Call it before anything is measured. Returns 0, or -1 with err set: the given file
 * can't be used.
 */
int gate_read(struct noise *noise, const struct gate_settings *settings, struct err *err);

/*
 * How to compare: the floor, and this host's noise where it was measured under the same conditions as `run`; stderr
 * says whether it is used. `noise` is that of gate_read(), and must outlive the comparison. Returns 0, or -1 with err
 * set where memory is out.
 */
int gate_how(struct compare_settings *how, const struct gate_settings *settings, const struct noise *noise,
	     const struct document *run, struct err *err);

/* Whether the options contradict each other. Returns 0, or -1 with err set. To be called before anything is measured. */
int gate_check(const struct gate_settings *settings, struct err *err);

/*
 * Whether this number of launches a side can give a verdict at all, where each mode and band of levels is a row of the
 * gate with its rate and its CPU time. With --no-strict any number can. Returns 0, or -1 with err set, which has the
 * number needed.
 */
int gate_check_launches(const struct gate_settings *settings, uint64_t launches, size_t modes,
			const struct levels *levels, struct err *err);

/*
 * The exit code: 1 regressed; 2, with the reason on stderr, where nothing could be compared (not measured alike, or
 * nothing valid); 4 where the gate could not see (comparison_is_blind()), or with --strict is not sure
 * (comparison_is_sure()); else 0. With --no-strict the code 4 does not occur.
 */
int gate_exit(const struct command *command, const struct gate_settings *settings, const struct comparison *comparison);

#endif
