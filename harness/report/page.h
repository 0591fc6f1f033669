/*
 * page: the page of a run while it is made, and its parts.
 *
 * A part is a file: page.c writes the page from its head to its end and calls the others, which write to its `out`.
 */
#ifndef HARNESS_REPORT_PAGE_H
#define HARNESS_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/lib/file.h"
#include "harness/plot/plot.h"
#include "harness/record/document.h"
#include "harness/report/findings.h"
#include "harness/report/headline.h"
#include "harness/report/offered.h"
#include "harness/text/data_table.h"

#define REPORT_PATH   4096
#define REPORT_RUN    "run.json"
#define REPORT_PACKED "run.json.gz" /* of a light page */

struct report_page {
	const struct document *document;
	const char *folder, *templates, *run, *url; /* as in struct report_request */
	bool is_light;                              /* as well */
	struct findings_set findings;
	struct offered offered; /* by all modes */
	struct plot_list pictures;
	char title[HEADLINE_TITLE];
	char *finding, *command, *markdown; /* owned */
	FILE *out;
};

/* Files beside the page (files.c). Unless stated otherwise, each returns 0, or -1 with err set. */

/* The path of a file in the page's folder. */
int report_path(char path[REPORT_PATH], const struct report_page *page, const char *name, struct err *err);

/* Begins to replace a file there. */
int report_replace(struct file_replacement *file, const struct report_page *page, const char *name, struct err *err);

/* A table as CSV; a light page has none. */
int report_csv(const struct report_page *page, const struct data_table *table, const char *name, struct err *err);

/* The run.json, if it is not there already; that of a light page is compressed. */
int report_run_copy(const struct report_page *page, struct err *err);

/* Removes the files of the pictures, which the page has in it. */
void report_pictures_remove(const struct report_page *page);

/* A link to the file STEM with that ending, after `before`, where there is that file. */
void report_link(const struct report_page *page, const char *stem, const char *ending, const char *words,
		 const char *before);

/* The parts: each returns 0, or -1 with err set. */
int report_markdown(struct report_page *page, struct err *err);       /* fills page->markdown */
int report_answer(const struct report_page *page, struct err *err);   /* the picture that the page begins with */
int report_pictures(const struct report_page *page, struct err *err); /* the others */
int report_causes(const struct report_page *page, struct err *err);   /* what limits servers, where it was asked */
int report_not_valid(const struct report_page *page, struct err *err);
void report_method(const struct report_page *page);                   /* how, where, and how again */
int report_page_put(const struct report_page *page, struct err *err); /* all of it */

#endif
