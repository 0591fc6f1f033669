/*
 * retention: which runs of a site are kept, by number, age, or thinned out with age.
 *
 * Ages are told by the clock of this machine and not by the newest run, since a run whose date is wrong must not make all others
 * old. The newest run of all always stays.
 */
#ifndef HARNESS_SITE_RETENTION_H
#define HARNESS_SITE_RETENTION_H

#include <stdbool.h>
#include <time.h>

#include "harness/site/site.h"

#define RETENTION_THIN_DAYS 30 /* all younger runs stay; of older ones the newest of each week */

struct retention {
	uint64_t keep, keep_days; /* the newest N, those of the last N days; 0: all */
	bool thin; /* for each branch, kind of host, options and servers; a run that is whole before one that is not */
};

/* Marks in stays[], one for each run of the site, those that stay, and returns how many do not. */
size_t retention_choose(const struct retention *retention, const struct site *site, time_t now, bool *stays);

#endif
