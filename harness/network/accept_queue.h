/*
 * accept_queue: the connections that the kernel has completed for a server and the server has not accepted.
 *
 * A listening socket holds them up to its backlog (listen(2)); beyond it the kernel drops the SYNs of further clients,
 * which try again after 1, 3 and 7 seconds. The length is read from the kernel by sock_diag(7), in the network
 * namespace in which the queue was opened. Several sockets that listen on the port (SO_REUSEPORT) are added up.
 */
#ifndef HARNESS_NETWORK_ACCEPT_QUEUE_H
#define HARNESS_NETWORK_ACCEPT_QUEUE_H

#include <stdint.h>

#include "harness/lib/err.h"

struct mnl_socket;

struct accept_queue {
	struct mnl_socket *socket; /* owned; NULL: not open */
	unsigned port;
	unsigned sequence;
};

/* The state of a queue at one moment. */
struct accept_queue_state {
	uint32_t listeners; /* sockets that listen on the port; 0: none, and the rest is 0 */
	uint32_t length;    /* connections that wait to be accepted */
	uint32_t backlog;   /* how many may wait: the smaller of listen(2)'s argument and net.core.somaxconn */
};

/* Opens the queue of a port, 1 to 65535. Returns 0; or -1 with err set, and nothing to release. */
int accept_queue_open(struct accept_queue *queue, unsigned port, struct err *err);

/* Reads the queue; two system calls an address family, and no allocation. Returns 0, or -1 with err set. */
int accept_queue_read(struct accept_queue *queue, struct accept_queue_state *state, struct err *err);

/* Closes the queue; a closed one is allowed. */
void accept_queue_close(struct accept_queue *queue);

#endif
