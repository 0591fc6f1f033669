/*
 * sentence: a comparison in one paragraph, which all outputs for people begin with.
 *
 * What keeps the gate from deciding comes first: nothing could be compared, NEW lacks something, the launches are too
 * few. The overall verdict follows, and its basis.
 */
#ifndef HARNESS_COMPARE_SENTENCE_H
#define HARNESS_COMPARE_SENTENCE_H

#include "harness/compare/comparison.h"

/* Room for the whole. */
#define SENTENCE_TEXT 4096

/* Writes it. Returns out. */
char *compare_show_whole(char out[SENTENCE_TEXT], const struct comparison *comparison);

/* Adds to a text of `room` bytes; what does not fit is cut. */
void sentence_add(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds the names of the bits that are set, with a text before the first and commas between. */
void sentence_add_names(char *out, size_t room, const char *before, unsigned bits, const char *const *names, int count);

#endif
