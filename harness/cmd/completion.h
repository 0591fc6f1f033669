/*
 * completion: what shells complete, from the option tables.
 *
 * The command; its options with their one line of help, where the shell shows it; the values of an option that has a fixed set;
 * files and folders; and the runs in the folder results, and "latest", where a command reads runs.
 */
#ifndef HARNESS_CMD_COMPLETION_H
#define HARNESS_CMD_COMPLETION_H

#include <stdio.h>

#include "harness/cmd/command.h"

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

/* Prints the completions of these commands (a list that ends with NULL) for a shell, to be read by it. */
void completion_print(const struct command *const *commands, enum completion_shell shell, FILE *out);

#endif
