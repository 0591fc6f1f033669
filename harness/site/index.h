/*
 * index: the first page of a site, with the newest runs and the servers, and the pages of its history.
 *
 * Figures of different kinds of host are never in one table. Next to each table is what its runs are a baseline for. What changes
 * of other branches did is among the runs, and in the pages of servers, not in these tables.
 */
#ifndef HARNESS_SITE_INDEX_H
#define HARNESS_SITE_INDEX_H

#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/site/site.h"

/* The first page. `css` is put into it. Returns 0, or -1 with err set: memory is out. */
int index_put(const struct site *site, const char *css, FILE *out, struct err *err);

/* A page of the history, from 1, that of the oldest runs, to site_pages_count(). */
void index_history_put(const struct site *site, size_t page, const char *css, FILE *out);

#endif
