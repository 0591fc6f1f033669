#include "harness/run/revision.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/lib/clock.h"
#include "harness/server/program.h"

#define GIT        "git -c core.fsmonitor=false "
#define GIT_NS     (10 * CLOCK_S)
#define TEXT_MAX   200
#define COMMIT_MAX 64 /* digits of a SHA-256 */

/* What CI jobs have in their environment. `change`: the number of a change, or nothing. */
static const struct {
	const char *commit, *change, *change_prefix, *branch;
} jobs[] = {
	{ "GITHUB_SHA", NULL, NULL, "GITHUB_REF" }, /* which is refs/pull/12/merge for a change */
	{ "CI_COMMIT_SHA", "CI_MERGE_REQUEST_IID", "merge_requests/", "CI_COMMIT_REF_NAME" }, /* GitLab */
	{ "GIT_COMMIT", "CHANGE_ID", "change/", "BRANCH_NAME" },                              /* Jenkins */
};

static const char *variable(const char *name)
{
	const char *value = name ? getenv(name) : NULL;

	return value && *value ? value : NULL;
}

/* What a site shows, and a file may hold: without control characters, blanks and bytes that are no text. */
static bool is_plain(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (!isgraph((unsigned char)text[i]))
			return false;
	return bytes > 0 && bytes <= TEXT_MAX;
}

static int keep(char **into, const char *text, size_t bytes)
{
	if (!is_plain(text, bytes))
		return 0;
	*into = strndup(text, bytes);
	return *into ? 0 : -1;
}

/* The branch that a ref names: main of refs/heads/main, pull/12 of refs/pull/12/merge; one without "refs/" is a branch. */
static int branch_keep(struct document_revision *revision, const char *ref)
{
	static const char heads[] = "refs/heads/", refs[] = "refs/", merge[] = "/merge";
	size_t bytes = strlen(ref), end = sizeof merge - 1;

	if (strncmp(ref, heads, strlen(heads)) == 0)
		return keep(&revision->branch, ref + strlen(heads), bytes - strlen(heads));
	if (strncmp(ref, refs, strlen(refs)) != 0)
		return keep(&revision->branch, ref, bytes);
	ref += strlen(refs);
	bytes -= strlen(refs);
	if (bytes > end && strcmp(ref + bytes - end, merge) == 0)
		bytes -= end;
	return keep(&revision->branch, ref, bytes);
}

/* Returns 1 where the environment is that of a CI job, 0 where not, -1 where memory is out. */
static int of_job(struct document_revision *revision)
{
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
		const char *commit = variable(jobs[i].commit), *change = variable(jobs[i].change);
		const char *branch = variable(jobs[i].branch);
		char name[TEXT_MAX];
		if (!commit)
			continue;
		if (change) {
			snprintf(name, sizeof name, "%s%s", jobs[i].change_prefix, change);
			branch = name;
		}
		return keep(&revision->commit, commit, strlen(commit)) || (branch && branch_keep(revision, branch)) ? -1
														    : 1;
	}
	return 0;
}

/* What git says, or "": there is no git, no repository, or no such thing in it. */
static const char *git_say(const char *words, char out[TEXT_MAX])
{
	struct err ignored;

	if (program_run(words, ".", GIT_NS, out, TEXT_MAX, NULL, 0, NULL, &ignored))
		*out = 0;
	return out;
}

/* Of the repository around us. "-dirty" is added to the commit where the files are not those of it. */
static int of_repository(struct document_revision *revision)
{
	char commit[TEXT_MAX], branch[TEXT_MAX];

	git_say(GIT "describe --always --dirty --abbrev=40 --exclude=*", commit);
	git_say(GIT "symbolic-ref --quiet HEAD", branch);
	return keep(&revision->commit, commit, strlen(commit)) || (*branch && branch_keep(revision, branch)) ? -1 : 0;
}

static int of_option(struct document_revision *revision, const char *subject, struct err *err)
{
	const char *at = strrchr(subject, '@');

	if (!at || !at[1] || (at > subject && !is_plain(subject, (size_t)(at - subject))) ||
	    !is_plain(at + 1, strlen(at + 1)))
		return err_set(err, "--subject: '%.200s' is not BRANCH@COMMIT, as in main@1a2b3c4d, nor " REVISION_NONE,
			       subject);
	return keep(&revision->branch, subject, (size_t)(at - subject)) ||
			       keep(&revision->commit, at + 1, strlen(at + 1))
		       ? err_set(err, "out of memory")
		       : 0;
}

/* The date of the commit, where the repository around us has it. Returns 0, or -1 where memory is out. */
static int date_find(struct document_revision *revision)
{
	size_t digits = revision->commit ? strspn(revision->commit, "0123456789abcdef") : 0;
	char words[TEXT_MAX], said[TEXT_MAX], date[32];
	struct tm tm;
	char *end;

	if (digits < 4 || digits > COMMIT_MAX)
		return 0;
	snprintf(words, sizeof words, GIT "show --no-patch --no-show-signature --format=%%ct %.*s^{commit} --",
		 (int)digits, revision->commit);
	time_t when = (time_t)strtoll(git_say(words, said), &end, 10);
	if (end == said || *end || !gmtime_r(&when, &tm) || !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return 0;
	revision->date = strdup(date);
	return revision->date ? 0 : -1;
}

int revision_find(struct document *document, const char *subject, struct err *err)
{
	struct document_revision *revision = &document->revision;

	if (subject && strcmp(subject, REVISION_NONE) == 0)
		return 0;
	if (subject && of_option(revision, subject, err))
		return -1;
	int found = subject ? 1 : of_job(revision);
	if (found < 0 || (!found && of_repository(revision)) || date_find(revision))
		return err_set(err, "out of memory");
	return 0;
}
