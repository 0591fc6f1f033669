#include "harness/site/git_branch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/lib/text.h"

#define WORDS_MAX   40
#define OUTPUT_MAX  4000 /* bytes of what git says that are kept, with the NUL */
#define NO_SUCH_REF 2    /* exit status of git ls-remote --exit-code */

/* Between two looks at whether git has ended, and between SIGTERM and SIGKILL. */
#define LOOK_NS  (5 * CLOCK_MS)
#define GRACE_NS CLOCK_S

extern char **environ;

static bool has_password(const char *remote)
{
	const char *at = strstr(remote, "://");

	return at && memchr(at + 3, ':', text_user_bytes(at + 3));
}

/* Starts git with its stdout and stderr in a file. Returns its exit status, or -1 with errno set: EINTR where *stop is. */
static int git_wait(char *const *words, int fd, const volatile sig_atomic_t *stop)
{
	posix_spawn_file_actions_t actions;
	int failed = posix_spawn_file_actions_init(&actions), status;
	pid_t pid;

	if (!failed) {
		if (!(failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)) &&
		    !(failed = posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO)) &&
		    !(failed = posix_spawn_file_actions_adddup2(&actions, fd, STDERR_FILENO)))
			failed = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	if (failed) {
		errno = failed;
		return -1;
	}
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	uint64_t kill_ns = 0;
	pid_t ended;
	while ((ended = waitpid(pid, &status, WNOHANG)) != pid) {
		if (ended < 0 && errno != EINTR)
			return -1;
		if (stop && *stop) { /* at SIGTERM it removes its lock files */
			kill(pid, kill_ns && clock_ns() > kill_ns ? SIGKILL : SIGTERM);
			kill_ns = kill_ns ? kill_ns : clock_ns() + GRACE_NS;
		}
		nanosleep(&pause, NULL);
	}
	if (kill_ns) {
		errno = EINTR;
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/*
 * Runs git, with the words up to NULL after those that every call has. `out` gets what it says, without credentials and the last
 * line end. Returns its exit status, or -1 with err set: it could not be started.
 */
static int git(const struct git_branch *branch, char out[OUTPUT_MAX], const char *const *words, struct err *err)
{
	char git_dir[4200], work_tree[4200];
	const char *all[WORDS_MAX] = { "env",
				       "-u",
				       "GIT_INDEX_FILE",
				       "LC_ALL=C",
				       "GIT_TERMINAL_PROMPT=0",
				       "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh",
				       "git",
				       "-c",
				       "core.hooksPath=/dev/null",
				       "-c",
				       "core.autocrlf=false" };
	size_t count = 11;
	FILE *file = tmpfile();

	if (branch->include) {
		all[count++] = "-c";
		all[count++] = branch->include;
	}
	if (branch->git_dir) {
		snprintf(git_dir, sizeof git_dir, "--git-dir=%s", branch->git_dir);
		snprintf(work_tree, sizeof work_tree, "--work-tree=%s", branch->folder);
		all[count++] = git_dir;
		all[count++] = work_tree;
	}
	while (*words)
		all[count++] = *words++;
	all[count] = NULL;
	*out = 0;
	if (!file)
		return err_set_errno(err, "a temporary file");
	int status = git_wait((char *const *)all, fileno(file), branch->stop);
	if (status < 0)
		errno == EINTR ? err_set(err, "interrupted") : err_set_errno(err, "git can't be started");
	rewind(file);
	out[fread(out, 1, OUTPUT_MAX - 1, file)] = 0;
	fclose(file);
	text_hide_users(out);
	for (size_t bytes = strlen(out); bytes && out[bytes - 1] == '\n';)
		out[--bytes] = 0;
	return status;
}

#define GIT(branch, out, err, ...) git(branch, out, (const char *const[]){ __VA_ARGS__, NULL }, err)

/* What git says, in one line, as the reason of an error. Returns -1. */
static int git_fails(const struct git_branch *branch, const char *what, const char *said, struct err *err)
{
	char plain[OUTPUT_MAX];

	return err_set(err, "%s: git %s: %.900s", branch->shown, what, text_plain(plain, sizeof plain, said));
}

/* As git(), where any other status than 0 is an error of that `what`. Returns 0, or -1 with err set. */
static int git_must(const struct git_branch *branch, const char *what, const char *const *words, struct err *err)
{
	char said[OUTPUT_MAX];
	int status = git(branch, said, words, err);

	return status > 0 ? git_fails(branch, what, said, err) : status;
}

#define GIT_MUST(branch, what, err, ...) git_must(branch, what, (const char *const[]){ __VA_ARGS__, NULL }, err)

/* What the repository that benchctl was called in, if any, has to say: its configuration, and whether it has such a remote. */
static int repository_ask(struct git_branch *branch, struct err *err)
{
	char said[OUTPUT_MAX], key[1100], *real;

	snprintf(key, sizeof key, "remote.%.1000s.url", branch->remote);
	int is_remote = GIT(branch, said, err, "config", "--get", key);
	if (is_remote < 0)
		return -1;
	/* The temporary repository is elsewhere. */
	if (is_remote != 0 && (real = realpath(branch->remote, NULL))) {
		free(branch->remote);
		branch->remote = real;
	}
	branch->has_identity = GIT(branch, said, err, "var", "GIT_COMMITTER_IDENT") == 0;
	if (GIT(branch, said, err, "rev-parse", "--path-format=absolute", "--git-path", "config") == 0 &&
	    asprintf(&branch->include, "include.path=%s", said) < 0) {
		branch->include = NULL;
		return err_set(err, "out of memory");
	}
	return 0;
}

int git_branch_open(struct git_branch *branch, const char *place, const volatile sig_atomic_t *stop, struct err *err)
{
	const char *remote = place + strlen(GIT_BRANCH_PREFIX), *hash = strrchr(remote, '#');
	char said[OUTPUT_MAX];

	*branch = (struct git_branch){ .stop = stop };
	if (!hash || hash == remote || !hash[1] || *remote == '-')
		return err_set(err, "--to " GIT_BRANCH_PREFIX
				    "REMOTE#BRANCH: a remote and a branch, as in " GIT_BRANCH_PREFIX "origin#gh-pages");
	branch->remote = strndup(remote, (size_t)(hash - remote));
	branch->name = strdup(hash + 1);
	branch->shown = strdup(place);
	if (!branch->remote || !branch->name || !branch->shown)
		return err_set(err, "out of memory");
	text_hide_users(branch->shown);
	if (has_password(branch->remote))
		return err_set(err, "--to: an address with a password is refused, command lines are public: let git "
				    "have it");
	int status = GIT(branch, said, err, "check-ref-format", "--branch", branch->name);
	if (status)
		return status < 0 ? -1 : err_set(err, "--to: '%.200s' is no name for a branch", branch->name);
	return repository_ask(branch, err);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info, (void)type, (void)where;
	return remove(path);
}

/* Removes the temporary repository with its work tree. */
static void folder_remove(struct git_branch *branch)
{
	if (branch->folder)
		nftw(branch->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(branch->folder);
	free(branch->git_dir);
	branch->folder = branch->git_dir = NULL;
}

static int folder_make(struct git_branch *branch, struct err *err)
{
	const char *base = getenv("TMPDIR");
	char *real = realpath(base && *base ? base : "/tmp", NULL);

	folder_remove(branch);
	if (!real || asprintf(&branch->folder, "%s/benchctl-branch-XXXXXX", real) < 0)
		branch->folder = NULL;
	free(real);
	if (branch->folder && !mkdtemp(branch->folder)) {
		free(branch->folder);
		branch->folder = NULL;
	}
	if (!branch->folder || asprintf(&branch->git_dir, "%s/.git", branch->folder) < 0) {
		branch->git_dir = NULL;
		return err_set_errno(err, "a temporary folder");
	}
	return GIT_MUST(branch, "init", err, "init", "--quiet", "--template=");
}

int git_branch_fetch(struct git_branch *branch, struct err *err)
{
	char ref[1100], said[OUTPUT_MAX];

	if (folder_make(branch, err))
		return -1;
	snprintf(ref, sizeof ref, "refs/heads/%.1000s", branch->name);
	int status = GIT(branch, said, err, "ls-remote", "--exit-code", "--", branch->remote, ref);
	if (status && status != NO_SUCH_REF)
		return status < 0 ? -1 : git_fails(branch, "ls-remote", said, err);
	if (!status &&
	    (GIT_MUST(branch, "fetch", err, "fetch", "--quiet", "--depth=1", "--no-tags", "--", branch->remote, ref) ||
	     GIT_MUST(branch, "checkout", err, "checkout", "--quiet", "--detach", "FETCH_HEAD")))
		return -1;
	return 0;
}

static int commit(const struct git_branch *branch, const char *message, struct err *err)
{
	return branch->has_identity ? GIT_MUST(branch, "commit", err, "commit", "--quiet", "-m", message)
				    : GIT_MUST(branch, "commit", err, "-c", "user.name=benchctl", "-c",
					       "user.email=benchctl@localhost", "commit", "--quiet", "-m", message);
}

int git_branch_push(struct git_branch *branch, const char *message, struct err *err)
{
	char refs[1100], said[OUTPUT_MAX];

	/* What the branch's own .gitignore leaves out would be a dead link. */
	if (GIT_MUST(branch, "add", err, "add", "--all", "--force"))
		return -1;
	int status = GIT(branch, said, err, "status", "--porcelain");
	if (status)
		return status < 0 ? -1 : git_fails(branch, "status", said, err);
	if (!*said)
		return 0;
	if (commit(branch, message, err))
		return -1;
	snprintf(refs, sizeof refs, "HEAD:refs/heads/%.1000s", branch->name);
	status = GIT(branch, said, err, "push", "--porcelain", "--", branch->remote, refs);
	if (status <= 0)
		return status;
	/* Rejected here or there, because the branch has moved on: seen before the push, or while another's was taken. */
	if (strstr(said, "[rejected]") || strstr(said, "cannot lock ref") || strstr(said, "failed to update ref") ||
	    strstr(said, "reference already exists") || strstr(said, "fetch first"))
		return 1;
	return git_fails(branch, "push", said, err);
}

void git_branch_release(struct git_branch *branch)
{
	folder_remove(branch);
	free(branch->remote);
	free(branch->name);
	free(branch->include);
	free(branch->shown);
	*branch = (struct git_branch){ 0 };
}
