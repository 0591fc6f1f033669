/*
 * response: one response, read and compared with the right one as it arrives.
 *
 * What every engine does with the bytes that it receives: the reader (clients/http.h) takes them apart, each piece of
 * the body is held against the target, and nothing is kept, but for one thing. Servers say the same again and again, so
 * the last response that was read and found right is remembered, and one that is the same, byte for byte, is right without
 * being taken apart. What differs in one byte, a new second in its Date say, goes the long way.
 */
#ifndef CLIENTS_RESPONSE_H
#define CLIENTS_RESPONSE_H

#include "clients/expected.h"
#include "clients/worker.h"

/* The longest response, head and body, that is remembered. */
#define RESPONSE_KNOWN_MAX 2048

/* What the responses of one thread are held against. */
struct responses {
	const struct expected *expected;
	struct worker *worker;           /* keeps the words for the first that is wrong */
	struct http_reader known_reader; /* as it stood at the end of the remembered response */
	size_t known_bytes;              /* 0: none is remembered */
	char known[RESPONSE_KNOWN_MAX];
};

enum response_end {
	RESPONSE_MORE,   /* it is not complete */
	RESPONSE_RIGHT,  /* complete and right */
	RESPONSE_WRONG,  /* complete, and another response than the right one */
	RESPONSE_BROKEN, /* no valid response: nothing more can be read on this connection */
};

/*
 * Reads on. `state` is what expected_take() remembers from one piece of a response to the next: 0 at its start.
 * *failure is set with RESPONSE_WRONG and RESPONSE_BROKEN.
 */
enum response_end response_read(struct responses *responses, struct http_reader *reader, uint8_t *state,
				const char *data, size_t bytes, enum load_failure *failure);

/* The connection has ended: in the middle of the response, or as the end of one (http_read_eof()). */
enum response_end response_eof(const struct responses *responses, const struct http_reader *reader, uint8_t state,
			       enum load_failure *failure);

#endif
