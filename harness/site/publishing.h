/*
 * publishing: a call of publish(): what is asked, what is done, the site as it grows, and how its files get to where it lies.
 */
#ifndef HARNESS_SITE_PUBLISHING_H
#define HARNESS_SITE_PUBLISHING_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/err.h"
#include "harness/site/retention.h"
#include "harness/site/site.h"
#include "harness/site/staging.h"
#include "harness/site/store.h"

/* What the tries of one publication share, where another may be first: the pages of runs, which are made once. Zero bytes at first. */
struct publish_tries {
	struct staging staging; /* owned; to be removed by staging_remove() */
	char *url;              /* of the site that the pages were made for; owned */
};

struct publish_request {
	char *const *runs; /* run.json files */
	size_t runs_count;
	const char *title, *url, *branch; /* of the site; NULL: as they are */
	char *const *remove;              /* ids of runs that are taken out, NULL-terminated; or NULL */
	struct retention retention;       /* of what is there after that */
	bool replace; /* a run takes the place of those of the same branch, commit, host and options */
	bool rebuild; /* the manifest there is not read, and what has the names of the site's files is taken for ours */
	bool light;   /* pages and files of the runs are small */
	bool renew;   /* pages of runs that are there already are made anew, and all files looked at */
	const char *templates;
	const volatile sig_atomic_t *stop;             /* set: it ends after the file in hand */
	void (*tell)(void *context, const char *text); /* progress, a line each; or NULL */
	bool tells_files;                              /* each file too */
	void *context;
	struct publish_tries *tries; /* NULL: it is not tried again */
};

struct publish_done {
	size_t runs_added, runs_known, runs_removed;
	size_t sent, kept; /* files written, and files that were right as they were */
	uint64_t sent_bytes;
};

struct publishing {
	struct store *store;
	const struct publish_request *request;
	struct publish_done *done;
	struct site site;
	struct staging staging; /* in which the site is made, and the list of its files that are no run's */
	char seen[SHA256_TEXT]; /* hash of the manifest as it is there; "": there is none */
	size_t runs_unlisted;   /* added, and not yet in the manifest that is there */
	char *runs_text;        /* of the runs in the manifest, owned; NULL: not made since they changed */
	char **added;           /* ids of runs that were added now */
	size_t added_count;
	char **touched; /* names of servers whose trends change, owned */
	size_t touched_count;
	char *css; /* the style of a report, followed by that of a site; owned */
};

/* Tells the caller of publish(), where it wants to be told. */
void publishing_tell(const struct publishing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether the caller wants it to end: 0, or -1 with err set. */
int publishing_is_stopped(const struct publishing *p, struct err *err);

/* To be called where a run of the site was added or taken out. */
void publishing_changed(struct publishing *p);

/* Puts one staged file, if it is not there already, and sets it in the list, if that is not NULL. Returns 0, or -1 with err set. */
int publishing_put(struct publishing *p, struct site_files *files, const char *path, struct err *err);

/* Whether a path may be written: 0; or -1 with err set: what is there and not in the manifest is somebody else's. */
int publishing_is_ours(struct publishing *p, const char *path, struct err *err);

#endif
