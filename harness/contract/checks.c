#include "harness/contract/checks.h"

#include <assert.h>
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/page.h"
#include "clients/probe.h"
#include "harness/contract/ask.h"
#include "harness/contract/service_checks.h"
#include "harness/host/port.h"

/* Time between two readings of what a server has logged. */
#define LOOK_MS 2

#define LINKS         1000
#define PARALLEL_MAX  200
#define KEPT_REQUESTS 100
/* Connections of each kind: those that send nothing, half a request, a reset. */
#define HOSTILE 10

/* The part of stderr that is searched, bytes. */
#define LOG_MAX (1u << 20)

static bool check_page(struct subject *subject)
{
	static const char html[] = "text/html";
	struct response response;

	subject_try(subject, "GET /");
	ask_page(subject, "/", &response);
	if (!response_is(subject, &response, 200, PAGE_START))
		return false;
	if (!response.type[0])
		return subject_fail(subject, "Content-Type: text/html", "no Content-Type");
	/* Parameters, such as a charset, may follow. */
	const char *after = response.type + strlen(html);
	if (strncasecmp(response.type, html, strlen(html)) != 0 || (*after && *after != ';' && *after != ' '))
		return subject_fail(subject, "Content-Type: text/html", "Content-Type: %s", response.type);
	return true;
}

static bool check_link(struct subject *subject)
{
	static const uint32_t numbers[] = { 0, 1, UINT32_MAX };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		subject_try(subject, "GET /%u", numbers[i]);
		if (!ask_number(subject, numbers[i]))
			return false;
	}
	return true;
}

static bool check_not_found(struct subject *subject)
{
	static const char *const paths[] = { "/x", "/4294967296", "/-1", "/0/" };
	struct response response;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		subject_try(subject, "GET %s", paths[i]);
		ask_page(subject, paths[i], &response);
		if (!response_is(subject, &response, 404, NULL))
			return false;
	}
	return true;
}

static bool check_http10_close(struct subject *subject)
{
	char request[128];

	subject_try(subject, "GET / with HTTP/1.0");
	snprintf(request, sizeof request, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", subject->service.target.authority);
	return line_ask_closes(subject, request);
}

static bool check_connection_close(struct subject *subject)
{
	char request[128];

	subject_try(subject, "GET / with HTTP/1.1 and Connection: close");
	snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
		 subject->service.target.authority);
	return line_ask_closes(subject, request);
}

/* Many requests by libcurl, which takes a new connection where the server closes the old one. */
static bool keeps_curl(struct subject *subject)
{
	bool right = true;
	long connections = 0;
	struct response response;
	CURL *easy = ask_prepare(subject, "/", &response);

	subject_try(subject, "%d requests by libcurl", KEPT_REQUESTS);
	if (!easy)
		return subject_fail(subject, "a response", "%s", response.trouble);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 0L);
	for (int i = 0; i < KEPT_REQUESTS && right; i++) {
		long new = 0;
		response = (struct response){ 0 };
		curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(subject_wait_ns(subject) / CLOCK_MS));
		ask_finish(&response, easy, curl_easy_perform(easy));
		curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &new);
		connections += new;
		right = response_is(subject, &response, 200, PAGE_START);
	}
	curl_easy_cleanup(easy);
	if (right && connections != 1)
		return subject_fail(subject, "1 connection", "%ld connections", connections);
	return right;
}

static bool check_keepalive(struct subject *subject)
{
	struct response response;
	bool right;

	if (!keeps_curl(subject))
		return false;
	subject_try(subject, "two requests over one bare socket");
	int fd = line_ask(subject, subject->service.target.request_keepalive, &right);
	if (right) {
		line_send(fd, subject->service.target.request_keepalive,
			  subject->service.target.request_keepalive_bytes);
		line_response(subject, fd, &response);
		right = response_is(subject, &response, 200, PAGE_START);
	}
	if (fd >= 0)
		close(fd);
	return right;
}

