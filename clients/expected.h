/*
 * expected: the right response, and the only comparison of responses with it.
 *
 * A body is compared as it arrives, piece by piece, so that nobody has to keep it: expected_take() for each piece, which the
 * caller remembers as one byte; and expected_verdict() once the response is complete. Engines, the sequential
 * clients, the probe and the conformance check all judge in this way.
 */
#ifndef CLIENTS_EXPECTED_H
#define CLIENTS_EXPECTED_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "clients/failure.h"
#include "clients/http.h"
#include "harness/lib/err.h"

/* How closely a response is compared. Of the first four each includes those after it. */
enum expected_check {
	EXPECTED_EXACT,    /* every byte of the body */
	EXPECTED_LENGTH,   /* the length of the body */
	EXPECTED_STATUS,   /* the status code */
	EXPECTED_NONE,     /* any complete response is right */
	EXPECTED_CONTAINS, /* the status code, and a text that is in the body */
};

/* How a user says it. */
#define EXPECTED_CHECKS "exact|length|status|contains=TEXT|none"
/* The longest text that is looked for. */
#define EXPECTED_CONTAINS_MAX 200

/* The owner of the struct owns the body too: that of a target is released with the target. */
struct expected {
	unsigned status; /* 0: not known yet */
	enum expected_check check;
	bool bodyless;    /* the response to HEAD: it has no body, whatever its head says */
	const char *body; /* looked at for EXPECTED_EXACT only */
	size_t body_bytes;
	const char *contains; /* EXPECTED_CONTAINS: contains_bytes of text, which are the caller's */
	uint8_t contains_bytes;
	uint8_t back
		[EXPECTED_CONTAINS_MAX]; /* of Knuth, Morris and Pratt: where to go on where the next byte does not fit */
};

/* Takes a check as the user says it; NULL: exact. The text must outlive the struct. Returns 0, or -1 with err set. */
int expected_take_check(struct expected *expected, const char *text, struct err *err);

/* Whether a piece of a body, which starts at `offset`, is as in the right response. */
static inline bool expected_piece(const struct expected *expected, uint64_t offset, const struct http_span *piece)
{
	if (expected->check >= EXPECTED_STATUS)
		return true;
	if (piece->bytes > expected->body_bytes || offset > expected->body_bytes - piece->bytes)
		return false;
	return expected->check == EXPECTED_LENGTH || memcmp(expected->body + offset, piece->data, piece->bytes) == 0;
}

/* How much of the text that is looked for the body ends with, after another piece; once found, all of it. */
uint8_t expected_search(const struct expected *expected, uint8_t found, const struct http_span *piece);

/*
 * Takes the next piece of a body, which starts at `offset`. *state is 0 before the first, and tells expected_verdict() what was
 * seen: 1 where a piece differed, or how much of a text is found.
 */
static inline void expected_take(const struct expected *expected, uint64_t offset, const struct http_span *piece,
				 uint8_t *state)
{
	if (expected->check == EXPECTED_CONTAINS)
		*state = expected_search(expected, *state, piece);
	else if (!expected_piece(expected, offset, piece))
		*state = 1;
}

/* Whether the rest of a body can be left unread: it differs, and is longer than the right one by more than `surplus`. */
static inline bool expected_is_hopeless(const struct expected *expected, uint64_t body_bytes, uint8_t state,
					size_t surplus)
{
	return state && expected->check <= EXPECTED_LENGTH && body_bytes > expected->body_bytes + surplus;
}

/*
 * Whether a complete response is right: its status, and a body of body_bytes of which expected_take() says `state`. Where it
 * is not, *failure is set to the kind.
 */
static inline bool expected_verdict(const struct expected *expected, unsigned status, uint64_t body_bytes,
				    uint8_t state, enum load_failure *failure)
{
	bool same_status = status == expected->status || expected->check == EXPECTED_NONE;
	bool same_body = expected->check == EXPECTED_CONTAINS
				 ? state == expected->contains_bytes
				 : expected->check >= EXPECTED_STATUS || (body_bytes == expected->body_bytes && !state);

	if (same_status && same_body)
		return true;
	*failure = same_status ? LOAD_BAD_BODY : LOAD_BAD_STATUS;
	return false;
}

/* Holds any text of expected_describe(). */
#define EXPECTED_TEXT 96

/* How a wrong response differs. Returns out. */
const char *expected_describe(char out[EXPECTED_TEXT], const struct expected *expected, unsigned status,
			      uint64_t body_bytes);

#endif
