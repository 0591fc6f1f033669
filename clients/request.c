#include "clients/request.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"

const char *const request_http_names[] = { "1.1", "1.0", NULL };
const char *const request_order_names[] = { "turn", "shuffled", NULL };

/* The headers that benchctl sends unless others are given. */
#define USER_AGENT "benchctl"

bool request_is_secret(const char *name, size_t bytes)
{
	static const char *const parts[] = { "auth", "cookie", "token", "secret", "key", "password", "session" };
	char lower[64];

	if (bytes >= sizeof lower)
		bytes = sizeof lower - 1;
	for (size_t i = 0; i < bytes; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[bytes] = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(lower, parts[i]))
			return true;
	return false;
}

/* A token of RFC 9110 5.6.2: the name of a header, or a method. */
static bool is_token(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("!#$%&'*+-.^_`|~", text[i]))
			return false;
	return bytes > 0;
}

/* Whether a text has no control character, and so can't end its line; a tab may stand in a header's value. */
static bool is_line(const char *text, bool tabs)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 && !(tabs && *text == '\t')) || *text == 0x7f)
			return false;
	return true;
}

/* What can stand in a request line: no blank, no control character. */
static bool is_word(const char *text)
{
	return *text && is_line(text, false) && !strchr(text, ' ');
}

