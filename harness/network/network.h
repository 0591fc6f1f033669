/*
 * network: the network in which a server is measured: a private one, made for each launch, or the host's.
 *
 * On the host's loopback interface the host shapes the curve: its accept queue usually holds 4096 connections, ports
 * are in TIME_WAIT from earlier measurements, and other programs' connections are in the kernel's counters. A private
 * network is a network namespace (network_namespaces(7)) with nothing but a loopback interface, which costs nothing
 * measurable. In it, and nowhere else, the kernel's limits are raised to what a sweep needs. It reaches nothing
 * outside, and nothing outside reaches it.
 *
 * The calling thread moves into the namespace, and the threads and processes that it starts from then on are in it. A
 * namespace ends with the last process and socket in it, so that a fresh one has no connection, listener or TIME_WAIT
 * of the launch before. A caller without the right to make one (CAP_SYS_ADMIN) first moves into a user namespace of its
 * own (user_namespaces(7)) that keeps its user and group; that must happen while the process has one thread, and there
 * is no way back.
 */
#ifndef HARNESS_NETWORK_NETWORK_H
#define HARNESS_NETWORK_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/err.h"

enum network_choice {
	NETWORK_AUTO, /* private where that is allowed, else the host's */
	NETWORK_PRIVATE,
	NETWORK_HOST,
};

extern const char *const network_choice_names[]; /* "auto", "private", "host", NULL */

/* The length of accept queues where no other is requested: the largest level less one, listen(2)'s maximum. */
#define NETWORK_BACKLOG 65535

/* Ephemeral ports in a private network. */
#define NETWORK_PORT_LOW  1024
#define NETWORK_PORT_HIGH 65535

/* Room for a description of what is lacking. */
#define NETWORK_TEXT 320

struct network {
	bool is_private;
	bool has_user_namespace; /* there is no way back into the host's network */
	int host;                /* the host's network namespace: a descriptor, owned; -1: none is kept */
	unsigned port, backlog;
	char reason
		[NETWORK_TEXT]; /* NETWORK_AUTO, and it is the host's: why, and what would allow a private one; else "" */
	char lacking[NETWORK_TEXT]; /* private: the limits (sysctl names) that could not be raised, and why; else "" */
};

/*
 * Chooses the network, and moves the calling thread into a private one where it is private. `port` is kept free of
 * the kernel's own choice; accept queues may hold `backlog` connections. Returns 0; or -1 with err set where a
 * private network was asked for and cannot be had. network_close() is allowed in both cases.
 */
int network_open(struct network *network, enum network_choice choice, unsigned port, unsigned backlog, struct err *err);

/*
 * Whether a private network can be had here: a process is forked that enters one, and ends. Returns 0, and `lacking` is what
 * struct network says; or -1 with err set: why not.
 */
int network_try(char lacking[NETWORK_TEXT], struct err *err);

/*
 * Moves the calling thread into a fresh private network; nothing where all servers run in the host's. Call it before each
 * launch of a server. Returns 0, or -1 with err set.
 */
int network_renew(struct network *network, struct err *err);

/*
 * Moves the calling thread back into the host's network, for a server that needs it, until network_renew(). Returns 0; or
 * -1 with err set where there is no way back.
 */
int network_leave(struct network *network, struct err *err);

/* The network in force: NETWORK_PRIVATE or NETWORK_HOST. */
static inline enum network_choice network_kind(const struct network *network)
{
	return network->is_private ? NETWORK_PRIVATE : NETWORK_HOST;
}

/* The value that a limit of the kernel has in the calling thread's network: "net/core/somaxconn", say. -1: unknown. */
long network_limit(const char *name);

/* Moves the calling thread back into the host's network, where that is possible, and releases the network. */
void network_close(struct network *network);

#endif
