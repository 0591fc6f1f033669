/*
 * parts: what the pages of a site have in common. Texts from outside are escaped.
 */
#ifndef HARNESS_SITE_PARTS_H
#define HARNESS_SITE_PARTS_H

#include <stdio.h>

#include "harness/site/site.h"

/* The title of a site: its own, or the usual one. */
const char *parts_title(const struct site *site);

/* How a server is called. */
const char *parts_name(const char *server);

/* The head of a page, up to its body; `up` leads to the site's root. `css` is put into the page. */
void parts_begin(const struct site *site, const char *title, const char *up, const char *css, FILE *out);
void parts_end(FILE *out);

/* 2026-11-25T12:05:58Z as 2026-11-25 12:05 UTC. */
void parts_date(FILE *out, const char *date);

/* Adds an item to a list, after a separator where it is not the first. */
void parts_add(char *list, size_t room, const char *separator, const char *item);

/* The load of a run: "31 servers · close mode · 1 to 65,536 connections". */
void parts_run(const struct site_run *run, char *out, size_t room);

/* The host of a run: "AMD EPYC, 2 cores, 7.8 GiB". */
void parts_host(const struct site_run *run, char *out, size_t room);

/* The branch and commit of a run: "main at 1a2b3c4d5e6f"; "" where unknown. */
void parts_revision(const struct site_run *run, char *out, size_t room);

/* Begins a table, in the row of its heads. A table that is wider than a phone scrolls by itself; the keyboard can reach it. */
void parts_table(FILE *out, const char *label);

/* The heads of the columns of rates, and a rate as a cell of a table. */
void parts_heads(FILE *out);
void parts_point(const struct site_point *point, enum site_at at, FILE *out);

#endif
