#include "harness/lib/sha256.h"

#include <nettle/base16.h>

char *sha256_show(struct sha256_ctx *sha, char out[SHA256_TEXT])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(sha, sizeof digest, digest);
	base16_encode_update(out, sizeof digest, digest);
	out[SHA256_TEXT - 1] = 0;
	return out;
}

char *sha256_text(char out[SHA256_TEXT], const char *text, size_t bytes)
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, bytes, (const uint8_t *)text);
	return sha256_show(&sha, out);
}
