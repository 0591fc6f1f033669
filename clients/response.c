#include "clients/response.h"

/* A wrong body is read to its end, so that the loop goes on as usual, unless it is longer than the right one by this. */
#define SURPLUS_MAX (1u << 20)

static enum response_end response_is(enum response_end end, enum load_failure kind, enum load_failure *failure)
{
	*failure = kind;
	return end;
}

/* A complete response has been read; was it right? */
static enum response_end response_judge(const struct responses *responses, const struct http_reader *reader, bool wrong,
					enum load_failure *failure)
{
	const struct target *target = responses->target;

	if (reader->status != target->status) {
		worker_wrong(responses->worker, TARGET_WRONG_STATUS, reader->status, target->status);
		return response_is(RESPONSE_WRONG, LOAD_BAD_STATUS, failure);
	}
	if (wrong || !target_end_matches(target, responses->check, reader->body_bytes)) {
		worker_wrong(responses->worker, TARGET_WRONG_BODY, (unsigned long long)reader->body_bytes,
			     target->body_bytes);
		return response_is(RESPONSE_WRONG, LOAD_BAD_BODY, failure);
	}
	return RESPONSE_RIGHT;
}

static bool is_known(const struct responses *responses, const struct http_reader *reader, const char *data,
		     size_t bytes)
{
	return bytes == responses->known_bytes && !http_begun(reader) && memcmp(data, responses->known, bytes) == 0;
}

/* Takes the response apart. */
static enum response_end response_parse(struct responses *responses, struct http_reader *reader, bool *wrong,
					const char *data, const char *end, enum load_failure *failure)
{
	const struct target *target = responses->target;
	uint64_t offset = reader->body_bytes;
	struct http_span body;
	enum http_event event;

	while ((event = http_read(reader, &data, end, &body)) == HTTP_BODY) {
		if (!target_piece_matches(target, responses->check, offset, &body))
			*wrong = true;
		offset = reader->body_bytes;
		if (*wrong && offset > target->body_bytes + SURPLUS_MAX)
			break;
	}
	switch (event) {
	case HTTP_MORE: return RESPONSE_MORE;
	case HTTP_END:
		if (data == end)
			return response_judge(responses, reader, *wrong, failure);
		worker_wrong(responses->worker, "bytes behind the response");
		return response_is(RESPONSE_BROKEN, LOAD_BAD_HTTP, failure);
	case HTTP_BODY:
		worker_wrong(responses->worker, "a body without an end");
		return response_is(RESPONSE_BROKEN, LOAD_BAD_BODY, failure);
	case HTTP_BAD: break;
	}
	worker_wrong(responses->worker, "not a valid HTTP response");
	return response_is(RESPONSE_BROKEN, LOAD_BAD_HTTP, failure);
}

enum response_end response_read(struct responses *responses, struct http_reader *reader, bool *wrong, const char *data,
				size_t bytes, enum load_failure *failure)
{
	bool whole = !http_begun(reader);

	if (is_known(responses, reader, data, bytes)) {
		*reader = responses->known_reader;
		return RESPONSE_RIGHT;
	}
	enum response_end end = response_parse(responses, reader, wrong, data, data + bytes, failure);
	if (end == RESPONSE_RIGHT && whole && bytes <= sizeof responses->known) {
		memcpy(responses->known, data, bytes);
		responses->known_bytes = bytes;
		responses->known_reader = *reader;
	}
	return end;
}

enum response_end response_eof(const struct responses *responses, const struct http_reader *reader, bool wrong,
			       enum load_failure *failure)
{
	if (http_read_eof(reader))
		return response_judge(responses, reader, wrong, failure);
	return response_is(RESPONSE_BROKEN, LOAD_EOF_EARLY, failure);
}
