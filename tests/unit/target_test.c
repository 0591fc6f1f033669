/* Targets: URLs, requests, the right response. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include "clients/target.h"

#define REST "User-Agent: benchctl\r\nAccept: */*\r\n"

static void test_good_urls(void **state)
{
	static const struct {
		const char *url, *path, *authority;
		unsigned port;
	} cases[] = {
		{ "http://127.0.0.1:8080/", "/", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080", "/", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1/", "/", "127.0.0.1", 80 },
		{ "http://127.0.0.1:80/", "/", "127.0.0.1", 80 },
		{ "http://127.0.0.1:443/", "/", "127.0.0.1:443", 443 },
		{ "HTTP://127.0.0.1:1/", "/", "127.0.0.1:1", 1 },
		{ "http://127.0.0.1:65535/", "/", "127.0.0.1:65535", 65535 },
		{ "http://127.0.0.1:8080/a/b?c=d&e", "/a/b?c=d&e", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080?c", "/?c", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080/a#part", "/a", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080/%20%0d", "/%20%0d", "127.0.0.1:8080", 8080 },
		{ "http://127.0.0.1:8080/a@b", "/a@b", "127.0.0.1:8080", 8080 },
		{ "http://127.1.2.3:8080/", "/", "127.1.2.3:8080", 8080 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err;
		char right[256];
		check_case(cases[i].url,
			   target_init(&target, cases[i].url, &(struct request_settings){ 0 }, &err) == 0);
		check_text(cases[i].url, target.url, cases[i].url);
		check_text(cases[i].url, target.path, cases[i].path);
		check_text(cases[i].url, target.authority, cases[i].authority);
		check_case(cases[i].url, target.address.ss_family == AF_INET && !target.named);
		check_case(cases[i].url, ntohs(((struct sockaddr_in *)&target.address)->sin_port) == cases[i].port);
		check_case(cases[i].url, target_is_loopback(&target));
		check_case(cases[i].url, target.expected.body == NULL);
		snprintf(right, sizeof right, "GET %s HTTP/1.1\r\nHost: %s\r\n" REST "Connection: close\r\n\r\n",
			 cases[i].path, cases[i].authority);
		check_text(cases[i].url, target.request_close, right);
		check_case(cases[i].url, target.request_close_bytes == strlen(right));
		snprintf(right, sizeof right, "GET %s HTTP/1.1\r\nHost: %s\r\n" REST "\r\n", cases[i].path,
			 cases[i].authority);
		check_text(cases[i].url, target.request_keepalive, right);
		check_case(cases[i].url, target.request_keepalive_bytes == strlen(right));
		target_release(&target);
		check_case(cases[i].url, !target.url && !target.request_close);
		target_release(&target);
	}
}

/* As ab asks: HTTP/1.0, with keep-alive only where that is measured. */
static void test_http_1_0(void **state)
{
	struct target target;
	struct err err;
	char request[256];

	(void)state;
	assert_int_equal(target_init(&target, "http://127.0.0.1:1/a",
				     &(struct request_settings){ .http = REQUEST_HTTP_1_0 }, &err),
			 0);
	check_text("close", target.request_close, "GET /a HTTP/1.0\r\nHost: 127.0.0.1:1\r\n" REST "\r\n");
	check_text("keep-alive", target.request_keepalive,
		   "GET /a HTTP/1.0\r\nHost: 127.0.0.1:1\r\n" REST "Connection: keep-alive\r\n\r\n");
	static const char other[] = "GET /b HTTP/1.0\r\nHost: 127.0.0.1:1\r\n" REST "\r\n";
	assert_int_equal(request_write_get(&target.form, "/b", request, sizeof request), sizeof other - 1);
	check_text("another path", request, other);
	assert_int_equal(request_write_get(&target.form, "/b", request, sizeof other - 1), -1);
	target_release(&target);
}

static void test_ipv6_url(void **state)
{
	struct target target;
	struct err err;
	char text[TARGET_ADDRESS_TEXT];

	(void)state;
	assert_int_equal(target_init(&target, "http://[::1]:8080/x", &(struct request_settings){ 0 }, &err), 0);
	check_text("authority", target.authority, "[::1]:8080");
	assert_int_equal(target.address.ss_family, AF_INET6);
	assert_int_equal(target.address_bytes, sizeof(struct sockaddr_in6));
	assert_true(target_is_loopback(&target) && !target.named);
	check_text("address", target_show_address(&target, text), "[::1]:8080");
	target_release(&target);
	assert_int_equal(target_init(&target, "http://[2001:db8::1]/", &(struct request_settings){ 0 }, &err), 0);
	assert_false(target_is_loopback(&target));
	target_release(&target);
	assert_int_equal(target_init(&target, "http://192.0.2.1/", &(struct request_settings){ 0 }, &err), 0);
	assert_false(target_is_loopback(&target));
	target_release(&target);
}

/* A zone says which link an address is of: it is for this host alone, so the server is not told (RFC 6874, 3). */
static void test_ipv6_zone(void **state)
{
	static const char *const urls[] = { "http://[fe80::1%25lo]:8080/", "http://[fe80::1%lo]:8080/" };

	(void)state;
	for (size_t i = 0; i < LENGTH(urls); i++) {
		struct target target;
		struct err err;
		char text[TARGET_ADDRESS_TEXT];
		check_case(urls[i], target_init(&target, urls[i], &(struct request_settings){ 0 }, &err) == 0);
		check_case(urls[i], ((struct sockaddr_in6 *)&target.address)->sin6_scope_id == if_nametoindex("lo"));
		check_text(urls[i], target.authority, "[fe80::1]:8080");
		check_text(urls[i], target_show_address(&target, text), "[fe80::1%lo]:8080");
		target_release(&target);
	}
}

/* A name's addresses are all kept, in the order in which they are to be tried; the first is taken until a probe knows better. */
static void test_name(void **state)
{
	struct target target;
	struct err err;

	(void)state;
	assert_int_equal(target_init(&target, "http://localhost:8080/", &(struct request_settings){ 0 }, &err), 0);
	assert_true(target.named && target.addresses_count >= 1);
	check_text("authority", target.authority, "localhost:8080");
	for (size_t i = 0; i < target.addresses_count; i++) {
		target_take_address(&target, i);
		assert_true(target_is_loopback(&target));
		assert_int_equal(target.address_bytes, target.addresses[i].bytes);
	}
	target_release(&target);
}

static void test_user_information(void **state)
{
	static const struct {
		const char *url, *shown, *authorization;
	} cases[] = {
		/* RFC 7617, 2. */
		{ "http://Aladdin:open%20sesame@127.0.0.1:1/", "http://127.0.0.1:1/", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
		{ "http://user@127.0.0.1:1/a", "http://127.0.0.1:1/a", "dXNlcjo=" },
		{ "http://:pw@127.0.0.1:1/a@b", "http://127.0.0.1:1/a@b", "OnB3" },
		{ "http://u:p%40%3a@127.0.0.1:1/", "http://127.0.0.1:1/", "dTpwQDo=" },
		{ "http://u:12@127.0.0.1:1?q@", "http://127.0.0.1:1?q@", "dToxMg==" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err;
		char header[128], *argument = strdup(cases[i].url);
		check_case(cases[i].url,
			   target_init(&target, cases[i].url, &(struct request_settings){ 0 }, &err) == 0);
		check_text(cases[i].url, target.url, cases[i].shown);
		check_text(cases[i].url, target.authority, "127.0.0.1:1");
		snprintf(header, sizeof header, "\r\nAuthorization: Basic %s\r\n", cases[i].authorization);
		check_words(target.request_close, header);
		check_words(target.request_keepalive, header);
		target_release(&target);
		target_hide_user(argument);
		check_text(cases[i].url, argument, cases[i].shown);
		for (size_t j = strlen(argument); j < strlen(cases[i].url); j++)
			check_case(cases[i].url, !argument[j]);
		free(argument);
	}
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
		{ "ftp://127.0.0.1/", "only http:// and https:// are supported" },
		{ "file:///etc/passwd", "only http:// and https:// are supported" },
		{ "http://user:secret@127.0.0.1:x/", "'http://127.0.0.1:x/' is not a URL" },
		{ "gopher://user:secret@127.0.0.1/", "'gopher://127.0.0.1/': only http:// and" },
		{ "http://us%0aer:secret@127.0.0.1/", "the URL's user information has a control character" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target;
		struct err err = { "" };
		check_case(cases[i].url,
			   target_init(&target, cases[i].url, &(struct request_settings){ 0 }, &err) == -1);
		check_words(err.text, cases[i].words);
		check_case(cases[i].url, !strstr(err.text, "secret"));
		target_release(&target);
	}
	struct target target;
	struct err err;
	assert_int_equal(target_init(&target, "8080", &(struct request_settings){ 0 }, &err), -1);
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
	assert_int_equal(target_init(&target, url, &(struct request_settings){ 0 }, &err), -1);
	check_words(err.text, "the request is longer than it may be (64 KiB)");
	target_release(&target);
	url[65000] = 0;
	assert_int_equal(target_init(&target, url, &(struct request_settings){ 0 }, &err), 0);
	assert_true(target.request_close_bytes > 65000);
	target_release(&target);
}

static void test_expect(void **state)
{
	char body[] = "a\0b";
	struct target target;
	struct err err;

	(void)state;
	assert_int_equal(target_init(&target, "http://127.0.0.1/", &(struct request_settings){ 0 }, &err), 0);
	assert_int_equal(target_expect(&target, 200, body, 3, &err), 0);
	body[0] = 'x'; /* a copy was taken */
	assert_int_equal(target.expected.status, 200);
	assert_int_equal(target.expected.body_bytes, 3);
	assert_memory_equal(target.expected.body, "a\0b", 3);
	assert_int_equal(target_expect(&target, 404, "", 0, &err), 0);
	assert_int_equal(target.expected.status, 404);
	assert_int_equal(target.expected.body_bytes, 0);
	target_release(&target);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_urls), cmocka_unit_test(test_http_1_0),
		cmocka_unit_test(test_ipv6_url),  cmocka_unit_test(test_ipv6_zone),
		cmocka_unit_test(test_name),      cmocka_unit_test(test_user_information),
		cmocka_unit_test(test_bad_urls),  cmocka_unit_test(test_long_url),
		cmocka_unit_test(test_expect),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
