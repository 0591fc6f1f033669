/*
 * command: the commands of benchctl, one file each under harness/cmd/.
 *
 * Only commands print, and only they pick an exit code. stdout carries the result, stderr progress and errors.
 */
#ifndef HARNESS_CMD_COMMAND_H
#define HARNESS_CMD_COMMAND_H

#include "harness/lib/options.h"

/* What each code means is in the table of help.c. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_REGRESSION = 1,
	EXIT_USAGE = 2,
	EXIT_NO_RUN = 3,
	EXIT_INCONCLUSIVE = 4,
	EXIT_INTERRUPTED = 130,
};

struct command {
	const char *name;
	const char *operands; /* as in the usage line, or "" */
	const char *summary;  /* one line, without a full stop */
	const struct option_def *options;
	int (*run)(int argc, char **argv); /* argv without the command's name; returns an exit_code */
};

extern const struct command command_run, command_load, command_list, command_check, command_doctor, command_table,
	command_explain, command_plot, command_report, command_publish, command_compare, command_ab, command_calibrate,
	command_why, command_init;

extern const struct option_def help_options[];

/*
 * Runs the command `help`, which is `self`: prints `commands`, which ends with NULL, or the options of one of them. Its row
 * stands beside that table (main.c), so that the two do not need each other. Returns an exit_code.
 */
int help_run(const struct command *self, const struct command *const *commands, int argc, char **argv);

#endif
