/*
 * address: what the paths and identifiers of a site are made of, and whether one from outside may stand in it.
 */
#ifndef HARNESS_SITE_ADDRESS_H
#define HARNESS_SITE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/sha256.h"

#define SITE_PATH_MAX 200

/* Whether a path is one that a site may have: relative, without dot segments and anything that would need escaping. */
bool site_path_is_good(const char *path);

/* Whether a text is a URL that may stand in a page: http or https, without user, query, blanks and controls. */
bool site_url_is_good(const char *url);

/*
 * The part of a path that stands for a server: its name where that is plain, else what is plain of it and a hash. Two
 * names never meet in one.
 */
#define SITE_SLUG 80
char *site_slug(char out[SITE_SLUG], const char *server);

/* An IRI made of a hash: a UUID of version 8 (RFC 9562), the same for the same hash. */
#define SITE_UUID 48
char *site_uuid(char out[SITE_UUID], const char *sha256);

/* Whether a text is one of these. */
bool site_is_uuid(const char *text);

/* Whether a text is that many lower-case hexadecimal digits, and nothing else. NULL is not. */
bool site_is_hex(const char *text, size_t digits);

#endif
