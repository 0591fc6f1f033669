#include "clients/answer.h"

/* A wrong body is read to its end, so that the loop goes on as usual, unless it is longer than the right one by this. */
#define SURPLUS_MAX (1u << 20)

static enum answer_end answer_is(enum answer_end end, enum load_failure kind, enum load_failure *failure)
{
	*failure = kind;
	return end;
}

/* A complete answer has been read; was it right? */
static enum answer_end answer_judge(const struct http_reader *reader, bool wrong, const struct target *target,
				    enum target_check check, struct worker *worker, enum load_failure *failure)
{
	if (reader->status != target->status) {
		worker_wrong(worker, "status %u instead of %u", reader->status, target->status);
		return answer_is(ANSWER_WRONG, LOAD_BAD_STATUS, failure);
	}
	if (wrong || !target_end_matches(target, check, reader->body_bytes)) {
		worker_wrong(worker, "a body of %llu bytes that is not the right one (%zu bytes)",
			     (unsigned long long)reader->body_bytes, target->body_bytes);
		return answer_is(ANSWER_WRONG, LOAD_BAD_BODY, failure);
	}
	return ANSWER_RIGHT;
}

enum answer_end answer_read(struct http_reader *reader, bool *wrong, const char *data, size_t bytes,
			    const struct target *target, enum target_check check, struct worker *worker,
			    enum load_failure *failure)
{
	const char *end = data + bytes;
	uint64_t offset = reader->body_bytes;
	struct http_span body;
	enum http_event event;

	while ((event = http_read(reader, &data, end, &body)) == HTTP_BODY) {
		if (!target_piece_matches(target, check, offset, &body))
			*wrong = true;
		offset = reader->body_bytes;
		if (*wrong && offset > target->body_bytes + SURPLUS_MAX)
			break;
	}
	switch (event) {
	case HTTP_MORE:
		return ANSWER_MORE;
	case HTTP_END:
		if (data == end)
			return answer_judge(reader, *wrong, target, check, worker, failure);
		worker_wrong(worker, "bytes behind the answer");
		return answer_is(ANSWER_BROKEN, LOAD_BAD_HTTP, failure);
	case HTTP_BODY:
		worker_wrong(worker, "a body without an end");
		return answer_is(ANSWER_BROKEN, LOAD_BAD_BODY, failure);
	case HTTP_BAD:
		break;
	}
	worker_wrong(worker, "not a valid HTTP answer");
	return answer_is(ANSWER_BROKEN, LOAD_BAD_HTTP, failure);
}

enum answer_end answer_eof(const struct http_reader *reader, bool wrong, const struct target *target,
			   enum target_check check, struct worker *worker, enum load_failure *failure)
{
	if (http_read_eof(reader))
		return answer_judge(reader, wrong, target, check, worker, failure);
	return answer_is(ANSWER_BROKEN, LOAD_EOF_EARLY, failure);
}
