/*
 * hot: runs the code that the load generator executes for each request, in a loop, under an instruction counter.
 *
 *     hot parse|response|histogram COUNT
 *
 * parse: responses that differ, so that each is parsed; response: the same response each time, which is recognised.
 *
 * The cost of one is the difference between two counts, divided by how many more there were (tests/bench/instructions).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/page.h"
#include "clients/response.h"
#include "harness/lib/hist.h"

/* A typical response. Servers differ mainly in the number of headers that this client ignores. */
static const char response[] = "HTTP/1.1 200 OK\r\n"
			       "Content-Type: text/html; charset=UTF-8\r\n"
			       "Date: Sun, 01 Feb 2026 12:00:00 GMT\r\n"
			       "Content-Length: 40\r\n"
			       "Connection: keep-alive\r\n"
			       "\r\n" PAGE_START;

static int read_responses(unsigned long count, bool same)
{
	struct expected expected = { .status = 200, .body = PAGE_START, .body_bytes = PAGE_START_BYTES };
	struct worker *worker = calloc(1, sizeof *worker);
	struct responses responses = { .expected = &expected, .worker = worker };
	char text[sizeof response];
	char *second = strstr(memcpy(text, response, sizeof response), ":00 GMT") + 1;
	struct http_reader reader;
	enum load_failure failure;
	unsigned long right = 0;

	for (unsigned long i = 0; i < count && worker; i++) {
		uint8_t state = 0;
		http_reader_reset(&reader);
		*second ^= same ? 0 : 1;
		right += response_read(&responses, &reader, &state, text, sizeof text - 1, &failure) == RESPONSE_RIGHT;
	}
	free(worker);
	return right == count ? 0 : 1;
}

static int histogram(unsigned long count)
{
	struct hist *hist = calloc(1, sizeof *hist);

	for (unsigned long i = 0; i < count && hist; i++)
		hist_add(hist, i * 997 % 10000000);
	int bad = !hist || hist->count != count || !hist_quantile(hist, 0.5);
	free(hist);
	return bad;
}

int main(int argc, char **argv)
{
	unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (count && strcmp(argv[1], "parse") == 0)
		return read_responses(count, false);
	if (count && strcmp(argv[1], "response") == 0)
		return read_responses(count, true);
	if (count && strcmp(argv[1], "histogram") == 0)
		return histogram(count);
	fputs("usage: hot parse|response|histogram COUNT\n", stderr);
	return 2;
}