static bool check_chain(struct subject *subject)
{
	uint32_t n = 0;

	for (int i = 0; i < LINKS && !subject_is_stopped(subject); i++) {
		subject_try(subject, "link %d of %d, GET /%u", i + 1, LINKS, n);
		if (clock_ns() >= subject->deadline)
			return subject_fail(subject, "all links in time", "%d of them", i);
		if (!ask_number(subject, n))
			return false;
		n = page_next(n);
	}
	return true;
}

/* The requests of check_parallel. */
struct bunch {
	uint32_t count;
	CURL *easy[PARALLEL_MAX];
	struct response response[PARALLEL_MAX];
};

/* Sends all requests at once and reads the responses. Returns false where memory is out. */
static bool bunch_ask(struct subject *subject, struct bunch *bunch, CURLM *multi)
{
	int running = 0, waiting;
	CURLMsg *message;

	for (uint32_t i = 0; i < bunch->count; i++) {
		char path[16];
		snprintf(path, sizeof path, "/%u", i);
		bunch->easy[i] = ask_prepare(subject, path, &bunch->response[i]);
		if (!bunch->easy[i] || curl_multi_add_handle(multi, bunch->easy[i]))
			return false;
		curl_easy_setopt(bunch->easy[i], CURLOPT_PRIVATE, &bunch->response[i]);
	}
	/* Each request has its own timeout, so this ends. */
	do {
		if (curl_multi_perform(multi, &running))
			return false;
		if (running)
			curl_multi_poll(multi, NULL, 0, 100, NULL);
	} while (running && !subject_is_stopped(subject));
	while ((message = curl_multi_info_read(multi, &waiting))) {
		struct response *response = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&response);
		ask_finish(response, message->easy_handle, message->data.result);
	}
	return true;
}

static bool check_parallel(struct subject *subject)
{
	bool right = true;
	struct bunch *bunch = calloc(1, sizeof *bunch);
	CURLM *multi = curl_multi_init();
	uint64_t limit = subject->spec->server->max_connections;
	bool limited = limit && limit < PARALLEL_MAX;
	uint32_t count = limited ? (uint32_t)limit : PARALLEL_MAX;
	const char *whose = limited ? " (max_connections)" : "";

	subject_try(subject, "%u requests at once%s", count, whose);
	if (bunch)
		bunch->count = count;
	if (!bunch || !multi || !bunch_ask(subject, bunch, multi))
		right = subject_fail(subject, "responses", "out of memory");
	for (uint32_t i = 0; bunch && i < count && right; i++) {
		char body[PAGE_MAX];
		page_write(body, i);
		subject_try(subject, "%u requests at once%s, GET /%u", count, whose, i);
		right = response_is(subject, &bunch->response[i], 200, body);
	}
	for (uint32_t i = 0; i < (bunch ? count : 0); i++) {
		if (bunch->easy[i])
			curl_multi_remove_handle(multi, bunch->easy[i]);
		curl_easy_cleanup(bunch->easy[i]);
	}
	curl_multi_cleanup(multi);
	free(bunch);
	return right;
}

static bool check_byte_at_a_time(struct subject *subject)
{
	struct response response;

	subject_try(subject, "GET / sent in single bytes");
	int fd = line_open(subject, NULL);
	if (fd < 0)
		return false;
	for (size_t i = 0; i < subject->service.target.request_close_bytes; i++) {
		line_send(fd, subject->service.target.request_close + i, 1);
		/* So that the server can read them one by one: there is no event to wait for. */
		poll(NULL, 0, 1);
	}
	line_response(subject, fd, &response);
	close(fd);
	return response_is(subject, &response, 200, PAGE_START);
}

/* Whether the response to GET / is right; whether the connection then ends is another check's concern. */
static bool responds(struct subject *subject)
{
	struct err err;
	bool right;

	if (subject->spec->server->url)
		return !probe_compare(&subject->service.target, false, subject_wait_ns(subject), subject->spec->stop,
				      &err) ||
		       subject_fail(subject, "the right response", "%s", err.text);
	int fd = line_ask(subject, subject->service.target.request_close, &right);

	if (fd >= 0)
		close(fd);
	return right;
}

