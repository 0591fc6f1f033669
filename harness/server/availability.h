/*
 * availability: whether a server can run here, its version, and what to do where it can't.
 */
#ifndef HARNESS_SERVER_AVAILABILITY_H
#define HARNESS_SERVER_AVAILABILITY_H

#include <signal.h>
#include <stdbool.h>

#include "harness/config/conf.h"

struct availability {
	bool available;
	char version[256];       /* "" where there is none */
	char implementation[16]; /* "original" or "revival": our own library in place of one that has disappeared */
	char reason[512];        /* where it is not available: why, and the packages to install */
};

/* Asks the server's `requires` and `version` commands, until *stop is set (stop may be NULL): then it is not available. */
void availability_find(struct availability *availability, const struct conf_server *server,
		       const volatile sig_atomic_t *stop);

#endif
