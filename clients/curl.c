#include "clients/curl.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "clients/sequence.h"

struct fetcher {
	const struct load_spec *spec;
	CURL *easy;
	char body[65536];
	size_t kept_bytes;
	uint64_t body_bytes;
};

static size_t keep(char *data, size_t size, size_t count, void *context)
{
	struct fetcher *fetcher = context;
	size_t bytes = size * count;
	size_t room = sizeof fetcher->body - fetcher->kept_bytes;
	size_t kept = bytes < room ? bytes : room;

	memcpy(fetcher->body + fetcher->kept_bytes, data, kept);
	fetcher->kept_bytes += kept;
	fetcher->body_bytes += bytes;
	return fetcher->body_bytes > TARGET_BODY_MAX ? 0 : bytes;
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

static void curl_ask(void *context, const char *path, struct sequence_response *response)
{
	struct fetcher *fetcher = context;
	curl_off_t connect_us = 0, total_us = 0;
	long status = 0;

	fetcher->kept_bytes = 0;
	fetcher->body_bytes = 0;
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
		.body = fetcher->body,
		.kept_bytes = fetcher->kept_bytes,
		.connect_ns = (uint64_t)connect_us * 1000,
		.total_ns = (uint64_t)total_us * 1000,
	};
}

static int curl_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	int result = -1;
	struct fetcher *fetcher = calloc(1, sizeof *fetcher);
	CURL *easy = curl_easy_init();

	if (!fetcher || !easy) {
		err_set(err, "out of memory");
		goto out;
	}
	fetcher->spec = spec;
	fetcher->easy = easy;
	curl_easy_setopt(easy, CURLOPT_URL, spec->target->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_0);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(spec->timeout_ns / 1000000));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetcher);
	result = sequence_run(spec, curl_ask, fetcher, sample, err);
out:
	curl_easy_cleanup(easy);
	free(fetcher);
	return result;
}

const struct client client_curl = {
	.name = "curl",
	.summary = "one request at a time through libcurl",
	.most_connections = 1,
	.run = curl_run,
};