/*
 * Whether a request gets its response while other lines are open that have sent `bytes` of `start`; then those are
 * closed.
 */
static bool responds_beside(struct subject *subject, const char *start, size_t bytes)
{
	int lines[HOSTILE];
	bool right = true;

	for (size_t i = 0; i < HOSTILE; i++) {
		lines[i] = right ? line_open(subject, NULL) : -1;
		right = right && lines[i] >= 0;
		if (right)
			line_send(lines[i], start, bytes);
	}
	right = right && responds(subject);
	lines_hang_up(subject, lines, HOSTILE);
	return right;
}

static bool check_empty_connection(struct subject *subject)
{
	subject_try(subject, "GET / beside %d connections that send nothing", HOSTILE);
	return responds_beside(subject, "", 0);
}

static bool check_half_request(struct subject *subject)
{
	subject_try(subject, "GET / beside %d connections that have sent half a request", HOSTILE);
	return responds_beside(subject, subject->service.target.request_close,
			       subject->service.target.request_close_bytes / 2);
}

static bool check_reset(struct subject *subject)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	const struct {
		const char *when;
		size_t bytes;
	} stages[] = {
		{ "that have sent nothing", 0 },
		{ "in the middle of a request", subject->service.target.request_close_bytes / 2 },
		{ "that have sent a request", subject->service.target.request_close_bytes },
	};

	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		subject_try(subject, "GET / after resets of %d connections %s", HOSTILE, stages[i].when);
		for (int j = 0; j < HOSTILE; j++) {
			int fd = line_open(subject, NULL);
			if (fd < 0)
				return false;
			line_send(fd, subject->service.target.request_close, stages[i].bytes);
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
			close(fd);
		}
		if (!responds(subject))
			return false;
	}
	return true;
}

static bool check_garbage(struct subject *subject)
{
	char noise[2048];
	uint32_t n = 0;
	static const struct {
		const char *what, *before, *after;
	} kinds[] = {
		{ "random bytes", "", "" },
		{ "random bytes as a request line", "", "\r\n\r\n" },
		{ "a header of random bytes", "GET / HTTP/1.1\r\nHost: ", "\r\n\r\n" },
		{ "the start of a TLS connection", "\x16\x03\x01\x02", "" },
	};

	for (size_t i = 0; i < sizeof noise; i++) {
		n = page_next(n);
		noise[i] = (char)(n >> 24);
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		subject_try(subject, "GET / after %s", kinds[i].what);
		int fd = line_open(subject, NULL);
		if (fd < 0)
			return false;
		line_send(fd, kinds[i].before, strlen(kinds[i].before));
		line_send(fd, noise, sizeof noise);
		line_send(fd, kinds[i].after, strlen(kinds[i].after));
		lines_hang_up(subject, &fd, 1);
		if (!responds(subject))
			return false;
	}
	return true;
}

/*
 * The requests whose logging is checked. Each kind comes from its own address, so that its log lines can be told apart
 * from anything else that is logged, however late.
 */
static const struct log_case {
	const char *what, *address, *request;
	unsigned requests;
	bool kept; /* over one connection, else each over its own */
} log_cases[] = {
	{ "3 requests with HTTP/1.0", "127.1.1.1", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 3, false },
	{ "2 requests for a page that does not exist", "127.1.1.2", "GET /x HTTP/1.0\r\nHost: a\r\n\r\n", 2, false },
	{ "4 requests over one connection", "127.1.1.3", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 4, true },
	/* The last request shows that earlier log lines have arrived. */
	{ "a request with HTTP/1.0", "127.1.1.4", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 1, false },
};
#define LOG_CASES (sizeof log_cases / sizeof *log_cases)

static bool log_asks(const struct subject *subject, const struct log_case *one)
{
	return !one->kept || subject->spec->server->keepalive;
}

