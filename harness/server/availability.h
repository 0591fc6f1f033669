/*
 * availability: whether a server can run here, which version it is, and what to do where it can't.
 */
#ifndef HARNESS_SERVER_AVAILABILITY_H
#define HARNESS_SERVER_AVAILABILITY_H

#include <stdbool.h>

#include "harness/config/conf.h"

struct availability {
	bool available;
	char version[256];       /* "" where there is none */
	char implementation[16]; /* "original" or "revival": our own library in the place of one that is gone */
	char reason[512];        /* where it is not available: why, and the packages to install */
};

/* Asks the server's `requires` and `version` commands. */
void availability_find(struct availability *availability, const struct conf_server *server);

#endif
