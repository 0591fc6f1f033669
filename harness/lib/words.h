/*
 * words: a command line as a list of words, without a shell.
 *
 * Commands stand in bench.conf as one line. They are split here and given to execvp(3): no variable, pattern
 * or operator has a meaning, so that nothing in a file can run more than the one program that it names.
 */
#ifndef HARNESS_LIB_WORDS_H
#define HARNESS_LIB_WORDS_H

#include "harness/lib/err.h"

/*
 * Splits a line at blanks. Quotes '...' and "..." hold blanks together, a backslash outside '...' takes the
 * next character as it is. Returns a NULL-terminated array (free with words_free), or NULL with err set where
 * the line has no word or a quote does not end.
 */
char **words_split(const char *line, struct err *err);

/* Splits a list at commas, without blanks around the items. Like words_split; an empty item is an error. */
char **words_list(const char *text, struct err *err);

/* The number of words. */
unsigned words_count(char *const *words);

/* Frees a list of words; NULL is allowed. */
void words_free(char **words);

#endif
