/*
 * The response parser: the same response must be read from any cut of it, and no byte beyond the input touched.
 * Each piece of input is placed so that it ends, or starts, at a protected page.
 */
#include "tests/unit/unit.h"

#include <sys/mman.h>

#include "clients/http.h"

#define ROOM      (1u << 20) /* of the longest input */
#define BODY_ROOM 4096

static char *room; /* ROOM bytes between two pages that can't be read */

/* What was read of a response. */
struct outcome {
	enum http_event event; /* the last one */
	size_t used;           /* bytes of input, where the response ended */
	unsigned status;
	bool keeps_alive;
	bool eof_ends; /* the end of the connection completes it */
	uint64_t body_bytes;
	char body[BODY_ROOM]; /* its first bytes */
};

static int room_make(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, ROOM + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	room = pages + page;
	return pages == MAP_FAILED || mprotect(room, ROOM, PROT_READ | PROT_WRITE);
}

static int room_remove(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	return munmap(room - page, ROOM + 2 * page);
}

/* Gives one piece to the reader; returns false where nothing more may follow. */
static bool feed(struct http_reader *reader, const char *piece, size_t bytes, bool at_end, struct outcome *outcome)
{
	char *from = at_end ? room + ROOM - bytes : room;
	const char *input = memcpy(from, piece, bytes);
	struct http_span body;

	while ((outcome->event = http_read(reader, &input, from + bytes, &body)) == HTTP_BODY) {
		assert_true(body.bytes > 0);
		assert_true(body.data >= from && body.data + body.bytes == input && input <= from + bytes);
		for (size_t i = 0; i < body.bytes && outcome->body_bytes + i < BODY_ROOM; i++)
			outcome->body[outcome->body_bytes + i] = body.data[i];
		outcome->body_bytes += body.bytes;
		assert_int_equal(reader->body_bytes, outcome->body_bytes);
	}
	assert_true(input >= from && input <= from + bytes);
	if (outcome->event == HTTP_MORE)
		assert_true(input == from + bytes);
	outcome->used += (size_t)(input - from);
	return outcome->event == HTTP_MORE;
}

/* Reads a response cut into pieces: the first of `first` bytes, each further one of `step`. */
static void read_cut(const char *text, size_t bytes, size_t first, size_t step, bool at_end, struct outcome *outcome)
{
	struct http_reader reader = { 0 };
	bool more = true;

	memset(outcome, 0, sizeof *outcome);
	outcome->event = HTTP_MORE;
	for (size_t at = 0, piece = first; more && at < bytes; at += piece, piece = step) {
		if (piece > bytes - at)
			piece = bytes - at;
		more = feed(&reader, text + at, piece, at_end, outcome);
	}
	outcome->status = reader.status;
	outcome->eof_ends = outcome->event == HTTP_MORE && http_read_eof(&reader);
	outcome->keeps_alive = (outcome->event == HTTP_END || outcome->eof_ends) && reader.keeps_alive;
	if (outcome->event != HTTP_END)
		outcome->used = 0; /* how far a bad response was read may depend on the cut */
	if (outcome->event == HTTP_BAD)
		outcome->status = 0;
}

