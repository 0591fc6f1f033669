#include "harness/cmd/runs.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/lib/argv.h"
#include "harness/lib/directory.h"
#include "harness/lib/similar.h"
#include "harness/record/ledger.h"
#include "harness/record/result.h"

#define LATEST  "latest"
#define RUN     "run.json"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* The time of day as a name; with a number where that is taken: several runs may begin in a second. */
static void name_by_time(char name[32], const char *results)
{
	char path[RUNS_FOLDER];
	time_t now = time(NULL);
	struct tm local;

	localtime_r(&now, &local);
	size_t bytes = strftime(name, 32, "%Y%m%d-%H%M%S", &local);
	for (unsigned number = 2; number < 1000; number++) {
		snprintf(path, sizeof path, "%.700s/%s", results, name);
		if (access(path, F_OK))
			return;
		snprintf(name + bytes, 32 - bytes, "-%u", number);
	}
}

int runs_folder(char out[RUNS_FOLDER], const char *results, const char *name, struct err *err)
{
	char stamp[32];

	if (!name) {
		name_by_time(stamp, results);
		name = stamp;
	}
	bool is_path = strchr(name, '/') != NULL;
	if (!is_path &&
	    (!name[0] || name[0] == '.' || strlen(name) > 100 || name[strspn(name, LETTERS)] || !strcmp(name, LATEST)))
		return err_set(err,
			       "--out: '%.200s' is no name: letters, digits, '.', '_' and '-', and not '" LATEST
			       "'; a path has a '/'",
			       name);
	int bytes = is_path ? snprintf(out, RUNS_FOLDER, "%s", name)
			    : snprintf(out, RUNS_FOLDER, "%s/%s", results, name);
	if (bytes >= RUNS_FOLDER)
		return err_set(err, "--out: the path is longer than %d bytes", RUNS_FOLDER - 1);
	while (bytes > 1 && out[bytes - 1] == '/')
		out[--bytes] = 0;
	return 0;
}

int runs_make_folder(const char *folder, struct err *err)
{
	char *parent = strdup(folder);
	int bad = !parent ? err_set(err, "out of memory") : directory_make(dirname(parent), err);

	free(parent);
	if (bad)
		return -1;
	if (!mkdir(folder, 0777))
		return 0;
	if (errno == EEXIST)
		return err_set(err, "%s exists: choose another name with --out", folder);
	return err_set_errno(err, "%s", folder);
}

/* What an entry of the folder of results is, as a candidate. */
struct candidates {
	const char *wanted; /* the word that was typed */
	char newest[256], similar[256];
	struct timespec newest_at;
};

static bool is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* Looks at all runs in the folder of results; where that can't be read there are none. */
static void candidates_find(struct candidates *candidates, const char *results)
{
	DIR *folder = opendir(results);
	struct dirent *entry;
	struct stat status;
	char path[RUNS_PATH];

	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof path, "%.700s/%s/" RUN, results, entry->d_name);
		if (entry->d_name[0] == '.' || stat(path, &status) || !S_ISREG(status.st_mode))
			continue;
		if (!*candidates->newest || is_later(status.st_mtim, candidates->newest_at)) {
			candidates->newest_at = status.st_mtim;
			strcpy(candidates->newest, entry->d_name);
		}
		if (similar_is(candidates->wanted, entry->d_name))
			strcpy(candidates->similar, entry->d_name);
	}
	if (folder)
		closedir(folder);
}

/* Why there is no such run. */
static int nothing_found(const char *results, const char *word, const struct candidates *candidates, struct err *err)
{
	if (*candidates->similar)
		return err_set(err, "there is no run '%.200s': did you mean '%.200s'?", word, candidates->similar);
	if (*candidates->newest)
		return err_set(
			err,
			"there is no run '%.200s': no such file or folder, and none of that name in %.200s, where the latest "
			"is %.200s",
			word, results, candidates->newest);
	return err_set(err, "there is no run '%.200s': No such file or folder, and no run in %.200s (--results)", word,
		       results);
}

