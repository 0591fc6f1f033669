/*
 * command: the commands of benchctl, one file each under harness/cmd/.
 *
 * Only commands print, and only they pick an exit code. stdout carries the result, stderr progress and errors.
 */
#ifndef HARNESS_CMD_COMMAND_H
#define HARNESS_CMD_COMMAND_H

#include "harness/lib/options.h"

/* What each code means stands in exit_meanings. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_REGRESSION = 1,
	EXIT_USAGE = 2,
	EXIT_NO_RUN = 3,
	EXIT_INCONCLUSIVE = 4,
	EXIT_INTERRUPTED = 130,
};

/* The exit codes of all commands, for the help and the manual page; ends with a NULL text. */
struct exit_meaning {
	enum exit_code code;
	const char *commands; /* separated by ", "; NULL: all */
	const char *text;     /* one line, without a full stop */
};

extern const struct exit_meaning exit_meanings[];

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
