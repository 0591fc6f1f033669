/*
 * target: what is asked for, where, and what the right response is.
 *
 * A target is made once, before any load: the URL is taken apart (by libcurl's URL API), its name resolved, the requests
 * written out. While measuring it is only read, by all threads.
 *
 * The right response is either known (the pages of the server contract: target_expect()) or learned by a first request
 * (clients/probe.h), which also settles which of several addresses is taken.
 *
 * User information in the URL becomes an Authorization header, and stands nowhere else: not in `url`, nor in any message.
 */
#ifndef CLIENTS_TARGET_H
#define CLIENTS_TARGET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "clients/expected.h"
#include "harness/lib/err.h"

/* Addresses of a name that are tried. */
#define TARGET_ADDRESSES_MAX 8
/* Holds any text of target_show_address(). */
#define TARGET_ADDRESS_TEXT 80

/* The version of HTTP that is asked in. */
enum target_http { TARGET_HTTP_1_1, TARGET_HTTP_1_0 };

extern const char *const target_http_names[]; /* "1.1", "1.0", NULL */

struct target_address {
	struct sockaddr_storage socket;
	socklen_t bytes;
};

struct target {
	char *url;           /* as given, without user information */
	char *path;          /* with the query */
	char *authority;     /* for the Host header: the port only where it is not the scheme's default */
	char *authorization; /* a header line with its end; "" where the URL has no user information */
	enum target_http http;
	bool named; /* the host is a name, so which address was taken is not evident */
	struct target_address addresses[TARGET_ADDRESSES_MAX];
	size_t addresses_count;
	struct sockaddr_storage address; /* the one that is taken: the first until a probe says otherwise */
	socklen_t address_bytes;
	char *request_close; /* asks the server to close after its response */
	char *request_keepalive;
	size_t request_close_bytes, request_keepalive_bytes;
	struct expected expected; /* its body is the target's */
};

/*
 * Makes a target of an http:// URL; its name is resolved here. Returns 0, or -1 with err set.
 * Call target_release() in both cases.
 */
int target_init(struct target *target, const char *url, enum target_http http, struct err *err);

/* Says what the right response is: status and a copy of the body. Returns 0, or -1 where memory is out. */
int target_expect(struct target *target, unsigned status, const void *body, size_t body_bytes, struct err *err);

/* The request that is measured: of keep-alive, or of a connection a request. */
static inline struct http_span target_request(const struct target *target, bool keepalive)
{
	return keepalive ? (struct http_span){ target->request_keepalive, target->request_keepalive_bytes }
			 : (struct http_span){ target->request_close, target->request_close_bytes };
}

/*
 * Writes a request for another path of the target, in close mode, into `room` bytes. Returns its length, or -1 where it does
 * not fit.
 */
int target_write_request(const struct target *target, const char *path, char *out, size_t room);

/* Takes address i of the target's addresses from now on. */
void target_take_address(struct target *target, size_t i);

/* The address that is taken, as 192.0.2.1:80 or [2001:db8::1%eth0]:80. Returns out. */
const char *target_show_address(const struct target *target, char out[TARGET_ADDRESS_TEXT]);

/* Whether the address is on loopback (127.0.0.0/8 or ::1). */
bool target_is_loopback(const struct target *target);

/*
 * Overwrites the user information in an argument of the command line, so that no list of processes shows it; the rest of
 * the argument moves up. An argument without any is left alone.
 */
void target_hide_user(char *argument);

void target_release(struct target *target);

#endif
