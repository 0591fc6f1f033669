/*
 * suspect: what may limit a server, and the experiment that tells whether it does.
 *
 * Each row of the table is a cause: when the evidence makes it plausible, what the experiment changes and nothing else, which
 * figure must move and beyond which ratio, and what it means. The order is that of the trials: cheap and likely ones first.
 *
 * Sizes follow from what the change does, not from servers that were seen: a limit that is lifted away ends its effect, one
 * that is halved halves the figure, and the threshold is the geometric middle between that and no change.
 */
#ifndef HARNESS_WHY_SUSPECT_H
#define HARNESS_WHY_SUSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/record/cause.h"
#include "harness/why/evidence.h"
#include "harness/why/trial.h"

#define SUSPECT_TESTS 4
#define SUSPECT_TEXT  200

/* One figure that is looked at in both arms of an experiment. */
struct suspect_test {
	const char *name; /* of the figure, with its unit */
	enum load_mode mode;
	double (*of)(const struct cell *cell); /* NAN: the cell has none */
	double size;                           /* the ratio of changed to unchanged from which on it is the cause */
	bool below;                            /* it is the cause where the ratio is smaller */
};

struct suspect;

/* An experiment that is planned for one server: the arm 0 is as it is, 1 is changed. */
struct experiment {
	const struct suspect *suspect;
	struct condition arms[2];
	struct suspect_test tests[SUSPECT_TESTS]; /* one of them that moves is enough */
	size_t tests_count;
	uint64_t from_level;        /* from which on the evidence shows it; 0: at any */
	char changed[SUSPECT_TEXT]; /* what the arms differ in, in words */
};

struct suspect {
	const char *name;
	enum cause_answer answer;
	const char *meaning; /* if it is the cause: one sentence */
	/* Plans the experiment; arms and tests are zeroed. Returns whether the evidence makes the suspect plausible. */
	bool (*plan)(struct experiment *experiment, const struct evidence *evidence);
};

/* The table; ends with a name of NULL. */
extern const struct suspect suspects[];

#endif
