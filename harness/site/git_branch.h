/*
 * git_branch: a branch of a git repository in which a site lies, by git itself.
 *
 * The branch is fetched (its last commit alone) into a temporary repository, whose work tree is a folder to publish to, and pushed
 * from there, never by force: where another has pushed in between, it is fetched again and all is done anew. The repository in
 * which benchctl was called is only asked for its configuration: a remote's name and the credentials that a CI job has there work,
 * also in a clone of depth 1. Only the transports file, ssh, git, http and https are allowed, and no hook runs. Passwords in
 * addresses are cut out of what git says.
 */
#ifndef HARNESS_SITE_GIT_BRANCH_H
#define HARNESS_SITE_GIT_BRANCH_H

#include <signal.h>
#include <stdbool.h>

#include "harness/lib/err.h"

#define GIT_BRANCH_PREFIX "git:"
#define GIT_BRANCH_TRIES  50 /* of a push, while others push */

struct git_branch {
	char *remote, *name;               /* owned */
	char *folder;                      /* the work tree, after git_branch_fetch(); owned */
	char *git_dir;                     /* of the temporary repository; owned */
	char *include;                     /* configuration to go by: include.path=..; NULL: none; owned */
	char *shown;                       /* the place, for people, without credentials; owned */
	bool has_identity;                 /* git knows who commits */
	const volatile sig_atomic_t *stop; /* once it is set, git is ended; or NULL */
};

/* Takes `git:REMOTE#BRANCH` apart, where REMOTE is an address, a path or the name of a remote. Nothing is fetched. Returns 0, or
 * -1 with err set. Release the branch in both cases. */
int git_branch_open(struct git_branch *branch, const char *place, const volatile sig_atomic_t *stop, struct err *err);

/* Fetches the branch into its folder, in place of what an earlier call has left there; a branch that there is not yet is an
 * empty folder. Returns 0, or -1 with err set. */
int git_branch_fetch(struct git_branch *branch, struct err *err);

/* Commits what is in the folder, and pushes it. Returns 0, also where nothing has changed; 1 where another was first: fetch
 * again; or -1 with err set. */
int git_branch_push(struct git_branch *branch, const char *message, struct err *err);

void git_branch_release(struct git_branch *branch);

#endif
