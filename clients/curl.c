#include "clients/curl.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "clients/dial.h"
#include "clients/sequence.h"

struct fetcher {
	const struct load_spec *spec;
	CURL *easy;
	const struct expected *expected;
	uint64_t body_bytes;
	bool differs;
};

static size_t take_piece(char *data, size_t size, size_t count, void *context)
{
	struct fetcher *fetcher = context;
	struct http_span piece = { data, size * count };

	if (piece.bytes && !expected_piece(fetcher->expected, fetcher->body_bytes, &piece))
		fetcher->differs = true;
	fetcher->body_bytes += piece.bytes;
	return fetcher->body_bytes > DIAL_BODY_MAX ? 0 : piece.bytes;
}

static enum load_failure failure_of(CURLcode code, CURL *easy)
{
	long number = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT: return LOAD_TIMEOUT;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING: return LOAD_EOF_EARLY;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY: return LOAD_BAD_HTTP;
	case CURLE_WRITE_ERROR: return LOAD_BAD_BODY;
	default: return number ? load_failure_of_errno((int)number) : LOAD_OTHER;
	}
}

static void curl_ask(void *context, const char *path, const struct expected *expected,
		     struct sequence_response *response)
{
	struct fetcher *fetcher = context;
	curl_off_t connect_us = 0, total_us = 0;
	long status = 0;

	fetcher->expected = expected;
	fetcher->body_bytes = 0;
	fetcher->differs = false;
	curl_easy_setopt(fetcher->easy, CURLOPT_REQUEST_TARGET, path);
	CURLcode code = curl_easy_perform(fetcher->easy);
	if (code) {
		response->failure = failure_of(code, fetcher->easy);
		return;
	}
	curl_easy_getinfo(fetcher->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(fetcher->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
	curl_easy_getinfo(fetcher->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	*response = (struct sequence_response){
		.ok = true,
		.status = (unsigned)status,
		.body_bytes = fetcher->body_bytes,
		.differs = fetcher->differs,
		.connect_ns = (uint64_t)connect_us * 1000,
		.total_ns = (uint64_t)total_us * 1000,
	};
}

/* The headers of a request of seq. NULL where memory is out. */
static struct curl_slist *headers_make(const struct target *target)
{
	const char *lines[] = { "User-Agent: benchctl", target->authorization,
				target->http == TARGET_HTTP_1_1 ? "Connection: close" : "" };
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char *line = *lines[i] ? strndup(lines[i], strcspn(lines[i], "\r")) : NULL;
		struct curl_slist *longer = line ? curl_slist_append(list, line) : NULL;
		free(line);
		if (!longer && *lines[i]) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer ? longer : list;
	}
	return list;
}

/* Where the target's address is, for a name that has several. */
static struct curl_slist *place_make(const struct target *target)
{
	char address[TARGET_ADDRESS_TEXT], line[TARGET_ADDRESS_TEXT + 16];

	snprintf(line, sizeof line, "::%s", target_show_address(target, address));
	return curl_slist_append(NULL, line);
}

static int curl_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	int result = -1;
	const struct target *target = spec->target;
	struct fetcher fetcher = { .spec = spec, .easy = curl_easy_init() };
	struct curl_slist *headers = headers_make(target);
	struct curl_slist *place = target->named ? place_make(target) : NULL;
	CURL *easy = fetcher.easy;

	if (!easy || !headers || (target->named && !place)) {
		err_set(err, "out of memory");
		goto out;
	}
	curl_easy_setopt(easy, CURLOPT_URL, target->url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, place);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)(target->http == TARGET_HTTP_1_0 ? CURL_HTTP_VERSION_1_0 : CURL_HTTP_VERSION_1_1));
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(spec->timeout_ns / 1000000));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_piece);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &fetcher);
	result = sequence_run(spec, curl_ask, &fetcher, sample, err);
out:
	curl_slist_free_all(headers);
	curl_slist_free_all(place);
	curl_easy_cleanup(easy);
	return result;
}

const struct client client_curl = {
	.name = "curl",
	.summary = "one request at a time through libcurl",
	.max_connections = 1,
	.run = curl_run,
};
