/*
 * common: what the commands share: their options, their errors, and where files are.
 */
#ifndef HARNESS_CMD_COMMON_H
#define HARNESS_CMD_COMMON_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/cmd/command.h"
#include "harness/config/conf.h"
#include "harness/lib/err.h"

/*
 * Messages for people go to stderr through these two functions: text from outside (file content, names, a server's
 * output) in the message can neither steer the terminal nor begin a new line (text_print()).
 */
/* Prints a line. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "benchctl COMMAND: message" as a line. Returns the exit code given. */
int complain(const struct command *command, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Prints the command's help. */
void command_print_help(const struct command *command, FILE *out);

/*
 * Reads the command line. Returns the number of operands, from min to max, left at the start of argv; or -1 when the command
 * is over, with its exit code in *code: after --help (printed), or after an error (printed). Release the line in each case.
 */
int command_read(const struct command *command, struct options_line *line, int argc, char **argv, int min, int max,
		 int *code);

/* The same for a command whose settings come only from defaults and the command line. */
int command_parse(const struct command *command, void *settings, int argc, char **argv, int min, int max, int *code);

/*
 * Reads the configuration: the files of paths, one after the other; or where that is NULL ./bench.conf, or the
 * installed one. Applies their [run] to settings (may be NULL). Beside files of somebody's own the servers of the installed one
 * can be named (conf_read_installed()). Returns 0, or -1 with err set.
 */
int common_read_conf(struct conf *conf, struct settings *settings, char *const *paths, struct err *err);

/*
 * Set by SIGINT, SIGTERM and SIGHUP once common_catch_signals() has been called; a second signal ends the process. It is the
 * only file-scope variable of the program that changes: a signal handler can reach nothing else (signal-safety(7)). All
 * others get its address.
 */
extern volatile sig_atomic_t common_stop;
void common_catch_signals(void);

#endif
