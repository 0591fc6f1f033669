/*
 * tls: one connection's TLS, by OpenSSL, between whatever carries its bytes and whatever reads its responses.
 *
 * It owns no socket. What the peer has sent is fed to it; what is to be sent stands in `output`; so an engine's io, or a blocking
 * socket, carries bytes as it does without TLS. A request is handed over at once, and encrypted when the handshake is over.
 *
 * Each thread has a context of its own, which holds what all its connections have in common, so that nothing is shared
 * while measuring. OpenSSL allocates for each handshake; on an open connection nothing is allocated.
 */
#ifndef CLIENTS_TLS_H
#define CLIENTS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/http.h"
#include "clients/request.h"
#include "harness/lib/err.h"

struct tls_context;

/* The longest request: what TLS adds, and the end of the handshake, goes with it (REQUEST_MAX). */
#define TLS_REQUEST_MAX 56000

/*
 * A context for connections to a server of that name, which its certificate must have unless it is not verified. Returns NULL
 * with err set: a file can't be read, or memory is out.
 */
struct tls_context *tls_context_new(const struct request_tls *settings, const char *host, struct err *err);

/* Every connection must have been ended. NULL is allowed. */
void tls_context_free(struct tls_context *context);

/* Of a connection. Zero bytes are one that has not begun. */
struct tls {
	void *ssl;         /* SSL *; NULL: it has not begun */
	const char *input; /* what was fed and is not read yet */
	size_t input_bytes;
	char *output; /* owned: output_bytes of output_room are to be sent, from output_sent on by the caller */
	size_t output_bytes, output_room;
	size_t output_taken;      /* of that, what the caller has handed on: its own */
	uint64_t since_ns;        /* when the connection was established: the caller's own */
	struct http_span request; /* to be encrypted once the handshake is over; not owned */
	uint32_t serial;          /* of the connections that this was */
	bool is_open;             /* the handshake is over */
	bool is_closed;           /* the peer has said that nothing follows (close_notify) */
	bool is_resumed;
};

/* Begins a connection, whose first bytes are then in `output`; one before it is forgotten. Returns 0; -1: memory is out. */
int tls_begin(struct tls *tls, struct tls_context *context);

/* Forgets the connection. The struct can begin another; tls_release() frees the rest. */
void tls_end(struct tls *tls);
void tls_release(struct tls *tls);

/* Hands over a request, which must stay where it is until it is encrypted. Its bytes are in `output` then. */
void tls_ask(struct tls *tls, struct http_span request);

/* Hands over what the peer has sent, which must stay where it is until tls_read() says TLS_MORE. */
static inline void tls_feed(struct tls *tls, const char *data, size_t bytes)
{
	tls->input = data;
	tls->input_bytes = bytes;
}

enum tls_event {
	TLS_MORE,   /* all is read */
	TLS_OPEN,   /* the handshake is over: read on */
	TLS_DATA,   /* `bytes` of plain text: read on */
	TLS_BROKEN, /* the connection can't be used; tls_explain() says why */
};

/* Reads on, into `room` bytes at `out`. There may be `output` after each call. */
enum tls_event tls_read(struct tls *tls, char *out, size_t room, size_t *bytes);

/* Why the connection is broken, in words. Returns out. */
#define TLS_TEXT 200
const char *tls_explain(const struct tls *tls, char out[TLS_TEXT]);

/* "TLSv1.3" and "TLS_AES_256_GCM_SHA384" of an open connection. */
const char *tls_version(const struct tls *tls);
const char *tls_cipher(const struct tls *tls);

#endif
