/*
 * failure: why a request failed.
 *
 * Only a complete and correct response is ok; every other end of a request is one of these kinds, and a counter of the
 * sample (clients/client.h). A failure of the measurement itself is a `struct err` instead.
 */
#ifndef CLIENTS_FAILURE_H
#define CLIENTS_FAILURE_H

enum load_failure {
	LOAD_REFUSED,       /* connection refused */
	LOAD_RESET,         /* connection reset, or the pipe broken */
	LOAD_TIMEOUT,       /* no complete response within the timeout, or the kernel gave up connecting */
	LOAD_EOF_EARLY,     /* the connection ended before the response did */
	LOAD_BAD_STATUS,    /* another status code than the right response's */
	LOAD_BAD_BODY,      /* another body */
	LOAD_BAD_HTTP,      /* not a valid HTTP response, or bytes after it */
	LOAD_NO_LOCAL_PORT, /* this host had no port left (EADDRNOTAVAIL) */
	LOAD_NO_FD,         /* this process had no file descriptor left (EMFILE, ENFILE) */
	LOAD_OTHER,
	LOAD_TLS, /* TLS could not be agreed on, or what came was none */
	LOAD_FAILURES
};

extern const char *const load_failure_names[LOAD_FAILURES]; /* "refused", "reset", ... */

/* The failure that an errno of a socket call means. */
enum load_failure load_failure_of_errno(int number);

#endif
