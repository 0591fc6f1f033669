/*
 * target: what is asked for, where, and what the right response is.
 *
 * A target is made once, before any load: the URL is taken apart (by libcurl's URL API), the address resolved,
 * the request of each mode written out. While measuring it is only read, by all threads.
 *
 * The right response is either known (the pages of the server contract) or learned from a first response. A later
 * one is compared with it piece by piece as it arrives, so that no response is ever stored.
 */
#ifndef CLIENTS_TARGET_H
#define CLIENTS_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "clients/http.h"
#include "harness/lib/err.h"

/* The longest body that target_learn() takes. */
#define TARGET_BODY_MAX (64u << 20)

/* How closely a response is compared; each includes those after it. */
enum target_check {
	TARGET_EXACT,  /* every byte of the body */
	TARGET_LENGTH, /* the length of the body */
	TARGET_STATUS, /* the status code */
};

extern const char *const target_check_names[]; /* "exact", "length", "status", NULL */

/* The words for a response that is not the right one, as formats: its status and the right one; both bodies' bytes. */
#define TARGET_WRONG_STATUS "status %u instead of %u"
#define TARGET_WRONG_BODY   "a body of %llu bytes that is not the right one (%zu bytes)"

struct target {
	char *url;       /* as given, with a path */
	char *path;      /* with the query */
	char *authority; /* host and port, for the Host header */
	struct sockaddr_storage address;
	socklen_t address_bytes;
	char *request_close;     /* HTTP/1.0, as in 2010: the server closes after its response */
	char *request_keepalive; /* HTTP/1.1 */
	size_t request_close_bytes, request_keepalive_bytes;
	unsigned status; /* of the right response */
	char *body;      /* of the right response; NULL while it is not known */
	size_t body_bytes;
};

/*
 * Makes a target of an http:// URL; its name is resolved here. Returns 0, or -1 with err set.
 * Call target_release() in both cases.
 */
int target_init(struct target *target, const char *url, struct err *err);

/* Says what the right response is: status and a copy of the body. Returns 0, or -1 where memory is out. */
int target_expect(struct target *target, unsigned status, const void *body, size_t body_bytes, struct err *err);

/*
 * Asks once, over a connection of its own, and takes the response as the right one. Bounded by timeout_ns and
 * TARGET_BODY_MAX. Returns 0, or -1 with err set: no response, or none in HTTP.
 */
int target_learn(struct target *target, uint64_t timeout_ns, struct err *err);

/*
 * Asks once and compares with the right response. Returns 0 where it is the same, 1 where there was a complete
 * response but another one (err says how it differs), -1 where there was none.
 */
int target_probe(const struct target *target, uint64_t timeout_ns, struct err *err);

/* Whether a piece of a body, which starts at `offset`, goes with the right response. */
static inline bool target_piece_matches(const struct target *target, enum target_check check, uint64_t offset,
					const struct http_span *piece)
{
	if (check == TARGET_STATUS)
		return true;
	if (piece->bytes > target->body_bytes || offset > target->body_bytes - piece->bytes)
		return false;
	return check == TARGET_LENGTH || memcmp(target->body + offset, piece->data, piece->bytes) == 0;
}

/* Whether a body that has ended after body_bytes is as long as the right response's. */
static inline bool target_end_matches(const struct target *target, enum target_check check, uint64_t body_bytes)
{
	return check == TARGET_STATUS || body_bytes == target->body_bytes;
}

/* Whether the address is on loopback (127.0.0.0/8 or ::1). */
bool target_is_loopback(const struct target *target);

void target_release(struct target *target);

#endif
