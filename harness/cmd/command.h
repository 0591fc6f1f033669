/*
 * command: the commands of benchctl, one file each under harness/cmd/.
 *
 * Only commands print, and only they pick an exit code. stdout carries the result, stderr progress and errors.
 */
#ifndef HARNESS_CMD_COMMAND_H
#define HARNESS_CMD_COMMAND_H

#include "harness/lib/options.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_REGRESSION = 1, /* or a failed check */
	EXIT_USAGE = 2,      /* usage, configuration or input file */
	EXIT_NO_RUN = 3,     /* the run could not be made */
	EXIT_INCONCLUSIVE = 4,
	EXIT_INTERRUPTED = 130, /* with what was measured kept */
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
	command_help;

/* All commands; ends with NULL. */
extern const struct command *const commands[];

#endif
