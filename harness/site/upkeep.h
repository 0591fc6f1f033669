/*
 * upkeep: what a site loses: runs that are taken out, pages that nothing leads to any more, and the folders of runs that are gone.
 *
 * A run first leaves the manifest, in which it is noted as gone, and the pages; then its folder is removed, with all that is in
 * it. So what is cut short leaves no dead link, and the next call goes on. A page is removed only where it still is what benchctl
 * wrote.
 */
#ifndef HARNESS_SITE_UPKEEP_H
#define HARNESS_SITE_UPKEEP_H

#include "harness/site/publishing.h"

/* Whether all runs that are to be removed are there. Returns 0, or -1 with err set. */
int upkeep_check(const struct publishing *p, struct err *err);

/*
 * Takes runs out of p->site: those that the request names, those whose place another one takes, and those that are not to be
 * kept. Returns 0, or -1 with err set: memory is out, or none would be left.
 */
int upkeep_remove(struct publishing *p, struct err *err);

/* Removes pages of servers and of the history that are no longer made, and folders of runs that are gone. Returns 0, or -1 with err
 * set; what is removed is no longer in p->site in either case. */
int upkeep_sweep(struct publishing *p, struct err *err);

/* Notes that the trends of a run's servers change. Returns 0, or -1 where memory is out. */
int upkeep_touch(struct publishing *p, const struct site_run *run);

#endif
