#include "clients/answer.h"

/* A wrong body is read to its end, so that the loop goes on as usual, unless it is longer than the right one by this. */
#define SURPLUS_MAX (1u << 20)

static enum answer_end answer_is(enum answer_end end, enum load_failure kind, enum load_failure *failure)
{
	*failure = kind;
	return end;
}

/* A complete answer has been read; was it right? */
static enum answer_end answer_judge(const struct answers *answers, const struct http_reader *reader, bool wrong,
				    enum load_failure *failure)
{
	const struct target *target = answers->target;

	if (reader->status != target->status) {
		worker_wrong(answers->worker, TARGET_WRONG_STATUS, reader->status, target->status);
		return answer_is(ANSWER_WRONG, LOAD_BAD_STATUS, failure);
	}
	if (wrong || !target_end_matches(target, answers->check, reader->body_bytes)) {
		worker_wrong(answers->worker, TARGET_WRONG_BODY, (unsigned long long)reader->body_bytes,
			     target->body_bytes);
		return answer_is(ANSWER_WRONG, LOAD_BAD_BODY, failure);
	}
	return ANSWER_RIGHT;
}

static bool is_known(const struct answers *answers, const struct http_reader *reader, const char *data, size_t bytes)
{
	return bytes == answers->known_bytes && !http_begun(reader) && memcmp(data, answers->known, bytes) == 0;
}

/* Takes the answer apart. */
static enum answer_end answer_parse(struct answers *answers, struct http_reader *reader, bool *wrong, const char *data,
				    const char *end, enum load_failure *failure)
{
	const struct target *target = answers->target;
	uint64_t offset = reader->body_bytes;
	struct http_span body;
	enum http_event event;

	while ((event = http_read(reader, &data, end, &body)) == HTTP_BODY) {
		if (!target_piece_matches(target, answers->check, offset, &body))
			*wrong = true;
		offset = reader->body_bytes;
		if (*wrong && offset > target->body_bytes + SURPLUS_MAX)
			break;
	}
	switch (event) {
	case HTTP_MORE: return ANSWER_MORE;
	case HTTP_END:
		if (data == end)
			return answer_judge(answers, reader, *wrong, failure);
		worker_wrong(answers->worker, "bytes behind the answer");
		return answer_is(ANSWER_BROKEN, LOAD_BAD_HTTP, failure);
	case HTTP_BODY:
		worker_wrong(answers->worker, "a body without an end");
		return answer_is(ANSWER_BROKEN, LOAD_BAD_BODY, failure);
	case HTTP_BAD: break;
	}
	worker_wrong(answers->worker, "not a valid HTTP answer");
	return answer_is(ANSWER_BROKEN, LOAD_BAD_HTTP, failure);
}

enum answer_end answer_read(struct answers *answers, struct http_reader *reader, bool *wrong, const char *data,
			    size_t bytes, enum load_failure *failure)
{
	bool whole = !http_begun(reader);

	if (is_known(answers, reader, data, bytes)) {
		*reader = answers->known_reader;
		return ANSWER_RIGHT;
	}
	enum answer_end end = answer_parse(answers, reader, wrong, data, data + bytes, failure);
	if (end == ANSWER_RIGHT && whole && bytes <= sizeof answers->known) {
		memcpy(answers->known, data, bytes);
		answers->known_bytes = bytes;
		answers->known_reader = *reader;
	}
	return end;
}

enum answer_end answer_eof(const struct answers *answers, const struct http_reader *reader, bool wrong,
			   enum load_failure *failure)
{
	if (http_read_eof(reader))
		return answer_judge(answers, reader, wrong, failure);
	return answer_is(ANSWER_BROKEN, LOAD_EOF_EARLY, failure);
}
