#include "harness/contract/ask.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "clients/expected.h"
#include "clients/http.h"
#include "clients/page.h"
#include "harness/lib/clock.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"

/* The longest body that is read. */
#define BODY_MAX (1u << 20)

/*
 * The time for the server to close its end after the client has: the contract does not demand it, so no check fails by
 * it.
 */
#define HANG_UP_NS CLOCK_S

bool response_is(struct subject *subject, const struct response *response, unsigned status, const char *body)
{
	const struct expected right = {
		.status = status,
		.check = body ? EXPECTED_EXACT : EXPECTED_STATUS,
		.body = body,
		.body_bytes = body ? strlen(body) : 0,
	};
	const struct http_span kept = { response->body, response->kept_bytes };
	char expected[160], text[300];
	enum load_failure failure = LOAD_OTHER;

	/* A body of which not all is kept is longer than any page, so its length differs. */
	static_assert(sizeof response->body >= PAGE_MAX, "a page is kept whole");
	if (!response->trouble[0] && expected_verdict(&right, response->status, response->body_bytes,
						      !expected_piece(&right, 0, &kept), &failure))
		return true;
	snprintf(expected, sizeof expected, "%u%s%s", status, body ? " and the body " : "",
		 body ? text_quote(text, sizeof text, body, right.body_bytes) : "");
	if (response->trouble[0])
		return subject_fail(subject, expected, "%s", response->trouble);
	if (failure != LOAD_BAD_BODY)
		return subject_fail(subject, expected, "%u", response->status);
	return subject_fail(subject, expected, "%u and a body of %zu bytes: %s", response->status, response->body_bytes,
			    text_quote(text, sizeof text, response->body, response->kept_bytes));
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct response *response = context;
	size_t bytes = size * count;
	size_t room = sizeof response->body - response->kept_bytes;
	size_t kept = bytes < room ? bytes : room;

	memcpy(response->body + response->kept_bytes, data, kept);
	response->kept_bytes += kept;
	response->body_bytes += bytes;
	return response->body_bytes > BODY_MAX ? 0 : bytes;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return subject_is_stopped(context);
}

CURL *ask_prepare(struct subject *subject, const char *path, struct response *response)
{
	CURL *easy = curl_easy_init();

	*response = (struct response){ 0 };
	if (!easy) {
		strcpy(response->trouble, "out of memory");
		return NULL;
	}
	curl_easy_setopt(easy, CURLOPT_URL, subject->service.target.url);
	curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, path);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(subject_wait_ns(subject) / CLOCK_MS));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, response);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, response->trouble);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, subject);
	return easy;
}

void ask_finish(struct response *response, CURL *easy, CURLcode code)
{
	long status = 0;
	const char *type = NULL;

	if (code) {
		if (response->body_bytes > BODY_MAX)
			snprintf(response->trouble, sizeof response->trouble, "a body of more than %u bytes", BODY_MAX);
		else if (!response->trouble[0])
			snprintf(response->trouble, sizeof response->trouble, "%s", curl_easy_strerror(code));
		return;
	}
	response->trouble[0] = 0;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	response->status = (unsigned)status;
	snprintf(response->type, sizeof response->type, "%s", type ? type : "");
}

void ask_page(struct subject *subject, const char *path, struct response *response)
{
	CURL *easy = ask_prepare(subject, path, response);

	if (easy)
		ask_finish(response, easy, curl_easy_perform(easy));
	curl_easy_cleanup(easy);
}

bool ask_number(struct subject *subject, uint32_t n)
{
	char path[16], body[PAGE_MAX];
	struct response response;

	snprintf(path, sizeof path, "/%u", n);
	page_write(body, n);
	ask_page(subject, path, &response);
	return response_is(subject, &response, 200, body);
}

