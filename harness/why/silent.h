/*
 * silent: connections that are open and say nothing, beside those that are measured.
 *
 * They show what a connection costs a server merely by being open, in any mode of load. They are made and held by the thread
 * that calls, in its network, and carry no request.
 */
#ifndef HARNESS_WHY_SILENT_H
#define HARNESS_WHY_SILENT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/target.h"
#include "harness/lib/err.h"

struct silent {
	int *fds;
	size_t count;
};

/* As many as this process may hold beside what it needs itself. */
uint32_t silent_max(void);

/*
 * Opens `count` connections to the target within timeout_ns, and before *stop is set (stop may be NULL). Returns 0; or -1
 * with err set, and none is held. The kernel completes them: the server may not have accepted all of them yet.
 */
int silent_open(struct silent *silent, const struct target *target, uint32_t count, uint64_t timeout_ns,
		const volatile sig_atomic_t *stop, struct err *err);

/* Closes all; nothing where none is held. */
void silent_close(struct silent *silent);

#endif