static bool outcome_same(const struct outcome *a, const struct outcome *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* How a response ends. */
enum ending { END, BAD, MORE, AT_EOF };

#define TEXT(text) text, sizeof text - 1
#define OK11       "HTTP/1.1 200 OK\r\n"
#define OK10       "HTTP/1.0 200 OK\r\n"
#define CHUNKED    OK11 "Transfer-Encoding: chunked\r\n\r\n"

static const struct response {
	const char *name;
	const char *text;
	size_t bytes;
	enum ending ending;
	unsigned status;
	const char *body;
	bool keeps_alive;
	size_t behind; /* bytes after the response */
} responses[] = {
	/* A body by its length (RFC 9112 6.2). */
	{ "length", TEXT(OK11 "Content-Length: 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length, no reason", TEXT("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi"), END, 200, "hi", true, 0 },
	{ "length, no blank", TEXT("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi"), END, 200, "hi", true, 0 },
	{ "length, bare line ends", TEXT("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"), END, 200, "hi", true, 0 },
	{ "no reason, bare line end", TEXT("HTTP/1.1 200\nContent-Length: 2\n\nhi"), END, 200, "hi", true, 0 },
	{ "zero length", TEXT(OK11 "Content-Length: 0\r\n\r\n"), END, 200, "", true, 0 },
	{ "zero length, many zeros", TEXT(OK11 "Content-Length: 000000000000000000000000000000\r\n\r\n"), END, 200, "",
	  true, 0 },
	{ "length, leading zero", TEXT(OK11 "Content-Length: 05\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length, blanks around", TEXT(OK11 "Content-Length: \t 5 \t \r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length, no blank before", TEXT(OK11 "Content-Length:5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length, any case", TEXT(OK11 "cONTENT-lENGTH: 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length, upper case", TEXT(OK11 "CONTENT-LENGTH: 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length among others", TEXT(OK11 "Date: x\r\nContent-Length: 5\r\nServer: y\r\n\r\nhello"), END, 200, "hello",
	  true, 0 },
	{ "length twice, equal", TEXT(OK11 "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello",
	  true, 0 },
	{ "length three times, equal",
	  TEXT(OK11 "Content-Length: 5\r\ncontent-length: 05\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello",
	  true, 0 },
	{ "length twice, different", TEXT(OK11 "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), .ending = BAD },
	{ "length third time different",
	  TEXT(OK11 "Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello"), .ending = BAD },
	{ "length zero and then five", TEXT(OK11 "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello"),
	  .ending = BAD },
	{ "length as a list", TEXT(OK11 "Content-Length: 5, 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "length as a list without blanks", TEXT(OK11 "Content-Length: 5,5,05\r\n\r\nhello"), END, 200, "hello", true,
	  0 },
	{ "length as a list, and again", TEXT(OK11 "Content-Length: 5 , 5\r\nContent-Length: 5\r\n\r\nhello"), END, 200,
	  "hello", true, 0 },
	{ "length as a list, different", TEXT(OK11 "Content-Length: 5, 6\r\n\r\nhello"), .ending = BAD },
	{ "length as a list, the third different", TEXT(OK11 "Content-Length: 5, 5, 4\r\n\r\nhello"), .ending = BAD },
	{ "length as a list, and another", TEXT(OK11 "Content-Length: 5, 5\r\nContent-Length: 4\r\n\r\nhello"),
	  .ending = BAD },
	{ "length as a list with an empty item", TEXT(OK11 "Content-Length: 5,, 5\r\n\r\nhello"), .ending = BAD },
	{ "length as a list that goes on", TEXT(OK11 "Content-Length: 5,\r\n\r\nhello"), .ending = BAD },
	{ "length as a list with a word", TEXT(OK11 "Content-Length: 5, five\r\n\r\nhello"), .ending = BAD },
	{ "length negative", TEXT(OK11 "Content-Length: -5\r\n\r\nhello"), .ending = BAD },
	{ "length with plus", TEXT(OK11 "Content-Length: +5\r\n\r\nhello"), .ending = BAD },
	{ "length hexadecimal", TEXT(OK11 "Content-Length: 0x5\r\n\r\nhello"), .ending = BAD },
	{ "length with a fraction", TEXT(OK11 "Content-Length: 5.0\r\n\r\nhello"), .ending = BAD },
	{ "length empty", TEXT(OK11 "Content-Length: \r\n\r\nhello"), .ending = BAD },
	{ "length and a word", TEXT(OK11 "Content-Length: 5 x\r\n\r\nhello"), .ending = BAD },
	{ "length and a second number", TEXT(OK11 "Content-Length: 5 5\r\n\r\nhello"), .ending = BAD },
	{ "length of 2^64", TEXT(OK11 "Content-Length: 18446744073709551616\r\n\r\nhello"), .ending = BAD },
	{ "length of 2^64 + 5", TEXT(OK11 "Content-Length: 18446744073709551621\r\n\r\nhello"), .ending = BAD },
	{ "length of 2^63", TEXT(OK11 "Content-Length: 9223372036854775808\r\n\r\nhello"), .ending = BAD },
	{ "length of 2^63 - 1", TEXT(OK11 "Content-Length: 9223372036854775807\r\n\r\nhello"), MORE, 200, "hello",
	  false, 0 },
	{ "length, a blank before the colon", TEXT(OK11 "Content-Length : 5\r\n\r\nhello"), .ending = BAD },
	{ "length, a tab before the colon", TEXT(OK11 "content-length\t: 5\r\n\r\nhello"), .ending = BAD },
	{ "length with a NUL", TEXT(OK11 "Content-Length: 5\0\r\n\r\nhello"), .ending = BAD },
	{ "longer than the length", TEXT(OK11 "Content-Length: 5\r\n\r\nhelloHTTP"), END, 200, "hello", true, 4 },
	{ "shorter than the length", TEXT(OK11 "Content-Length: 5\r\n\r\nhell"), MORE, 200, "hell", false, 0 },
	{ "two responses", TEXT(OK11 "Content-Length: 1\r\n\r\na" OK11), END, 200, "a", true, sizeof OK11 - 1 },
	{ "NULs in the body", TEXT(OK11 "Content-Length: 3\r\n\r\na\0b"), END, 200, "a\0b", true, 0 },

	/* Chunks (RFC 9112 7.1). */
	{ "one chunk", TEXT(CHUNKED "5\r\nhello\r\n0\r\n\r\n"), END, 200, "hello", true, 0 },
	{ "chunks", TEXT(CHUNKED "2\r\nhe\r\n1\r\nl\r\n2\r\nlo\r\n0\r\n\r\n"), END, 200, "hello", true, 0 },
	{ "no chunk", TEXT(CHUNKED "0\r\n\r\n"), END, 200, "", true, 0 },
	{ "last chunk of many zeros", TEXT(CHUNKED "00000000000000000000\r\n\r\n"), END, 200, "", true, 0 },
	{ "chunk size in upper case", TEXT(CHUNKED "A\r\n0123456789\r\n0\r\n\r\n"), END, 200, "0123456789", true, 0 },
	{ "chunk size in lower case", TEXT(CHUNKED "a\r\n0123456789\r\n0\r\n\r\n"), END, 200, "0123456789", true, 0 },
	{ "chunk size of two digits", TEXT(CHUNKED "1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n"), END, 200,
	  "abcdefghijklmnopqrstuvwxyz", true, 0 },
	{ "chunk size with zeros", TEXT(CHUNKED "0005\r\nhello\r\n0\r\n\r\n"), END, 200, "hello", true, 0 },
	{ "chunk extension", TEXT(CHUNKED "5;a=b\r\nhello\r\n0;c\r\n\r\n"), END, 200, "hello", true, 0 },
	{ "chunk extension, blank", TEXT(CHUNKED "5 ;a=\"0\"\r\nhello\r\n0\t\r\n\r\n"), END, 200, "hello", true, 0 },
	{ "trailers", TEXT(CHUNKED "5\r\nhello\r\n0\r\nA: b\r\nContent-Length: 3\r\n\r\n"), END, 200, "hello", true,
	  0 },
	{ "trailers, bare line ends", TEXT(CHUNKED "5\r\nhello\r\n0\nA: b\n\n"), END, 200, "hello", true, 0 },
	{ "bytes after the chunks", TEXT(CHUNKED "0\r\n\r\nxyz"), END, 200, "", true, 3 },
	{ "chunked, any case", TEXT(OK11 "TRANSFER-ENCODING: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n"), END, 200, "a", true,
	  0 },
	{ "chunked, blanks", TEXT(OK11 "Transfer-Encoding:\t chunked \t\r\n\r\n1\r\na\r\n0\r\n\r\n"), END, 200, "a",
	  true, 0 },
	{ "chunked, and an empty item", TEXT(OK11 "Transfer-Encoding: ,chunked,\r\n\r\n0\r\n\r\n"), END, 200, "", true,
	  0 },
	{ "chunked before length", TEXT(OK11 "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
	  .ending = BAD },
	{ "length before chunked", TEXT(OK11 "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	  .ending = BAD },
	{ "chunked twice", TEXT(OK11 "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunked in two headers",
	  TEXT(OK11 "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), .ending = BAD },
	{ "no coding", TEXT(OK11 "Transfer-Encoding:\r\nContent-Length: 5\r\n\r\nhello"), .ending = BAD },
	{ "empty codings", TEXT(OK11 "Transfer-Encoding: , \r\n\r\nhello"), .ending = BAD },
	{ "chunked, and then no coding", TEXT(OK11 "Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n"),
	  END, 200, "", true, 0 },
	{ "chunked, a blank before the colon", TEXT(OK11 "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
	  .ending = BAD },
	{ "gzip and chunked", TEXT(OK11 "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n\x1f\x8b\r\n0\r\n\r\n"), END, 200,
	  "\x1f\x8b", true, 0 },
	{ "gzip and chunked in two headers",
	  TEXT(OK11 "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"), END, 200, "a",
	  true, 0 },
	{ "gzip and chunked beside a length",
	  TEXT(OK11 "Transfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), .ending = BAD },
	{ "gzip beside a length", TEXT(OK11 "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\nhello"),
	  .ending = BAD },
	{ "chunked around gzip around chunked", TEXT(OK11 "Transfer-Encoding: chunked, gzip, chunked\r\n\r\n0\r\n\r\n"),
	  .ending = BAD },
	/* Without chunked as the last coding, the end of the connection ends the body (RFC 9112 6.3). */
	{ "gzip", TEXT(OK11 "Transfer-Encoding: gzip\r\n\r\nhello"), AT_EOF, 200, "hello", false, 0 },
	{ "gzip after chunked", TEXT(OK11 "Transfer-Encoding: chunked, gzip\r\n\r\nhello"), AT_EOF, 200, "hello", false,
	  0 },
	{ "chunked with a parameter", TEXT(OK11 "Transfer-Encoding: chunked;q=1\r\n\r\nhello"), AT_EOF, 200, "hello",
	  false, 0 },
	{ "chunke", TEXT(OK11 "Transfer-Encoding: chunke\r\n\r\nhello"), AT_EOF, 200, "hello", false, 0 },
	{ "chunkedx", TEXT(OK11 "Transfer-Encoding: chunkedx\r\n\r\nhello"), AT_EOF, 200, "hello", false, 0 },
	{ "chunked and a NUL", TEXT(OK11 "Transfer-Encoding: chunked\0\r\n\r\nhello"), AT_EOF, 200, "hello", false, 0 },
	{ "chunk size missing", TEXT(CHUNKED "\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size only an extension", TEXT(CHUNKED ";a\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size with a blank before", TEXT(CHUNKED " 5\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size negative", TEXT(CHUNKED "-5\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size with 0x", TEXT(CHUNKED "0x5\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size no digit", TEXT(CHUNKED "g\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size then no digit", TEXT(CHUNKED "5g\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size of 2^63", TEXT(CHUNKED "8000000000000000\r\nhello"), .ending = BAD },
	{ "chunk size of 2^64 + 5", TEXT(CHUNKED "10000000000000005\r\nhello\r\n0\r\n\r\n"), .ending = BAD },
	{ "chunk size of 2^63 - 1", TEXT(CHUNKED "7fffffffffffffff\r\nhello"), MORE, 200, "hello", false, 0 },
	{ "chunk longer than its size", TEXT(CHUNKED "4\r\nhello\r\n0\r\n\r\n"), .ending = BAD, .body = "hell" },
	{ "chunk without its end", TEXT(CHUNKED "5\r\nhello0\r\n\r\n"), .ending = BAD, .body = "hello" },
	{ "chunk with half its end", TEXT(CHUNKED "5\r\nhello\r0\r\n\r\n"), .ending = BAD, .body = "hello" },
	{ "chunks without the last", TEXT(CHUNKED "5\r\nhello\r\n"), MORE, 200, "hello", false, 0 },
	{ "chunks ended by a bare CR", TEXT(CHUNKED "0\r\n\rx"), .ending = BAD },

	/* A body until the end of the connection (RFC 9112 6.3). */
	{ "until EOF", TEXT(OK10 "\r\nhello"), AT_EOF, 200, "hello", false, 0 },
	{ "until EOF, 1.1", TEXT(OK11 "Server: x\r\n\r\nhello"), AT_EOF, 200, "hello", false, 0 },
	{ "until EOF, nothing", TEXT(OK10 "\r\n"), AT_EOF, 200, "", false, 0 },
	{ "EOF in the head", TEXT(OK10 "Server: x\r\n"), MORE, 200, "", false, 0 },

	/* Responses before the response (RFC 9110 15.2), and responses without a body. */
	{ "100 before 200", TEXT("HTTP/1.1 100 Continue\r\n\r\n" OK11 "Content-Length: 2\r\n\r\nhi"), END, 200, "hi",
	  true, 0 },
	{ "103, 100 and 200",
	  TEXT("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 c\n\n" OK11 "Content-Length: 2\r\n\r\nhi"), END,
	  200, "hi", true, 0 },
	{ "what a 100 says is forgotten",
	  TEXT("HTTP/1.1 100 c\r\nConnection: close\r\nContent-Length: 9\r\n\r\n" OK11 "Content-Length: 2\r\n\r\nhi"),
	  END, 200, "hi", true, 0 },
	{ "100 alone", TEXT("HTTP/1.1 100 Continue\r\n\r\n"), MORE, 0, "", false, 0 },
	{ "204", TEXT("HTTP/1.1 204 No Content\r\n\r\n"), END, 204, "", true, 0 },
	{ "204 with a length", TEXT("HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n"), END, 204, "", true, 0 },
	{ "204 that says chunked", TEXT("HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n"), END, 204, "", true,
	  0 },
	{ "304 with a length", TEXT("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nnext"), END, 304, "", true,
	  4 },
	{ "404", TEXT("HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx"), END, 404, "x", true, 0 },
	{ "500", TEXT("HTTP/1.1 500 \xc3\xa4\xff\r\nContent-Length: 1\r\n\r\nx"), END, 500, "x", true, 0 },

	/* Whether the connection goes on (RFC 9112 9.3). */
	{ "1.0 ends it", TEXT(OK10 "Content-Length: 1\r\n\r\nx"), END, 200, "x", false, 0 },
	{ "1.0 keep-alive", TEXT(OK10 "Connection: keep-alive\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", true, 0 },
	{ "1.0 Keep-Alive", TEXT(OK10 "CONNECTION: Keep-Alive\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", true, 0 },
	{ "1.0 keep-alive and close", TEXT(OK10 "Connection: keep-alive, close\r\nContent-Length: 1\r\n\r\nx"), END,
	  200, "x", false, 0 },
	{ "1.0 another token", TEXT(OK10 "Connection: keep-alives\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", false,
	  0 },
	{ "1.0 half a token", TEXT(OK10 "Connection: keep\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", false, 0 },
	{ "1.0 Keep-Alive is another header", TEXT(OK10 "Keep-Alive: keep-alive\r\nContent-Length: 1\r\n\r\nx"), END,
	  200, "x", false, 0 },
	{ "1.0 keep-alive until EOF", TEXT(OK10 "Connection: keep-alive\r\n\r\nx"), AT_EOF, 200, "x", false, 0 },
	{ "1.0 chunked is faulty framing",
	  TEXT(OK10 "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), END, 200, "", false, 0 },
	{ "1.1 close", TEXT(OK11 "Connection: close\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", false, 0 },
	{ "1.1 CLOSE", TEXT(OK11 "connection:CLOSE\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", false, 0 },
	{ "1.1 close among tokens", TEXT(OK11 "Connection: upgrade ,\tclose,x\r\nContent-Length: 1\r\n\r\nx"), END, 200,
	  "x", false, 0 },
	{ "1.1 close in the second header",
	  TEXT(OK11 "Connection: keep-alive\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", false,
	  0 },
	{ "1.0 Keep-Alive, another case", TEXT(OK10 "Connection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx"), END, 200,
	  "x", true, 0 },
	{ "1.1 Close", TEXT(OK11 "connection: Close\r\ncontent-length: 1\r\n\r\nx"), END, 200, "x", false, 0 },
	{ "1.0 keep-alive, a bare CR", TEXT(OK10 "Connection: keep-alive\rx\nContent-Length: 1\r\n\r\nx"), END, 200,
	  "x", true, 0 },
	{ "1.1 close, then no coding",
	  TEXT(OK11 "Connection: close\r\nTransfer-Encoding:\r\nContent-Length: 1\r\n\r\nx"), .ending = BAD },
	{ "1.1 closed", TEXT(OK11 "Connection: closed\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", true, 0 },
	{ "1.1 an empty Connection", TEXT(OK11 "Connection:\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", true, 0 },
	{ "1.1 close as a coding", TEXT(OK11 "Transfer-Encoding: close\r\n\r\nx"), AT_EOF, 200, "x", false, 0 },
	{ "1.1 chunked as a connection", TEXT(OK11 "Connection: chunked\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x",
	  true, 0 },
	{ "1.9", TEXT("HTTP/1.9 200 OK\r\nContent-Length: 1\r\n\r\nx"), END, 200, "x", true, 0 },

	/* Names that are not quite those with a meaning. */
	{ "a name with more after it", TEXT(OK11 "Content-Lengths: 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200,
	  "hello", true, 0 },
	{ "a name with more before", TEXT(OK11 "X-Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200,
	  "hello", true, 0 },
	{ "a type, and no length",
	  TEXT(OK11 "Content-Type: text/html; length: 3\r\ncontent-type: Content-Length: 3\r\n"
		    "Content-Length: 5\r\n\r\nhello"),
	  END, 200, "hello", true, 0 },
	{ "a name with a CR for its dash", TEXT(OK11 "Content\rLength: 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200,
	  "hello", true, 0 },
	{ "a name cut short", TEXT(OK11 "Content-Lengt: 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello", true,
	  0 },
	{ "an empty name", TEXT(OK11 ": 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "a name with a NUL", TEXT(OK11 "Content-Length\0: 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello",
	  true, 0 },
	{ "a name with NULs", TEXT(OK11 "Connection\0\0\0\0\0\0\0\0: close\r\nContent-Length: 5\r\n\r\nhello"), END,
	  200, "hello", true, 0 },
	{ "a NUL for a name", TEXT(OK11 "\0: close\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "another name with a blank after it",
	  TEXT(OK11 "Date : x\r\nContent-Lengt : 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello", true, 0 },
	{ "Connection with a blank after it", TEXT(OK11 "Connection : close\r\nContent-Length: 5\r\n\r\nhello"),
	  .ending = BAD },
	{ "a value with a colon", TEXT(OK11 "X: Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello"), END, 200,
	  "hello", true, 0 },
	{ "a line without a colon", TEXT(OK11 "nonsense\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello", true,
	  0 },
	{ "half a name without a colon", TEXT(OK11 "Content\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello",
	  true, 0 },
	{ "a name without a colon", TEXT(OK11 "Content-Length\r\nContent-Length: 5\r\n\r\nhello"), END, 200, "hello",
	  true, 0 },
	{ "a name without a colon, bare", TEXT(OK11 "Connection\nContent-Length: 5\n\nhello"), END, 200, "hello", true,
	  0 },
	{ "a name without a colon, last", TEXT(OK10 "Connection\n\nhello"), AT_EOF, 200, "hello", false, 0 },

	/* No responses. */
	{ "folded header", TEXT(OK11 "X: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"), .ending = BAD },
	{ "folded header with a tab", TEXT(OK11 "X: a\r\n\tContent-Length: 5\r\n\r\nhello"), .ending = BAD },
	{ "folded at once", TEXT(OK11 " Content-Length: 5\r\n\r\nhello"), .ending = BAD },
	{ "head ended by a bare CR", TEXT(OK11 "Content-Length: 5\r\n\rhello"), .ending = BAD },
	{ "nothing", TEXT(""), MORE, 0, "", false, 0 },
	{ "garbage", TEXT("\x16\x03\x01\x02\x00\x01garbage"), .ending = BAD },
	{ "a blank line first", TEXT("\r\n" OK11 "Content-Length: 0\r\n\r\n"), .ending = BAD },
	{ "HTTP/0.9", TEXT("<html>hello</html>"), .ending = BAD },
	{ "HTTP/2", TEXT("HTTP/2 200 OK\r\n\r\n"), .ending = BAD },
	{ "HTTP/2.0", TEXT("HTTP/2.0 200 OK\r\n\r\n"), .ending = BAD },
	{ "HTTP/1.x", TEXT("HTTP/1.x 200 OK\r\n\r\n"), .ending = BAD },
	{ "http/1.1", TEXT("http/1.1 200 OK\r\n\r\n"), .ending = BAD },
	{ "two digits of status", TEXT("HTTP/1.1 20 OK\r\n\r\n"), .ending = BAD },
	{ "a digit of status that is none", TEXT("HTTP/1.1 2:0 OK\r\n\r\n"), .ending = BAD },
	{ "four digits of status", TEXT("HTTP/1.1 2000 OK\r\n\r\n"), .ending = BAD },
	{ "letters for a status", TEXT("HTTP/1.1 abc OK\r\n\r\n"), .ending = BAD },
	{ "status negative", TEXT("HTTP/1.1 -20 OK\r\n\r\n"), .ending = BAD },
	{ "no status", TEXT("HTTP/1.1\r\n\r\n"), .ending = BAD },
	{ "two blanks", TEXT("HTTP/1.1  200 OK\r\n\r\n"), .ending = BAD },
};

/* The bytes of the right body: that with a NUL is known by its name. */
static size_t right_bytes(const struct response *response)
{
	return strcmp(response->name, "NULs in the body") == 0 ? 3 : response->body ? strlen(response->body) : 0;
}

static void check_outcome(const struct response *response, const struct outcome *outcome)
{
	static const enum http_event events[] = {
		[END] = HTTP_END,
		[BAD] = HTTP_BAD,
		[MORE] = HTTP_MORE,
		[AT_EOF] = HTTP_MORE,
	};

	check_case(response->name, outcome->event == events[response->ending]);
	check_case(response->name, outcome->eof_ends == (response->ending == AT_EOF));
	check_case(response->name, outcome->body_bytes == right_bytes(response));
	check_case(response->name,
		   memcmp(outcome->body, response->body ? response->body : "", right_bytes(response)) == 0);
	check_case(response->name, outcome->keeps_alive == response->keeps_alive);
	if (response->ending != BAD)
		check_case(response->name, outcome->status == response->status);
	if (response->ending == END)
		check_case(response->name, outcome->used == response->bytes - response->behind);
}

static void test_whole(void **state)
{
	struct outcome outcome;

	(void)state;
	for (const struct response *response = responses; response < responses + LENGTH(responses); response++) {
		for (int at_end = 0; at_end < 2; at_end++) {
			read_cut(response->text, response->bytes, response->bytes, 1, at_end, &outcome);
			check_outcome(response, &outcome);
		}
	}
}

static void test_every_split_point(void **state)
{
	struct outcome outcome;

	(void)state;
	for (const struct response *response = responses; response < responses + LENGTH(responses); response++) {
		for (size_t first = 0; first <= response->bytes; first++) {
			for (int at_end = 0; at_end < 2; at_end++) {
				read_cut(response->text, response->bytes, first, response->bytes, at_end, &outcome);
				check_outcome(response, &outcome);
			}
		}
	}
}

static void test_byte_by_byte(void **state)
{
	struct outcome outcome;

	(void)state;
	for (const struct response *response = responses; response < responses + LENGTH(responses); response++) {
		for (size_t step = 1; step <= 3; step++) {
			for (int at_end = 0; at_end < 2; at_end++) {
				read_cut(response->text, response->bytes, step, step, at_end, &outcome);
				check_outcome(response, &outcome);
			}
		}
	}
}

/* No part of a good response is a response, nor bad. */
static void test_every_prefix(void **state)
{
	struct outcome outcome;

	(void)state;
	for (const struct response *response = responses; response < responses + LENGTH(responses); response++) {
		if (response->ending != END)
			continue;
		for (size_t bytes = 0; bytes < response->bytes - response->behind; bytes++) {
			read_cut(response->text, bytes, bytes, 1, true, &outcome);
			check_case(response->name, outcome.event == HTTP_MORE && !outcome.eof_ends);
		}
	}
}

/* Reads text of any length at once and byte by byte, with the same outcome. */
static enum http_event read_long(const char *text, size_t bytes, struct outcome *outcome)
{
	struct outcome bytewise;

	read_cut(text, bytes, bytes, 1, true, outcome);
	read_cut(text, bytes, 1, 1, true, &bytewise);
	assert_true(outcome_same(outcome, &bytewise));
	return outcome->event;
}

/* Writes front, `count` times middle, and back. Returns the bytes. */
static size_t build(char *out, const char *front, const char *middle, size_t count, const char *back)
{
	char *end = stpcpy(out, front);

	while (count--)
		end = stpcpy(end, middle);
	return (size_t)(stpcpy(end, back) - out);
}

static char text_room[ROOM];

static void test_long_names(void **state)
{
	struct outcome outcome;

	(void)state;
	/* A position that wrapped at 256 would find the name again. */
	for (size_t count = 240; count < 530; count++) {
		size_t bytes = build(text_room, OK11, "x", count,
				     "content-length: 3\r\nContent-Length: 5\r\n\r\nhello");
		assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_END);
		assert_int_equal(outcome.body_bytes, 5);
		bytes = build(text_room, OK11 "Content-Length", "x", count, ": 3\r\nContent-Length: 5\r\n\r\nhello");
		assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_END);
		assert_int_equal(outcome.body_bytes, 5);
		bytes = build(text_room, OK11 "Connection: ", "x", count, "close\r\nContent-Length: 5\r\n\r\nhello");
		assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_END);
		assert_true(outcome.keeps_alive);
	}
}

static void test_head_is_bounded(void **state)
{
	static const char front[] = OK11 "Content-Length: 0\r\nX: ";
	const size_t fits = HTTP_HEAD_MAX - (sizeof front - 1) - 4;
	struct outcome outcome;

	(void)state;
	size_t bytes = build(text_room, front, "x", fits, "\r\n\r\n");
	assert_int_equal(bytes, HTTP_HEAD_MAX);
	assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_END);
	bytes = build(text_room, front, "x", fits + 1, "\r\n\r\n");
	assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_BAD);
	bytes = build(text_room, front, "x", 3 * HTTP_HEAD_MAX, "");
	assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_BAD);
}

/* What never ends by itself must meet the bound. */
static void test_endless(void **state)
{
	static const struct {
		const char *name, *front, *middle;
	} cases[] = {
		{ "reason", "HTTP/1.1 200 ", "x" },
		{ "name", OK11, "x" },
		{ "headers", OK11, "X: y\r\n" },
		{ "blanks before a length", OK11 "Content-Length:", " " },
		{ "zeros of a length", OK11 "Content-Length: ", "0" },
		{ "blanks after a length", OK11 "Content-Length: 5", " " },
		{ "token", OK11 "Connection: ", "x" },
		{ "tokens", OK11 "Connection: ", "x," },
		{ "1xx responses", "", "HTTP/1.1 100 Continue\r\n\r\n" },
		{ "zeros of a chunk size", CHUNKED, "0" },
		{ "chunk extension", CHUNKED "5;", "x" },
		{ "second chunk's extension", CHUNKED "1\r\na\r\n1;", "x" },
		{ "trailer", CHUNKED "0\r\n", "x" },
		{ "trailers", CHUNKED "0\r\n", "X: y\r\n" },
	};
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t count = 2 * HTTP_HEAD_MAX / strlen(cases[i].middle) + 1;
		size_t bytes = build(text_room, cases[i].front, cases[i].middle, count, "");
		check_case(cases[i].name, read_long(text_room, bytes, &outcome) == HTTP_BAD);
	}
}

/* The bound applies to each chunk's line, not to all together. */
static void test_many_chunks(void **state)
{
	struct outcome outcome;

	(void)state;
	size_t count = 80000;
	size_t bytes = build(text_room, CHUNKED, "1;x\r\na\r\n", count, "0\r\n\r\n");
	assert_true(bytes > 2 * HTTP_HEAD_MAX);
	assert_int_equal(read_long(text_room, bytes, &outcome), HTTP_END);
	assert_int_equal(outcome.body_bytes, count);
}

/* What is refused says which rule it breaks, and shows the bytes escaped, however it is cut before them. */
static void test_describes(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "220 mail.example ESMTP\r\n",
		  "not valid HTTP: no status line of HTTP/1.x (RFC 9112, 4): \"220 mail.example ESMTP\\r\\n\"" },
		{ "\x16\x03\"\\", "(RFC 9112, 4): \"\\x16\\x03\\\"\\\\\"" },
		{ OK11 "X: a\r\n b\r\n", "a folded header line (RFC 9112, 5.2): \" b\\r\\n\"" },
		{ OK11 "Content-Length : 5\r\n",
		  "a blank before the colon of a header (RFC 9112, 5.1): \"Content-Length : 5\\r\\n\"" },
		{ OK11 "\rhello", "a CR that no LF follows (RFC 9112, 2.2): \"\\rhello\"" },
		{ OK11 "Content-Length: forty\r\n\r\n",
		  "a Content-Length that is no number below 2^63 (RFC 9110, 8.6): "
		  "\"Content-Length: forty\\r\\n\\r\\n\"" },
		{ OK11 "Content-Length: 18446744073709551616\r\n", "no number below 2^63" },
		{ OK11 "Content-Length: 5, 6\r\n", "two values of Content-Length that differ (RFC 9112, 6.3): " },
		{ OK11 "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
		  "two values of Content-Length that differ (RFC 9112, 6.3): " },
		{ OK11 "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		  "both Content-Length and Transfer-Encoding (RFC 9112, 6.3)" },
		{ OK11 "Transfer-Encoding:\r\n\r\n", "a Transfer-Encoding without a coding (RFC 9112, 6.1)" },
		{ OK11 "Transfer-Encoding: chunked, chunked\r\n\r\n",
		  "the coding chunked applied twice (RFC 9112, 6.1): " },
		{ CHUNKED "forty\r\n",
		  "a chunk size that is no hexadecimal number below 2^63 (RFC 9112, 7.1): \"forty" },
		{ CHUNKED "FFFFFFFFFFFFFFFFFF\r\n", "no hexadecimal number below 2^63" },
		{ CHUNKED "4\r\nhello\r\n", "a chunk longer than its size (RFC 9112, 7.1): " },
		{ OK11 "Content-Length: 5\r\n\r\nhello!", "bytes after the response: " },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct http_reader reader = { 0 };
		const char *input = cases[i].text, *end = input + strlen(input);
		struct http_span body;
		enum http_event event;
		char text[HTTP_TEXT];
		while ((event = http_read(&reader, &input, end, &body)) == HTTP_BODY)
			;
		check_case(cases[i].text, event == HTTP_BAD || (event == HTTP_END && input < end));
		check_words(http_describe(text, &reader, cases[i].text, input, end), cases[i].words);
	}
}

static void test_begun(void **state)
{
	struct http_reader reader = { 0 };
	struct outcome outcome = { 0 };

	(void)state;
	assert_false(http_begun(&reader));
	feed(&reader, "", 0, true, &outcome);
	assert_false(http_begun(&reader));
	feed(&reader, "H", 1, true, &outcome);
	assert_true(http_begun(&reader));
	assert_false(http_read_eof(&reader));
	http_reader_reset(&reader);
	assert_false(http_begun(&reader));
	feed(&reader, TEXT("HTTP/1.1 100 x\r\n\r\n"), true, &outcome);
	assert_true(http_begun(&reader));
	feed(&reader, TEXT(CHUNKED "5\r\nhello"), true, &outcome);
	assert_true(http_begun(&reader));
}

/* One reader, reset, reads one response after the other. */
static void test_reset(void **state)
{
	static const char text[] = OK11 "Connection: close\r\nContent-Length: 1\r\n\r\na" CHUNKED
					"1\r\nb\r\n0\r\n\r\n" OK11 "Content-Length: 1\r\n\r\nc";
	struct http_reader reader = { 0 };
	const char *input = text;
	struct http_span body;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(http_read(&reader, &input, text + sizeof text - 1, &body), HTTP_BODY);
		assert_int_equal(body.bytes, 1);
		assert_int_equal(body.data[0], 'a' + i);
		assert_int_equal(http_read(&reader, &input, text + sizeof text - 1, &body), HTTP_END);
		assert_int_equal(reader.keeps_alive, i > 0);
		http_reader_reset(&reader);
	}
	assert_true(input == text + sizeof text - 1);
}

/* Every connection holds one. */
static void test_size(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct http_reader), 32);
}

/* Changes some bytes; returns the new length. */
static size_t mutate(char *text, size_t bytes, uint64_t *seed)
{
	static const char likely[] = "\r\n\r\n :;,0159afFHTP/.-\0\xff\t";

	for (unsigned changes = 1 + random_next(seed) % 4; changes && bytes; changes--) {
		size_t at = random_next(seed) % bytes;
		char c = random_next(seed) % 4 ? likely[random_next(seed) % (sizeof likely - 1)]
					       : (char)random_next(seed);
		switch (random_next(seed) % 5) {
		case 0: text[at] = c; break;
		case 1:
			memmove(text + at + 1, text + at, bytes++ - at);
			text[at] = c;
			break;
		case 2: memmove(text + at, text + at + 1, --bytes - at); break;
		case 3: /* a piece of it twice */
			memmove(text + bytes, text + at, bytes - at);
			bytes += bytes - at;
			break;
		case 4: bytes = at; break;
		}
	}
	return bytes;
}

static void test_mutations(void **state)
{
	uint64_t seed = 20100531;
	struct outcome whole, cut;

	(void)state;
	for (int round = 0; round < 30000; round++) {
		const struct response *response = &responses[random_next(&seed) % LENGTH(responses)];
		memcpy(text_room, response->text, response->bytes);
		size_t bytes = mutate(text_room, response->bytes, &seed);
		read_cut(text_room, bytes, bytes, 1, true, &whole);
		read_cut(text_room, bytes, 1, 1, true, &cut);
		check_case(response->name, outcome_same(&whole, &cut));
		read_cut(text_room, bytes, bytes ? random_next(&seed) % bytes : 0, 1 + random_next(&seed) % 40, false,
			 &cut);
		check_case(response->name, outcome_same(&whole, &cut));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),        cmocka_unit_test(test_every_split_point),
		cmocka_unit_test(test_byte_by_byte), cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_long_names),   cmocka_unit_test(test_head_is_bounded),
		cmocka_unit_test(test_endless),      cmocka_unit_test(test_many_chunks),
		cmocka_unit_test(test_describes),    cmocka_unit_test(test_begun),
		cmocka_unit_test(test_reset),        cmocka_unit_test(test_size),
		cmocka_unit_test(test_mutations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("http", tests, room_make, room_remove);
}
