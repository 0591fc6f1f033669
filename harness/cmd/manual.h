/*
 * manual: the manual pages, of the program and of each command, from the option tables; and what the exit codes mean.
 */
#ifndef HARNESS_CMD_MANUAL_H
#define HARNESS_CMD_MANUAL_H

#include <stdio.h>

#include "harness/cmd/command.h"

/* The exit codes of all commands; the table ends with text NULL. */
struct exit_meaning {
	enum exit_code code;
	const char *commands; /* separated by ", "; NULL: all */
	const char *text;     /* one line, without a full stop */
};
extern const struct exit_meaning manual_exits[];

/* Prints benchctl(1), with all commands (a list that ends with NULL). */
void manual_print(const struct command *const *commands, FILE *out);

/* Prints benchctl-NAME(1) of one of them. */
void manual_print_command(const struct command *command, const struct command *const *commands, FILE *out);

#endif
