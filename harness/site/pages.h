/*
 * pages: the pages of a site beside its index (index.h): the trend of a server, and the feed.
 *
 * They are made anew from the manifest each time; the same site gives the same bytes. Texts in it come from outside and are
 * escaped (html.h). Links are relative, so that the site works at any address, and from a disk.
 */
#ifndef HARNESS_SITE_PAGES_H
#define HARNESS_SITE_PAGES_H

#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/site/trends.h"

#define SITE_PAGES_FEED_MAX     50 /* entries, the newest */
#define SITE_PAGES_BRANCHES_MAX 10 /* trends of other branches than the main one, on the page of a server */

/* A trend of a page of a server, and its picture. */
struct site_pages_trend {
	const struct site_trend *trend;
	const char *picture;     /* stem of its files, which lie beside the page; NULL: none */
	const char *description; /* of the picture */
};

/* The page of a server: its trends, each with a picture and a table. */
void site_pages_server(const struct site *site, const char *server, const struct site_pages_trend *trends, size_t count,
		       const char *css, FILE *out);

/* The feed of the newest runs (RFC 4287). The site has a run. */
void site_pages_feed(const struct site *site, FILE *out);

#endif
