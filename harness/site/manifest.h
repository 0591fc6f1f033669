/*
 * manifest: the memory of a site, site.json, as it lies there and while others may publish too.
 */
#ifndef HARNESS_SITE_MANIFEST_H
#define HARNESS_SITE_MANIFEST_H

#include "harness/site/publishing.h"

/* Reads what is there into p->site, and keeps its hash. A site without a manifest is empty. Returns 0, or -1 with err set. */
int manifest_read(struct publishing *p, struct err *err);

/*
 * Writes what p->site says, if that is new. Returns 0; or -1 with err set: another has written since it was read, or it
 * would be larger than a later call reads.
 */
int manifest_write(struct publishing *p, struct err *err);

#endif
