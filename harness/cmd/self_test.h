/*
 * self_test: can a comparison detect a regression here at all?
 *
 * A gate that can't fail looks like a gate that finds nothing wrong. So the control server is launched with a busy loop
 * for each request that makes it slower by a known amount, and compared as `compare` would: the comparison must report
 * 30 % as a regression, and whether it detects 8 % shows the resolution of this host, within a few seconds of launches.
 */
#ifndef HARNESS_CMD_SELF_TEST_H
#define HARNESS_CMD_SELF_TEST_H

#include "harness/cmd/command.h"
#include "harness/compare/compare.h"
#include "harness/config/settings.h"

/*
 * Runs it and prints the result. `conf` are the files of the configuration that has the control server, NULL: the usual
 * configuration. Returns EXIT_OK where the 30 % were found, EXIT_REGRESSION where not; EXIT_USAGE: no control server;
 * EXIT_NO_RUN; EXIT_INTERRUPTED.
 */
int self_test(const struct command *command, char *const *conf, const struct compare_settings *how,
	      struct settings_verbosity verbosity);

#endif
