/*
 * cgroup: the limits of the control groups that this process is in (cgroups(7)).
 *
 * A limit applies to a group and all below it, so each is looked for from our own group up to the visible root, in
 * version 2 and in version 1, and the tightest counts.
 */
#ifndef HARNESS_HOST_CGROUP_H
#define HARNESS_HOST_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/host/procfile.h"

#define CGROUP_UNLIMITED UINT64_MAX

/* What is left under one limit. */
struct cgroup_limit {
	uint64_t left;            /* CGROUP_UNLIMITED where nothing limits */
	char file[PROCFILE_PATH]; /* the file that sets the limit; "" where nothing does */
	const char *lifted;       /* what to write into it to lift the limit; NULL where nothing does */
};

struct cgroup {
	struct cgroup_limit cpu;       /* CPUs, in thousandths */
	struct cgroup_limit memory;    /* bytes; the page cache that the group could drop counts as left */
	struct cgroup_limit processes; /* and threads */
};

/* The place of a group in one hierarchy. */
struct cgroup_place {
	char mount[PROCFILE_PATH];
	char folder[PROCFILE_PATH]; /* the mount, or a folder below it */
};

/*
 * Our own group in the hierarchy of a controller ("cpu", version 1), or in that of version 2 (NULL), below root. Returns
 * false where there is no such hierarchy.
 */
bool cgroup_place_find(struct cgroup_place *place, const char *root, const char *controller);

/* Goes to the group above. Returns false where there is none. */
bool cgroup_place_up(struct cgroup_place *place);

/* Reads the limits below root (see procfile.h). */
void cgroup_read(struct cgroup *cgroup, const char *root);

#endif
