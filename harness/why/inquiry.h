/*
 * inquiry: what limits one server, found out by experiment.
 *
 * A look at few levels gives the evidence; each suspect that it makes plausible is tried in turn, until one is the cause or all
 * are ruled out. An experiment launches the server in the order AB BA AB BA, as it is and with one thing changed, and decides
 * as harness/why/decision.h says. The risk of a wrong decision, INQUIRY_ALPHA, is shared by all tests that are planned and by
 * the two times that each is looked at: what is undecided after the first launches gets as many again.
 */
#ifndef HARNESS_WHY_INQUIRY_H
#define HARNESS_WHY_INQUIRY_H

#include "harness/why/decision.h"
#include "harness/why/suspect.h"

#define INQUIRY_ALPHA       0.05
#define INQUIRY_EXPERIMENTS 20
#define INQUIRY_LAUNCHES    40 /* of an arm */
#define INQUIRY_TEXT        400

/* An experiment and what came out. */
struct trial_result {
	struct experiment experiment;
	struct decision decisions[SUSPECT_TESTS];
	size_t telling; /* of the tests: the one that moved, else the one whose interval is widest */
	enum cause_moved moved;
	size_t launches;   /* of an arm; 0: there was no time */
	double medians[2]; /* of the telling test's figure */
};

struct inquiry {
	/* Set by the caller. */
	struct trial trial;
	unsigned modes; /* bit set of 1 << enum load_mode that are looked at */
	uint64_t budget_ns;
	const struct document *known; /* a run whose cells are the evidence, so that nothing is looked at; NULL: none */
	double memory_bytes;          /* of the host */
	void (*tell)(void *context, const char *text); /* what is being done; or NULL */
	void *context;
	/* What is found. */
	struct document look, control;
	struct evidence evidence;
	struct trial_result results[INQUIRY_EXPERIMENTS];
	size_t results_count;
	enum cause_answer answer;
	const struct suspect *cause; /* NULL: none */
	uint64_t from_level;         /* of the cause; 0: at any */
	uint64_t began_ns;
};

/* Looks and experiments. Returns 0; or -1 with err set: nothing can be launched any more. Release in both cases. */
int inquiry_run(struct inquiry *inquiry, struct err *err);

/* Writes what was found, as run.json holds it. Returns 0, or -1 where memory is out; release `cause` in both cases. */
int inquiry_result(const struct inquiry *inquiry, struct cause *cause);

void inquiry_release(struct inquiry *inquiry);

#endif
