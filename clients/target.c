#include "clients/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "clients/dial.h"

static int resolve(struct target *target, const char *host, const char *port, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found;
	int failed = getaddrinfo(host, port, &hints, &found);

	if (failed)
		return err_set(err, "host %s: %s", host, gai_strerror(failed));
	memcpy(&target->address, found->ai_addr, found->ai_addrlen);
	target->address_bytes = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

/* One component of the URL, in curl's memory (curl_free). NULL where there is none; then memory may be out. */
static char *url_part(CURLU *url, CURLUPart part, unsigned flags, bool *out_of_memory)
{
	char *text = NULL;
	CURLUcode bad = curl_url_get(url, part, &text, flags);

	*out_of_memory |= bad == CURLUE_OUT_OF_MEMORY;
	return bad ? NULL : text;
}

static int requests_write(struct target *target, struct err *err)
{
	static const char *const format = "GET %s HTTP/1.%d\r\nHost: %s\r\nUser-Agent: benchctl\r\nAccept: */*\r\n\r\n";
	int close_bytes = asprintf(&target->request_close, format, target->path, 0, target->authority);
	if (close_bytes < 0)
		target->request_close = NULL;
	int keepalive_bytes = asprintf(&target->request_keepalive, format, target->path, 1, target->authority);
	if (keepalive_bytes < 0)
		target->request_keepalive = NULL;

	if (close_bytes < 0 || keepalive_bytes < 0)
		return err_set(err, "out of memory");
	if (close_bytes > UINT16_MAX)
		return err_set(err, "the URL is longer than a request may be (64 KiB)");
	target->request_close_bytes = (size_t)close_bytes;
	target->request_keepalive_bytes = (size_t)keepalive_bytes;
	return 0;
}

int target_init(struct target *target, const char *url, struct err *err)
{
	int result = -1;
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *query = NULL, *bare = NULL;
	CURLU *parsed = curl_url();
	bool out_of_memory = !parsed;

	memset(target, 0, sizeof *target);
	CURLUcode bad = out_of_memory ? CURLUE_OUT_OF_MEMORY
				      : curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
	if (bad == CURLUE_OUT_OF_MEMORY) {
		err_set(err, "out of memory");
		goto out;
	}
	if (bad) {
		err_set(err, "'%s' is not a URL (%s): write it as http://127.0.0.1:8080/", url, curl_url_strerror(bad));
		goto out;
	}
	scheme = url_part(parsed, CURLUPART_SCHEME, 0, &out_of_memory);
	host = url_part(parsed, CURLUPART_HOST, 0, &out_of_memory);
	port = url_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, &out_of_memory);
	path = url_part(parsed, CURLUPART_PATH, 0, &out_of_memory);
	query = url_part(parsed, CURLUPART_QUERY, 0, &out_of_memory); /* one that is lost would make it another page */
	target->url = strdup(url);
	if (out_of_memory || !target->url) {
		err_set(err, "out of memory");
		goto out;
	}
	if (!scheme || strcmp(scheme, "http") != 0) {
		err_set(err, "'%s': only http:// is supported", url);
		goto out;
	}
	if (!host || !port || !path ||
	    asprintf(&target->path, "%s%s%s", path, query ? "?" : "", query ? query : "") < 0 ||
	    asprintf(&target->authority, "%s:%s", host, port) < 0) {
		err_set(err, "out of memory");
		goto out;
	}
	bare = strdup(host[0] == '[' ? host + 1 : host); /* getaddrinfo takes IPv6 without its brackets */
	if (!bare) {
		err_set(err, "out of memory");
		goto out;
	}
	bare[strcspn(bare, "]")] = 0;
	if (!resolve(target, bare, port, err) && !requests_write(target, err))
		result = 0;
out:
	free(bare);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(query);
	curl_url_cleanup(parsed);
	return result;
}

int target_expect(struct target *target, unsigned status, const void *body, size_t body_bytes, struct err *err)
{
	char *copy = malloc(body_bytes + 1);

	if (!copy)
		return err_set(err, "out of memory");
	memcpy(copy, body, body_bytes);
	copy[body_bytes] = 0;
	free(target->body);
	target->body = copy;
	target->body_bytes = body_bytes;
	target->status = status;
	return 0;
}

int target_learn(struct target *target, uint64_t timeout_ns, struct err *err)
{
	struct dial_response response;
	int failure;
	char *keep = malloc(TARGET_BODY_MAX); /* only the pages that the response fills are ever touched */

	if (!keep)
		return err_set(err, "out of memory");
	int result = dial_fetch(target, target->request_close, target->request_close_bytes, timeout_ns, keep,
				TARGET_BODY_MAX, &response, &failure, err);
	if (!result)
		result = target_expect(target, response.status, keep, response.kept_bytes, err);
	free(keep);
	return result;
}

int target_probe(const struct target *target, uint64_t timeout_ns, struct err *err)
{
	struct dial_response response;
	int failure, result = 1;
	char *keep = malloc(target->body_bytes + 1);

	if (!keep)
		return err_set(err, "out of memory");
	if (dial_fetch(target, target->request_close, target->request_close_bytes, timeout_ns, keep, target->body_bytes,
		       &response, &failure, err))
		result = -1;
	else if (response.status != target->status)
		err_set(err, TARGET_WRONG_STATUS, response.status, target->status);
	else if (response.body_bytes != target->body_bytes)
		err_set(err, "a body of %llu bytes instead of %zu", (unsigned long long)response.body_bytes,
			target->body_bytes);
	else if (memcmp(keep, target->body, target->body_bytes) != 0)
		err_set(err, "a body of the right length with other bytes");
	else
		result = 0;
	free(keep);
	return result;
}

bool target_is_loopback(const struct target *target)
{
	if (target->address.ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)&target->address;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&target->address;
	return target->address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

void target_release(struct target *target)
{
	free(target->url);
	free(target->path);
	free(target->authority);
	free(target->request_close);
	free(target->request_keepalive);
	free(target->body);
	memset(target, 0, sizeof *target);
}