/* The run.json of a folder. Returns 0, or -1 with err set. */
static int folder_find(char out[RUNS_PATH], const char *folder, struct err *err)
{
	struct stat status;

	if (snprintf(out, RUNS_PATH, "%s%s" RUN, folder, folder[strlen(folder) - 1] == '/' ? "" : "/") >= RUNS_PATH)
		return err_set(err, "the path is longer than %d bytes", RUNS_PATH - 1);
	if (!stat(out, &status))
		return 0;
	return err_set(err, "%.900s: the folder has no " RUN ": it is no run", folder);
}

int runs_find(char out[RUNS_PATH], const char *results, const char *word, struct err *err)
{
	struct candidates candidates = { .wanted = word };
	struct stat status;

	if (strlen(word) >= RUNS_FOLDER)
		return err_set(err, "the path is longer than %d bytes", RUNS_FOLDER - 1);
	if (*word && !stat(word, &status)) {
		if (S_ISDIR(status.st_mode))
			return folder_find(out, word, err);
		strcpy(out, word);
		return 0;
	}
	if (*word && !strchr(word, '/') && word[0] != '.') {
		snprintf(out, RUNS_PATH, "%.700s/%.255s", results, word);
		if (!stat(out, &status) && S_ISDIR(status.st_mode)) {
			char folder[RUNS_PATH];
			return folder_find(out, strcpy(folder, out), err);
		}
	}
	candidates_find(&candidates, results);
	if (strcmp(word, LATEST) == 0 && *candidates.newest) {
		snprintf(out, RUNS_PATH, "%.700s/%s/" RUN, results, candidates.newest);
		return 0;
	}
	return nothing_found(results, word, &candidates, err);
}

char **runs_find_all(char *const *words, int count, const char *results, struct err *err)
{
	/* One block, the pointers and then the paths, as argv_free() frees it. */
	size_t pointers = ((size_t)count + 1) * sizeof(char *);
	char **found = calloc(1, pointers + (size_t)count * RUNS_PATH);

	if (!found)
		err_set(err, "out of memory");
	for (int i = 0; found && i < count; i++) {
		found[i] = (char *)found + pointers + (size_t)i * RUNS_PATH;
		if (runs_find(found[i], results, words[i], err)) {
			argv_free(found);
			return NULL;
		}
	}
	return found;
}

/* The cells of a run that is not finished, from its ledger, where that has more of them. Returns 0, or -1 with err set. */
static int ledger_add(struct document *document, const char *path, struct err *err)
{
	struct stat status;
	char *copy = strdup(path), ledger[RUNS_PATH + 20];

	if (!copy)
		return err_set(err, "out of memory");
	snprintf(ledger, sizeof ledger, "%s/cells.jsonl", dirname(copy));
	free(copy);
	if (stat(ledger, &status))
		return 0;
	size_t before = document->cells_count;
	if (ledger_read(ledger, document, err))
		return -1;
	if (document->cells_count > before)
		say("%s: the run is not finished: %zu cells so far", path, document->cells_count);
	return 0;
}

int runs_read(struct document *document, char path[RUNS_PATH], const char *results, const char *word, struct err *err)
{
	*document = (struct document){ 0 };
	if (runs_find(path, results, word, err) || result_read(document, path, err))
		return -1;
	return document->interrupted && !document->cells_count ? ledger_add(document, path, err) : 0;
}

char *runs_plots(const char *path, const char *results)
{
	char *real = realpath(path, NULL), *folder = NULL, *run = real ? dirname(real) : NULL;
	bool is_usual = strcmp(results, RUNS_RESULTS) == 0;

	if (run && asprintf(&folder, "%s%s", is_usual ? "plots/" : run, is_usual ? basename(run) : "/plots") < 0)
		folder = NULL;
	free(real);
	return folder;
}