/* Makes a request, over *fd where that is open. Whether a response came; the line stays open only where it is kept. */
static bool log_ask(struct subject *subject, const struct log_case *one, int *fd, struct response *response)
{
	*response = (struct response){ .trouble = "no connection" };
	if (*fd < 0)
		*fd = line_open(subject, one->address);
	if (*fd < 0)
		return false;
	line_send(*fd, one->request, strlen(one->request));
	line_response(subject, *fd, response);
	if (one->kept && !response->trouble[0])
		return true;
	close(*fd);
	*fd = -1;
	return !response->trouble[0];
}

/* Makes all requests of one case. Other checks cover whether the responses are right and a connection is kept. */
static bool log_case_ask(struct subject *subject, const struct log_case *one)
{
	struct response response;
	bool come = true;
	int fd = -1;

	subject_try(subject, "%s from %s", one->what, one->address);
	for (unsigned i = 0; i < one->requests && come; i++) {
		bool again = fd >= 0;
		come = log_ask(subject, one, &fd, &response) || (again && log_ask(subject, one, &fd, &response));
	}
	if (fd >= 0)
		close(fd);
	return come || subject_fail(subject, "a response to each", "%s", response.trouble);
}

/* How many lines of a text are this line. */
static unsigned log_lines(const char *text, const char *line)
{
	unsigned count = 0;

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		count += strcspn(at, "\n") == strlen(line) && strncmp(at, line, strlen(line)) == 0;
	return count;
}

/*
 * How often the address was logged: lines that are the address alone, whatever else names it; where there is none, wherever
 * it stands on its own and not as a part of another.
 */
static unsigned log_count(const char *text, const char *address)
{
	unsigned count = 0, lines = log_lines(text, address);

	for (const char *at = text; !lines && (at = strstr(at, address)); at += strlen(address)) {
		char before = at > text ? at[-1] : ' ', after = at[strlen(address)];
		count += !isdigit((unsigned char)before) && before != '.' && !isdigit((unsigned char)after);
	}
	return lines ? lines : count;
}

/* Lines that are a dash: requests of a client that the library doesn't name. */
static unsigned log_dashes(const char *text)
{
	return log_lines(text, "-");
}

/* Whether a server that says that its library may not name the client has logged a dash for each request. */
static bool log_is_nameless(const struct subject *subject, const char *text, unsigned dashes_before)
{
	unsigned asked = 0;

	for (size_t i = 0; i < LOG_CASES; i++)
		asked += log_asks(subject, &log_cases[i]) ? log_cases[i].requests : 0;
	return !subject->spec->server->client_address && log_dashes(text) - dashes_before == asked;
}

/* Counts the lines of each case, and reads again until all are there or time is over. */
static void log_read(const struct subject *subject, char *text, unsigned counts[LOG_CASES], unsigned dashes_before)
{
	uint64_t deadline = clock_ns() + subject_wait_ns(subject);

	for (;;) {
		bool all = true;
		subject_read_stderr(subject, 0, text, LOG_MAX);
		for (size_t i = 0; i < LOG_CASES; i++) {
			counts[i] = log_count(text, log_cases[i].address);
			all = all && (!log_asks(subject, &log_cases[i]) || counts[i] >= log_cases[i].requests);
		}
		if (all || log_is_nameless(subject, text, dashes_before) || clock_ns() >= deadline ||
		    subject_is_stopped(subject))
			return;
		poll(NULL, 0, LOOK_MS); /* no event tells that a file in memory grows */
	}
}

static bool check_log(struct subject *subject)
{
	unsigned counts[LOG_CASES];
	char *text = malloc(LOG_MAX);

	if (!text)
		return subject_fail(subject, "a log", "out of memory");
	subject_read_stderr(subject, 0, text, LOG_MAX);
	unsigned dashes_before = log_dashes(text);
	bool come = true;
	for (size_t i = 0; i < LOG_CASES && come; i++)
		come = !log_asks(subject, &log_cases[i]) || log_case_ask(subject, &log_cases[i]);
	if (come)
		log_read(subject, text, counts, dashes_before);
	bool nameless = come && log_is_nameless(subject, text, dashes_before);
	free(text);
	if (!come || nameless)
		return come;
	for (size_t i = 0; i < LOG_CASES; i++) {
		char expected[64];
		if (!log_asks(subject, &log_cases[i]) || counts[i] == log_cases[i].requests)
			continue;
		subject_try(subject, "%s from %s", log_cases[i].what, log_cases[i].address);
		snprintf(expected, sizeof expected, "the address %u times on stderr", log_cases[i].requests);
		return subject_fail(subject, expected, "%u times", counts[i]);
	}
	return true;
}

