/*
 * result_site: the manifest of a published site as JSON (site.json).
 *
 * It is compact, a line a run, so that a version control system in which sites are kept stores little anew.
 */
#ifndef HARNESS_SITE_RESULT_SITE_H
#define HARNESS_SITE_RESULT_SITE_H

#include "harness/lib/err.h"
#include "harness/site/site.h"

/* The version of site.json. In version 1 runs listed their files, which nothing needs. */
#define RESULT_SITE_SCHEMA 2
/* The largest manifest that is read. */
#define RESULT_SITE_BYTES_MAX (64u << 20)

/* The runs of a manifest as text, for result_site_text(), to free(); NULL if out of memory. It is what takes the time. */
char *result_site_runs(const struct site *site);

/* The manifest as text, with `runs` from result_site_runs() (NULL: made here), to free(); NULL if out of memory. */
char *result_site_text(const struct site *site, const char *runs);

/* Whether a manifest of that text could be read again. Returns 0, or -1 with err set. */
int result_site_fits(const char *text, size_t bytes, struct err *err);

/*
 * Reads a manifest, which comes from outside, and checks it (site_check). Returns 0, or -1 with err set. Release the site in
 * both cases.
 */
int result_site_read(struct site *site, const char *text, size_t bytes, struct err *err);

#endif
