/*
 * response: one response, read and compared with the right one as it arrives.
 *
 * Every engine handles received bytes this way: the reader (clients/http.h) parses them, each piece of the body is
 * compared with the target's, and nothing is kept, with one exception. Servers send the same response again and again,
 * so the last response that was parsed and found right is remembered, and a response that equals it byte for byte is
 * right without being parsed. A response that differs in one byte, such as a new second in its Date, is parsed.
 */
#ifndef CLIENTS_RESPONSE_H
#define CLIENTS_RESPONSE_H

#include <string.h>

#include "clients/expected.h"
#include "clients/worker.h"

/* The longest response, head and body, that is remembered. */
#define RESPONSE_KNOWN_MAX 2048

/* What one thread needs to check responses. */
struct responses {
	const struct expected *expected;
	struct worker *worker;           /* keeps the description of the first wrong response */
	struct http_reader known_reader; /* as it stood at the end of the remembered response */
	size_t known_bytes;              /* 0: none is remembered */
	char known[RESPONSE_KNOWN_MAX];
};

enum response_end {
	RESPONSE_MORE,   /* it is not complete */
	RESPONSE_RIGHT,  /* complete and right */
	RESPONSE_WRONG,  /* complete, and a wrong response */
	RESPONSE_BROKEN, /* no valid response: nothing more can be read on this connection */
};

/* The same as response_read() for a response that is not the remembered one. */
enum response_end response_take(struct responses *responses, struct http_reader *reader, uint8_t *state,
				const char *data, size_t bytes, enum load_failure *failure);

/*
 * Reads on. `state` is what expected_take() remembers from one piece of a response to the next: 0 at its start.
 * *failure is set with RESPONSE_WRONG and RESPONSE_BROKEN.
 */
static inline enum response_end response_read(struct responses *responses, struct http_reader *reader, uint8_t *state,
					      const char *data, size_t bytes, enum load_failure *failure)
{
	if (bytes != responses->known_bytes || http_begun(reader) || memcmp(data, responses->known, bytes) != 0)
		return response_take(responses, reader, state, data, bytes, failure);
	*reader = responses->known_reader;
	return RESPONSE_RIGHT;
}

/* The connection has ended: in the middle of the response, or as the end of one (http_read_eof()). */
enum response_end response_eof(const struct responses *responses, const struct http_reader *reader, uint8_t state,
			       enum load_failure *failure);

#endif
