/*
 * dial: one connection over a blocking socket, for everything that asks one thing at a time.
 *
 * The sequential client measures with it, and learning and probing a response use it. The engines, which hold
 * many connections at once, have their own way.
 */
#ifndef CLIENTS_DIAL_H
#define CLIENTS_DIAL_H

#include <stdint.h>

#include "clients/http.h"
#include "clients/target.h"
#include "harness/lib/err.h"

/* One response as read by dial_fetch(). */
struct dial_response {
	unsigned status;
	uint64_t body_bytes; /* of the whole body */
	size_t kept_bytes;   /* of it in the caller's room */
	uint64_t connect_ns; /* from the start of connect(2) to its end */
	uint64_t total_ns;   /* from the start of connect(2) to the last byte */
};

/*
 * Connects, sends a request, reads one response and closes. The first `room` bytes of the body go to `keep`.
 * timeout_ns bounds the whole. Returns 0 with the response filled in; or -1 with *failure set to the kind
 * (enum load_failure, clients/client.h) and err, where it is not NULL, to the words.
 */
int dial_fetch(const struct target *target, const char *request, size_t request_bytes, uint64_t timeout_ns, char *keep,
	       size_t room, struct dial_response *response, int *failure, struct err *err);

#endif
