/*
 * page: the page of a run while it is made, and the parts that it is made of.
 *
 * A part is a file: page.c writes the page from its head to its end and calls the others, which write to its `out`.
 */
#ifndef HARNESS_REPORT_PAGE_H
#define HARNESS_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/plot/plot.h"
#include "harness/record/document.h"
#include "harness/report/findings.h"
#include "harness/report/report.h"
#include "harness/text/data_table.h"

#define REPORT_PATH 4096
#define REPORT_RUN  "run.json"

struct report_page {
	const struct document *document;
	const struct report_request *request;
	const char **modes;         /* NULL-terminated */
	struct findings *overviews; /* one a mode */
	size_t modes_count;
	struct plot_list pictures;
	char *finding, *command, *markdown;
	FILE *out;
};

/* Files beside the page (files.c). Where not said otherwise, each returns 0, or -1 with err set. */

/* The path of a file in the page's folder. */
int report_path(char path[REPORT_PATH], const struct report_page *page, const char *name, struct err *err);

/* Begins to write a file beside its place, for report_file_done(). NULL with err set. */
FILE *report_file_begin(char path[REPORT_PATH], char part[REPORT_PATH + 8], const struct report_page *page,
			const char *name, struct err *err);

/* Puts it in its place, where all of it could be written and `result` is 0. */
int report_file_done(FILE *file, const char *path, const char *part, int result, struct err *err);

/* A table as CSV. */
int report_csv(const struct report_page *page, const struct data_table *table, const char *name, struct err *err);

/* The run.json, if it is not there already. */
int report_run_copy(const struct report_page *page, struct err *err);

/* Whether there is the file STEM with that ending, and a link to it, behind `before`, where there is. */
bool report_has(const struct report_page *page, const char *stem, const char *ending);
void report_link(const struct report_page *page, const char *stem, const char *ending, const char *words,
		 const char *before);

/* The parts: each returns 0, or -1 with err set. */
int report_markdown(struct report_page *page, struct err *err); /* fills page->markdown */
int report_pictures(const struct report_page *page, struct err *err);
int report_not_valid(const struct report_page *page, struct err *err);
void report_method(const struct report_page *page);                   /* how, where, and how again */
int report_page_put(const struct report_page *page, struct err *err); /* all of it */

/* A heading of the second rank, to which links can lead. */
void report_heading(FILE *out, const char *id, const char *words);

#endif
