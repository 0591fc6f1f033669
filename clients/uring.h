/*
 * uring: the engine's I/O by io_uring(7), for the least CPU per request.
 *
 * A connection is never a file descriptor: it is in the ring's own table ("direct descriptors"), so that no table is
 * locked and no free number is searched. Socket, connect, send and receive are one linked chain; the receive is a
 * multishot one, which reports the response and the connection's end alike, from buffers that all connections share.
 * Many chains enter the kernel with one system call. In keep-alive a request is a single send.
 *
 * It needs Linux 6.1 (IORING_SETUP_DEFER_TASKRUN: what completes is worked on when this thread asks for it, and never
 * interrupts it), and for more connections than one source address has ports for, 6.11 (IORING_OP_BIND).
 */
#ifndef CLIENTS_URING_H
#define CLIENTS_URING_H

#include "clients/client.h"

extern const struct client client_uring;

/*
 * Whether a ring as this client needs it can be made here. Returns 0, or the errno of io_uring_setup(2) (or of the thread that
 * tries); *binds: it has IORING_OP_BIND, without which there are at most SOURCES_CONNECTIONS connections.
 */
int uring_probe(bool *binds);

#endif
