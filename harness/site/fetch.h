/*
 * fetch: a file of results by its address.
 *
 * A baseline may be on a web server: https:// with its certificate verified; http:// only on a loopback address, which
 * no third party can intercept. file:// is a path. Redirects are followed a few times, and only to https://. The
 * response is bounded in size and time. An address without a scheme is a path, and left to the caller.
 */
#ifndef HARNESS_SITE_FETCH_H
#define HARNESS_SITE_FETCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/lib/err.h"

/* Whether an operand is an address, and not a path. */
bool fetch_is_address(const char *text);

/*
 * How an operand is shown: an address without user, password, query and fragment, which may hold secrets; one that
 * can't be parsed by its scheme only; a path as it is. Returns memory to free(), or NULL where memory is out.
 */
char *fetch_show(const char *text);

/*
 * Opens what is at the address, at its first byte, as a regular file: what came over the network is in one that has no
 * name and is gone with its stream. Returns NULL with err set, which begins with the address as fetch_show() has it:
 * the address is not allowed, there is no response or not 200, more than bytes_max bytes, or it took longer than
 * timeout_ns.
 */
FILE *fetch_open(const char *address, uint64_t bytes_max, uint64_t timeout_ns, struct err *err);

#endif
