/*
 * sha256: SHA-256 (FIPS 180-4), to know a file again.
 *
 * A published site remembers of each file what it wrote. The hash also names runs, so that the same run has the same
 * address whoever publishes it. It is no secret's keeper: nothing here runs in constant time.
 */
#ifndef HARNESS_LIB_SHA256_H
#define HARNESS_LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Holds a hash as 64 lower-case hexadecimal digits. */
#define SHA256_TEXT 65

struct sha256 {
	uint32_t state[8];
	uint64_t bytes;          /* taken so far */
	unsigned char block[64]; /* what is not yet a whole block */
};

void sha256_init(struct sha256 *sha);

/* Takes any number of bytes; may be called again. */
void sha256_add(struct sha256 *sha, const void *data, size_t bytes);

/* Ends it: no more can be taken. Returns out. */
char *sha256_show(struct sha256 *sha, char out[SHA256_TEXT]);

#endif
