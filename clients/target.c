#include "clients/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

const char *const target_http_names[] = { "1.1", "1.0", NULL };

/* The parts of a URL, each in curl's memory; NULL where there is none. */
struct parts {
	char *scheme, *host, *zone, *port, *explicit_port, *path, *query, *user, *password;
};

static int parts_get(struct parts *parts, CURLU *url, struct err *err)
{
	const struct {
		char **text;
		CURLUPart part;
		unsigned flags;
	} wanted[] = {
		{ &parts->scheme, CURLUPART_SCHEME, 0 },
		{ &parts->host, CURLUPART_HOST, 0 },
		{ &parts->zone, CURLUPART_ZONEID, 0 },
		{ &parts->port, CURLUPART_PORT, CURLU_DEFAULT_PORT },
		{ &parts->explicit_port, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT },
		{ &parts->path, CURLUPART_PATH, 0 },
		{ &parts->query, CURLUPART_QUERY, 0 },
		{ &parts->user, CURLUPART_USER, CURLU_URLDECODE },
		{ &parts->password, CURLUPART_PASSWORD, CURLU_URLDECODE },
	};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		CURLUcode bad = curl_url_get(url, wanted[i].part, wanted[i].text, wanted[i].flags);
		if (bad == CURLUE_OUT_OF_MEMORY)
			return err_set(err, "out of memory");
		if (bad == CURLUE_URLDECODE)
			return err_set(err, "the URL's user information has a control character in it");
	}
	return 0;
}

static void parts_release(struct parts *parts)
{
	char *texts[] = { parts->scheme, parts->host,  parts->zone, parts->port,    parts->explicit_port,
			  parts->path,   parts->query, parts->user, parts->password };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		curl_free(texts[i]);
}

/* An IPv6 host without its brackets, and with its zone, as getaddrinfo takes it. NULL where memory is out. */
static char *host_bare(const struct parts *parts)
{
	const char *host = parts->host;
	char *bare;
	size_t bytes = strlen(host);

	if (*host != '[')
		return strdup(host);
	if (asprintf(&bare, "%.*s%s%s", (int)(bytes - 2), host + 1, parts->zone ? "%" : "",
		     parts->zone ? parts->zone : "") < 0)
		return NULL;
	return bare;
}

static int resolve(struct target *target, const struct parts *parts, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST };
	struct addrinfo *found;
	char *host = host_bare(parts);

	if (!host)
		return err_set(err, "out of memory");
	int failed = getaddrinfo(host, parts->port, &hints, &found);
	target->named = failed == EAI_NONAME;
	if (target->named) {
		hints.ai_flags = AI_NUMERICSERV;
		failed = getaddrinfo(host, parts->port, &hints, &found);
	}
	if (failed)
		err_set(err, "host %s: %s", host, gai_strerror(failed));
	free(host);
	if (failed)
		return -1;
	for (const struct addrinfo *at = found; at && target->addresses_count < TARGET_ADDRESSES_MAX;
	     at = at->ai_next) {
		struct target_address *address = &target->addresses[target->addresses_count++];
		memcpy(&address->socket, at->ai_addr, at->ai_addrlen);
		address->bytes = at->ai_addrlen;
	}
	freeaddrinfo(found);
	target_take_address(target, 0);
	return 0;
}

static size_t base64(char *out, const unsigned char *data, size_t bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *to = out;

	for (size_t i = 0; i < bytes; i += 3) {
		unsigned left = bytes - i > 2 ? 3 : (unsigned)(bytes - i);
		unsigned long bits = (unsigned long)data[i] << 16 | (left > 1 ? data[i + 1] << 8 : 0) |
				     (left > 2 ? data[i + 2] : 0);
		for (unsigned j = 0; j < 4; j++)
			*to++ = j <= left ? letters[bits >> (18 - 6 * j) & 63] : '=';
	}
	*to = 0;
	return (size_t)(to - out);
}

/* RFC 7617. */
static int authorize(struct target *target, const struct parts *parts)
{
	static const char name[] = "Authorization: Basic ";
	char *pair;

	if (!parts->user && !parts->password) {
		target->authorization = strdup("");
		return target->authorization ? 0 : -1;
	}
	int bytes = asprintf(&pair, "%s:%s", parts->user ? parts->user : "", parts->password ? parts->password : "");
	if (bytes < 0)
		return -1;
	target->authorization = malloc(sizeof name + (size_t)bytes * 4 / 3 + 8);
	if (target->authorization) {
		char *at = stpcpy(target->authorization, name);
		strcpy(at + base64(at, (const unsigned char *)pair, (size_t)bytes), "\r\n");
	}
	free(pair);
	return target->authorization ? 0 : -1;
}

/* HTTP/1.1 keeps a connection unless told otherwise, HTTP/1.0 closes it unless told otherwise (RFC 9112, 9.3 and C.2.2). */
static int request_print(const struct target *target, const char *path, bool keepalive, char *out, size_t room)
{
	static const char *const connection[][2] = {
		[TARGET_HTTP_1_1] = { "Connection: close\r\n", "" },
		[TARGET_HTTP_1_0] = { "", "Connection: keep-alive\r\n" },
	};

	return snprintf(out, room, "GET %s HTTP/%s\r\nHost: %s\r\nUser-Agent: benchctl\r\nAccept: */*\r\n%s%s\r\n",
			path, target_http_names[target->http], target->authority, target->authorization,
			connection[target->http][keepalive]);
}

