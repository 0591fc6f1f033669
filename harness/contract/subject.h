/*
 * subject: one server while its conformance is checked.
 *
 * It holds what every check needs: the server as processes, its start page as the known right response, its stderr (a
 * file in memory, so that its log lines can be counted and its last stderr output quoted), the time that is left, and
 * the finding that the check under way fills in.
 *
 * A check says first what it tries, then, where that fails, what was expected and what came. So a finding always names
 * the first thing that failed:
 *
 *     subject_try(subject, "GET /%u", n);
 *     ...
 *     return subject_fail(subject, "200", "%u", status);
 */
#ifndef HARNESS_CONTRACT_SUBJECT_H
#define HARNESS_CONTRACT_SUBJECT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/config/conf.h"
#include "harness/lib/clock.h"
#include "harness/server/service.h"

/* For a server to be gone after SIGTERM. */
#define SUBJECT_GRACE_NS (2 * CLOCK_S)

/* At least the number of checks, and the readiness before them. */
#define CONFORMANCE_FINDINGS_MAX 24

enum conformance_outcome {
	CONFORMANCE_PASSED,
	CONFORMANCE_FAILED,
	CONFORMANCE_NOT_ASKED, /* the server's section says that it can't */
};

/* What one check found. The texts are printable, on one line. */
struct conformance_finding {
	const char *check; /* its name; static memory */
	enum conformance_outcome outcome;
	char tried[128]; /* what was tried when the first thing failed */
	char expected[160];
	char got[480]; /* may contain text of the server */
};

/* What to check, and how. */
struct conformance_spec {
	const struct conf_server *server;
	unsigned port;                          /* for the server to listen on; must be free */
	const struct request_settings *request; /* what is asked of servers with a url; or NULL */
	unsigned backlog;                       /* for the server's listen(2) */
	struct network
		*network;    /* a fresh one of which all starts of the server are in, see harness/server/service.h */
	uint64_t ready_ns;   /* time for the server to be ready after a start */
	uint64_t timeout_ns; /* of each single wait */
	const volatile sig_atomic_t *stop; /* ends the checks early; or NULL */
};

struct subject {
	const struct conformance_spec *spec;
	struct service service;              /* its stderr is kept */
	uint64_t deadline;                   /* of the check under way */
	struct conformance_finding *finding; /* of the check under way */
};

/* Prepares everything but the start. Returns 0, or -1 with err set. Call subject_release() in both cases. */
int subject_init(struct subject *subject, const struct conformance_spec *spec, struct err *err);

/*
 * Starts the server and waits until it responds rightly. Where it does not, returns false with err set, which ends with
 * the server's last stderr output, and nothing of it is left running.
 */
bool subject_start(struct subject *subject, struct err *err);

/*
 * Whether the server's first process has exited; then `how` says so, with its last stderr output. Called where
 * something seems wrong: a death is seen on a connection before the keeper reports it, so this may wait for a moment.
 */
bool subject_has_exited(struct subject *subject, char *how, size_t room);

/*
 * Reads what the server has said on stderr, from an offset on, as text: at most room - 1 bytes, a zero byte as '?'.
 * Returns their number.
 */
size_t subject_read_stderr(const struct subject *subject, off_t from, char *out, size_t room);

/* Whether the checks are to end. */
bool subject_is_stopped(const struct subject *subject);

/* How long a single wait may last now, in nanoseconds: at least a millisecond. */
uint64_t subject_wait_ns(const struct subject *subject);

/* Notes what is tried from now on. */
void subject_try(struct subject *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was tried has failed. `got` may contain text of the server: it is sanitized. Always returns false. */
bool subject_fail(struct subject *subject, const char *expected, const char *got, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the server and releases everything. */
void subject_release(struct subject *subject);

#endif
