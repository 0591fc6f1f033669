#include "clients/http.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "harness/lib/text.h"

enum state {
	STATUS_LINE, /* "HTTP/1.x NNN" by position; the reason phrase is REASON */
	REASON,
	LINE_START, /* of a header line, or the empty line that ends the head */
	HEAD_END,   /* after the CR of that empty line */
	NAME,
	VALUE_SKIP, /* of a header without meaning here */
	VALUE_LENGTH_BLANK,
	VALUE_LENGTH,
	VALUE_LENGTH_END,
	VALUE_TOKEN, /* of Transfer-Encoding or Connection */
	VALUE_BLANK, /* before or after such a token */
	BODY_LENGTH,
	BODY_EOF,
	CHUNK_SIZE,
	CHUNK_EXTENSION,
	CHUNK_DATA,
	CHUNK_CR,
	CHUNK_LF,
	TRAILER_START,
	TRAILER_SKIP,
	TRAILER_END,
};

enum {
	FLAG_MINOR_1 = 1, /* HTTP/1.1 */
	FLAG_LENGTH = 2,  /* there was a Content-Length */
	FLAG_CHUNKED = 4,
	FLAG_CLOSE = 8,
	FLAG_KEEP_ALIVE = 16,
	FLAG_CONNECTION = 32, /* the value being read is Connection's, else Transfer-Encoding's */
	FLAG_AGAIN = 64,      /* the Content-Length being read is a second one */
	FLAG_CODED = 128,     /* the last transfer coding so far is another one than chunked */
};

/* Why a response is refused. */
enum rule {
	RULE_NONE,
	RULE_STATUS_LINE,
	RULE_FOLDING,
	RULE_NAME_BLANK,
	RULE_LINE_END,
	RULE_LENGTH,
	RULE_LENGTHS,
	RULE_LENGTH_AND_CODING,
	RULE_NO_CODING,
	RULE_CHUNKED_TWICE,
	RULE_CHUNK_SIZE,
	RULE_CHUNK_END,
	RULE_BOUND,
};

static const char *const rule_texts[] = {
	[RULE_NONE] = "bytes after the response",
	[RULE_STATUS_LINE] = "no status line of HTTP/1.x (RFC 9112, 4)",
	[RULE_FOLDING] = "a folded header line (RFC 9112, 5.2)",
	[RULE_NAME_BLANK] = "a blank before the colon of a header (RFC 9112, 5.1)",
	[RULE_LINE_END] = "a CR that no LF follows (RFC 9112, 2.2)",
	[RULE_LENGTH] = "a Content-Length that is no number below 2^63 (RFC 9110, 8.6)",
	[RULE_LENGTHS] = "two values of Content-Length that differ (RFC 9112, 6.3)",
	[RULE_LENGTH_AND_CODING] = "both Content-Length and Transfer-Encoding (RFC 9112, 6.3)",
	[RULE_NO_CODING] = "a Transfer-Encoding without a coding (RFC 9112, 6.1)",
	[RULE_CHUNKED_TWICE] = "the coding chunked applied twice (RFC 9112, 6.1)",
	[RULE_CHUNK_SIZE] = "a chunk size that is no hexadecimal number below 2^63 (RFC 9112, 7.1)",
	[RULE_CHUNK_END] = "a chunk longer than its size (RFC 9112, 7.1)",
	[RULE_BOUND] = "a head, chunk line or trailer of more than 256 KiB (a bound of benchctl)",
};

/* Not inlined: what is refused is rare. */
__attribute__((cold, noinline)) static bool refuse(struct http_reader *reader, enum rule rule)
{
	reader->rule = (uint8_t)rule;
	return false;
}

static const char *const header_names[] = { "content-length", "transfer-encoding", "connection" };
enum { NAME_LENGTH, NAME_CODING, NAME_CONNECTION, NAMES };

static const char *const value_tokens[] = { "chunked", "close", "keep-alive" };
enum { TOKEN_CHUNKED, TOKEN_CLOSE, TOKEN_KEEP_ALIVE, TOKENS };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* Whether the input, of which `bytes` are there, begins with those letters. */
#define BEGINS(input, literal) (memcmp((input), (literal), sizeof(literal) - 1) == 0)

