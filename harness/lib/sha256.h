/*
 * sha256: a SHA-256 hash as text. The hash itself is nettle's: sha256_init(), sha256_update(context, bytes, data).
 *
 * A published site remembers the hash of each file it wrote. The hash also names runs, so that the same run has the same
 * address no matter who publishes it.
 */
#ifndef HARNESS_LIB_SHA256_H
#define HARNESS_LIB_SHA256_H

#include <nettle/sha2.h>

/* Holds a hash as 64 lower-case hexadecimal digits. */
#define SHA256_TEXT (2 * SHA256_DIGEST_SIZE + 1)

/* Ends the hash; the context is then as new. Returns out. */
char *sha256_show(struct sha256_ctx *sha, char out[SHA256_TEXT]);

/* The hash of a text of that many bytes. Returns out. */
char *sha256_text(char out[SHA256_TEXT], const char *text, size_t bytes);

#endif
