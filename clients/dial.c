#include "clients/dial.h"

#include <errno.h>
#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

#include "clients/client.h"
#include "harness/lib/clock.h"
#include "harness/lib/text.h"

/* How long a call may block before the clock and `stop` are looked at: a signal may come just before the call. */
#define SLICE_NS (100 * CLOCK_MS)

struct exchange {
	const struct dial *dial;
	int fd;
	uint64_t start_ns, deadline_ns;
	bool *told; /* the watch, of a silent server */
	enum load_failure *failure;
	struct err *err;
};

static int exchange_failed(const struct exchange *exchange, enum load_failure kind, const char *what)
{
	*exchange->failure = kind;
	return exchange->err ? err_set(exchange->err, "%s", what) : -1;
}

static int exchange_errno(const struct exchange *exchange, const char *what)
{
	*exchange->failure = load_failure_of_errno(errno);
	if (!exchange->err)
		return -1;
	if (*exchange->failure == LOAD_TIMEOUT)
		return err_set(exchange->err, "%s: no response in time", what);
	return err_set_errno(exchange->err, "%s", what);
}

static void tell_silence(const struct exchange *exchange, uint64_t now_ns)
{
	const struct load_watch *watch = exchange->dial->watch;

	if (!watch || !watch->stalled || *exchange->told || now_ns - exchange->start_ns < LOAD_SILENCE_NS)
		return;
	*exchange->told = true;
	watch->stalled(watch->context, now_ns - exchange->start_ns);
}

/* Whether there is no time left; looked at each SLICE_NS. */
static bool is_over(const struct exchange *exchange)
{
	uint64_t now_ns = clock_ns();

	tell_silence(exchange, now_ns);
	return (exchange->dial->stop && *exchange->dial->stop) || now_ns > exchange->deadline_ns;
}

/* Whether a call that has failed with errno is to be made again; otherwise errno says why not. */
static bool is_worth_another_try(const struct exchange *exchange)
{
	if (errno != EINTR && errno != EAGAIN)
		return false;
	if (!is_over(exchange))
		return true;
	errno = ETIMEDOUT;
	return false;
}

/* connect(2) that has been broken off by a signal or its timeout goes on by itself: its end is waited for. */
static int exchange_connect(const struct exchange *exchange)
{
	const struct dial *dial = exchange->dial;
	struct pollfd pollfd = { .fd = exchange->fd, .events = POLLOUT };
	uint64_t deadline_ns = exchange->deadline_ns;
	int number = 0;
	socklen_t bytes = sizeof number;

	if (dial->connect_timeout_ns && clock_ns() + dial->connect_timeout_ns < deadline_ns)
		deadline_ns = clock_ns() + dial->connect_timeout_ns;
	if (!connect(exchange->fd, (const struct sockaddr *)dial->address, dial->address_bytes))
		return 0;
	if (errno != EINTR && errno != EINPROGRESS)
		return -1;
	for (;;) {
		uint64_t now = clock_ns();
		uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
		if (poll(&pollfd, 1, (int)((left < SLICE_NS ? left : SLICE_NS) / CLOCK_MS) + 1) > 0)
			break;
		if (is_over(exchange) || !left) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	if (getsockopt(exchange->fd, SOL_SOCKET, SO_ERROR, &number, &bytes))
		return -1;
	errno = number;
	return number ? -1 : 0;
}

static int exchange_send(const struct exchange *exchange)
{
	const struct http_span *request = &exchange->dial->request;

	for (size_t sent = 0; sent < request->bytes;) {
		ssize_t bytes = send(exchange->fd, request->data + sent, request->bytes - sent, MSG_NOSIGNAL);
		if (bytes >= 0)
			sent += (size_t)bytes;
		else if (!is_worth_another_try(exchange))
			return exchange_errno(exchange, "sending the request");
	}
	return 0;
}

/* A piece of the body: compared, and kept as far as there is room. */
static void take_piece(const struct dial *dial, const struct http_span *piece, struct dial_response *response)
{
	if (dial->expected && !expected_piece(dial->expected, response->body_bytes, piece))
		response->differs = true;
	if (response->body_bytes < dial->keep_bytes) {
		size_t room = dial->keep_bytes - (size_t)response->body_bytes;
		memcpy(dial->keep + response->body_bytes, piece->data, piece->bytes < room ? piece->bytes : room);
	}
	response->body_bytes += piece->bytes;
}

/* Takes bytes of the response apart. Returns 1 at its end, 0 where there is more to come, -1 where it is none. */
static int take_bytes(const struct exchange *exchange, struct http_reader *reader, const char *data, size_t bytes,
		      struct dial_response *response)
{
	const char *input = data;
	struct http_span body;
	enum http_event event;
	char text[HTTP_TEXT];

	while ((event = http_read(reader, &input, data + bytes, &body)) == HTTP_BODY)
		take_piece(exchange->dial, &body, response);
	if (event == HTTP_BAD || (event == HTTP_END && input < data + bytes))
		return exchange_failed(exchange, LOAD_BAD_HTTP, http_describe(text, reader, data, input, data + bytes));
	if (response->body_bytes > DIAL_BODY_MAX)
		return exchange_failed(exchange, LOAD_BAD_BODY, "the response is longer than 64 MiB");
	return event == HTTP_END;
}

static int exchange_receive(const struct exchange *exchange, struct dial_response *response)
{
	struct http_reader reader = { 0 };
	char buffer[16384];
	int ended = 0;

	while (!ended) {
		ssize_t bytes = recv(exchange->fd, buffer, sizeof buffer, 0);
		if (bytes < 0 && is_worth_another_try(exchange))
			continue;
		if (bytes >= 0 &&
		    clock_ns() > exchange->deadline_ns) { /* one that trickles in keeps no recv() waiting */
			errno = ETIMEDOUT;
			bytes = -1;
		}
		if (bytes < 0)
			return exchange_errno(exchange, "reading the response");
		if (bytes == 0 && !http_read_eof(&reader))
			return exchange_failed(exchange, LOAD_EOF_EARLY,
					       "the connection ended before the response did");
		ended = bytes ? take_bytes(exchange, &reader, buffer, (size_t)bytes, response) : 1;
	}
	response->status = reader.status;
	return ended < 0 ? -1 : 0;
}

int dial_fetch(const struct dial *dial, struct dial_response *response, enum load_failure *failure, struct err *err)
{
	uint64_t slice_ns = dial->timeout_ns < CLOCK_MS   ? CLOCK_MS
			    : dial->timeout_ns < SLICE_NS ? dial->timeout_ns
							  : SLICE_NS;
	struct timeval slice = { .tv_usec = (suseconds_t)(slice_ns / CLOCK_US) };
	bool told = false;
	struct exchange exchange = { .dial = dial, .told = &told, .failure = failure, .err = err };
	int result = -1;

	*response = (struct dial_response){ 0 };
	exchange.fd = socket(dial->address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (exchange.fd < 0)
		return exchange_errno(&exchange, "socket");
	setsockopt(exchange.fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice);
	setsockopt(exchange.fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice); /* of connect(2) too */
	uint64_t start = exchange.start_ns = clock_ns();
	exchange.deadline_ns = start + dial->timeout_ns;
	if (exchange_connect(&exchange)) {
		exchange_errno(&exchange, "connecting");
		goto out;
	}
	response->connect_ns = clock_ns() - start;
	if (!exchange_send(&exchange))
		result = exchange_receive(&exchange, response);
	response->total_ns = clock_ns() - start;
out:
	close(exchange.fd);
	return result;
}