static bool check_sigterm(struct subject *subject)
{
	const char *request = subject->service.target.request_keepalive;
	const size_t sent[] = { 0, strlen(request) / 2, strlen(request) };
	int lines[sizeof sent / sizeof *sent];
	struct response response;
	bool right = true;

	subject_try(subject, "SIGTERM while connections are open: a silent one, half a request, one kept alive");
	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
		lines[i] = right ? line_open(subject, NULL) : -1;
		right = right && lines[i] >= 0;
		if (right)
			line_send(lines[i], request, sent[i]);
	}
	/* The response to the last request, if it comes, shows that the server has seen the others. */
	if (right)
		line_response(subject, lines[sizeof sent / sizeof *sent - 1], &response);
	if (right && !supervisor_stop(&subject->service.supervisor, SUBJECT_GRACE_NS))
		right = subject_fail(subject, "the server gone within 2 s", "it had to be killed");
	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
		if (lines[i] >= 0)
			close(lines[i]);
	return right;
}

static bool check_port_free(struct subject *subject)
{
	unsigned port = target_port(&subject->service.target);
	struct port_holder holder;

	subject_try(subject, "port %u after the server's end", port);
	if (!port || !port_is_held(port, &holder))
		return true;
	if (!holder.pid)
		return subject_fail(subject, "nothing listens", "a process listens that can't be seen from here");
	return subject_fail(subject, "nothing listens", "process %d (%s) listens", (int)holder.pid, holder.name);
}

static bool check_restart(struct subject *subject)
{
	struct err err;

	/* Connections of the first start are still in TIME-WAIT: without SO_REUSEADDR bind(2) fails (socket(7)). */
	subject_try(subject, "a second start on the same port");
	return subject_start(subject, &err) ? true : subject_fail(subject, "ready", "%s", err.text);
}

const struct check checks[] = {
	{ .name = "page", .function = check_page },
	{ .name = "link", .function = check_link },
	{ .name = "not_found", .function = check_not_found },
	{ .name = "http10_close", .function = check_http10_close },
	{ .name = "connection_close", .function = check_connection_close },
	{ .name = "keepalive", .function = check_keepalive, .keepalive = true },
	{ .name = "chain", .function = check_chain },
	{ .name = "parallel", .function = check_parallel },
	{ .name = "repeated", .function = service_check_repeated, .of = CHECK_SERVICE },
	{ .name = "keepalive", .function = service_check_keepalive, .of = CHECK_SERVICE, .keepalive = true },
	{ .name = "parallel", .function = service_check_parallel, .of = CHECK_SERVICE },
	{ .name = "byte_at_a_time", .function = check_byte_at_a_time },
	{ .name = "log", .function = check_log },
	{ .name = "empty_connection", .function = check_empty_connection, .of = CHECK_BOTH },
	{ .name = "half_request", .function = check_half_request, .of = CHECK_BOTH },
	{ .name = "reset", .function = check_reset, .of = CHECK_BOTH },
	{ .name = "garbage", .function = check_garbage, .of = CHECK_BOTH },
	{ .name = "sigterm", .function = check_sigterm, .of = CHECK_BOTH, .launched = true },
	{ .name = "port_free", .function = check_port_free, .of = CHECK_BOTH, .launched = true, .stopped = true },
	{ .name = "restart", .function = check_restart, .of = CHECK_BOTH, .launched = true, .stopped = true },
	{ .name = NULL }
};
static_assert(sizeof checks / sizeof *checks <= CONFORMANCE_FINDINGS_MAX, "the findings need more room");