static void match_start(struct http_reader *reader, unsigned words)
{
	reader->position = 0;
	reader->candidates = (uint8_t)((1u << words) - 1);
}

/* Drops the candidates that do not go on with c. */
static void match_step(struct http_reader *reader, char c, const char *const *words, unsigned count)
{
	c = lower(c);
	for (unsigned i = 0; i < count; i++) {
		/* A NUL in the input matches nothing, so that position never runs past the end of a word. */
		if ((reader->candidates & 1u << i) && (!c || words[i][reader->position] != c))
			reader->candidates &= (uint8_t) ~(1u << i);
	}
	reader->position++;
}

/* The candidate that is complete, or -1. */
static int match_end(const struct http_reader *reader, const char *const *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if ((reader->candidates & 1u << i) && !words[i][reader->position])
			return (int)i;
	return -1;
}

/* One byte of the status line; the position counts it. Returns false where it can't be one. */
static bool status_step(struct http_reader *reader, char c)
{
	static const char pattern[] = "HTTP/1.# ### ";
	unsigned at = reader->position++;

	if (at == 12 && (c == '\r' || c == '\n'))
		return true; /* no reason phrase and no blank before it: common enough */
	if (pattern[at] == '#' ? c < '0' || c > '9' : c != pattern[at])
		return refuse(reader, RULE_STATUS_LINE);
	if (pattern[at] != '#')
		return true;
	if (at == 7)
		reader->flags |= c == '0' ? 0 : FLAG_MINOR_1;
	else
		reader->status = (uint16_t)(reader->status * 10 + (c - '0'));
	return true;
}

/* The head is complete: what follows? Returns false where the head contradicts itself. */
static bool head_end(struct http_reader *reader)
{
	bool has_length = reader->flags & FLAG_LENGTH;

	if (reader->status >= 100 && reader->status < 200) {
		uint32_t spent = reader->head_bytes;
		bool bodyless = reader->bodyless;
		http_reader_reset(reader);
		reader->bodyless = bodyless;
		reader->head_bytes = spent; /* so that endless 1xx responses meet the bound */
		return true;
	}
	if (reader->bodyless || reader->status == 204 || reader->status == 304) {
		reader->left = 0;
		reader->state = BODY_LENGTH;
	} else if (reader->flags & (FLAG_CHUNKED | FLAG_CODED)) {
		if (has_length)
			return refuse(reader, RULE_LENGTH_AND_CODING);
		reader->state = reader->flags & FLAG_CODED ? BODY_EOF : CHUNK_SIZE;
		reader->position = 0;
		reader->left = 0;
	} else {
		reader->state = has_length ? BODY_LENGTH : BODY_EOF;
	}
	return true;
}

/* The name of a header has ended; -1: it has no meaning here. */
static void name_end(struct http_reader *reader, int name)
{
	switch (name) {
	case NAME_LENGTH:
		reader->state = VALUE_LENGTH_BLANK;
		if (reader->flags & FLAG_LENGTH)
			reader->flags |= FLAG_AGAIN;
		/* A second length is read into body_bytes, which no body uses yet, and compared at its end. */
		break;
	case NAME_CODING:
		reader->flags &= (uint8_t)~FLAG_CONNECTION;
		reader->state = VALUE_BLANK;
		break;
	case NAME_CONNECTION:
		reader->flags |= FLAG_CONNECTION;
		reader->state = VALUE_BLANK;
		break;
	default: reader->state = VALUE_SKIP;
	}
}

/* Adds a digit to a number in base 10 or 16; false where it would pass 2^63 - 1. */
static bool number_step(uint64_t *number, unsigned base, unsigned digit)
{
	if (*number > ((uint64_t)INT64_MAX - digit) / base)
		return false;
	*number = *number * base + digit;
	return true;
}

static bool length_digit(struct http_reader *reader, char c)
{
	uint64_t *length = reader->flags & FLAG_AGAIN ? &reader->body_bytes : &reader->left;

	return c >= '0' && c <= '9' && number_step(length, 10, (unsigned)(c - '0'));
}

