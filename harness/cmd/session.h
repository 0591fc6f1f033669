/*
 * session: one sweep of servers, from choosing them to the last cell. `run`, `ab`, `calibrate` and the self-test of
 * `compare` are made of it.
 *
 *     session.command, .settings and .kind are set by the caller, the rest is zero
 *     session_choose(), or session_arms()    which servers
 *     session_prepare()                      can it be measured here? nothing has been launched yet
 *     session_keep()                         the folder of the results; not for a session that is thrown away
 *     session_run()                          measures
 *     session_release()                      in any case
 *
 * Errors are printed here, as those of the command; a function returns the exit code. Progress goes to stderr. ^C ends
 * a session early: what was measured is in the document then.
 */
#ifndef HARNESS_CMD_SESSION_H
#define HARNESS_CMD_SESSION_H

#include "harness/cmd/common.h"
#include "harness/cmd/runs.h"
#include "harness/lib/lock.h"
#include "harness/record/document.h"
#include "harness/record/ledger.h"
#include "harness/run/sweep.h"
#include "harness/server/availability.h"

enum session_kind {
	SESSION_RUN,      /* for people to read: with a sequential cell, and the control server as the ceiling */
	SESSION_LAUNCHES, /* levels only, many launches of each server */
	SESSION_ARMS, /* the servers are arms, launched in turn, AB BA AB BA: if one does not work, the session is pointless */
};

struct session {
	const struct command *command;
	struct settings *settings; /* the caller's; --seed 0 is replaced by the seed that is used */
	enum session_kind kind;
	bool levels_given; /* the command line itself names levels; without it there are default levels */
	/* Owned: */
	const struct conf_server **servers;
	struct availability *found; /* as servers */
	size_t count;
	bool adds_control;        /* servers[0] is the control server, which was not named */
	struct document document; /* the cells of all servers, by their names */
	struct document before;   /* for a resumed run: the options that it was started with */
	struct lock lock;         /* of the folder */
	struct ledger ledger;     /* open where sweep.ledger is set */
	struct sweep sweep;
	struct network network;   /* the network of servers and client, from session_prepare() on */
	char folder[RUNS_FOLDER]; /* results/NAME */
	struct err failure;       /* the error that was printed, or "" */
};

/*
 * The usual settings of a session, for a struct that is zeroed: those of `run`; the command's own table comes after.
 * Returns 0, or -1 with err set.
 */
int session_default(struct settings *settings, struct err *err);

/*
 * The servers of the configuration that --servers names, each once; without it all of them, for a preset the servers
 * that it selects. A run gets the control server too, unless --ceiling=no: without it a server's limit could not be
 * told from the client's. The configuration must outlive the session.
 */
int session_choose(struct session *session, const struct conf *conf);

/* Takes these servers, which must outlive the session. */
int session_arms(struct session *session, const struct conf_server *servers, size_t count);

/*
 * Settles what must be known before the first launch: the client, modes, CPUs, port, backlog, and which servers can run here.
 * A server that can't is left out, with its reason on stderr; one that was named, or is an arm, is an error.
 */
int session_prepare(struct session *session);

/*
 * Makes the folder results/NAME (--out; by default the date and time) with the ledger; or continues that of the resumed
 * run (--resume), if nothing that matters has changed. A run writes its run.json before anything is launched, so that
 * it can be resumed whatever ends it.
 */
int session_keep(struct session *session);

/* Measures. Not EXIT_OK: EXIT_INTERRUPTED, or EXIT_NO_RUN; the document has what was measured in each case. */
int session_run(struct session *session);

/* Releases what the session owns. */
void session_release(struct session *session);

#endif
