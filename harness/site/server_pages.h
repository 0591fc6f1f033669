/*
 * server_pages: the page of each server, with the pictures of its trends, made in the staging folder.
 */
#ifndef HARNESS_SITE_SERVER_PAGES_H
#define HARNESS_SITE_SERVER_PAGES_H

#include "harness/site/publishing.h"

/* Makes all pages; of the pictures only those that a new run changes. Returns 0, or -1 with err set. */
int server_pages_stage(struct publishing *p, struct err *err);

#endif
