/*
 * similar: which of several words somebody may have meant.
 */
#ifndef HARNESS_LIB_SIMILAR_H
#define HARNESS_LIB_SIMILAR_H

#include <stdbool.h>

/*
 * Whether a word is another one mistyped: at most two letters are missing, too many, others, or swapped with their neighbour, and
 * fewer than half of them (the distance of Damerau, 1964, in the restricted form). Words of more than 40 bytes are like no other.
 */
bool similar_is(const char *word, const char *other);

#endif
