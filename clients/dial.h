/*
 * dial: one request over a connection of its own, by a blocking socket.
 *
 * The sequential client and probes (clients/probe.h) use it. The engines, which hold many connections at once, do not.
 */
#ifndef CLIENTS_DIAL_H
#define CLIENTS_DIAL_H

#include <signal.h>
#include <sys/socket.h>

#include "clients/expected.h"
#include "harness/lib/err.h"

struct load_watch;

/* The longest body that is read. */
#define DIAL_BODY_MAX (64u << 20)

/* The request, and how the response is read. All pointers are the caller's. */
struct dial {
	const struct sockaddr_storage *address;
	socklen_t address_bytes;
	struct http_span request;
	bool bodyless;               /* it asks by HEAD */
	struct tls_context *tls;     /* over TLS; or NULL */
	uint64_t timeout_ns;         /* of the whole, from connect(2) to the last byte */
	uint64_t connect_timeout_ns; /* of connect(2), where that may take less than the whole; 0: it may take all */
	const volatile sig_atomic_t *stop; /* gives up soon after it is set; or NULL */
	const struct load_watch *watch;    /* told once of a server that is silent (stalled()); or NULL */
	const struct expected *expected;   /* compared with it as it arrives; or NULL */
	char *keep;                        /* the first keep_bytes of the body go here */
	size_t keep_bytes;
};

struct dial_response {
	unsigned status;
	uint64_t body_bytes;   /* of the whole body */
	uint8_t state;         /* of its comparison with the expected one, for expected_verdict() */
	uint64_t connect_ns;   /* from the start of connect(2) to its end; 0: it was not established */
	uint64_t handshake_ns; /* of TLS, after that; 0: there was none */
	uint64_t total_ns;     /* from the start of connect(2) to the last byte */
};

/*
 * Connects, sends the request, reads one response and closes. Returns 0 with the response filled in, be it right or not;
 * or -1 with *failure set to the kind, and err, where it is not NULL, to the description.
 */
int dial_fetch(const struct dial *dial, struct dial_response *response, enum load_failure *failure, struct err *err);

#endif
