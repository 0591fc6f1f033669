/*
 * revision: which version of what is measured a run is of: its branch, or change, and its commit.
 *
 * It is given (--subject BRANCH@COMMIT), or said by the variables of a CI job, or by the git repository around the folder in
 * which benchctl was called. A job that checks a change has that change as its branch (pull/12), whatever branch it comes from:
 * a fork's may be called main too. A history keeps branches apart by it, and sorts runs by the date of their commits.
 */
#ifndef HARNESS_RUN_REVISION_H
#define HARNESS_RUN_REVISION_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* --subject: no revision at all, whatever the surroundings say. */
#define REVISION_NONE "none"

/*
 * Fills document->revision, which is empty. `subject` is as the option has it; NULL: by the surroundings. What these don't say
 * stays NULL, which is no error. Returns 0, or -1 with err set: the subject is not BRANCH@COMMIT, or memory is out.
 */
int revision_find(struct document *document, const char *subject, struct err *err);

#endif
