/* Responses: read in one piece and in many, remembered and not. */
#include "tests/unit/unit.h"

#include "clients/response.h"

#define BODY "hello\n"
#define HEAD "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n"
#define GOOD HEAD "\r\n" BODY

static const struct expected expected = { .status = 200, .body = BODY, .body_bytes = sizeof BODY - 1 };

static struct responses *responses_new(struct worker *worker)
{
	struct responses *responses = calloc(1, sizeof *responses);

	*worker = (struct worker){ 0 };
	responses->expected = &expected;
	responses->worker = worker;
	return responses;
}

/* Reads a text as a new response, cut at `cut`. */
static enum response_end read_cut(struct responses *responses, struct http_reader *reader, const char *text, size_t cut,
				  enum load_failure *failure)
{
	size_t bytes = strlen(text);
	uint8_t wrong = false;

	http_reader_reset(reader);
	if (cut && cut < bytes) {
		enum response_end end = response_read(responses, reader, &wrong, text, cut, failure);
		if (end != RESPONSE_MORE)
			return end;
		text += cut;
		bytes -= cut;
	}
	return response_read(responses, reader, &wrong, text, bytes, failure);
}

static const struct {
	const char *name, *text;
	enum response_end end;
	enum load_failure failure;
	bool keeps_alive;
} cases[] = {
	{ "right", GOOD, RESPONSE_RIGHT, 0, true },
	{ "right, the last one", HEAD "Connection: close\r\n\r\n" BODY, RESPONSE_RIGHT, 0, false },
	{ "another body", HEAD "\r\nHELLO\n", RESPONSE_WRONG, LOAD_BAD_BODY, true },
	{ "the body differs in its last byte", HEAD "\r\nhello ", RESPONSE_WRONG, LOAD_BAD_BODY, true },
	{ "a longer body", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhello\n\n", RESPONSE_WRONG, LOAD_BAD_BODY,
	  true },
	{ "another status", "HTTP/1.1 201 OK\r\nContent-Length: 6\r\n\r\n" BODY, RESPONSE_WRONG, LOAD_BAD_STATUS,
	  true },
	{ "bytes after it", GOOD "x", RESPONSE_BROKEN, LOAD_BAD_HTTP, false },
	{ "no HTTP", "220 ready\r\n", RESPONSE_BROKEN, LOAD_BAD_HTTP, false },
	{ "not complete", HEAD "\r\nhel", RESPONSE_MORE, 0, false },
};

/* Each response after each other one, each cut everywhere: what was remembered changes no verdict. */
static void test_after_each_other(void **state)
{
	struct worker worker;
	struct http_reader reader;
	enum load_failure failure;

	(void)state;
	for (size_t before = 0; before < LENGTH(cases); before++) {
		for (size_t i = 0; i < LENGTH(cases); i++) {
			for (size_t cut = 0; cut < strlen(cases[i].text); cut++) {
				struct responses *responses = responses_new(&worker);
				read_cut(responses, &reader, cases[before].text, 0, &failure);
				failure = LOAD_OTHER;
				enum response_end end = read_cut(responses, &reader, cases[i].text, cut, &failure);
				/* Bytes after a response are seen only where they come with it. */
				if (strcmp(cases[i].name, "bytes after it") == 0 && cut == strlen(GOOD))
					check_case(cases[i].name, end == RESPONSE_RIGHT);
				else
					check_case(cases[i].name, end == cases[i].end);
				if (end == RESPONSE_WRONG || end == RESPONSE_BROKEN)
					check_case(cases[i].name, failure == cases[i].failure && worker.wrong[0]);
				if (end == RESPONSE_RIGHT && cases[i].end == RESPONSE_RIGHT)
					check_case(cases[i].name, reader.keeps_alive == cases[i].keeps_alive);
				free(responses);
			}
		}
	}
}

static void test_remembers(void **state)
{
	static const struct {
		const char *name, *text;
		size_t cut;
		bool remembered;
	} table[] = {
		{ "right and whole", GOOD, 0, true },
		{ "in two pieces", GOOD, 20, false },
		{ "wrong", HEAD "\r\nHELLO\n", 0, false },
		{ "broken", GOOD "x", 0, false },
	};
	struct worker worker;
	struct http_reader reader;
	enum load_failure failure;

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		struct responses *responses = responses_new(&worker);
		read_cut(responses, &reader, table[i].text, table[i].cut, &failure);
		check_case(table[i].name, (responses->known_bytes > 0) == table[i].remembered);
		free(responses);
	}
}

/* A body to the end of the connection is never complete before that end, so it is not remembered. */
static void test_until_end(void **state)
{
	struct worker worker;
	struct responses *responses = responses_new(&worker);
	struct http_reader reader;
	enum load_failure failure;
	uint8_t wrong = false;
	static const char text[] = "HTTP/1.0 200 OK\r\n\r\n" BODY;

	(void)state;
	for (int i = 0; i < 2; i++) {
		http_reader_reset(&reader);
		assert_int_equal(response_read(responses, &reader, &wrong, text, sizeof text - 1, &failure),
				 RESPONSE_MORE);
		assert_int_equal(response_eof(responses, &reader, wrong, &failure), RESPONSE_RIGHT);
	}
	http_reader_reset(&reader);
	response_read(responses, &reader, &wrong, GOOD, sizeof GOOD - 3, &failure);
	assert_int_equal(response_eof(responses, &reader, wrong, &failure), RESPONSE_BROKEN);
	assert_int_equal(failure, LOAD_EOF_EARLY);
	free(responses);
}

/* One that is too long to be remembered is read all the same, and what was remembered before stays right. */
static void test_long(void **state)
{
	struct worker worker;
	struct responses *responses = responses_new(&worker);
	struct http_reader reader;
	enum load_failure failure;
	char text[RESPONSE_KNOWN_MAX + 100], padding[RESPONSE_KNOWN_MAX];

	(void)state;
	memset(padding, 'x', sizeof padding);
	snprintf(text, sizeof text, HEAD "X-Long: %.*s\r\n\r\n" BODY, (int)sizeof padding - 20, padding);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read_cut(responses, &reader, text, 0, &failure), RESPONSE_RIGHT);
		assert_int_equal(read_cut(responses, &reader, GOOD, 0, &failure), RESPONSE_RIGHT);
		assert_int_equal(responses->known_bytes, strlen(GOOD));
	}
	free(responses);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_after_each_other),
		cmocka_unit_test(test_remembers),
		cmocka_unit_test(test_until_end),
		cmocka_unit_test(test_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
