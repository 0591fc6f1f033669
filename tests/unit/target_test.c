/* Targets: URLs, requests, the right response; learning and probing against a scripted server. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include "clients/target.h"

static void test_good_urls(void **state)
{
	static const struct {
		const char *url, *path, *authority;
		unsigned port;
	} cases[] = {
		{ "http://127.0.0.1:8080/", "/", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080", "/", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1/", "/", "127.0.0.1:80", 80 },
		{ "HTTP://127.0.0.1:1/", "/", "127.0.0.1:1", 1 },
		{ "http://127.0.0.1:65535/", "/", "127.0.0.1:65535", 65535 },
		{ "http://127.0.0.1:8080/a/b?c=d&e", "/a/b?c=d&e", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080?c", "/?c", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080/a#part", "/a", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080/%20%0d", "/%20%0d", "127.0.0.1:8080", 8080 },
		{ "http://127.1.2.3:8080/", "/", "127.1.2.3:8080", 8080 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err;
		char right[256];
		check_case(cases[i].url, target_init(&target, cases[i].url, &err) == 0);
		check_text(cases[i].url, target.url, cases[i].url);
		check_text(cases[i].url, target.path, cases[i].path);
		check_text(cases[i].url, target.authority, cases[i].authority);
		check_case(cases[i].url, target.address.ss_family == AF_INET);
		check_case(cases[i].url, ntohs(((struct sockaddr_in *)&target.address)->sin_port) == cases[i].port);
		check_case(cases[i].url, target_is_loopback(&target));
		check_case(cases[i].url, target.body == NULL);
		snprintf(right, sizeof right,
			 "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: benchctl\r\nAccept: */*\r\n\r\n", cases[i].path,
			 cases[i].authority);
		check_text(cases[i].url, target.request_close, right);
		check_case(cases[i].url, target.request_close_bytes == strlen(right));
		snprintf(right, sizeof right,
			 "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: benchctl\r\nAccept: */*\r\n\r\n", cases[i].path,
			 cases[i].authority);
		check_text(cases[i].url, target.request_keepalive, right);
		check_case(cases[i].url, target.request_keepalive_bytes == strlen(right));
		target_release(&target);
		check_case(cases[i].url, !target.url && !target.request_close);
		target_release(&target);
	}
}

static void test_ipv6_url(void **state)
{
	struct target target;
	struct err err;

	(void)state;
	assert_int_equal(target_init(&target, "http://[::1]:8080/x", &err), 0);
	check_text("authority", target.authority, "[::1]:8080");
	assert_int_equal(target.address.ss_family, AF_INET6);
	assert_int_equal(target.address_bytes, sizeof(struct sockaddr_in6));
	assert_true(target_is_loopback(&target));
	target_release(&target);
	assert_int_equal(target_init(&target, "http://[2001:db8::1]/", &err), 0);
	assert_false(target_is_loopback(&target));
	target_release(&target);
	assert_int_equal(target_init(&target, "http://192.0.2.1/", &err), 0);
	assert_false(target_is_loopback(&target));
	target_release(&target);
}

