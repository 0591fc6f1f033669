#include "clients/response.h"

/*
 * A wrong body is read to its end, so that the loop continues as usual, unless it is longer than the right one by this.
 */
#define SURPLUS_MAX (1u << 20)

/* Not inlined: what is rare costs the others no room on the stack. */
#define RARE __attribute__((cold, noinline))

RARE static enum response_end response_wrong(const struct responses *responses, const struct http_reader *reader)
{
	char text[EXPECTED_TEXT];

	worker_wrong(responses->worker, "%s",
		     expected_describe(text, responses->expected, reader->status, reader->body_bytes));
	return RESPONSE_WRONG;
}

/* No response can be read on this connection any more: `event` is what the reader said at `at`. */
RARE static enum response_end response_broken(const struct responses *responses, const struct http_reader *reader,
					      enum http_event event, const char *data, const char *at, const char *end,
					      enum load_failure *failure)
{
	char text[HTTP_TEXT];

	*failure = event == HTTP_BODY ? LOAD_BAD_BODY : LOAD_BAD_HTTP;
	worker_wrong(responses->worker, "%s",
		     event == HTTP_BODY ? "a body without an end" : http_describe(text, reader, data, at, end));
	return RESPONSE_BROKEN;
}

/* A complete response has been read; was it right? */
static enum response_end response_judge(const struct responses *responses, const struct http_reader *reader,
					uint8_t state, enum load_failure *failure)
{
	if (expected_verdict(responses->expected, reader->status, reader->body_bytes, state, failure))
		return RESPONSE_RIGHT;
	return response_wrong(responses, reader);
}

/* Takes the response apart. */
static enum response_end response_parse(struct responses *responses, struct http_reader *reader, uint8_t *state,
					const char *data, const char *end, enum load_failure *failure)
{
	const struct expected *expected = responses->expected;
	const char *at = data;
	uint64_t offset = reader->body_bytes;
	struct http_span body;
	enum http_event event;

	reader->bodyless = expected->bodyless;
	while ((event = http_read(reader, &at, end, &body)) == HTTP_BODY) {
		expected_take(expected, offset, &body, state);
		offset = reader->body_bytes;
		if (expected_is_hopeless(expected, offset, *state, SURPLUS_MAX))
			break;
	}
	if (event == HTTP_MORE)
		return RESPONSE_MORE;
	if (event == HTTP_END && at == end)
		return response_judge(responses, reader, *state, failure);
	return response_broken(responses, reader, event, data, at, end, failure);
}

/* Parses the response, and remembers it if it came whole and is right. */
enum response_end response_take(struct responses *responses, struct http_reader *reader, uint8_t *state,
				const char *data, size_t bytes, enum load_failure *failure)
{
	bool whole = !http_begun(reader);
	enum response_end end = response_parse(responses, reader, state, data, data + bytes, failure);

	if (end == RESPONSE_RIGHT && whole && bytes <= sizeof responses->known) {
		memcpy(responses->known, data, bytes);
		responses->known_bytes = bytes;
		responses->known_reader = *reader;
	}
	return end;
}

enum response_end response_eof(const struct responses *responses, const struct http_reader *reader, uint8_t state,
			       enum load_failure *failure)
{
	if (http_read_eof(reader))
		return response_judge(responses, reader, state, failure);
	*failure = LOAD_EOF_EARLY;
	return RESPONSE_BROKEN;
}
