#include "clients/curl.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "clients/dial.h"
#include "clients/sequence.h"

struct fetcher {
	const struct load_spec *spec;
	CURL *easy;
	const struct expected *expected;
	uint64_t body_bytes;
	uint8_t state;
};

static size_t take_piece(char *data, size_t size, size_t count, void *context)
{
	struct fetcher *fetcher = context;
	struct http_span piece = { data, size * count };

	if (piece.bytes)
		expected_take(fetcher->expected, fetcher->body_bytes, &piece, &fetcher->state);
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
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION: return LOAD_TLS;
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
	fetcher->state = 0;
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
		.state = fetcher->state,
		.connect_ns = (uint64_t)connect_us * 1000,
		.total_ns = (uint64_t)total_us * 1000,
	};
}

/* The headers of a request of seq. NULL where memory is out. */
static struct curl_slist *headers_make(const struct target *target)
{
	struct curl_slist *list = NULL;
	char *lines;

	if (asprintf(&lines, "%s%s", target->form.headers,
		     target->form.http == REQUEST_HTTP_1_1 ? "Connection: close\r\n" : "") < 0)
		return NULL;
	for (char *line = lines, *end; (end = strstr(line, "\r\n")); line = end + 2) {
		*end = 0;
		struct curl_slist *longer = curl_slist_append(list, line);
		if (!longer)
			curl_slist_free_all(list);
		list = longer;
		if (!longer)
			break;
	}
	free(lines);
	return list;
}

/* The method and the body. */
static void form_set(CURL *easy, const struct request_form *form)
{
	if (form->body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)form->body_bytes);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, form->body);
	}
	if (strcmp(form->method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, form->method);
}

static void tls_set(CURL *easy, const struct request_tls *tls)
{
	if (tls->cacert)
		curl_easy_setopt(easy, CURLOPT_CAINFO, tls->cacert);
	if (tls->cert)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, tls->cert);
	if (tls->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, tls->resume ? 1L : 0L);
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
	bool local = target->address.ss_family == AF_UNIX;
	struct curl_slist *place = local ? NULL : place_make(target);
	CURL *easy = fetcher.easy;

	if (!easy || !headers || (!local && !place)) {
		err_set(err, "out of memory");
		goto out;
	}
	curl_easy_setopt(easy, CURLOPT_URL, target->url);
	if (local)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
				 ((const struct sockaddr_un *)&target->address)->sun_path);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, place);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	form_set(easy, &target->form);
	tls_set(easy, &target->tls);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)(target->form.http == REQUEST_HTTP_1_0 ? CURL_HTTP_VERSION_1_0 : CURL_HTTP_VERSION_1_1));
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
