#include "clients/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "clients/tls.h"
#include "harness/lib/file.h"

/* The parts of a URL, each in curl's memory; NULL where the URL lacks it. */
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

/* The addresses of a host: its own text first, else its name. */
static int addresses_find(struct target *target, const char *host, const char *port, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST };
	struct addrinfo *found;
	int failed = getaddrinfo(host, port, &hints, &found);

	target->named = failed == EAI_NONAME;
	if (target->named) {
		hints.ai_flags = AI_NUMERICSERV;
		failed = getaddrinfo(host, port, &hints, &found);
	}
	if (failed)
		return err_set(err, "host %s: %s", host, gai_strerror(failed));
	for (const struct addrinfo *at = found; at && target->addresses_count < TARGET_ADDRESSES_MAX;
	     at = at->ai_next) {
		struct target_address *address = &target->addresses[target->addresses_count++];
		memcpy(&address->socket, at->ai_addr, at->ai_addrlen);
		address->bytes = at->ai_addrlen;
	}
	freeaddrinfo(found);
	return 0;
}

/* --resolve: an address, in brackets where a port follows one of IPv6. Names are not looked up. */
static int address_take(struct target *target, const char *text, const char *port, struct err *err)
{
	char host[INET6_ADDRSTRLEN + 20];
	const char *bracket = *text == '[' ? strchr(text, ']') : NULL, *colon = strchr(bracket ? bracket : text, ':');
	bool has_port = colon && (bracket || !strchr(colon + 1, ':'));
	size_t bytes = bracket ? (size_t)(bracket - text - 1) : has_port ? (size_t)(colon - text) : strlen(text);

	snprintf(host, sizeof host, "%.*s", (int)bytes, text + (bracket ? 1 : 0));
	int bad = addresses_find(target, host, has_port ? colon + 1 : port, err);
	if (!bad && target->named)
		bad = err_set(err, "'%.100s' is no address", text);
	return bad ? err_prefix(err, "--resolve") : 0;
}

static int unix_take(struct target *target, const char *path, struct err *err)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&target->addresses[0].socket;

	if (strlen(path) >= sizeof address->sun_path)
		return err_set(err, "--unix: the path of a socket has at most %zu bytes", sizeof address->sun_path - 1);
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	target->addresses[0].bytes = sizeof *address;
	target->addresses_count = 1;
	return 0;
}

/* Where to connect to. */
static int place_find(struct target *target, const struct parts *parts, const struct request_settings *settings,
		      struct err *err)
{
	int bad = settings->unix_path ? unix_take(target, settings->unix_path, err)
		  : settings->resolve ? address_take(target, settings->resolve, parts->port, err)
				      : addresses_find(target, target->host, parts->port, err);

	if (!bad)
		target_take_address(target, 0);
	return bad;
}

/* The requests of a file, a line each; empty lines and those that begin with # are none. */
static int urls_read(struct target *target, const char *path, struct err *err)
{
	char *text = file_read(path, err), *line = text;
	size_t count = 0, number = 0;
	int result = text ? 0 : -1;

	while (line && *line && !result) {
		size_t bytes = strcspn(line, "\n");
		char *end = line + bytes + (line[bytes] == '\n');
		line[bytes] = 0;
		if (bytes && line[bytes - 1] == '\r')
			line[bytes - 1] = 0;
		number++;
		if (*line && *line != '#') {
			struct request *others = count ? realloc(target->others, count * sizeof *others) : NULL;
			if (count && others)
				target->others = others;
			if (count == REQUESTS_MAX || (count && !others))
				result = err_set(err, others ? "more than %d requests" : "out of memory", REQUESTS_MAX);
			else if (count)
				target->others_count = count;
			if (!result)
				result = request_init(target_request(target, count++), &target->form, line, err);
			if (result)
				err_prefix(err, "%s:%zu", path, number);
		}
		line = end;
	}
	free(text);
	return result ? -1 : count ? 0 : err_set(err, "%s has no request", path);
}

