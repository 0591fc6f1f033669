/*
 * probe: one request to see whether a target responds, and rightly.
 *
 * An unknown page is learned by the same request that is measured: a server may respond differently to HTTP/1.0, or to
 * a request to close. A page that changes by itself shows in a second probe.
 */
#ifndef CLIENTS_PROBE_H
#define CLIENTS_PROBE_H

#include <signal.h>

#include "clients/target.h"

struct load_watch;

/* The status codes that a first response may have to be taken as right. */
struct probe_accept {
	unsigned min, max;
};

/* "200", or "3xx" for a whole class; NULL: 2xx. Returns 0, or -1 with err set. */
int probe_accept_parse(struct probe_accept *accept, const char *text, struct err *err);

/*
 * Asks each address of the target in turn until one takes the connection, which the target keeps, and takes its response as
 * the right one. The whole is bounded by timeout_ns and DIAL_BODY_MAX; the watch (or NULL) is told of a server that is silent
 * meanwhile. Returns 0; or -1 with err set: there was no response, none in HTTP, or one with a status that is not accepted.
 */
int probe_learn(struct target *target, bool keepalive, struct probe_accept accept, uint64_t timeout_ns,
		const volatile sig_atomic_t *stop, const struct load_watch *watch, struct err *err);

/*
 * Sends a request and compares the response. Returns 0 if it is right, 1 if there was a complete response that differs
 * (err says how), -1 if there was none. Gives up soon after *stop is set (NULL: never).
 */
int probe_compare(const struct target *target, bool keepalive, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
		  struct err *err);

/*
 * Asks a second time for a page that was learned. Returns 0; or -1 with err set where the body changes by itself, which
 * then names the closest check that fits. Any other trouble is left to the measurement, which counts it. The watch: as above.
 */
int probe_repeat(const struct target *target, bool keepalive, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
		 const struct load_watch *watch, struct err *err);

#endif
