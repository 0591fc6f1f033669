/*
 * report: a run as one page that can be put on any host or attached to a mail.
 *
 * The page is one HTML file that contains its style, its pictures and its figures; it loads nothing over the network,
 * and works without JavaScript, which only sorts tables and copies the Markdown. It begins with the picture that
 * answers and the finding. The summary table follows, the other pictures, each with its figures folded below, the invalid cells and why, how and where it
 * was measured, and how to measure it again. Next to it are its sources: the run.json, each table as CSV, each picture
 * with what it was drawn from.
 *
 * Names, versions and messages in a run come from outside: all are escaped where they are written (html.h, svg.h).
 */
#ifndef HARNESS_REPORT_REPORT_H
#define HARNESS_REPORT_REPORT_H

#include <signal.h>
#include <stdbool.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* The page's file in its folder. */
#define REPORT_PAGE "index.html"

struct report_request {
	const char *folder;    /* where to write: an empty folder */
	const char *templates; /* the folder of the style: page.css, page.js, and the templates of the pictures */
	const char *run;       /* the run.json, which is copied into the folder; NULL: the page has no link to one */
	bool is_light; /* small: no file beside the page but the run.json, compressed; fewer pictures where they are large */
	unsigned formats; /* of the pictures beside it, bits of enum plot_format, SVG in any case; 0: SVG and PNG */
	const char
		*url; /* where the folder will be found, for previews of links, without a slash at its end; or NULL */
	const volatile sig_atomic_t *stop; /* ends it; or NULL */
};

/*
 * Writes the page and the files next to it; the page comes last. A page that exists is replaced by the caller (folder.h).
 * Returns 0; or -1 with err set: nothing to show, a file cannot be read or written, gnuplot failed, interrupted.
 */
int report_write(const struct document *document, const struct report_request *request, struct err *err);

#endif
