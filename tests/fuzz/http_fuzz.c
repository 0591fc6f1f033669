/*
 * The response parser: a response is read the same however it is cut, its pieces lie in the input and add up, and a
 * head ends within its bound.
 *
 * Three bytes before the responses say how to feed them: two give the place of a cut, and where the third is large,
 * the byte there is repeated up to 2^19 times, so that the bounds are met by inputs of a few bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>

#include "clients/http.h"

/* The responses read from one input, one after another. */
#define RESPONSES   8
#define REPEAT_FROM 128
#define REPEAT_BITS 20

/* What was read of a response: numbers only, so that two can be compared as bytes. */
struct outcome {
	uint64_t event; /* the last one */
	uint64_t used;  /* bytes of input */
	uint64_t status;
	uint64_t body_bytes;
	uint64_t body_hash;
	uint64_t keeps_alive;
	uint64_t eof_ends; /* the end of the connection completes it */
};

struct reading {
	struct http_reader reader;
	struct outcome outcomes[RESPONSES];
	size_t count; /* responses complete */
};

static void take_piece(const struct http_reader *reader, struct outcome *outcome, const struct http_span *body)
{
	fuzz_require(body->bytes > 0);
	for (size_t i = 0; i < body->bytes; i++) /* FNV-1a */
		outcome->body_hash = (outcome->body_hash ^ (uint8_t)body->data[i]) * 0x100000001b3ull;
	outcome->body_bytes += body->bytes;
	fuzz_require(reader->body_bytes == outcome->body_bytes);
}

static void take_end(const struct http_reader *reader, struct outcome *outcome)
{
	outcome->status = reader->status;
	outcome->eof_ends = http_read_eof(reader);
	outcome->keeps_alive = reader->keeps_alive;
	fuzz_require(reader->head_bytes <= HTTP_HEAD_MAX);
	/* Without a body, everything read is the head. */
	fuzz_require(outcome->body_bytes || outcome->used <= HTTP_HEAD_MAX);
}

/* Gives one piece of input to the reader; returns false if nothing more may follow. */
static bool feed(struct reading *reading, const char *input, const char *end)
{
	struct http_span body;

	for (;;) {
		struct http_reader *reader = &reading->reader;
		struct outcome *outcome = &reading->outcomes[reading->count];
		const char *from = input;
		enum http_event event = http_read(reader, &input, end, &body);
		fuzz_require(from <= input && input <= end);
		outcome->event = event;
		outcome->used += (uint64_t)(input - from);
		switch (event) {
		case HTTP_MORE:
			fuzz_require(input == end);
			fuzz_require(http_begun(reader) == (outcome->used > 0));
			take_end(reader, outcome);
			return true;
		case HTTP_BODY:
			fuzz_require(from <= body.data && body.data + body.bytes == input);
			take_piece(reader, outcome, &body);
			break;
		case HTTP_BAD:
			/* A line is judged as a whole: how far it was read, and in how many pieces, does not matter. */
			outcome->used = outcome->status = outcome->eof_ends = outcome->keeps_alive = 0;
			return false;
		case HTTP_END:
			take_end(reader, outcome);
			fuzz_require(outcome->status < 100 || outcome->status > 199);
			fuzz_require(!outcome->body_bytes || (outcome->status != 204 && outcome->status != 304));
			fuzz_require(reader->body_bytes == outcome->body_bytes && !outcome->eof_ends);
			http_reader_reset(reader);
			if (++reading->count == RESPONSES || input == end)
				return reading->count < RESPONSES;
			break;
		}
	}
}

/* Reads responses cut into pieces: the first of `first` bytes, each further one of `step`. */
static void read_cut(struct reading *reading, const char *text, size_t bytes, size_t first, size_t step)
{
	char *room = malloc(bytes);
	bool more = true;

	fuzz_require(room != NULL);
	*reading = (struct reading){ 0 };
	for (size_t at = 0, piece = first; more && at < bytes; at += piece, piece = step) {
		if (piece > bytes - at)
			piece = bytes - at;
		/* At the end of its buffer, so that a sanitizer sees a read beyond it. */
		char *from = memcpy(room + bytes - piece, text + at, piece);
		more = feed(reading, from, from + piece);
	}
	free(room);
}

/* The responses with one byte repeated, as the third byte says. Freed by the caller. */
static char *text_make(const uint8_t *data, size_t *bytes, size_t at, unsigned repeat)
{
	size_t more = repeat >= REPEAT_FROM ? 1u << (repeat % REPEAT_BITS) : 0;
	char *text = malloc(*bytes + more);

	fuzz_require(text != NULL);
	memcpy(text, data, at);
	memset(text + at, data[at], more);
	memcpy(text + at + more, data + at, *bytes - at);
	*bytes += more;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reading whole, cut, bytewise;

	if (size < 4)
		return 0;
	size_t bytes = size - 3;
	size_t at = (size_t)(data[0] << 8 | data[1]) % bytes;
	char *text = text_make(data + 3, &bytes, at, data[2]);
	read_cut(&whole, text, bytes, bytes, bytes);
	read_cut(&cut, text, bytes, at + 1, bytes);
	read_cut(&bytewise, text, bytes, 1, 1);
	fuzz_require(whole.count == cut.count && whole.count == bytewise.count);
	fuzz_require(memcmp(whole.outcomes, cut.outcomes, sizeof whole.outcomes) == 0);
	fuzz_require(memcmp(whole.outcomes, bytewise.outcomes, sizeof whole.outcomes) == 0);
	free(text);
	return 0;
}
