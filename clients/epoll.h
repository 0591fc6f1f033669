/*
 * epoll: the engine's I/O by non-blocking sockets and level-triggered epoll(7).
 *
 * In close mode a request costs six system calls and a shared epoll_pwait2: socket, connect, send, epoll_ctl, recv,
 * close (two more, setsockopt and bind, where source addresses are spread). On loopback the handshake is over when
 * connect() returns EINPROGRESS, so the request is sent at once, without waiting for an event; if that is too early,
 * send() says EAGAIN and epoll takes over. In keep-alive mode it is send and recv: a connection is registered once.
 */
#ifndef CLIENTS_EPOLL_H
#define CLIENTS_EPOLL_H

#include "clients/client.h"

extern const struct client client_epoll;

#endif
