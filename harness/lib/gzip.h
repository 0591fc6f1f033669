/*
 * gzip: texts compressed as gzip has it (RFC 1952), by zlib.
 */
#ifndef HARNESS_LIB_GZIP_H
#define HARNESS_LIB_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/err.h"

/* Whether these bytes begin as a gzip file does, which no JSON does. */
bool gzip_is(const char *bytes, size_t count);

/* Compresses. The same text gives the same bytes. Returns 0, *packed is to be freed; or -1 with err set: memory is out. */
int gzip_pack(char **packed, size_t *packed_bytes, const char *text, size_t bytes, struct err *err);

/*
 * Decompresses to at most `max` bytes, from outside: a few bytes may stand for gigabytes. Returns 0, *text is to be freed; or -1 with
 * err set: it is no gzip, damaged, cut, or larger than that.
 */
int gzip_unpack(char **text, size_t *bytes, const char *packed, size_t packed_bytes, size_t max, struct err *err);

#endif
