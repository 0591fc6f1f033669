/*
 * program: running a short program of bench.conf (`requires`, `version`) and reading what it prints.
 */
#ifndef HARNESS_SERVER_PROGRAM_H
#define HARNESS_SERVER_PROGRAM_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"

/*
 * Runs a command line (see harness/lib/argv.h) in a folder, without a shell, and waits for it; processes left in its
 * process group are killed. What it prints on stdout goes to out as text: at most room - 1 bytes, without line ends at
 * its end and without control characters. The same with errors for stderr; either may be NULL. Returns its exit status;
 * or -1 with err set where it can't be started, is killed, or does not end within timeout_ns or before *stop is
 * set (then it is killed; stop may be NULL).
 */
int program_run(const char *command, const char *folder, uint64_t timeout_ns, char *out, size_t room, char *errors,
		size_t errors_room, const volatile sig_atomic_t *stop, struct err *err);

/* Removes control characters, bytes that are not UTF-8, and white space at the end: text from outside, for people. */
void program_clean(char *text);

#endif