/* The text with each ${NAME} replaced by that variable of the environment; *named: there was one. NULL with err set. */
static char *expand(const char *text, bool *named, struct err *err)
{
	char *out = NULL, name[128];
	size_t bytes;
	FILE *to = open_memstream(&out, &bytes);

	*named = false;
	while (to && *text) {
		const char *end = strncmp(text, "${", 2) == 0 ? strchr(text, '}') : NULL;
		if (!end) {
			fputc(*text++, to);
			continue;
		}
		snprintf(name, sizeof name, "%.*s", (int)(end - text - 2), text + 2);
		const char *value = getenv(name);
		if (!value) {
			fclose(to);
			free(out);
			err_set(err, "there is no variable '%s' in the environment", name);
			return NULL;
		}
		fputs(value, to);
		*named = true;
		text = end + 1;
	}
	if (!to || text_close(to, &out)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return out;
}

/* The text of @FILE, or with each ${NAME} replaced; *hidden: it is not in the option itself. NULL with err set. */
static char *fetch(const char *text, bool *hidden, struct err *err)
{
	if (*text != '@')
		return expand(text, hidden, err);
	*hidden = true;
	return file_read(text + 1, err);
}

/* Why a header can't be given, by its name; NULL where it can. */
static const char *refused_header(const char *name, size_t bytes)
{
	static const struct {
		const char *name, *why;
	} refused[] = {
		{ "Connection", "it follows from --mode" },
		{ "Content-Length", "it follows from --body" },
		{ "Transfer-Encoding", "the body is sent with its length" },
	};

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (bytes == strlen(refused[i].name) && strncasecmp(name, refused[i].name, bytes) == 0)
			return refused[i].why;
	return NULL;
}

/* A header line is written to `to`; its text is not shown, since it may be secret. Returns 0, or -1 with err set. */
static int header_add(FILE *to, const char *line, bool hidden, struct err *err)
{
	size_t bytes = strcspn(line, ":");
	const char *why;

	if (!line[bytes] || !is_token(line, bytes))
		return err_set(err, "a header is written as 'Name: value'");
	if ((why = refused_header(line, bytes)))
		return err_set(err, "%.*s can't be given: %s", (int)bytes, line, why);
	if (!hidden && request_is_secret(line, bytes))
		return err_set(err,
			       "the value of %.*s would be shown in lists of processes and in results: "
			       "name a variable of the environment, as '%.*s: ${NAME}', or a file with the line: @FILE",
			       (int)bytes, line, (int)bytes, line);
	const char *value = line + bytes + 1;
	value += strspn(value, " \t");
	if (!is_line(value, true))
		return err_set(err, "the value of %.*s has a control character in it", (int)bytes, line);
	fprintf(to, "%.*s: %s\r\n", (int)bytes, line, value);
	return 0;
}

/* The lines of one option: its own text, or those of a file. */
static int headers_add(FILE *to, const char *option, struct err *err)
{
	bool hidden;
	char *text = fetch(option, &hidden, err);
	int result = text ? 0 : -1;

	if (text && *option != '@') {
		result = header_add(to, text, hidden, err);
		free(text);
		return result;
	}
	for (char *line = text, *end; line && *line && !result; line = end) {
		size_t bytes = strcspn(line, "\n");
		end = line + bytes + (line[bytes] == '\n');
		line[bytes] = 0;
		if (bytes && line[bytes - 1] == '\r')
			line[bytes - 1] = 0;
		if (*line)
			result = header_add(to, line, true, err);
	}
	free(text);
	return result;
}

/* Whether a block of header lines has one of that name. */
static bool has_header(const char *headers, const char *name)
{
	size_t bytes = strlen(name);

	for (const char *line = headers; *line; line = strchr(line, '\n') + 1)
		if (strncasecmp(line, name, bytes) == 0 && line[bytes] == ':')
			return true;
	return false;
}

static void base64(FILE *to, const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *data = (const unsigned char *)text;
	size_t bytes = strlen(text);

	for (size_t i = 0; i < bytes; i += 3) {
		unsigned left = bytes - i > 2 ? 3 : (unsigned)(bytes - i);
		unsigned long bits = (unsigned long)data[i] << 16 | (left > 1 ? data[i + 1] << 8 : 0) |
				     (left > 2 ? data[i + 2] : 0);
		for (unsigned j = 0; j < 4; j++)
			fputc(j <= left ? letters[bits >> (18 - 6 * j) & 63] : '=', to);
	}
}

/* USER:PASSWORD of --basic-auth. NULL with err set. */
static char *credentials_read(const char *option, struct err *err)
{
	bool hidden;
	char *text = fetch(option, &hidden, err);

	if (!text)
		return NULL;
	text[strcspn(text, "\r\n")] = 0;
	if (!hidden || !strchr(text, ':')) {
		free(text);
		err_set(err,
			hidden ? "it does not hold USER:PASSWORD"
			       : "it would be shown in lists of processes: name a variable of the environment that "
				 "holds USER:PASSWORD, as '${NAME}', or a file: @FILE");
		return NULL;
	}
	return text;
}

/* RFC 7617's header line, and then those that the user gives. Returns 0, or -1 with err set. */
static int own_headers(FILE *to, const struct request_settings *settings, const char *user, struct err *err)
{
	char *read = settings->basic_auth ? credentials_read(settings->basic_auth, err) : NULL;
	if (settings->basic_auth && !read)
		return err_prefix(err, "--basic-auth");
	if (read || user) {
		fputs("Authorization: Basic ", to);
		base64(to, read ? read : user);
		fputs("\r\n", to);
	}
	free(read);
	for (char **header = settings->headers; header && *header; header++)
		if (headers_add(to, *header, err))
			return err_prefix(err, "--header");
	return 0;
}

/* All header lines: first ours, where the user gives no other. Returns 0, or -1 with err set. */
static int headers_make(struct request_form *form, const struct request_settings *settings, const char *authority,
			const char *user, struct err *err)
{
	const char *const ours[][2] = { { "Host", settings->host ? settings->host : authority },
					{ "User-Agent", USER_AGENT },
					{ "Accept", "*/*" } };
	char *own = NULL;
	size_t bytes;
	FILE *to = open_memstream(&own, &bytes);
	int bad = !to ? err_set(err, "out of memory") : own_headers(to, settings, user, err);

	if (to && text_close(to, &own) && !bad)
		bad = err_set(err, "out of memory");
	if (!bad && (settings->basic_auth || user) && has_header(strchr(own, '\n') + 1, "Authorization"))
		bad = err_set(err, "there is an Authorization header already, besides that of the user");
	to = bad ? NULL : open_memstream(&form->headers, &bytes);
	for (size_t i = 0; to && i < sizeof ours / sizeof *ours; i++)
		if (!has_header(own, ours[i][0]))
			fprintf(to, "%s: %s\r\n", ours[i][0], ours[i][1]);
	if (to)
		fputs(own, to);
	if (!bad && (!to || text_close(to, &form->headers)))
		bad = err_set(err, "out of memory");
	free(own);
	return bad;
}

/* The body: bytes of a file may hold NULs. */
static int body_read(struct request_form *form, const char *option, struct err *err)
{
	if (*option != '@') {
		form->body = strdup(option);
		form->body_bytes = strlen(option);
		return form->body ? 0 : err_set(err, "out of memory");
	}
	FILE *file = file_open(option + 1, err);
	if (!file)
		return -1;
	form->body = malloc(REQUEST_MAX + 1);
	form->body_bytes = form->body ? fread(form->body, 1, REQUEST_MAX + 1, file) : 0;
	bool bad = ferror(file);
	fclose(file);
	if (!form->body || bad)
		return err_set(err, bad ? "%s can't be read" : "out of memory", option + 1);
	return form->body_bytes > REQUEST_MAX ? err_set(err, "%s is longer than a request may be (64 KiB)", option + 1)
					      : 0;
}

int request_form_init(struct request_form *form, const struct request_settings *settings, const char *authority,
		      const char *user, struct err *err)
{
	const char *method = settings->method ? settings->method : settings->body ? "POST" : "GET";

	*form = (struct request_form){ .http = (enum request_http)settings->http };
	if (settings->host && !is_word(settings->host))
		return err_set(err, "--host: '%.100s' is no name of a host", settings->host);
	if (settings->body && body_read(form, settings->body, err))
		return err_prefix(err, "--body");
	form->method = strdup(method);
	if (!form->method)
		return err_set(err, "out of memory");
	return headers_make(form, settings, authority, user, err);
}

void request_form_release(struct request_form *form)
{
	free(form->method);
	free(form->body);
	free(form->headers);
	*form = (struct request_form){ 0 };
}

/* One request, taken apart. */
struct line {
	const char *method, *path, *body;
	size_t body_bytes;
};

/*
 * HTTP/1.1 keeps a connection unless told otherwise, HTTP/1.0 closes it unless told otherwise (RFC 9112, 9.3 and C.2.2). A
 * method that as a rule has a body says so where it has none (RFC 9110 8.6).
 */
static int head_print(const struct request_form *form, const struct line *line, bool keepalive, char *out, size_t room)
{
	static const char *const connection[][2] = {
		[REQUEST_HTTP_1_1] = { "Connection: close\r\n", "" },
		[REQUEST_HTTP_1_0] = { "", "Connection: keep-alive\r\n" },
	};
	char length[48] = "";

	if (line->body || strcmp(line->method, "POST") == 0 || strcmp(line->method, "PUT") == 0 ||
	    strcmp(line->method, "PATCH") == 0)
		snprintf(length, sizeof length, "Content-Length: %zu\r\n", line->body_bytes);
	return snprintf(out, room, "%s %s HTTP/%s\r\n%s%s%s\r\n", line->method, line->path,
			request_http_names[form->http], form->headers, length, connection[form->http][keepalive]);
}

int request_write_get(const struct request_form *form, const char *path, char *out, size_t room)
{
	const struct line line = { .method = "GET", .path = path };
	int bytes = head_print(form, &line, false, out, room);

	return bytes < 0 || (size_t)bytes >= room ? -1 : bytes;
}

/* The bytes of a request, in memory of their own; NULL with err set. */
static char *bytes_make(const struct request_form *form, const struct line *line, bool keepalive, size_t *bytes,
			struct err *err)
{
	int head = head_print(form, line, keepalive, NULL, 0);
	char *text = head < 0 ? NULL : malloc((size_t)head + line->body_bytes + 1);

	if (!text) {
		err_set(err, "out of memory");
		return NULL;
	}
	head_print(form, line, keepalive, text, (size_t)head + 1);
	if (line->body_bytes)
		memcpy(text + head, line->body, line->body_bytes);
	*bytes = (size_t)head + line->body_bytes;
	text[*bytes] = 0;
	return text;
}

/* Takes "METHOD PATH BODY" apart, in place; what is missing is the form's. Returns 0, or -1 with err set. */
static int line_split(struct line *line, char *text, const struct request_form *form, struct err *err)
{
	*line = (struct line){ form->method, text, form->body, form->body_bytes };
	if (*text != '/' && *text != '*') {
		line->method = text;
		text += strcspn(text, " ");
		if (*text)
			*text++ = 0;
		line->path = text;
	}
	char *end = text + strcspn(text, " ");
	if (*end) {
		*end++ = 0;
		line->body = end;
		line->body_bytes = strlen(end);
	}
	if (!is_token(line->method, strlen(line->method)))
		return err_set(err, "'%.100s' is no method", line->method);
	if (strcmp(line->method, "CONNECT") == 0)
		return err_set(err, "CONNECT asks for a tunnel, not for a response");
	if ((*line->path != '/' && strcmp(line->path, "*") != 0) || !is_word(line->path))
		return err_set(err, "'%.200s' is no path: it begins with / and has no blank in it", line->path);
	return 0;
}

int request_init(struct request *request, const struct request_form *form, const char *text, struct err *err)
{
	char *copy = strdup(text);
	struct line line;
	int result = -1;

	*request = (struct request){ 0 };
	if (!copy) {
		err_set(err, "out of memory");
	} else if (!line_split(&line, copy, form, err)) {
		request->expected.bodyless = strcmp(line.method, "HEAD") == 0;
		request->path = strdup(line.path);
		request->request_close = bytes_make(form, &line, false, &request->request_close_bytes, err);
		request->request_keepalive = bytes_make(form, &line, true, &request->request_keepalive_bytes, err);
		if (!request->path || !request->request_close || !request->request_keepalive)
			err_set(err, "out of memory");
		else if (request->request_close_bytes > REQUEST_MAX || request->request_keepalive_bytes > REQUEST_MAX)
			err_set(err, "the request is longer than it may be (64 KiB)");
		else
			result = 0;
	}
	free(copy);
	return result;
}

void request_release(struct request *request)
{
	free(request->path);
	free(request->request_close);
	free(request->request_keepalive);
	free((char *)request->expected.body);
	*request = (struct request){ 0 };
}

int request_expect(struct request *request, unsigned status, const void *body, size_t body_bytes, struct err *err)
{
	char *copy = malloc(body_bytes + 1);

	if (!copy)
		return err_set(err, "out of memory");
	memcpy(copy, body, body_bytes);
	copy[body_bytes] = 0;
	free((char *)request->expected.body);
	request->expected.body = copy;
	request->expected.body_bytes = body_bytes;
	request->expected.status = status;
	return 0;
}

struct request_settings request_settings_merge(const struct request_settings *own, const struct request_settings *usual)
{
#define TAKE(field) .field = own->field ? own->field : usual->field
	return (struct request_settings){
		TAKE(method),       TAKE(headers),    TAKE(body),       TAKE(path),       TAKE(host),
		TAKE(resolve),      TAKE(basic_auth), TAKE(unix_path),  TAKE(urls),       TAKE(expect_status),
		TAKE(check),        TAKE(http),       TAKE(urls_order), TAKE(tls.cacert), TAKE(tls.cert),
		TAKE(tls.insecure), TAKE(tls.resume),
	};
#undef TAKE
}

int request_path_root(char **path, const char *folder, bool at, struct err *err)
{
	char *rooted;

	if (!*path || (at && **path != '@') || (*path)[at] == '/')
		return 0;
	if (asprintf(&rooted, "%s%s/%s", at ? "@" : "", folder, *path + at) < 0)
		return err_set(err, "out of memory");
	free(*path);
	*path = rooted;
	return 0;
}

int request_settings_root(struct request_settings *settings, const char *folder, struct err *err)
{
	char **const files[] = { &settings->urls, &settings->unix_path, &settings->tls.cacert, &settings->tls.cert };
	char **const may_be_files[] = { &settings->body, &settings->basic_auth };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (request_path_root(files[i], folder, false, err))
			return -1;
	for (size_t i = 0; i < sizeof may_be_files / sizeof *may_be_files; i++)
		if (request_path_root(may_be_files[i], folder, true, err))
			return -1;
	for (char **header = settings->headers; header && *header; header++)
		if (request_path_root(header, folder, true, err))
			return -1;
	return 0;
}

bool request_settings_given(const struct request_settings *settings)
{
	return settings->method || settings->headers || settings->body || settings->path || settings->host ||
	       settings->resolve || settings->basic_auth || settings->unix_path || settings->urls ||
	       settings->expect_status || settings->check;
}
