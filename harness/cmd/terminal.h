/*
 * terminal: the status line of a command that takes time, on stderr.
 *
 * On a terminal that can do it, the line is rewritten in place. Elsewhere no escape sequence is written, ever: not where stderr
 * is no terminal, nor with TERM=dumb or without TERM, with NO_COLOR (https://no-color.org), or with CLICOLOR=0
 * (https://bixense.com/clicolors/). With --quiet there is no progress at all.
 */
#ifndef HARNESS_CMD_TERMINAL_H
#define HARNESS_CMD_TERMINAL_H

#include <stdbool.h>

#include "harness/config/settings.h"

struct terminal {
	struct settings_verbosity verbosity;
	bool rewrites; /* the status line is shown */
};

/* For stderr. */
void terminal_init(struct terminal *terminal, struct settings_verbosity verbosity);

/* Replaces the status line; with --verbose it is a line of its own, which stays, on whatever stderr is. */
void terminal_status(const struct terminal *terminal, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Removes the status line, so that other output can follow. */
void terminal_clear(const struct terminal *terminal);

#endif
