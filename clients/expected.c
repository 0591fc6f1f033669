#include "clients/expected.h"

#include <stdio.h>

const char *const expected_check_names[] = { "exact", "length", "status", NULL };

const char *expected_describe(char out[EXPECTED_TEXT], const struct expected *expected, unsigned status,
			      uint64_t body_bytes)
{
	if (status != expected->status)
		snprintf(out, EXPECTED_TEXT, "status %u instead of %u", status, expected->status);
	else if (body_bytes != expected->body_bytes)
		snprintf(out, EXPECTED_TEXT, "a body of %llu bytes instead of %zu", (unsigned long long)body_bytes,
			 expected->body_bytes);
	else
		snprintf(out, EXPECTED_TEXT, "a body of the right length with other bytes");
	return out;
}
