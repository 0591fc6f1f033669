/* Probes: learning and comparing a page of a scripted server. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include "clients/probe.h"

/* What the scripted server does with each connection. */
struct script {
	const char *response;
	size_t bytes;
	unsigned times; /* how often the response is sent; 0: until the client stops reading */
	int pause_ms;   /* between two times */
};

static int listener = -1;
static pid_t server; /* 0: nobody accepts */

static void serve(const struct script *script)
{
	for (;;) {
		char request[4096];
		size_t used = 0;
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			_exit(1);
		for (ssize_t bytes; used < sizeof request && !memmem(request, used, "\r\n\r\n", 4);
		     used += (size_t)bytes)
			if ((bytes = read(fd, request + used, sizeof request - used)) <= 0)
				break;
		for (unsigned i = 0; !script->times || i < script->times; i++) {
			if (send(fd, script->response, script->bytes, MSG_NOSIGNAL) < 0)
				break;
			if (script->pause_ms)
				poll(NULL, 0, script->pause_ms);
		}
		close(fd);
	}
}

/* Starts a server (NULL: one that accepts nobody) and makes a target of it. */
static void server_start(const struct script *script, struct target *target)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof address;
	char url[64];
	struct err err;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &bytes), 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/x", ntohs(address.sin_port));
	fflush(NULL);
	server = script ? fork() : 0;
	assert_true(server >= 0);
	if (script && server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(script);
	}
	assert_int_equal(target_init(target, url, &(struct request_settings){ 0 }, &err), 0);
}

static int server_end(void **state)
{
	(void)state;
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	if (listener >= 0)
		close(listener);
	server = 0;
	listener = -1;
	return 0;
}

static int learn(struct target *target, uint64_t timeout_ns, struct err *err)
{
	return probe_learn(target, false, (struct probe_accept){ 200, 299 }, timeout_ns, NULL, NULL, err);
}

#define RESPONSE(text) .response = text, .bytes = sizeof text - 1, .times = 1
#define WAIT_NS        UNIT_PATIENCE_NS

