/*
 * expected: the right response, and the one judgement of whether a response is it.
 *
 * A body is compared as it arrives, piece by piece, so that nobody has to keep it: expected_piece() for each piece, which the
 * caller remembers as one flag, `differs`; and expected_verdict() once the response is complete. Engines, the sequential
 * clients, the probe and the conformance check all judge in this way.
 */
#ifndef CLIENTS_EXPECTED_H
#define CLIENTS_EXPECTED_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "clients/failure.h"
#include "clients/http.h"

/* How closely a response is compared; each includes those after it. */
enum expected_check {
	EXPECTED_EXACT,  /* every byte of the body */
	EXPECTED_LENGTH, /* the length of the body */
	EXPECTED_STATUS, /* the status code */
};

extern const char *const expected_check_names[]; /* "exact", "length", "status", NULL */

/* The owner of the struct owns the body too: that of a target is released with the target. */
struct expected {
	unsigned status; /* 0: not known yet */
	enum expected_check check;
	const char *body; /* looked at for EXPECTED_EXACT only */
	size_t body_bytes;
};

/* Whether a piece of a body, which starts at `offset`, is as in the right response. */
static inline bool expected_piece(const struct expected *expected, uint64_t offset, const struct http_span *piece)
{
	if (expected->check == EXPECTED_STATUS)
		return true;
	if (piece->bytes > expected->body_bytes || offset > expected->body_bytes - piece->bytes)
		return false;
	return expected->check == EXPECTED_LENGTH || memcmp(expected->body + offset, piece->data, piece->bytes) == 0;
}

/*
 * Whether a complete response is right: its status, and a body of body_bytes of which a piece differed or none. Where it
 * is not, *failure is set to the kind.
 */
static inline bool expected_verdict(const struct expected *expected, unsigned status, uint64_t body_bytes, bool differs,
				    enum load_failure *failure)
{
	bool same_body = expected->check == EXPECTED_STATUS || (body_bytes == expected->body_bytes && !differs);

	if (status == expected->status && same_body)
		return true;
	*failure = status != expected->status ? LOAD_BAD_STATUS : LOAD_BAD_BODY;
	return false;
}

/* Holds any text of expected_describe(). */
#define EXPECTED_TEXT 96

/* In which way a response that is not right differs. Returns out. */
const char *expected_describe(char out[EXPECTED_TEXT], const struct expected *expected, unsigned status,
			      uint64_t body_bytes);

#endif
