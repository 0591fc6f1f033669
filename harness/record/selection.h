/*
 * selection: the part of a run that is asked for, and several runs as one.
 *
 * The servers that are left out keep their entry among document.servers, without cells. The control server, what it measures being
 * the machine's own, is always kept, and so are cells without a level: those of the sequential client and of open loops.
 */
#ifndef HARNESS_RECORD_SELECTION_H
#define HARNESS_RECORD_SELECTION_H

#include "harness/config/levels.h"
#include "harness/lib/err.h"
#include "harness/record/document.h"

struct selection {
	const char *servers, *modes; /* lists, separated by commas; NULL: all */
	const struct levels *levels; /* without any: all */
};

/*
 * Removes all other cells. Returns 0; or -1 with err set: the run has none of that server, mode or level (the message names
 * those that it has), or memory is out. The document is to be released in both cases.
 */
int selection_apply(const struct selection *selection, struct document *document, struct err *err);

/*
 * Gives the servers of a run, but for the control server, a label: "tornado, before". Returns 0, or -1 with err set where memory is
 * out.
 */
int selection_label(struct document *document, const char *label, struct err *err);

/*
 * Moves servers and cells of `from`, which is released, into `into`. Its launches follow those that are there, so that each server is
 * judged next to the control server of its own run. Returns 0, or -1 with err set where memory is out.
 */
int selection_join(struct document *into, struct document *from, struct err *err);

#endif