static void test_learn_and_probe(void **state)
{
	static const struct {
		const char *name;
		struct script script;
		int learned, probed; /* what probe_learn and probe_compare return */
		const char *words;
	} cases[] = {
		{ "right", { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello") }, 0, 0, "" },
		{ "until EOF", { RESPONSE("HTTP/1.0 200 OK\r\n\r\nhello") }, 0, 0, "" },
		{ "chunked",
		  { RESPONSE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n") },
		  0,
		  0,
		  "" },
		{ "other status",
		  { RESPONSE("HTTP/1.0 201 Oh\r\nContent-Length: 5\r\n\r\nhello") },
		  0,
		  1,
		  "status 201 instead of 200" },
		{ "another class of status",
		  { RESPONSE("HTTP/1.0 500 Oh\r\nContent-Length: 5\r\n\r\nhello") },
		  -1,
		  1,
		  "status 500 instead of 200" },
		{ "shorter",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nhell") },
		  0,
		  1,
		  "a body of 4 bytes instead of 5" },
		{ "longer",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhellox") },
		  0,
		  1,
		  "a body of 6 bytes instead of 5" },
		{ "empty",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n") },
		  0,
		  1,
		  "a body of 0 bytes instead of 5" },
		{ "other bytes",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhellO") },
		  0,
		  1,
		  "other bytes" },
		{ "no response", { RESPONSE("") }, -1, -1, "the connection ended before the response did" },
		{ "half a head",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Le") },
		  -1,
		  -1,
		  "the connection ended before the response did" },
		{ "half a body",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhel") },
		  -1,
		  -1,
		  "the connection ended before the response did" },
		{ "garbage",
		  { RESPONSE("SSH-2.0-OpenSSH\r\n") },
		  -1,
		  -1,
		  "not valid HTTP: no status line of HTTP/1.x (RFC 9112, 4): \"SSH-2.0-OpenSSH\\r\\n\"" },
		{ "bytes after the response",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello!") },
		  -1,
		  -1,
		  "not valid HTTP: bytes after the response: \"" },
		{ "endless head",
		  { "HTTP/1.0 200 OK\r\n", 17, 0, 0 },
		  -1,
		  -1,
		  "not valid HTTP: a head, chunk line or trailer of more than 256 KiB" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err = { "" };
		server_start(&cases[i].script, &target);
		check_case(cases[i].name, target_expect(&target, 200, "hello", 5, &err) == 0);
		check_case(cases[i].name, probe_compare(&target, false, WAIT_NS, NULL, &err) == cases[i].probed);
		check_words(err.text, cases[i].words);
		check_case(cases[i].name, learn(&target, WAIT_NS, &err) == cases[i].learned);
		/* What was learned is what is right from now on. */
		if (!cases[i].learned)
			check_case(cases[i].name, probe_compare(&target, false, WAIT_NS, NULL, &err) == 0);
		else
			check_case(cases[i].name,
				   target.expected.body_bytes == 5 && memcmp(target.expected.body, "hello", 5) == 0);
		server_end(NULL);
		/* With nobody there. */
		check_case(cases[i].name, probe_compare(&target, false, WAIT_NS, NULL, &err) == -1);
		check_words(err.text, "connecting: Connection refused");
		target_release(&target);
	}
}

/* A difference far into a long body is seen. */
static void test_probe_compares_the_whole(void **state)
{
	static char response[100100];
	const struct script script = { response, sizeof response, 1, 0 };
	struct target target;
	struct err err;

	(void)state;
	memset(response, 'x', sizeof response);
	static const char head[] = "HTTP/1.0 200 OK\r\n\r\n";
	memcpy(response, head, sizeof head - 1);
	server_start(&script, &target);
	assert_int_equal(learn(&target, WAIT_NS, &err), 0);
	assert_int_equal(target.expected.body_bytes, sizeof response - (sizeof head - 1));
	assert_int_equal(probe_compare(&target, false, WAIT_NS, NULL, &err), 0);
	((char *)target.expected.body)[target.expected.body_bytes - 1] = 'y';
	assert_int_equal(probe_compare(&target, false, WAIT_NS, NULL, &err), 1);
	check_text("error", err.text, "a body of the right length with other bytes");
	target_release(&target);
}

static void test_too_long(void **state)
{
	static char response[1 << 16];
	const struct script script = { response, sizeof response, 0, 0 };
	struct target target;
	struct err err;

	(void)state;
	/* The first time a head, and again and again as a body. */
	memset(response, 'x', sizeof response);
	memcpy(response, "HTTP/1.0 200 OK\r\n\r\n", 19);
	server_start(&script, &target);
	assert_int_equal(learn(&target, WAIT_NS, &err), -1);
	check_text("error", err.text, "the response is longer than 64 MiB");
	assert_null(target.expected.body);
	target_release(&target);
}

static void test_silence(void **state)
{
	struct target target;
	struct err err;

	(void)state;
	server_start(NULL, &target);
	uint64_t start = clock_ns();
	assert_int_equal(learn(&target, 50 * CLOCK_MS, &err), -1);
	uint64_t took = clock_ns() - start;
	check_text("error", err.text, "reading the response: no response in time");
	assert_true(took >= 45 * CLOCK_MS && took < WAIT_NS);
	target_release(&target);
}

/* The time is that of the whole response, not of each byte: a body without end that comes bit by bit. */
static void test_trickle(void **state)
{
	static const struct script script = { "HTTP/1.0 200 OK\r\n\r\n", 19, 0, 5 };
	struct target target;
	struct err err;

	(void)state;
	server_start(&script, &target);
	uint64_t start = clock_ns();
	assert_int_equal(learn(&target, 100 * CLOCK_MS, &err), -1);
	check_text("error", err.text, "reading the response: no response in time");
	assert_true(clock_ns() - start < WAIT_NS);
	target_release(&target);
}

static void test_accept(void **state)
{
	static const struct {
		const char *text;
		unsigned min, max; /* 0: it is none */
	} cases[] = {
		{ "200", 200, 200 }, { "301", 301, 301 }, { "3xx", 300, 399 }, { "2xx", 200, 299 }, { "599", 599, 599 },
		{ "", 0, 0 },        { "3", 0, 0 },       { "3XX", 0, 0 },     { "3xxx", 0, 0 },    { "600", 0, 0 },
		{ "xxx", 0, 0 },     { "30x", 0, 0 },     { "3x1", 0, 0 },     { "-20", 0, 0 },     { "2000", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct probe_accept accept = { 0 };
		struct err err = { "" };
		check_case(cases[i].text, probe_accept_parse(&accept, cases[i].text, &err) == (cases[i].min ? 0 : -1));
		check_case(cases[i].text, accept.min == cases[i].min && accept.max == cases[i].max);
		check_case(cases[i].text, !err.text[0] == (cases[i].min > 0));
	}
}

/* What is not 2xx is right only where it was asked for. */
static void test_learn_other_status(void **state)
{
	static const struct script script = { RESPONSE("HTTP/1.0 301 Moved\r\nContent-Length: 0\r\n\r\n") };
	struct target target;
	struct err err;

	(void)state;
	server_start(&script, &target);
	assert_int_equal(learn(&target, WAIT_NS, &err), -1);
	check_words(err.text, "the server responds with status 301; where that is right, say --expect-status 301");
	assert_null(target.expected.body);
	assert_int_equal(probe_learn(&target, true, (struct probe_accept){ 300, 399 }, WAIT_NS, NULL, NULL, &err), 0);
	assert_int_equal(target.expected.status, 301);
	target_release(&target);
}

/* Of several addresses the first that takes a connection is kept; where none does, each says why. */
static void test_addresses_in_order(void **state)
{
	static const struct script script = { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi") };
	struct target target;
	struct err err;
	char text[TARGET_ADDRESS_TEXT];

	(void)state;
	server_start(&script, &target);
	/* The server listens on 127.0.0.1 alone. */
	target.addresses[1] = target.addresses[2] = target.addresses[0];
	((struct sockaddr_in *)&target.addresses[0].socket)->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	((struct sockaddr_in *)&target.addresses[2].socket)->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 2);
	target.addresses_count = 3;
	assert_int_equal(learn(&target, WAIT_NS, &err), 0);
	check_words(target_show_address(&target, text), "127.0.0.1:");
	server_end(NULL);
	assert_int_equal(learn(&target, WAIT_NS, &err), -1);
	check_words(err.text, "127.0.0.2:");
	check_words(err.text, ": connecting: Connection refused; 127.0.0.1:");
	check_words(err.text, ": connecting: Connection refused; 127.0.0.3:");
	target_release(&target);
}

/* A page that changes by itself shows in the second probe, which names the check that fits. */
static void test_repeat(void **state)
{
	static const struct script script = { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi") };
	struct target target;
	struct err err = { "" };

	(void)state;
	server_start(&script, &target);
	assert_int_equal(learn(&target, WAIT_NS, &err), 0);
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), 0);
	assert_int_equal(target_expect(&target, 200, "ho", 2, &err), 0);
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), -1);
	check_words(err.text, "--check length");
	target.expected.check = EXPECTED_LENGTH;
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), 0);
	assert_int_equal(target_expect(&target, 200, "hello", 5, &err), 0);
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), -1);
	check_words(err.text, "5 bytes at first, then 2");
	check_words(err.text, "--check status");
	target.expected.check = EXPECTED_STATUS;
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), 0);
	/* Another status, or no response, is for the measurement to count. */
	assert_int_equal(target_expect(&target, 404, "hello", 5, &err), 0);
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), 0);
	server_end(NULL);
	assert_int_equal(probe_repeat(&target, false, WAIT_NS, NULL, NULL, &err), 0);
	target_release(&target);
}

/* A probe that would wait long ends soon after the flag is set. */
static void test_stop(void **state)
{
	static const volatile sig_atomic_t stop = 1;
	struct target target;
	struct err err;

	(void)state;
	server_start(NULL, &target);
	assert_int_equal(target_expect(&target, 200, "", 0, &err), 0);
	uint64_t start = clock_ns();
	assert_int_equal(probe_compare(&target, false, 600 * CLOCK_S, &stop, &err), -1);
	assert_true(clock_ns() - start < WAIT_NS);
	target_release(&target);
}

#define TEST(name) cmocka_unit_test_teardown(name, server_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accept),
		TEST(test_learn_and_probe),
		TEST(test_probe_compares_the_whole),
		TEST(test_too_long),
		TEST(test_silence),
		TEST(test_trickle),
		TEST(test_learn_other_status),
		TEST(test_addresses_in_order),
		TEST(test_repeat),
		TEST(test_stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
