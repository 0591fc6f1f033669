/*
 * bench: what the C and C++ servers share: settings, pages, request heads, responses, and the log of clients.
 *
 * Everything is static inline, so that a server is one file and one compiler call. Nothing here reads from or writes
 * to a client's socket: that is what each library is measured for.
 * The contract is docs/server-contract.md.
 */
#ifndef SERVERS_COMMON_BENCH_H
#define SERVERS_COMMON_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The longest request head that a server accepts, in bytes; a longer one is a bad request. */
#define BENCH_REQUEST_MAX 4096
/* The longest response that bench_response() writes, in bytes. */
#define BENCH_RESPONSE_MAX 256

static inline const char *bench_host(void)
{
	const char *host = getenv("BENCH_HOST");
	return host ? host : "127.0.0.1";
}

static inline int bench_number(const char *name, int fallback)
{
	const char *text = getenv(name);
	return text ? atoi(text) : fallback;
}

static inline int bench_port(void)
{
	return bench_number("BENCH_PORT", 8080);
}
static inline int bench_backlog(void)
{
	return bench_number("BENCH_BACKLOG", 128);
}

struct bench_request {
	const char *path; /* points into the input; not terminated */
	size_t path_bytes;
	int get;        /* the method is GET */
	int keep_alive; /* HTTP/1.1 without "Connection: close" */
};

/*
 * Reads a request head from the first n bytes of input.
 * Returns its length in bytes, 0 while it is incomplete, -1 if it is not an HTTP request.
 * The path points into input.
 */
static inline int bench_request_read(struct bench_request *request, const char *input, size_t n)
{
	const char *end = (const char *)memmem(input, n, "\r\n\r\n", 4);
	if (!end)
		return n >= BENCH_REQUEST_MAX ? -1 : 0;
	const char *line_end = (const char *)memchr(input, '\r', (size_t)(end - input) + 1);
	const char *space = (const char *)memchr(input, ' ', (size_t)(line_end - input));
	if (!space)
		return -1;
	const char *path = space + 1;
	const char *version = (const char *)memchr(path, ' ', (size_t)(line_end - path));
	if (!version || line_end - version != 9 || memcmp(version, " HTTP/1.", 8) != 0)
		return -1;
	request->get = space - input == 3 && memcmp(input, "GET", 3) == 0;
	request->path = path;
	request->path_bytes = (size_t)(version - path);
	request->keep_alive = version[8] == '1';
	for (const char *line = line_end + 2; line < end;) {
		const char *stop = (const char *)memchr(line, '\r', (size_t)(end - line) + 1);
		if (stop - line >= 11 && strncasecmp(line, "connection:", 11) == 0) {
			const char *value = line + 11;
			while (value < stop && *value == ' ')
				value++;
			if (stop - value >= 5 && strncasecmp(value, "close", 5) == 0)
				request->keep_alive = 0;
		}
		line = stop + 2;
	}
	return (int)(end + 4 - input);
}

/*
 * Writes the body for a path to out, which holds BENCH_RESPONSE_MAX bytes.
 * Returns its length in bytes, or -1 for a page that does not exist (404).
 */
static inline int bench_page(const char *path, size_t path_bytes, char *out)
{
	if (path_bytes == 1 && path[0] == '/') {
		static const char start[] = "<p>Hello, World! <a href=\"/0\">start</a>\n";
		memcpy(out, start, sizeof start - 1);
		return (int)sizeof start - 1;
	}
	if (path_bytes < 2 || path_bytes > 11 || path[0] != '/')
		return -1;
	uint64_t number = 0;
	for (size_t i = 1; i < path_bytes; i++) {
		if (path[i] < '0' || path[i] > '9')
			return -1;
		number = number * 10 + (uint64_t)(path[i] - '0');
	}
	if (number > UINT32_MAX)
		return -1;
	/* A linear congruential generator of full period: the links visit all 2^32 pages. */
	uint32_t next = (uint32_t)(1664525u * (uint32_t)number + 1013904223u);
	return snprintf(out, BENCH_RESPONSE_MAX, "<a href=\"/%u\">%u</a>\n", next, next);
}

/*
 * Writes the whole response to a request, head and body, to out, which holds BENCH_RESPONSE_MAX bytes.
 * Returns its length in bytes. For servers that speak HTTP by hand.
 */
static inline int bench_response(const struct bench_request *request, char *out)
{
	char body[BENCH_RESPONSE_MAX];
	int bytes = request->get ? bench_page(request->path, request->path_bytes, body) : -1;
	int head = snprintf(out, BENCH_RESPONSE_MAX,
			    "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%s\r\n",
			    bytes < 0 ? "404 Not Found" : "200 OK", bytes < 0 ? 0 : bytes,
			    request->keep_alive ? "" : "Connection: close\r\n");
	if (bytes > 0)
		memcpy(out + head, body, (size_t)bytes);
	return head + (bytes > 0 ? bytes : 0);
}

/* Logs the address of a request's client to stderr, in one write(2). */
static inline void bench_log(const char *address)
{
	char line[64];
	int bytes = snprintf(line, sizeof line, "%s\n", address);
	ssize_t ignored = write(STDERR_FILENO, line, (size_t)bytes);
	(void)ignored;
}

#endif
