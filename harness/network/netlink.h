/*
 * netlink: the few requests to the kernel's routing tables that a private network namespace needs.
 *
 * Each function opens a NETLINK_ROUTE socket (rtnetlink(7)) in the network namespace of the calling thread, sends one
 * request, waits for its acknowledgement and closes the socket. The namespace must belong to a user namespace in which
 * the caller has CAP_NET_ADMIN.
 */
#ifndef HARNESS_NETWORK_NETLINK_H
#define HARNESS_NETWORK_NETLINK_H

#include <netinet/in.h>

#include "harness/lib/err.h"

/* Brings the loopback interface up; 127.0.0.0/8 and ::1 are usable from then on. Returns 0, or -1 with err set. */
int netlink_loopback_up(struct err *err);

/* Adds an IPv6 address with a prefix length of 128 bits to the loopback interface. Returns 0, or -1 with err set. */
int netlink_loopback_add(const struct in6_addr *address, struct err *err);

#endif