static void test_bad_urls(void **state)
{
	static const struct {
		const char *url, *words;
	} cases[] = {
		{ "", "'' is not a URL" },
		{ "127.0.0.1:8080", "'127.0.0.1:8080'" },
		{ "127.0.0.1:8080/", "'127.0.0.1:8080/'" },
		{ "/", "'/' is not a URL" },
		{ "http://", "'http://' is not a URL" },
		{ "http://127.0.0.1:0x50/", "is not a URL" },
		{ "http://127.0.0.1:65536/", "is not a URL" },
		{ "http://127.0.0.1:-1/", "is not a URL" },
		{ "http://127.0.0.1:8080 /", "is not a URL" },
		{ "http://[::1/", "is not a URL" },
		{ "http://[::g]/", "is not a URL" },
		{ "http://127.0.0.1/a b", "is not a URL" },
		{ "http://127.0.0.1/\r\nX: y", "is not a URL" },
		{ "http://127.0.0.1/\n", "is not a URL" },
		{ "http://127.0.0.1/\x01", "is not a URL" },
		{ "https://127.0.0.1/", "'https://127.0.0.1/': only http:// is supported" },
		{ "ftp://127.0.0.1/", "only http:// is supported" },
		{ "file:///etc/passwd", "only http:// is supported" },
		{ "gopher://127.0.0.1/", "only http:// is supported" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err = { "" };
		check_case(cases[i].url, target_init(&target, cases[i].url, &err) == -1);
		check_words(err.text, cases[i].words);
		target_release(&target);
	}
	struct target target;
	struct err err;
	assert_int_equal(target_init(&target, "8080", &err), -1);
	check_words(err.text, "write it as http://127.0.0.1:8080/");
	target_release(&target);
}

static void test_long_url(void **state)
{
	static char url[80000];
	struct target target;
	struct err err;

	(void)state;
	memset(url, 'x', sizeof url - 1);
	memcpy(url, "http://127.0.0.1/", 17);
	assert_int_equal(target_init(&target, url, &err), -1);
	check_words(err.text, "the URL is longer than a request may be (64 KiB)");
	target_release(&target);
	url[65000] = 0;
	assert_int_equal(target_init(&target, url, &err), 0);
	assert_true(target.request_close_bytes > 65000);
	target_release(&target);
}

/* Every offset and length near the borders of a body of 5 bytes, for each way to compare. */
static void test_piece_bounds(void **state)
{
	static char body[] = "hello";
	static const char same[] = "hellohello", other[] = "HELLOHELLO";
	const struct target target = { .body = body, .body_bytes = 5 };
	const struct target empty = { .body = body, .body_bytes = 0 };

	(void)state;
	for (uint64_t offset = 0; offset <= 7; offset++) {
		for (size_t bytes = 1; bytes <= 7; bytes++) {
			struct http_span piece = { same + offset % 5, bytes };
			struct http_span wrong = { other, bytes };
			bool inside = offset + bytes <= 5;
			assert_true(target_piece_matches(&target, TARGET_STATUS, offset, &wrong));
			assert_int_equal(target_piece_matches(&target, TARGET_LENGTH, offset, &wrong), inside);
			assert_int_equal(target_piece_matches(&target, TARGET_EXACT, offset, &piece), inside);
			assert_false(target_piece_matches(&target, TARGET_EXACT, offset, &wrong));
			assert_false(target_piece_matches(&empty, TARGET_LENGTH, offset, &piece));
		}
	}
	/* One wrong byte, the last. */
	const struct http_span last = { "hellO", 5 };
	assert_false(target_piece_matches(&target, TARGET_EXACT, 0, &last));
	/* Sums that overflow. */
	const struct http_span piece = { same, 5 };
	assert_false(target_piece_matches(&target, TARGET_LENGTH, UINT64_MAX, &piece));
	assert_false(target_piece_matches(&target, TARGET_LENGTH, UINT64_MAX - 4, &piece));
	const struct http_span endless = { same, SIZE_MAX };
	assert_false(target_piece_matches(&target, TARGET_LENGTH, 1, &endless));
	assert_false(target_piece_matches(&target, TARGET_LENGTH, 6, &endless));
}

static void test_end_matches(void **state)
{
	const struct target target = { .body_bytes = 5 };

	(void)state;
	for (uint64_t bytes = 0; bytes < 10; bytes++) {
		assert_int_equal(target_end_matches(&target, TARGET_EXACT, bytes), bytes == 5);
		assert_int_equal(target_end_matches(&target, TARGET_LENGTH, bytes), bytes == 5);
		assert_true(target_end_matches(&target, TARGET_STATUS, bytes));
	}
}

static void test_expect(void **state)
{
	char body[] = "a\0b";
	struct target target;
	struct err err;

	(void)state;
	assert_int_equal(target_init(&target, "http://127.0.0.1/", &err), 0);
	assert_int_equal(target_expect(&target, 200, body, 3, &err), 0);
	body[0] = 'x'; /* a copy was taken */
	assert_int_equal(target.status, 200);
	assert_int_equal(target.body_bytes, 3);
	assert_memory_equal(target.body, "a\0b", 3);
	assert_int_equal(target_expect(&target, 404, "", 0, &err), 0);
	assert_int_equal(target.status, 404);
	assert_int_equal(target.body_bytes, 0);
	target_release(&target);
}

/* What the scripted server does with each connection. */
struct script {
	const char *response;
	size_t bytes;
	unsigned times; /* how often the response is sent; 0: until nobody takes it */
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
	assert_int_equal(target_init(target, url, &err), 0);
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

#define RESPONSE(text) .response = text, .bytes = sizeof text - 1, .times = 1
#define WAIT_NS        UNIT_PATIENCE_NS

static void test_learn_and_probe(void **state)
{
	static const struct {
		const char *name;
		struct script script;
		int learned, probed; /* what target_learn and target_probe return */
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
		  { RESPONSE("HTTP/1.0 500 Oh\r\nContent-Length: 5\r\n\r\nhello") },
		  0,
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
		{ "garbage", { RESPONSE("SSH-2.0-OpenSSH\r\n") }, -1, -1, "the response is not valid HTTP" },
		{ "bytes behind",
		  { RESPONSE("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello!") },
		  -1,
		  -1,
		  "the response is not valid HTTP" },
		{ "endless head", { "HTTP/1.0 200 OK\r\n", 17, 0, 0 }, -1, -1, "the response is not valid HTTP" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err = { "" };
		server_start(&cases[i].script, &target);
		check_case(cases[i].name, target_expect(&target, 200, "hello", 5, &err) == 0);
		check_case(cases[i].name, target_probe(&target, WAIT_NS, &err) == cases[i].probed);
		check_words(err.text, cases[i].words);
		check_case(cases[i].name, target_learn(&target, WAIT_NS, &err) == cases[i].learned);
		/* What was learned is what is right from now on. */
		if (!cases[i].learned)
			check_case(cases[i].name, target_probe(&target, WAIT_NS, &err) == 0);
		else
			check_case(cases[i].name, target.body_bytes == 5 && memcmp(target.body, "hello", 5) == 0);
		server_end(NULL);
		/* With nobody there. */
		check_case(cases[i].name, target_probe(&target, WAIT_NS, &err) == -1);
		check_words(err.text, "connecting: Connection refused");
		target_release(&target);
	}
}

/* A difference far behind the start of a long body is seen. */
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
	assert_int_equal(target_learn(&target, WAIT_NS, &err), 0);
	assert_int_equal(target.body_bytes, sizeof response - (sizeof head - 1));
	assert_int_equal(target_probe(&target, WAIT_NS, &err), 0);
	target.body[target.body_bytes - 1] = 'y';
	assert_int_equal(target_probe(&target, WAIT_NS, &err), 1);
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
	assert_int_equal(target_learn(&target, WAIT_NS, &err), -1);
	check_text("error", err.text, "the response is longer than 64 MiB");
	assert_null(target.body);
	target_release(&target);
}

static void test_silence(void **state)
{
	struct target target;
	struct err err;

	(void)state;
	server_start(NULL, &target);
	uint64_t start = clock_ns();
	assert_int_equal(target_learn(&target, 50 * CLOCK_MS, &err), -1);
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
	assert_int_equal(target_learn(&target, 100 * CLOCK_MS, &err), -1);
	check_text("error", err.text, "reading the response: no response in time");
	assert_true(clock_ns() - start < WAIT_NS);
	target_release(&target);
}

#define TEST(name) cmocka_unit_test_teardown(name, server_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_urls),
		cmocka_unit_test(test_ipv6_url),
		cmocka_unit_test(test_bad_urls),
		cmocka_unit_test(test_long_url),
		cmocka_unit_test(test_piece_bounds),
		cmocka_unit_test(test_end_matches),
		cmocka_unit_test(test_expect),
		TEST(test_learn_and_probe),
		TEST(test_probe_compares_the_whole),
		TEST(test_too_long),
		TEST(test_silence),
		TEST(test_trickle),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
