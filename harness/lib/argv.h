/*
 * argv: a command line as a list of arguments, without a shell.
 *
 * Commands stand in bench.conf as one line. They are split here and given to execvp(3): no variable, pattern
 * or operator has a meaning, so that nothing in a file can run more than the one program that it names.
 */
#ifndef HARNESS_LIB_ARGV_H
#define HARNESS_LIB_ARGV_H

#include "harness/lib/err.h"

/*
 * Splits a line at blanks. Quotes '...' and "..." hold blanks together, a backslash outside '...' takes the
 * next character as it is. Returns a NULL-terminated array (free with argv_free), or NULL with err set where
 * the line has no argument or a quote does not end.
 */
char **argv_split(const char *line, struct err *err);

/* Splits a list at commas, without blanks around the items. Like argv_split; an empty item is an error. */
char **argv_list(const char *text, struct err *err);

/* Frees a list of arguments; NULL is allowed. */
void argv_free(char **arguments);

#endif
