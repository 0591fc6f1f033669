/*
 * sequence: one request after the other, led through the phases of a cell.
 *
 * It is for one connection what the crew is for many: it keeps the time, counts, follows the links, and leaves only the
 * requests to its client.
 */
#ifndef CLIENTS_SEQUENCE_H
#define CLIENTS_SEQUENCE_H

#include "clients/client.h"

/* One response, or the failure to get one. */
struct sequence_response {
	bool ok;                   /* a complete response came, right or wrong */
	enum load_failure failure; /* where not ok */
	unsigned status;
	uint64_t body_bytes;
	uint8_t state;                 /* of the comparison with the expected one, for expected_verdict() */
	uint64_t connect_ns, total_ns; /* from the start of the connection */
};

/* Asks for a path of the target over a connection of its own, and compares the body with the expected one as it arrives. */
typedef void sequence_ask(void *context, const char *path, const struct expected *expected,
			  struct sequence_response *response);

/* Offers the load of spec with `ask`. Same contract as `run` in struct client. */
int sequence_run(const struct load_spec *spec, sequence_ask *ask, void *context, struct load_sample *sample,
		 struct err *err);

#endif
