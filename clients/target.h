/*
 * target: what is asked for, where, and what the right responses are.
 *
 * A target is made once, before any load: the URL is taken apart (by libcurl's URL API), its name resolved, the requests
 * written out (clients/request.h). While measuring it is only read, by all threads.
 *
 * The right response of a request is either known (the pages of the server contract: target_expect()) or learned by a first
 * one (clients/probe.h), which also settles which of several addresses is taken.
 *
 * User information in the URL becomes an Authorization header, and is kept nowhere else: not in `url`, nor in any
 * message.
 */
#ifndef CLIENTS_TARGET_H
#define CLIENTS_TARGET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "clients/request.h"
#include "harness/lib/err.h"

/* Addresses of a name that are tried. */
#define TARGET_ADDRESSES_MAX 8
/* Holds any text of target_show_address(). */
#define TARGET_ADDRESS_TEXT 120

struct tls_context;

struct target_address {
	struct sockaddr_storage socket;
	socklen_t bytes;
};

struct target {
	char *url;       /* as given, without user information */
	char *host;      /* without brackets and port: the server's name in TLS */
	char *authority; /* for the Host header: the port only where it is not the scheme's default */
	bool https;
	struct request_tls tls;          /* its texts are those of the settings */
	struct tls_context *tls_context; /* https: of probes and sequential clients; owned */
	struct request_form form;
	union {
		struct request;
		struct request first;
	};
	struct request *others; /* of --urls: the second and on; owned */
	size_t others_count;
	enum request_order order;
	bool named; /* the host is a name, so which address was taken is not evident */
	struct target_address addresses[TARGET_ADDRESSES_MAX];
	size_t addresses_count;
	struct sockaddr_storage address; /* the address in use: the first until a probe selects another */
	socklen_t address_bytes;
};

/*
 * Makes a target of an http:// or https:// URL; its name is resolved here. The settings, and the texts in them, must outlive
 * it. Returns 0, or -1 with err set. Call target_release() in both cases.
 */
int target_init(struct target *target, const char *url, const struct request_settings *settings, struct err *err);

/* Says what the right response to the first request is. Returns 0, or -1 where memory is out. */
static inline int target_expect(struct target *target, unsigned status, const void *body, size_t body_bytes,
				struct err *err)
{
	return request_expect(&target->first, status, body, body_bytes, err);
}

/* The i-th request, from 0 up to others_count. */
static inline struct request *target_request(const struct target *target, size_t i)
{
	return (struct request *)(i ? &target->others[i - 1] : &target->first);
}

/* Its bytes: of keep-alive, or of a connection a request. */
static inline struct http_span target_bytes(const struct target *target, size_t i, bool keepalive)
{
	const struct request *request = target_request(target, i);

	return keepalive ? (struct http_span){ request->request_keepalive, request->request_keepalive_bytes }
			 : (struct http_span){ request->request_close, request->request_close_bytes };
}

/* Uses address i of the target's addresses from now on. */
void target_take_address(struct target *target, size_t i);

/* The address that is taken, as 192.0.2.1:80, [2001:db8::1%eth0]:80 or unix:/run/socket. Returns out. */
const char *target_show_address(const struct target *target, char out[TARGET_ADDRESS_TEXT]);

/* Its port; 0: a Unix socket. */
unsigned target_port(const struct target *target);

/* Whether the address is on loopback (127.0.0.0/8 or ::1). */
bool target_is_loopback(const struct target *target);

/*
 * Overwrites the user information in an argument of the command line, so that no list of processes shows it; the rest of
 * the argument moves up. An argument without any is left alone.
 */
void target_hide_user(char *argument);

void target_release(struct target *target);

#endif