static int requests_make(struct target *target, const char *path, const struct request_settings *settings,
			 struct err *err)
{
	if (settings->path && *settings->path != '/')
		return err_set(err, "--path: '%.100s' does not begin with /", settings->path);
	const size_t most = target->https ? TLS_REQUEST_MAX : REQUEST_MAX;

	if (settings->urls ? urls_read(target, settings->urls, err)
			   : request_init(&target->first, &target->form, settings->path ? settings->path : path, err))
		return settings->urls ? err_prefix(err, "--urls") : -1;
	for (size_t i = 0; i <= target->others_count; i++) {
		if (target_request(target, i)->request_close_bytes > most)
			return err_set(err, "over TLS a request has at most %zu bytes", most);
		if (expected_take_check(&target_request(target, i)->expected, settings->check, err))
			return err_prefix(err, "--check");
	}
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

static int target_fill(struct target *target, const struct parts *parts, const struct request_settings *settings,
		       struct err *err)
{
	char *path = NULL, *user = NULL;

	target->https = parts->scheme && strcmp(parts->scheme, "https") == 0;
	if (!target->https && (!parts->scheme || strcmp(parts->scheme, "http") != 0))
		return err_set(err, "'%s': only http:// and https:// are supported", target->url);
	if (asprintf(&path, "%s%s%s", parts->path, parts->query ? "?" : "", parts->query ? parts->query : "") < 0)
		path = NULL;
	if (asprintf(&target->authority, "%s%s%s", parts->host, parts->explicit_port ? ":" : "",
		     parts->explicit_port ? parts->explicit_port : "") < 0)
		target->authority = NULL;
	if ((parts->user || parts->password) &&
	    asprintf(&user, "%s:%s", parts->user ? parts->user : "", parts->password ? parts->password : "") < 0)
		user = NULL;
	target->host = host_bare(parts);
	bool bad = !path || !target->authority || !target->host || ((parts->user || parts->password) && !user);
	int result = bad ? err_set(err, "out of memory")
		     : request_form_init(&target->form, settings, target->authority, user, err) ||
				     place_find(target, parts, settings, err) ||
				     requests_make(target, path, settings, err)
			     ? -1
			     : 0;
	/* From here on it is the server's name in TLS alone. */
	char *name = !result && settings->host ? strndup(settings->host, strcspn(settings->host, ":")) : NULL;
	if (name) {
		free(target->host);
		target->host = name;
	}
	if (!result && target->https && !(target->tls_context = tls_context_new(&target->tls, target->host, err)))
		result = -1;
	free(path);
	free(user);
	return result;
}

int target_init(struct target *target, const char *url, const struct request_settings *settings, struct err *err)
{
	CURLU *parsed = curl_url();
	struct parts parts = { 0 };

	*target = (struct target){ .order = (enum request_order)settings->urls_order, .tls = settings->tls };
	int result = target_take_url(target, parsed, url, err) || parts_get(&parts, parsed, err) ||
				     target_fill(target, &parts, settings, err)
			     ? -1
			     : 0;
	parts_release(&parts);
	curl_url_cleanup(parsed);
	return result;
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

	if (target->address.ss_family == AF_UNIX) {
		snprintf(out, TARGET_ADDRESS_TEXT, "unix:%s", ((const struct sockaddr_un *)&target->address)->sun_path);
		return out;
	}
	if (getnameinfo((const struct sockaddr *)&target->address, target->address_bytes, host, sizeof host, port,
			sizeof port, NI_NUMERICHOST | NI_NUMERICSERV))
		return strcpy(out, "?");
	snprintf(out, TARGET_ADDRESS_TEXT, "%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
	return out;
}

unsigned target_port(const struct target *target)
{
	if (target->address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&target->address)->sin_port);
	return target->address.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)&target->address)->sin6_port)
						     : 0;
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
	for (size_t i = 0; i < target->others_count; i++)
		request_release(&target->others[i]);
	free(target->others);
	request_release(&target->first);
	request_form_release(&target->form);
	tls_context_free(target->tls_context);
	free(target->url);
	free(target->host);
	free(target->authority);
	*target = (struct target){ 0 };
}
