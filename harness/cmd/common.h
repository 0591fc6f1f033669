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

/* Prints "benchctl COMMAND: words" to stderr. Returns the exit code given. */
int complain(const struct command *command, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Prints the command's help. */
void command_print_help(const struct command *command, FILE *out);

/*
 * Sets the defaults and reads the command line. Returns the number of operands, left at the start of argv; or -1
 * when the command is over, with its exit code in *code: after --help (printed), or after an error (printed).
 * `help` is the settings' field of the option --help.
 */
int command_parse(const struct command *command, void *settings, const bool *help, int argc, char **argv, int least,
		  int most, int *code);

/*
 * Reads the configuration: the files of paths, one after the other; or where that is NULL ./bench.conf, or the
 * installed one. Applies their [run] to settings (may be NULL). Returns 0, or -1 with err set.
 */
int common_read_conf(struct conf *conf, struct settings *settings, char *const *paths, struct err *err);

/* The folder of the plot templates; NULL with err set where there is none. Static memory. */
const char *common_templates(struct err *err);

/* plots/NAME for results/NAME/run.json: where what is made of a run goes. Freed by the caller; NULL: out of memory. */
char *common_plots_folder(const char *path);

/*
 * The folder of a run of that name (NULL: the date and time), results/NAME, into out. Returns 0, or -1 with err set:
 * it is no name.
 */
#define COMMON_FOLDER 256
int common_run_folder(char out[COMMON_FOLDER], const char *name, struct err *err);

/* Makes it, new: no run is written over. Returns 0, or -1 with err set. */
int common_make_run_folder(const char *folder, struct err *err);

/* Set by SIGINT, SIGTERM and SIGHUP once common_catch_signals() has been called. A second one ends the process. */
extern volatile sig_atomic_t common_stop;
void common_catch_signals(void);

#endif
