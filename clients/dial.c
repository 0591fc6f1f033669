#include "clients/dial.h"

#include <errno.h>
#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

#include "clients/client.h"
#include "clients/tls.h"
#include "harness/lib/clock.h"
#include "harness/lib/text.h"

/* How long a call may block before the clock and `stop` are checked: a signal may come just before the call. */
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

/* connect(2) continues in the background after a signal or its timeout: its end is waited for. */
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

static int exchange_send(const struct exchange *exchange, const struct http_span *request)
{
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
	if (dial->expected)
		expected_take(dial->expected, response->body_bytes, piece, &response->state);
	if (response->body_bytes < dial->keep_bytes) {
		size_t room = dial->keep_bytes - (size_t)response->body_bytes;
		memcpy(dial->keep + response->body_bytes, piece->data, piece->bytes < room ? piece->bytes : room);
	}
	response->body_bytes += piece->bytes;
}

/* Parses bytes of the response. Returns 1 at its end, 0 where more must follow, -1 where it is not valid. */
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

/* Receives what there is. Returns its bytes, 0 at the end; or -1, with the failure stored. */
static ssize_t exchange_some(const struct exchange *exchange, char *buffer, size_t room)
{
	for (;;) {
		ssize_t bytes = recv(exchange->fd, buffer, room, 0);
		if (bytes < 0 && is_worth_another_try(exchange))
			continue;
		if (bytes >= 0 &&
		    clock_ns() > exchange->deadline_ns) { /* one that trickles in keeps no recv() waiting */
			errno = ETIMEDOUT;
			bytes = -1;
		}
		if (bytes < 0)
			exchange_errno(exchange, "reading the response");
		return bytes;
	}
}

static int exchange_receive(const struct exchange *exchange, struct dial_response *response)
{
	struct http_reader reader = { .bodyless = exchange->dial->bodyless };
	char buffer[16384];
	int ended = 0;

	while (!ended) {
		ssize_t bytes = exchange_some(exchange, buffer, sizeof buffer);
		if (bytes < 0)
			return -1;
		if (bytes == 0 && !http_read_eof(&reader))
			return exchange_failed(exchange, LOAD_EOF_EARLY,
					       "the connection ended before the response did");
		ended = bytes ? take_bytes(exchange, &reader, buffer, (size_t)bytes, response) : 1;
	}
	response->status = reader.status;
	return ended < 0 ? -1 : 0;
}

/* Reads what was fed. Returns as take_bytes() does. */
static int secure_take(const struct exchange *exchange, struct tls *tls, struct http_reader *reader, uint64_t start_ns,
		       struct dial_response *response)
{
	char plain[16384], text[TLS_TEXT];
	enum tls_event event;
	size_t bytes;
	int ended = 0;

	while (!ended && (event = tls_read(tls, plain, sizeof plain, &bytes)) != TLS_MORE) {
		if (event == TLS_BROKEN)
			return exchange_failed(exchange, LOAD_TLS, tls_explain(tls, text));
		if (event == TLS_OPEN)
			response->handshake_ns = clock_ns() - start_ns;
		else
			ended = take_bytes(exchange, reader, plain, bytes, response);
	}
	return ended;
}

static int secure_cut(const struct exchange *exchange)
{
	return exchange_failed(exchange, LOAD_EOF_EARLY, "the connection ended before the response did");
}

/* What failed was the handshake. */
static void secure_shaken(const struct exchange *exchange)
{
	*exchange->failure = LOAD_TLS;
	if (exchange->err)
		err_prefix(exchange->err, "TLS: the handshake");
}

/* The same as exchange_send() and exchange_receive(), over TLS. */
static int secure_exchange(const struct exchange *exchange, struct dial_response *response)
{
	struct http_reader reader = { .bodyless = exchange->dial->bodyless };
	struct tls tls = { 0 };
	char buffer[16384];
	uint64_t start_ns = clock_ns();
	int ended = tls_begin(&tls, exchange->dial->tls)
			    ? exchange_failed(exchange, LOAD_TLS, "TLS: a connection can't be begun")
			    : 0;

	if (!ended)
		tls_ask(&tls, exchange->dial->request);
	while (!ended) {
		const struct http_span output = { tls.output, tls.output_bytes };
		ended = exchange_send(exchange, &output);
		tls.output_bytes = 0;
		ssize_t bytes = ended ? -1 : exchange_some(exchange, buffer, sizeof buffer);
		if (bytes > 0) {
			tls_feed(&tls, buffer, (size_t)bytes);
			ended = secure_take(exchange, &tls, &reader, start_ns, response);
			if (!ended && tls.is_closed)
				ended = http_read_eof(&reader) ? 1 : secure_cut(exchange);
		} else if (bytes == 0 && !tls.is_open) {
			ended = exchange_failed(exchange, LOAD_TLS, "TLS: the connection ended in the handshake");
		} else if (bytes == 0) { /* without close_notify it may have been cut short */
			ended = secure_cut(exchange);
		} else {
			ended = -1;
			if (!tls.is_open && *exchange->failure != LOAD_TIMEOUT)
				secure_shaken(exchange);
		}
	}
	tls_release(&tls);
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
	if (dial->tls)
		result = secure_exchange(&exchange, response);
	else if (!exchange_send(&exchange, &dial->request))
		result = exchange_receive(&exchange, response);
	response->total_ns = clock_ns() - start;
out:
	close(exchange.fd);
	return result;
}