static bool length_end(struct http_reader *reader)
{
	bool same = !(reader->flags & FLAG_AGAIN) || reader->body_bytes == reader->left;

	reader->body_bytes = 0;
	reader->flags = (uint8_t)((reader->flags | FLAG_LENGTH) & ~FLAG_AGAIN);
	return same;
}

/*
 * A token of Transfer-Encoding or Connection has ended. If chunked is the last coding, it frames the body; else the end
 * of the connection does. A body in other codings is compared as coded.
 */
static bool token_end(struct http_reader *reader)
{
	int token = match_end(reader, value_tokens, TOKENS);

	if (!(reader->flags & FLAG_CONNECTION)) {
		if (token != TOKEN_CHUNKED)
			reader->flags |= FLAG_CODED;
		else if (reader->flags & FLAG_CHUNKED)
			return refuse(reader, RULE_CHUNKED_TWICE);
		else
			reader->flags = (uint8_t)((reader->flags | FLAG_CHUNKED) & ~FLAG_CODED);
	} else if (token == TOKEN_CLOSE) {
		reader->flags |= FLAG_CLOSE;
	} else if (token == TOKEN_KEEP_ALIVE) {
		reader->flags |= FLAG_KEEP_ALIVE;
	}
	return true;
}

static int hex_digit(char c)
{
	c = lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hands out the next piece of the body. */
static enum http_event body_piece(struct http_reader *reader, const char **input, const char *end,
				  struct http_span *body)
{
	size_t bytes = (size_t)(end - *input);

	if (reader->state != BODY_EOF && bytes > reader->left)
		bytes = (size_t)reader->left;
	body->data = *input;
	body->bytes = bytes;
	*input += bytes;
	reader->body_bytes += bytes;
	if (reader->state != BODY_EOF)
		reader->left -= bytes;
	reader->head_bytes = 1; /* the next chunk's line has the whole bound; not 0, see http_begun() */
	return HTTP_BODY;
}

/* Moves to the line's end; true where it was in the input, which then points after it. */
static bool skip_line(const char **input, const char *end)
{
	const char *found = memchr(*input, '\n', (size_t)(end - *input));

	*input = found ? found + 1 : end;
	return found;
}

/*
 * A fast path: the parts of nearly every head, spelled as servers usually spell them, are matched as a whole if they
 * are completely in the input. Anything else, and whatever is cut, goes byte by byte; both paths must give the same
 * result.
 */

/* A status line up to the reason phrase. Returns whether it was one. */
static bool status_quick(struct http_reader *reader, const char **input, const char *end)
{
	const char *at = *input;

	if (reader->position || end - at < 13 || !BEGINS(at, "HTTP/1.") || at[8] != ' ' || at[12] != ' ')
		return false;
	unsigned minor = (unsigned)(at[7] - '0'), hundreds = (unsigned)(at[9] - '0');
	unsigned tens = (unsigned)(at[10] - '0'), ones = (unsigned)(at[11] - '0');
	if (minor > 9 || hundreds > 9 || tens > 9 || ones > 9)
		return false;
	reader->flags |= minor ? FLAG_MINOR_1 : 0;
	reader->status = (uint16_t)(hundreds * 100 + tens * 10 + ones);
	reader->state = REASON;
	*input = at + 13;
	return true;
}

/* The name of a header line up to the colon, for Connection with its value. Returns whether it was a known one. */
static bool name_quick(struct http_reader *reader, const char **input, const char *end)
{
	const char *at = *input;

	/* The longest of them; shorter lines are followed by the body, or by the next packet. */
	if (end - at < 24)
		return false;
	if (BEGINS(at, "Content-") || BEGINS(at, "content-")) {
		bool is_length = BEGINS(at + 8, "Length:") || BEGINS(at + 8, "length:");
		if (!is_length && !BEGINS(at + 8, "Type:") && !BEGINS(at + 8, "type:"))
			return false;
		*input = at + (is_length ? 15 : 13);
		name_end(reader, is_length ? NAME_LENGTH : -1);
		return true;
	}
	if (!BEGINS(at, "Connection: ") && !BEGINS(at, "connection: "))
		return false;
	at += 12;
	if (BEGINS(at, "keep-alive\r\n") || BEGINS(at, "Keep-Alive\r\n")) {
		reader->flags |= FLAG_KEEP_ALIVE;
		*input = at + 12;
	} else if (BEGINS(at, "close\r\n") || BEGINS(at, "Close\r\n")) {
		reader->flags |= FLAG_CLOSE;
		*input = at + 7;
	} else {
		return false;
	}
	/* Leaves the state that a Connection header leaves; nothing may depend on which path read it. */
	reader->flags |= FLAG_CONNECTION;
	reader->state = LINE_START;
	return true;
}

/*
 * Reads one byte or one run of bytes outside the body. Returns false where the response is bad.
 * Long: one switch over the states, each a few lines, reads more easily whole.
 */
static bool head_step(struct http_reader *reader, const char **input, const char *end)
{
	char c = **input;

	switch ((enum state)reader->state) {
	case STATUS_LINE:
		if (status_quick(reader, input, end))
			return true;
		if (!status_step(reader, c))
			return false;
		if (reader->position == 13) {
			reader->state = REASON;
			if (c != ' ')
				return true; /* the line's end is REASON's to read */
		}
		break;
	case REASON:
		if (skip_line(input, end))
			reader->state = LINE_START;
		return true;
	case LINE_START:
		if (c == '\r') {
			reader->state = HEAD_END;
		} else if (c == '\n') {
			++*input;
			return head_end(reader);
		} else if (c == ' ' || c == '\t') {
			return refuse(reader, RULE_FOLDING); /* obsolete, and a way to hide a header */
		} else if (lower(c) != 'c' && lower(c) != 't') {
			reader->state = VALUE_SKIP; /* no name with a meaning begins so; it reads c again */
			return true;
		} else if (name_quick(reader, input, end)) {
			return true;
		} else {
			match_start(reader, NAMES);
			reader->state = NAME;
			return true;
		}
		break;
	case HEAD_END:
		if (c != '\n')
			return refuse(reader, RULE_LINE_END);
		++*input;
		return head_end(reader);
	case NAME:
		if (c == ':') {
			name_end(reader, match_end(reader, header_names, NAMES));
			break;
		}
		/* Some readers take "Content-Length : 5" for a length, others don't (RFC 9112 5.1). */
		if ((c == ' ' || c == '\t') && match_end(reader, header_names, NAMES) >= 0)
			return refuse(reader, RULE_NAME_BLANK);
		match_step(reader, c, header_names, NAMES);
		if (reader->candidates)
			break;
		reader->state = VALUE_SKIP; /* which reads c again: it may be the line's end */
		return true;
	case VALUE_SKIP:
		if (skip_line(input, end))
			reader->state = LINE_START;
		return true;
	case VALUE_LENGTH_BLANK:
		if (c == ' ' || c == '\t')
			break;
		reader->state = VALUE_LENGTH;
		if (!(reader->flags & FLAG_AGAIN))
			reader->left = 0;
		if (!length_digit(reader, c))
			return refuse(reader, RULE_LENGTH);
		break;
	case VALUE_LENGTH:
		for (; c >= '0' && c <= '9'; c = **input) {
			if (!length_digit(reader, c))
				return refuse(reader, RULE_LENGTH);
			if (++*input == end)
				return true;
		}
		reader->state = VALUE_LENGTH_END;
		*input += c == '\r'; /* nearly always: one step less */
		return true;
	case VALUE_LENGTH_END:
		if (c == ' ' || c == '\t' || c == '\r')
			break;
		if (c != '\n' && c != ',')
			return refuse(reader, RULE_LENGTH);
		if (!length_end(reader))
			return refuse(reader, RULE_LENGTHS);
		reader->state = LINE_START;
		if (c == ',') { /* a list, which several lines may have been joined to (RFC 9110 8.6) */
			reader->state = VALUE_LENGTH_BLANK;
			reader->flags |= FLAG_AGAIN;
		}
		break;
	case VALUE_BLANK:
		if (c == '\n') {
			/* A Transfer-Encoding without a coding: is there a length then, or not? */
			if (!(reader->flags & (FLAG_CONNECTION | FLAG_CHUNKED | FLAG_CODED)))
				return refuse(reader, RULE_NO_CODING);
			reader->state = LINE_START;
		} else if (c != ' ' && c != '\t' && c != ',' && c != '\r') {
			match_start(reader, TOKENS);
			reader->state = VALUE_TOKEN;
			return true;
		}
		break;
	case VALUE_TOKEN:
		if (c == ' ' || c == '\t' || c == ',' || c == '\r' || c == '\n') {
			reader->state = VALUE_BLANK;
			return token_end(reader);
		}
		if (reader->candidates)
			match_step(reader, c, value_tokens, TOKENS);
		break;
	case CHUNK_SIZE: {
		int digit = hex_digit(c);
		if (digit >= 0) {
			reader->position = 1;
			++*input;
			return number_step(&reader->left, 16, (unsigned)digit) || refuse(reader, RULE_CHUNK_SIZE);
		}
		if (!reader->position || (c != ';' && c != ' ' && c != '\t' && c != '\r' && c != '\n'))
			return refuse(reader, RULE_CHUNK_SIZE);
		reader->state = CHUNK_EXTENSION;
		return true;
	}
	case CHUNK_EXTENSION:
		if (skip_line(input, end))
			reader->state = reader->left ? CHUNK_DATA : TRAILER_START;
		return true;
	case CHUNK_CR:
		if (c != '\r')
			return refuse(reader, RULE_CHUNK_END);
		reader->state = CHUNK_LF;
		break;
	case CHUNK_LF:
		if (c != '\n')
			return refuse(reader, RULE_LINE_END);
		reader->state = CHUNK_SIZE;
		reader->position = 0;
		break;
	case TRAILER_START:
		reader->state = c == '\r' || c == '\n' ? TRAILER_END : TRAILER_SKIP;
		if (c == '\n')
			return true; /* a bare line end closes the trailers too: TRAILER_END reads it */
		break;
	case TRAILER_SKIP:
		if (skip_line(input, end))
			reader->state = TRAILER_START;
		return true;
	case TRAILER_END:
		if (c != '\n')
			return refuse(reader, RULE_LINE_END);
		reader->state = BODY_LENGTH; /* with nothing left: the end */
		reader->left = 0;
		break;
	case BODY_LENGTH:
	case BODY_EOF:
	case CHUNK_DATA: assert(!"the body is read by http_read");
	}
	++*input;
	return true;
}

/* The response is complete, and its length was known. */
static enum http_event end_of(struct http_reader *reader)
{
	/* HTTP/1.0 has no chunks: such a response's framing is faulty (RFC 9112 6.1). */
	uint8_t keeping = reader->flags & FLAG_CHUNKED ? FLAG_MINOR_1 : FLAG_MINOR_1 | FLAG_KEEP_ALIVE;

	reader->keeps_alive = (reader->flags & keeping) && !(reader->flags & FLAG_CLOSE);
	return HTTP_END;
}

enum http_event http_read(struct http_reader *reader, const char **input, const char *end, struct http_span *body)
{
	for (;;) {
		if (reader->state == BODY_LENGTH && !reader->left)
			return end_of(reader);
		if (reader->state == CHUNK_DATA && !reader->left)
			reader->state = CHUNK_CR;
		if (*input == end)
			return HTTP_MORE;
		if (reader->state == BODY_LENGTH || reader->state == BODY_EOF || reader->state == CHUNK_DATA)
			return body_piece(reader, input, end, body);
		const char *from = *input;
		if (!head_step(reader, input, end))
			return HTTP_BAD;
		reader->head_bytes += (uint32_t)(*input - from);
		if (reader->head_bytes > HTTP_HEAD_MAX) {
			refuse(reader, RULE_BOUND);
			return HTTP_BAD;
		}
	}
}

bool http_read_eof(const struct http_reader *reader)
{
	return reader->state == BODY_EOF;
}

const char *http_describe(char out[HTTP_TEXT], const struct http_reader *reader, const char *from, const char *at,
			  const char *end)
{
	const char *line = at;
	char quoted[80];

	/* The current line, as far as this piece of input has it. */
	while (line > from && line[-1] != '\n' && at - line < 24)
		line--;
	text_quote(quoted, sizeof quoted, line, (size_t)(end - line));
	snprintf(out, HTTP_TEXT, "not valid HTTP: %s: %s", rule_texts[reader->rule], quoted);
	return out;
}
