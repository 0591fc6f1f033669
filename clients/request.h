/*
 * request: what is asked: an HTTP request as the bytes that are sent, and what its right response is.
 *
 * A user describes requests by options (struct request_settings; their rows are harness/config/settings_request.def), alike
 * for `load`, `run`, `ab` and the servers of bench.conf. All is written out before anything is measured: an engine only sends
 * bytes that are there.
 *
 * What is secret stands in no option: a header's value may name variables of the environment, as ${TOKEN}, and @FILE stands
 * for the lines of a file. Options are shown in results and in lists of processes as they were given, so a literal
 * value of a header that is secret by its name (request_is_secret()) is refused. So is whatever would end a header line.
 */
#ifndef CLIENTS_REQUEST_H
#define CLIENTS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/expected.h"
#include "harness/lib/err.h"

/* The version of HTTP that is asked in. */
enum request_http { REQUEST_HTTP_1_1, REQUEST_HTTP_1_0 };

extern const char *const request_http_names[]; /* "1.1", "1.0", NULL */

/* In which order several requests are sent: each thread goes through them, from a place of its own. */
enum request_order { REQUEST_IN_TURN, REQUEST_SHUFFLED };

extern const char *const request_order_names[]; /* "turn", "shuffled", NULL */

/* What TLS is asked with. */
struct request_tls {
	char *cacert;  /* a file of certificates that are trusted, instead of the system's; or NULL */
	char *cert;    /* a file with the client's certificate and its key; or NULL */
	bool insecure; /* the server's certificate is not verified */
	int resume;    /* 1: a connection resumes the session of one before it */
};

/* As options give it. A text is NULL where it is not given. */
struct request_settings {
	char *method;        /* GET; POST where there is a body */
	char **headers;      /* "Name: value", or "@FILE"; NULL-terminated */
	char *body;          /* the text itself, or "@FILE" */
	char *path;          /* instead of the URL's */
	char *host;          /* of the Host header, and in TLS the server's name; instead of the URL's */
	char *resolve;       /* ADDRESS or ADDRESS:PORT to connect to, whatever the URL's host resolves to */
	char *basic_auth;    /* "@FILE" or "${NAME}", which hold USER:PASSWORD */
	char *unix_path;     /* of a socket to connect to instead of an address */
	char *urls;          /* a file with a request a line */
	char *expect_status; /* that the first response must have: 2xx */
	char *check;         /* how closely responses are compared with the first: exact */
	int http;            /* enum request_http */
	int urls_order;      /* enum request_order */
	struct request_tls tls;
};

/* The longest request, head and body, in bytes: what a connection can count as sent. */
#define REQUEST_MAX UINT16_MAX
/* Requests of a file, at most: each has what is remembered of its response, for each thread. */
#define REQUESTS_MAX 10000

struct request {
	char *path;          /* with the query; this and all texts are owned */
	char *request_close; /* asks the server to close after its response */
	char *request_keepalive;
	size_t request_close_bytes, request_keepalive_bytes;
	struct expected expected; /* its body is the request's */
};

/* What the requests of a target have in common. */
struct request_form {
	enum request_http http;
	char *method, *body; /* of those that have none of their own; owned */
	size_t body_bytes;
	char *headers; /* all lines but those of Connection and Content-Length, each with its end; owned */
};

/*
 * Reads what settings say, with the files and variables that they name, for a server of that authority (for the Host header);
 * `user` is USER:PASSWORD of the URL, or NULL. Returns 0, or -1 with err set. Call request_form_release() in both cases.
 */
int request_form_init(struct request_form *form, const struct request_settings *settings, const char *authority,
		      const char *user, struct err *err);

void request_form_release(struct request_form *form);

/*
 * Writes out one request: "PATH", "METHOD PATH" or "METHOD PATH BODY"; what is not said is the form's. Returns 0, or -1 with
 * err set. Call request_release() in both cases.
 */
int request_init(struct request *request, const struct request_form *form, const char *line, struct err *err);

void request_release(struct request *request);

/*
 * Writes a GET request for a path, in close mode, with the form's headers, into `room` bytes. Returns its length, or -1 where
 * it does not fit.
 */
int request_write_get(const struct request_form *form, const char *path, char *out, size_t room);

/* Says what the right response is: status and a copy of the body. Returns 0, or -1 where memory is out. */
int request_expect(struct request *request, unsigned status, const void *body, size_t body_bytes, struct err *err);

/* Whether a header's value is secret, by its name: Authorization, Cookie, X-Api-Key and their like. */
bool request_is_secret(const char *name, size_t bytes);

/*
 * The settings of one server, and where it says nothing those of all: the texts stay those of both.
 */
struct request_settings request_settings_merge(const struct request_settings *own,
					       const struct request_settings *usual);

/*
 * Paths that do not begin with / are from this folder on, from now on: those of files, also as @FILE, and of a socket. Returns 0;
 * or -1 with err set: memory is out.
 */
int request_settings_root(struct request_settings *settings, const char *folder, struct err *err);

/* The same for one path, which may be NULL; `at`: only one that is written as @FILE. */
int request_path_root(char **path, const char *folder, bool at, struct err *err);

/* Whether any option is given that says what to ask; http and those of TLS are not among them. */
bool request_settings_given(const struct request_settings *settings);

#endif
