/*
 * site: a published history of runs: what it keeps of each run, and the files that it consists of.
 *
 * A site is a folder of static files that any web server can offer:
 *
 *     index.html              the newest runs, and the servers of each kind of host
 *     history/N.html          all runs, SITE_PAGE_RUNS on each page, from the oldest on
 *     runs/ID/                the page of a run with its pictures and its run.json
 *     servers/NAME.html       one server over all runs: its trend
 *     feed.xml                the newest runs as an Atom feed
 *     latest.json             the newest run.json of the main branch that is whole, of any host and options
 *     site.json               the manifest
 *
 * The manifest is the site's memory, and this struct is its content. It holds the few figures of each run that trends
 * are made of, so that earlier runs need not be fetched again, and each file outside of runs/ that was written, with its size and
 * hash. A file that is not in it was not written by benchctl, and is left alone. The manifest is read back from the site and
 * so comes from outside: site_check() checks it.
 *
 * All functions here are pure: no file is read or written.
 */
#ifndef HARNESS_SITE_SITE_H
#define HARNESS_SITE_SITE_H

#include "harness/site/site_run.h"

#define SITE_MANIFEST "site.json"
#define SITE_INDEX    "index.html"
#define SITE_FEED     "feed.xml"
#define SITE_LATEST   "latest.json"
#define SITE_SERVERS  "servers"
#define SITE_HISTORY  "history"

#define SITE_RUNS_MAX   20000 /* a manifest that has more is not believed */
#define SITE_INDEX_RUNS 50    /* the newest, on the index */
#define SITE_PAGE_RUNS  100   /* on a page of the history */

/* A run that was taken out, whose folder may still be there. */
struct site_gone {
	char *id; /* owned */
};

struct site {
	char *title;           /* owned, as all texts */
	char *url;             /* where readers find it, with a slash at the end; NULL where unknown */
	char *feed_id;         /* an IRI that never changes (RFC 4287, 4.2.6); NULL while there is no run */
	char *branch;          /* the main one; NULL: main or master */
	char *latest;          /* id of the run that latest.json is; NULL while there is no run */
	struct site_run *runs; /* newest first, owned */
	size_t runs_count;
	struct site_gone *gone; /* owned */
	size_t gone_count;
	struct site_files files; /* of all that are no run's: indices, trends, feed */
};

/* The table of these fields. */
extern const struct field site_fields[];

void site_release(struct site *site);

/*
 * Puts a run into its place, or in the place of the one with its id, and sets `latest` and `feed_id`. The site owns it
 * then. Returns 0, or -1 with err set and the run still the caller's: memory is out, or there are too many.
 */
int site_add(struct site *site, struct site_run *run, struct err *err);

/*
 * Sets the current names of all servers. A server's section may have `alias = OLD`: the runs before belong to its trend, where it was
 * called OLD. site_add(), site_remove() and reading a manifest do this; runs that a caller changes otherwise need it.
 */
void site_settle(struct site *site);

/*
 * Takes a run out, and notes it among those that are gone; `latest` may be another one then. Returns 0, or -1 with err set: memory
 * is out.
 */
int site_remove(struct site *site, const char *id, struct err *err);

/*
 * Whether a run is of the main branch, or of no branch that is known: its figures are those of the servers, and a baseline. All
 * others are of changes, and are kept apart.
 */
bool site_is_main(const struct site *site, const struct site_run *run);

/* How many pages the history has; none where the index shows all runs. */
size_t site_pages_count(const struct site *site);

/* The run of that id, or NULL. */
const struct site_run *site_run(const struct site *site, const char *id);

/* Checks all that came from outside: names, paths, dates, order. Returns 0, or -1 with err set. */
int site_check(const struct site *site, struct err *err);

/* All servers of all runs by their current names, each once, sorted, the control server first: NULL-terminated, to free(). NULL: memory is out. */
const char **site_servers(const struct site *site);

#endif