int target_write_request(const struct target *target, const char *path, char *out, size_t room)
{
	int bytes = request_print(target, path, false, out, room);

	return bytes < 0 || (size_t)bytes >= room ? -1 : bytes;
}

/* A request in memory of its own. Returns it with its length, or NULL with err set. */
static char *request_make(const struct target *target, bool keepalive, size_t *bytes, struct err *err)
{
	int length = request_print(target, target->path, keepalive, NULL, 0);
	char *text = length < 0 ? NULL : malloc((size_t)length + 1);

	if (!text) {
		err_set(err, "out of memory");
		return NULL;
	}
	*bytes = (size_t)request_print(target, target->path, keepalive, text, (size_t)length + 1);
	return text;
}

static int requests_make(struct target *target, struct err *err)
{
	target->request_close = request_make(target, false, &target->request_close_bytes, err);
	if (!target->request_close)
		return -1;
	target->request_keepalive = request_make(target, true, &target->request_keepalive_bytes, err);
	if (!target->request_keepalive)
		return -1;
	if (target->request_close_bytes > UINT16_MAX || target->request_keepalive_bytes > UINT16_MAX)
		return err_set(err, "the URL is longer than a request may be (64 KiB)");
	return 0;
}

/* Where the user information of a URL begins and what follows it; false where there is none. */
static bool user_find(const char *url, size_t *from, size_t *to)
{
	const char *begin = strstr(url, "://");

	if (!begin)
		return false;
	begin += 3;
	const char *end = begin + strcspn(begin, "/?#"), *at = memrchr(begin, '@', (size_t)(end - begin));
	*from = (size_t)(begin - url);
	*to = at ? (size_t)(at + 1 - url) : *from;
	return at;
}

void target_hide_user(char *argument)
{
	size_t from, to, bytes = strlen(argument);

	if (!user_find(argument, &from, &to))
		return;
	memmove(argument + from, argument + to, bytes - to);
	memset(argument + bytes - (to - from), 0, to - from);
}

static int target_take_url(struct target *target, CURLU *parsed, const char *url, struct err *err)
{
	CURLUcode bad = parsed ? curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME)
			       : CURLUE_OUT_OF_MEMORY;

	target->url = strdup(url);
	if (!target->url || bad == CURLUE_OUT_OF_MEMORY)
		return err_set(err, "out of memory");
	target_hide_user(target->url);
	if (bad)
		return err_set(err, "'%s' is not a URL (%s): write it as http://127.0.0.1:8080/", target->url,
			       curl_url_strerror(bad));
	return 0;
}

static int target_fill(struct target *target, const struct parts *parts, struct err *err)
{
	if (!parts->scheme || strcmp(parts->scheme, "http") != 0)
		return err_set(err, "'%s': only http:// is supported", target->url);
	if (asprintf(&target->path, "%s%s%s", parts->path, parts->query ? "?" : "", parts->query ? parts->query : "") <
	    0)
		target->path = NULL;
	if (asprintf(&target->authority, "%s%s%s", parts->host, parts->explicit_port ? ":" : "",
		     parts->explicit_port ? parts->explicit_port : "") < 0)
		target->authority = NULL;
	if (!target->path || !target->authority || authorize(target, parts))
		return err_set(err, "out of memory");
	return resolve(target, parts, err) || requests_make(target, err) ? -1 : 0;
}

int target_init(struct target *target, const char *url, enum target_http http, struct err *err)
{
	CURLU *parsed = curl_url();
	struct parts parts = { 0 };

	*target = (struct target){ .http = http };
	int result = target_take_url(target, parsed, url, err) || parts_get(&parts, parsed, err) ||
				     target_fill(target, &parts, err)
			     ? -1
			     : 0;
	parts_release(&parts);
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
	free((char *)target->expected.body);
	target->expected.body = copy;
	target->expected.body_bytes = body_bytes;
	target->expected.status = status;
	return 0;
}

void target_take_address(struct target *target, size_t i)
{
	target->address = target->addresses[i].socket;
	target->address_bytes = target->addresses[i].bytes;
}

const char *target_show_address(const struct target *target, char out[TARGET_ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN + 20], port[8];
	bool v6 = target->address.ss_family == AF_INET6;

	if (getnameinfo((const struct sockaddr *)&target->address, target->address_bytes, host, sizeof host, port,
			sizeof port, NI_NUMERICHOST | NI_NUMERICSERV))
		return strcpy(out, "?");
	snprintf(out, TARGET_ADDRESS_TEXT, "%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
	return out;
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
	char *texts[] = { target->url,
			  target->path,
			  target->authority,
			  target->authorization,
			  target->request_close,
			  target->request_keepalive,
			  (char *)target->expected.body };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	*target = (struct target){ 0 };
}
