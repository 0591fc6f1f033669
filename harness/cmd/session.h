/*
 * session: launches of servers that are to be compared with each other, in one go: what `ab`, `calibrate` and the self-test
 * of `compare` have in common.
 *
 * A session is a sweep (harness/run/sweep.h) without the sequential cell. Its servers are arms, which take turns, AB BA AB BA,
 * or those of bench.conf in the order of a run. Progress goes to stderr as that of `run` does. ^C ends it early: what was
 * measured is in the document then.
 */
#ifndef HARNESS_CMD_SESSION_H
#define HARNESS_CMD_SESSION_H

#include "harness/cmd/common.h"
#include "harness/cmd/progress.h"
#include "harness/record/document.h"
#include "harness/record/ledger.h"
#include "harness/run/sweep.h"
#include "harness/server/availability.h"

struct session {
	const struct command *command;   /* whose words errors have */
	const struct settings *settings; /* the caller's, as are the servers */
	const struct conf_server **servers;
	size_t count;
	bool has_arms; /* they are arms: none is left out, and where one has no figure the rest is for nothing */
	struct availability *found; /* as servers; owned, as is what follows */
	struct document document;   /* the cells of all servers, by their names */
	struct ledger ledger;
	struct sweep sweep;
	struct progress progress;
	struct sweep_watch watch;
	char folder[COMMON_FOLDER]; /* "": nothing is kept on the disk */
	struct err hopeless;        /* why it was given up while it ran, or "" */
	struct err failure;         /* what was complained of, or "" */
};

/*
 * The usual settings of a session, for a struct that is zeroed: those of a run; its own table of options comes after.
 * Returns 0, or -1 with err set.
 */
int session_default(struct settings *settings, struct err *err);

/*
 * Settles what is to be known before the first launch, and that all servers can run here: those that can't are left out
 * where they are no arms. The fields down to has_arms are set, the others zero. Returns an exit code; not EXIT_OK: it
 * was complained of.
 */
int session_prepare(struct session *session);

/*
 * The folder results/NAME (NULL: by date and time) with its ledger, for a session that is to be kept. Call it between
 * session_prepare() and session_run(). Returns an exit code in the same way.
 */
int session_keep(struct session *session, const char *name);

/*
 * Measures. Returns EXIT_OK; EXIT_INTERRUPTED; or EXIT_NO_RUN, which was complained of. The document has what was
 * measured, in each case.
 */
int session_run(struct session *session);

/* Lets go of what it owns; the struct may be zeroed but for ledger.fd, -1. */
void session_release(struct session *session);

#endif
