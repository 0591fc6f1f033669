#include "clients/expected.h"

#include <stdio.h>

int expected_take_check(struct expected *expected, const char *text, struct err *err)
{
	static const char *const names[] = { "exact", "length", "status", "none" };
	static const char contains[] = "contains=";

	if (!text)
		text = names[EXPECTED_EXACT];
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(text, names[i]) == 0) {
			expected->check = (enum expected_check)i;
			return 0;
		}
	size_t bytes = strlen(text), begin = sizeof contains - 1;
	if (strncmp(text, contains, begin) != 0)
		return err_set(err, "'%.100s' is not one of: " EXPECTED_CHECKS, text);
	if (bytes == begin || bytes - begin > EXPECTED_CONTAINS_MAX)
		return err_set(err, "contains=TEXT: a text of 1 to %d bytes", EXPECTED_CONTAINS_MAX);
	expected->check = EXPECTED_CONTAINS;
	expected->contains = text + begin;
	expected->contains_bytes = (uint8_t)(bytes - begin);
	expected->back[0] = 0;
	for (uint8_t i = 1, found = 0; i < expected->contains_bytes; i++) {
		while (found && expected->contains[i] != expected->contains[found])
			found = expected->back[found - 1];
		found = (uint8_t)(found + (expected->contains[i] == expected->contains[found]));
		expected->back[i] = found;
	}
	return 0;
}

uint8_t expected_search(const struct expected *expected, uint8_t found, const struct http_span *piece)
{
	for (size_t i = 0; i < piece->bytes && found < expected->contains_bytes; i++) {
		while (found && piece->data[i] != expected->contains[found])
			found = expected->back[found - 1];
		found = (uint8_t)(found + (piece->data[i] == expected->contains[found]));
	}
	return found;
}

const char *expected_describe(char out[EXPECTED_TEXT], const struct expected *expected, unsigned status,
			      uint64_t body_bytes)
{
	if (status != expected->status && expected->check != EXPECTED_NONE)
		snprintf(out, EXPECTED_TEXT, "status %u instead of %u", status, expected->status);
	else if (expected->check == EXPECTED_CONTAINS)
		snprintf(out, EXPECTED_TEXT, "a body without the text that it should contain");
	else if (body_bytes != expected->body_bytes)
		snprintf(out, EXPECTED_TEXT, "a body of %llu bytes instead of %zu", (unsigned long long)body_bytes,
			 expected->body_bytes);
	else
		snprintf(out, EXPECTED_TEXT, "a body of the right length with other bytes");
	return out;
}