int line_open(struct subject *subject, const char *source)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	uint64_t wait_ns = subject_wait_ns(subject);
	struct timeval timeout = { (time_t)(wait_ns / CLOCK_S), (suseconds_t)(wait_ns % CLOCK_S / CLOCK_US) };
	int on = 1;
	int fd = socket(subject->service.target.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout); /* of connect(2) too */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	}
	if (fd < 0 ||
	    (source && (inet_pton(AF_INET, source, &from.sin_addr) != 1 ||
			bind(fd, (const struct sockaddr *)&from, sizeof from))) ||
	    connect(fd, (const struct sockaddr *)&subject->service.target.address,
		    subject->service.target.address_bytes)) {
		subject_fail(subject, "a connection", "%s", errno == EINPROGRESS ? "none in time" : strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

void line_send(int fd, const char *data, size_t bytes)
{
	while (bytes) {
		ssize_t sent = send(fd, data, bytes, MSG_NOSIGNAL);
		if (sent < 0)
			return;
		data += sent;
		bytes -= (size_t)sent;
	}
}

/* Receives until the deadline. Returns bytes, 0 at the end, or -1 with errno: ETIMEDOUT where nothing came. */
static ssize_t line_receive(const struct subject *subject, int fd, char *buffer, size_t room, uint64_t deadline)
{
	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		uint64_t now = clock_ns();
		if (now >= deadline || subject_is_stopped(subject)) {
			errno = ETIMEDOUT;
			return -1;
		}
		uint64_t left = deadline - now < CLOCK_LOOK_NS ? deadline - now : CLOCK_LOOK_NS;
		if (poll(&ready, 1, (int)(left / CLOCK_MS) + 1) > 0)
			return recv(fd, buffer, room, 0);
	}
}

/* Describes a receive that failed with errno. `none` names what is missing. */
static void line_trouble(char *out, size_t room, const char *none, uint64_t start)
{
	char time[UNITS_TEXT];

	if (errno == ETIMEDOUT)
		snprintf(out, room, "%s after %s", none, units_show_latency(time, clock_ns() - start));
	else if (errno == ECONNRESET)
		snprintf(out, room, "a reset");
	else
		snprintf(out, room, "%s", strerror(errno));
}

void line_response(const struct subject *subject, int fd, struct response *response)
{
	struct http_reader reader = { 0 };
	struct http_span body;
	char buffer[4096], quoted[160];
	uint64_t start = clock_ns(), deadline = start + subject_wait_ns(subject);
	enum http_event event;

	*response = (struct response){ 0 };
	do {
		ssize_t bytes = line_receive(subject, fd, buffer, sizeof buffer, deadline);
		const char *input = buffer;
		if (bytes < 0) {
			line_trouble(response->trouble, sizeof response->trouble,
				     http_begun(&reader) ? "no complete response" : "no response", start);
			return;
		}
		if (bytes == 0 && !http_read_eof(&reader)) {
			snprintf(response->trouble, sizeof response->trouble,
				 "the end of the connection %s the response", http_begun(&reader) ? "in" : "without");
			return;
		}
		event = bytes ? HTTP_MORE : HTTP_END;
		while (bytes && (event = http_read(&reader, &input, buffer + bytes, &body)) == HTTP_BODY)
			on_body((char *)body.data, 1, body.bytes, response);
		if (event == HTTP_BAD || (event == HTTP_END && bytes && input < buffer + bytes) ||
		    response->body_bytes > BODY_MAX) {
			snprintf(response->trouble, sizeof response->trouble, "%s: %s",
				 event == HTTP_BAD ? "not valid HTTP" : "more than the response",
				 text_quote(quoted, sizeof quoted, buffer, (size_t)bytes));
			return;
		}
	} while (event != HTTP_END);
	response->status = reader.status;
}

/* Whether the server closes the line after its response. */
static bool line_ends(struct subject *subject, int fd)
{
	static const char expected[] = "the end of the connection after the response";
	char buffer[32], text[160];
	uint64_t start = clock_ns();
	ssize_t bytes = line_receive(subject, fd, buffer, sizeof buffer, start + subject_wait_ns(subject));

	if (bytes > 0)
		return subject_fail(subject, expected, "more bytes: %s",
				    text_quote(text, sizeof text, buffer, (size_t)bytes));
	if (bytes < 0) {
		line_trouble(text, sizeof text, "still open", start);
		return subject_fail(subject, expected, "%s", text);
	}
	return true;
}

void lines_hang_up(const struct subject *subject, int *lines, size_t count)
{
	char buffer[4096];
	uint64_t deadline = clock_ns() + HANG_UP_NS;

	for (size_t i = 0; i < count; i++)
		if (lines[i] >= 0)
			shutdown(lines[i], SHUT_WR);
	for (size_t i = 0; i < count; i++) {
		while (lines[i] >= 0 && line_receive(subject, lines[i], buffer, sizeof buffer, deadline) > 0)
			;
		if (lines[i] >= 0)
			close(lines[i]);
		lines[i] = -1;
	}
}

int line_ask(struct subject *subject, const char *request, bool *right)
{
	struct response response;
	int fd = line_open(subject, NULL);

	*right = false;
	if (fd < 0)
		return -1;
	line_send(fd, request, strlen(request));
	line_response(subject, fd, &response);
	*right = response_is(subject, &response, 200, PAGE_START);
	return fd;
}

bool line_ask_closes(struct subject *subject, const char *request)
{
	bool right;
	int fd = line_ask(subject, request, &right);

	if (fd < 0)
		return false;
	right = right && line_ends(subject, fd);
	close(fd);
	return right;
}
