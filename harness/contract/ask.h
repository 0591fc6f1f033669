/*
 * ask: requests to a server under check, and its responses compared.
 *
 * There are two ways. One is libcurl, a client that this project did not write, for what every client does. The other
 * is bare sockets, here called lines, for what no library allows: to send a part of a request, to see whether the
 * connection ends, to come from a given address. Responses on a line are read by clients/http.h, the reader that
 * measures.
 *
 * All waits are bounded by subject_wait_ns(). What does not come is the check's failure, filled in here.
 */
#ifndef HARNESS_CONTRACT_ASK_H
#define HARNESS_CONTRACT_ASK_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/contract/subject.h"

/* A response, or why there is none. */
struct response {
	unsigned status;
	char type[100]; /* Content-Type; only where libcurl asked */
	char body[128]; /* its first kept_bytes */
	size_t body_bytes, kept_bytes;
	char trouble[CURL_ERROR_SIZE]; /* "" where there is a response */
};

/* Whether the response is that status with exactly that body (NULL: any); else the check has failed. */
bool response_is(struct subject *subject, const struct response *response, unsigned status, const char *body);

/*
 * Prepares a question for a path by libcurl; NULL where memory is out, as the response then says. Performed, its
 * body goes to the response, which must outlive it. Each takes a connection of its own, unless CURLOPT_FORBID_REUSE
 * is taken back. The caller frees it.
 */
CURL *ask_prepare(struct subject *subject, const char *path, struct response *response);

/* Fills in the rest of the response from a question that has ended with code. */
void ask_finish(struct response *response, CURL *easy, CURLcode code);

/* Requests a path by libcurl, over a new connection. */
void ask_page(struct subject *subject, const char *path, struct response *response);

/* Requests page n in this way. Whether its response is right; else the check has failed. */
bool ask_number(struct subject *subject, uint32_t n);

/* Opens a line, from one of loopback's addresses (NULL: any). Returns it; or -1, and the check has failed. */
int line_open(struct subject *subject, const char *source);

/* Sends; what fails here shows when the response is read. */
void line_send(int fd, const char *data, size_t bytes);

/* Reads one response from a line. What follows its last byte, where that came with it, makes it no response. */
void line_response(const struct subject *subject, int fd, struct response *response);

/*
 * Sends a request for the start page over a line of its own and reads the response. Returns the line; *right says
 * whether the response was, else the check has failed. -1 where there is no line.
 */
int line_ask(struct subject *subject, const char *request, bool *right);

/*
 * Requests it likewise. Whether the response is right and the server then closes the line; else the check has failed.
 */
bool line_ask_closes(struct subject *subject, const char *request);

/*
 * Closes lines (-1: none) from this side and gives the server a bounded time to close its end; the contract does not
 * demand that, so no check fails by it. If a client's leaving makes the server misbehave, it has happened by then.
 */
void lines_hang_up(const struct subject *subject, int *lines, size_t count);

#endif
