/*
 * argv: a command line as a list of arguments, without a shell.
 *
 * A command is one line of bench.conf. It is split here and given to execvp(3): no variable, pattern or operator has a
 * meaning, so that a line can run only the program that it names.
 */
#ifndef HARNESS_LIB_ARGV_H
#define HARNESS_LIB_ARGV_H

#include <stdio.h>

#include "harness/lib/err.h"

/*
 * Splits a line at blanks. Quotes '...' and "..." group blanks, a backslash outside '...' escapes the next character.
 * Returns a NULL-terminated array (free with argv_free), or NULL with err set where the line has no argument or a quote
 * does not end.
 */
char **argv_split(const char *line, struct err *err);

/* Writes a word so that argv_split() reads it as that word, whatever is in it. */
void argv_quote(FILE *out, const char *word);

/* Splits a list at commas, without blanks around the items. Like argv_split; an empty item is an error. */
char **argv_list(const char *text, struct err *err);

/*
 * A command line as strangers may see it: the name of its program, and a digest of the whole line where that has more than the
 * program's path, as in "gunicorn (arguments 1a2b3c4d)". Two lines that differ have different ones, to all appearance. Where the
 * program is env, that is what env starts. Returns out; it is "(unreadable)" where the line can't be split.
 */
#define ARGV_BRIEF 160
char *argv_brief(char out[ARGV_BRIEF], const char *line);

/* Frees a list of arguments; NULL is allowed. */
void argv_free(char **arguments);

#endif
