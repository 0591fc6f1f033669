#include "harness/site/address.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define HEX    DIGITS "abcdef"

bool site_is_hex(const char *text, size_t digits)
{
	return text && strlen(text) == digits && strspn(text, HEX) == digits;
}

bool site_path_is_good(const char *path)
{
	if (!path || !*path || strlen(path) > SITE_PATH_MAX ||
	    path[strspn(path, LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-/")])
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += part != path;
		if (*part == '.' || *part == '/' || !*part)
			return false;
	}
	return true;
}

bool site_url_is_good(const char *url)
{
	const char *host = strncmp(url, "https://", 8) == 0  ? url + 8
			   : strncmp(url, "http://", 7) == 0 ? url + 7
							     : NULL;

	if (!host || !*host || *host == '/' || strlen(url) > SITE_PATH_MAX)
		return false;
	return url[strspn(url, LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-/:[]~%")] == 0;
}

#define SLUG_HASH 10
#define SLUG_NAME 60

char *site_slug(char out[SITE_SLUG], const char *server)
{
	size_t bytes = strlen(server), used = 0;
	char hash[SHA256_TEXT];
	const char *dash = strrchr(server, '-');

	/* A plain name that ends as one with a hash does gets a hash too, so that no name can take another's place. */
	bool plain = bytes && bytes <= SLUG_NAME && server[strspn(server, LOWER DIGITS "_-")] == 0 && *server != '-' &&
		     *server != '_' && !(dash && site_is_hex(dash + 1, SLUG_HASH));
	for (size_t i = 0; i < bytes && used < SLUG_NAME; i++) {
		unsigned char c = (unsigned char)server[i];
		char put = c < 0x80 && isalnum(c) ? (char)tolower(c) : c == '_' ? '_' : '-';
		if (put != '-' || plain || (used && out[used - 1] != '-'))
			out[used++] = put;
	}
	out[used] = 0;
	if (!plain)
		snprintf(out + used, SITE_SLUG - used, "%s%.*s", used && out[used - 1] == '-' ? "" : "-", SLUG_HASH,
			 sha256_text(hash, server, bytes));
	if (*out == '-')
		*out = '_';
	return out;
}

/* RFC 9562, 5.8: version 8 is what is made in a way of one's own; the variant's two bits are 10. */
char *site_uuid(char out[SITE_UUID], const char *sha256)
{
	static const char variants[] = "89ab";
	const char *digit = strchr(HEX, sha256[15]);

	snprintf(out, SITE_UUID, "urn:uuid:%.8s-%.4s-8%.3s-%c%.3s-%.12s", sha256, sha256 + 8, sha256 + 12,
		 variants[digit ? (digit - HEX) % 4 : 0], sha256 + 16, sha256 + 19);
	return out;
}

bool site_is_uuid(const char *text)
{
	return strlen(text) == 45 && strncmp(text, "urn:uuid:", 9) == 0 && !text[9 + strspn(text + 9, HEX "-")];
}
