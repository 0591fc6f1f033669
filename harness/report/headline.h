/*
 * headline: the name and the finding of a run, as a page, an index and a feed begin.
 */
#ifndef HARNESS_REPORT_HEADLINE_H
#define HARNESS_REPORT_HEADLINE_H

#include "harness/lib/err.h"
#include "harness/record/document.h"
#include "harness/report/findings.h"

/* The title that the run was given (--title), the number of servers, and the load offered to them. Returns out. */
#define HEADLINE_OWN   120 /* room of the title that it was given */
#define HEADLINE_TITLE (256 + HEADLINE_OWN)
char *headline_title(char out[HEADLINE_TITLE], const struct document *document);

/*
 * What was found, as plain text: sentence_finding() of each mode. Freed by the caller; NULL with err set where memory is
 * out.
 */
char *headline_finding(const struct document *document, const struct findings_set *findings, struct err *err);

/* The same in a line, without names: sentence_gist() of each mode. */
char *headline_gist(const struct findings_set *findings, struct err *err);

#endif
