/*
 * command: the command that makes a run again.
 *
 * It names the options that are not the defaults, quoted for a shell. Their values come from outside: control characters are
 * left out, so that what the command does can be seen before it is run.
 */
#ifndef HARNESS_REPORT_COMMAND_H
#define HARNESS_REPORT_COMMAND_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* The command as one line. Freed by the caller; NULL with err set where memory is out. */
char *command_again(const struct document *document, struct err *err);

#endif
