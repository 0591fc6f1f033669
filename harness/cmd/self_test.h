/*
 * self_test: can a comparison find anything here at all?
 *
 * A gate that can't fail looks like one that has nothing to complain of. So the control server is launched with a busy loop
 * for each request that makes it slower by a known amount, and what `compare` would say of it is looked at: of 30 % it must
 * say that it has regressed, and whether it sees 8 % tells how fine this host measures, in a few seconds of launches.
 */
#ifndef HARNESS_CMD_SELF_TEST_H
#define HARNESS_CMD_SELF_TEST_H

#include "harness/cmd/command.h"
#include "harness/compare/compare.h"
#include "harness/config/settings.h"

/*
 * Runs it and prints what it has found. `conf` are the files of the configuration that has the control server, NULL: the
 * usual one. Returns EXIT_OK where the 30 % were found, EXIT_REGRESSION where not; EXIT_USAGE: no control server;
 * EXIT_NO_RUN; EXIT_INTERRUPTED.
 */
int self_test(const struct command *command, char *const *conf, const struct compare_settings *how,
	      struct settings_verbosity verbosity);

#endif
