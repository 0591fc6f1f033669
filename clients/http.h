/*
 * http: reads HTTP/1.x responses as they arrive, piece by piece.
 *
 * A pull parser with no allocation, no callback and no copy: the caller owns the input and asks for the next event; a
 * piece of the body is handed out as a view into that input. The reader's whole state between two pieces of input is
 * this struct, so a response may be cut at any byte, and a connection needs no buffer of its own:
 *
 *     struct http_span body;
 *     while ((event = http_read(&reader, &input, end, &body)) == HTTP_BODY)
 *         check(body.data, body.bytes);
 *
 * What it takes is RFC 9112: status line, header section (bounded), and a body by Content-Length, by chunks or until
 * the end of the connection (6.3). Informational responses (1xx) are skipped; transfer codings other than chunked are
 * not decoded. It refuses input in which two readers could see different responses: a Content-Length together with a
 * Transfer-Encoding, two lengths that differ, signs, overflow, a blank between a name that counts and its colon, a
 * Transfer-Encoding that is empty; http_describe() says which.
 */
#ifndef CLIENTS_HTTP_H
#define CLIENTS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The maximum size of a head (with the 1xx heads before it), of a chunk's line, and of the trailers, in bytes. */
#define HTTP_HEAD_MAX (256u << 10)

enum http_event {
	HTTP_MORE, /* the input is used up and the response is not complete */
	HTTP_BODY, /* a piece of the body: call again */
	HTTP_END,  /* the response is complete; input points after it */
	HTTP_BAD,  /* this is no valid HTTP response */
};

struct http_span {
	const char *data;
	size_t bytes;
};

/* Zero bytes are a reader before its first response. 32 bytes, because every connection holds one. */
struct http_reader {
	uint64_t left;       /* bytes of the body or chunk still to come */
	uint64_t body_bytes; /* bytes of the body read so far: the offset of the next piece */
	uint32_t head_bytes; /* bytes read outside of the body since its last piece */
	uint16_t status;     /* status code, once the status line is read */
	uint8_t state;       /* enum state in http.c */
	uint8_t position;    /* in the token being matched */
	uint8_t candidates;  /* bit set of the names that the token can still become */
	uint8_t flags;       /* what the head said */
	uint8_t rule;        /* after HTTP_BAD: enum rule in http.c, what it breaks */
	bool keeps_alive;    /* at HTTP_END: the connection can carry another request (RFC 9112 9.3) */
	bool bodyless;       /* set by the caller for the response to HEAD, which has no body (RFC 9112 6.3) */
};

/* Prepares for the next response. */
static inline void http_reader_reset(struct http_reader *reader)
{
	*reader = (struct http_reader){ 0 };
}

/*
 * Reads on. `input` is moved past what was read; `end` is one past its last byte. On HTTP_BODY, body views a
 * piece of input of at least one byte. After HTTP_END or HTTP_BAD the reader must be reset.
 */
enum http_event http_read(struct http_reader *reader, const char **input, const char *end, struct http_span *body);

/* The connection has ended: true where that completes the response (a body without length, RFC 9112 6.3). */
bool http_read_eof(const struct http_reader *reader);

/* Whether any byte of a response has been read. */
static inline bool http_begun(const struct http_reader *reader)
{
	return reader->head_bytes > 0;
}

/* Holds any text of http_describe(). */
#define HTTP_TEXT 192

/*
 * After HTTP_BAD: which rule the response breaks, and the bytes around `at`, where http_read() stopped, escaped. After
 * HTTP_END: that bytes follow it, which belong to no response. `from` and `end` bound the input. Returns out.
 */
const char *http_describe(char out[HTTP_TEXT], const struct http_reader *reader, const char *from, const char *at,
			  const char *end);

#endif
