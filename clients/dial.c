#include "clients/dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include "clients/client.h"
#include "harness/lib/clock.h"

static int dial_failed(int *failure, enum load_failure kind, struct err *err, const char *what)
{
	*failure = (int)kind;
	if (!err)
		return -1;
	if (kind == LOAD_TIMEOUT)
		return err_set(err, "%s: no response in time", what);
	if (errno)
		return err_set_errno(err, "%s", what);
	return err_set(err, "%s", what);
}

static int dial_errno(int *failure, struct err *err, const char *what)
{
	return dial_failed(failure, load_failure_of_errno(errno), err, what);
}

/* The response is read to its end; the rest of its body that does not fit is only counted. */
static int response_read(int fd, uint64_t deadline, char *keep, size_t room, struct dial_response *response,
			 int *failure, struct err *err)
{
	struct http_reader reader = { 0 };
	char buffer[16384];

	for (;;) {
		ssize_t bytes = recv(fd, buffer, sizeof buffer, 0);
		if (bytes < 0 && errno == EINTR && clock_ns() <= deadline)
			continue;
		if (bytes < 0)
			return dial_errno(failure, err, "reading the response");
		errno = 0;
		if (clock_ns() > deadline) /* a response may trickle in without any one recv() timing out */
			return dial_failed(failure, LOAD_TIMEOUT, err, "reading the response");
		const char *input = buffer;
		struct http_span body;
		enum http_event event = bytes ? HTTP_MORE : http_read_eof(&reader) ? HTTP_END : HTTP_BAD;
		if (event == HTTP_BAD)
			return dial_failed(failure, LOAD_EOF_EARLY, err,
					   "the connection ended before the response did");
		while (bytes && (event = http_read(&reader, &input, buffer + bytes, &body)) == HTTP_BODY) {
			size_t kept = room - response->kept_bytes < body.bytes ? room - response->kept_bytes
									       : body.bytes;
			memcpy(keep + response->kept_bytes, body.data, kept);
			response->kept_bytes += kept;
		}
		response->body_bytes = reader.body_bytes;
		if (event == HTTP_BAD || (event == HTTP_END && bytes && input < buffer + bytes))
			return dial_failed(failure, LOAD_BAD_HTTP, err, "the response is not valid HTTP");
		if (response->body_bytes > TARGET_BODY_MAX)
			return dial_failed(failure, LOAD_BAD_BODY, err, "the response is longer than 64 MiB");
		if (event == HTTP_END) {
			response->status = reader.status;
			return 0;
		}
	}
}

/* connect(2) that a signal has broken off goes on by itself: its end is waited for. Returns 0, or -1 with errno set. */
static int dial_connect(int fd, const struct target *target, uint64_t timeout_ns)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLOUT };
	int number = 0, ready;
	socklen_t bytes = sizeof number;

	if (!connect(fd, (const struct sockaddr *)&target->address, target->address_bytes))
		return 0;
	if (errno != EINTR)
		return -1;
	do
		ready = poll(&pollfd, 1, (int)(timeout_ns / CLOCK_MS));
	while (ready < 0 && errno == EINTR);
	if (ready > 0 && !getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &bytes) && !number)
		return 0;
	errno = ready > 0 && number ? number : ETIMEDOUT;
	return -1;
}

int dial_fetch(const struct target *target, const char *request, size_t request_bytes, uint64_t timeout_ns, char *keep,
	       size_t room, struct dial_response *response, int *failure, struct err *err)
{
	int result = -1;
	*response = (struct dial_response){ 0 };
	int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return dial_errno(failure, err, "socket");
	struct timeval timeout = { .tv_sec = (time_t)(timeout_ns / CLOCK_S),
				   .tv_usec = (suseconds_t)(timeout_ns % CLOCK_S / CLOCK_US) };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
	uint64_t start = clock_ns();
	if (dial_connect(fd, target, timeout_ns)) {
		dial_errno(failure, err, "connecting");
		goto out;
	}
	response->connect_ns = clock_ns() - start;
	for (size_t sent = 0; sent < request_bytes;) {
		ssize_t bytes = send(fd, request + sent, request_bytes - sent, MSG_NOSIGNAL);
		if (bytes < 0 && errno == EINTR && clock_ns() <= start + timeout_ns)
			continue;
		if (bytes < 0) {
			dial_errno(failure, err, "sending the request");
			goto out;
		}
		sent += (size_t)bytes;
	}
	result = response_read(fd, start + timeout_ns, keep, room, response, failure, err);
	response->total_ns = clock_ns() - start;
out:
	close(fd);
	return result;
}
