/* Requests: as options say them, and as the bytes that are sent. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "clients/request.h"

#define TOKEN "s3cr3t"
#define OURS  "Host: h:1\r\nUser-Agent: benchctl\r\nAccept: */*\r\n"

/* Makes the first request of these settings; *text is its bytes in keep-alive, freed by the caller, or NULL. */
static int make(const struct request_settings *settings, const char *line, char **text, struct err *err)
{
	struct request_form form;
	struct request request = { 0 };
	int bad = request_form_init(&form, settings, "h:1", NULL, err) || request_init(&request, &form, line, err) ? -1
														   : 0;

	*text = bad ? NULL : strdup(request.request_keepalive);
	request_release(&request);
	request_form_release(&form);
	return bad;
}

#define HEADERS(...)              \
	(char *[])                \
	{                         \
		__VA_ARGS__, NULL \
	}

static void test_requests(void **state)
{
	const struct {
		const char *line;
		struct request_settings settings;
		const char *bytes;
	} cases[] = {
		{ "/", { 0 }, "GET / HTTP/1.1\r\n" OURS "\r\n" },
		{ "/", { .method = (char *)"DELETE" }, "DELETE / HTTP/1.1\r\n" OURS "\r\n" },
		{ "/", { .body = (char *)"{}" }, "POST / HTTP/1.1\r\n" OURS "Content-Length: 2\r\n\r\n{}" },
		{ "/", { .method = (char *)"PUT" }, "PUT / HTTP/1.1\r\n" OURS "Content-Length: 0\r\n\r\n" },
		{ "PATCH /a?b=c {\"d\": 1}",
		  { 0 },
		  "PATCH /a?b=c HTTP/1.1\r\n" OURS "Content-Length: 8\r\n\r\n{\"d\": 1}" },
		{ "OPTIONS *", { 0 }, "OPTIONS * HTTP/1.1\r\n" OURS "\r\n" },
		{ "/",
		  { .host = (char *)"other" },
		  "GET / HTTP/1.1\r\nHost: other\r\nUser-Agent: benchctl\r\nAccept: */*\r\n\r\n" },
		{ "/",
		  { .headers = HEADERS((char *)"accept:a/b", (char *)"X-A:  1 ", (char *)"Empty:") },
		  "GET / HTTP/1.1\r\nHost: h:1\r\nUser-Agent: benchctl\r\naccept: a/b\r\nX-A: 1 \r\nEmpty: \r\n\r\n" },
		{ "/",
		  { .headers = HEADERS((char *)"Authorization: Bearer ${REQUEST_TEST}") },
		  "GET / HTTP/1.1\r\n" OURS "Authorization: Bearer " TOKEN "\r\n\r\n" },
		{ "/",
		  { .basic_auth = (char *)"u:${REQUEST_TEST}" },
		  "GET / HTTP/1.1\r\n" OURS "Authorization: Basic dTpzM2NyM3Q=\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *text;
		struct err err = { "" };
		check_case(cases[i].bytes, make(&cases[i].settings, cases[i].line, &text, &err) == 0);
		check_text(cases[i].line, text, cases[i].bytes);
		free(text);
	}
}

/* What would end a line, be two things at once, or show a secret; and no message has the value. */
static void test_refused(void **state)
{
	const struct {
		const char *line;
		struct request_settings settings;
		const char *words;
	} cases[] = {
		{ "/",
		  { .headers = HEADERS((char *)"X: a\r\nY: b") },
		  "--header: the value of X has a control character" },
		{ "/",
		  { .headers = HEADERS((char *)"X: a\nY: b") },
		  "--header: the value of X has a control character" },
		{ "/", { .headers = HEADERS((char *)"X\r\nY: b") }, "--header: a header is written as 'Name: value'" },
		{ "/", { .headers = HEADERS((char *)"X : b") }, "--header: a header is written as 'Name: value'" },
		{ "/", { .headers = HEADERS((char *)"plain") }, "--header: a header is written as 'Name: value'" },
		{ "/",
		  { .headers = HEADERS((char *)"Y: ${REQUEST_LINES}") },
		  "the value of Y has a control character" },
		{ "/", { .headers = HEADERS((char *)"Y: ${REQUEST_NONE}") }, "there is no variable 'REQUEST_NONE'" },
		{ "/",
		  { .headers = HEADERS((char *)"connection: close") },
		  "connection can't be given: it follows from --mode" },
		{ "/", { .headers = HEADERS((char *)"Content-Length: 1") }, "it follows from --body" },
		{ "/", { .headers = HEADERS((char *)"Authorization: Bearer " TOKEN) }, "as 'Authorization: ${NAME}'" },
		{ "/", { .headers = HEADERS((char *)"x-api-key: " TOKEN) }, "as 'x-api-key: ${NAME}'" },
		{ "/", { .basic_auth = (char *)"user:" TOKEN }, "--basic-auth: it would be shown" },
		{ "/", { .basic_auth = (char *)"${REQUEST_TEST}" }, "--basic-auth: it does not hold USER:PASSWORD" },
		{ "/", { .host = (char *)"a\r\nX: b" }, "--host: '" },
		{ "/", { .host = (char *)"a b" }, "--host: 'a b' is no name" },
		{ "/", { .method = (char *)"GET /x HTTP/1.1\r\nX:" }, "is no method" },
		{ "/", { .method = (char *)"CONNECT" }, "CONNECT asks for a tunnel" },
		{ "/a\r\nX: b", { 0 }, "is no path" },
		{ "GET a", { 0 }, "'a' is no path" },
		{ "/", { .body = (char *)"@/nonexistent" }, "--body: /nonexistent" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *text;
		struct err err = { "" };
		check_case(cases[i].words, make(&cases[i].settings, cases[i].line, &text, &err) == -1);
		check_words(err.text, cases[i].words);
		check_case(cases[i].words, !strstr(err.text, TOKEN));
		free(text);
	}
}

/* A file holds header lines, a body with NULs, or credentials. */
static void test_files(void **state)
{
	char path[] = "/tmp/request_test.XXXXXX", option[40];
	static const char lines[] = "Authorization: Bearer " TOKEN "\r\nX-B: 2\n\n";
	int fd = mkstemp(path);
	struct err err = { "" };
	char *text;

	(void)state;
	assert_true(fd >= 0);
	snprintf(option, sizeof option, "@%s", path);
	assert_int_equal(write(fd, lines, sizeof lines - 1), sizeof lines - 1);
	struct request_settings headers = { .headers = HEADERS(option) };
	assert_int_equal(make(&headers, "/", &text, &err), 0);
	check_text("headers", text, "GET / HTTP/1.1\r\n" OURS "Authorization: Bearer " TOKEN "\r\nX-B: 2\r\n\r\n");
	free(text);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "a\0b", 3, 0), 3);
	struct request_form form;
	struct request_settings body = { .body = option };
	assert_int_equal(request_form_init(&form, &body, "h:1", NULL, &err), 0);
	assert_int_equal(form.body_bytes, 3);
	assert_memory_equal(form.body, "a\0b", 3);
	request_form_release(&form);
	assert_int_equal(ftruncate(fd, REQUEST_MAX + 1), 0);
	assert_int_equal(request_form_init(&form, &body, "h:1", NULL, &err), -1);
	check_words(err.text, "longer than a request may be (64 KiB)");
	request_form_release(&form);
	close(fd);
	unlink(path);
}

static void test_merge(void **state)
{
	const struct request_settings own = { .method = (char *)"PUT", .http = REQUEST_HTTP_1_0 };
	const struct request_settings usual = { .method = (char *)"GET", .path = (char *)"/a", .tls.resume = 1 };
	struct request_settings both = request_settings_merge(&own, &usual);

	(void)state;
	assert_string_equal(both.method, "PUT");
	assert_string_equal(both.path, "/a");
	assert_int_equal(both.http, REQUEST_HTTP_1_0);
	assert_int_equal(both.tls.resume, 1);
	assert_false(request_settings_given(&(struct request_settings){ .http = 1 }));
	assert_true(request_settings_given(&both));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_merge),
	};

	setenv("REQUEST_TEST", TOKEN, 1);
	setenv("REQUEST_LINES", "a\r\nX: b", 1);
	unsetenv("REQUEST_NONE");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
