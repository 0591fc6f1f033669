/*
 * sources: the addresses that connections to loopback come from.
 *
 * A port can be used once for each pair of addresses, so many connections need several. IPv4 has all of 127.0.0.0/8; of IPv6 the
 * loopback has ::1, and what was added to it: a private network has SOURCES_V6 addresses below SOURCES_V6_PREFIX.
 */
#ifndef CLIENTS_SOURCES_H
#define CLIENTS_SOURCES_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "clients/target.h"

/* Over IPv4: 127.0.0.1 to 127.0.0.250. */
#define SOURCES_MAX 250
/* Over IPv6: ::1, and PREFIX::1 to PREFIX::10 (hexadecimal); a prefix of private use (RFC 4193). */
#define SOURCES_V6        16
#define SOURCES_V6_PREFIX "fd00:6265:6e63:6800"
/*
 * Connections per source address. connect() tries the even half of the ephemeral ports first (usually 14,116 of them),
 * port by port from a random one, so that it slows down by a thousand times as that half fills up.
 */
#define SOURCES_CONNECTIONS 8192

struct source {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t bytes;
};

struct sources {
	struct source all[SOURCES_MAX]; /* the first is the kernel's choice too */
	uint32_t count;                 /* 1: the kernel's choice alone */
};

/* The IPv6 address of that number below SOURCES_V6_PREFIX, from 1 to SOURCES_V6. */
struct in6_addr sources_v6(unsigned number);

/* The addresses that this network has for connections to the target (NULL: to one on IPv4's loopback). */
void sources_init(struct sources *sources, const struct target *target);

/* The number of them that so many connections to the target are spread over: 1 at least, all at most. */
uint32_t sources_for(const struct target *target, uint64_t connections);

#endif
