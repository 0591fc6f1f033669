#include "harness/site/publish.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/cmd/runs.h"
#include "harness/config/settings.h"
#include "harness/lib/argv.h"
#include "harness/site/git_branch.h"
#include "harness/site/store_directory.h"
#include "harness/site/store_url.h"

struct publish_settings {
	char *to, *title, *url, *branch, *certificates, *results;
	char **remove;
	uint64_t timeout_ns, retries, keep, keep_days;
	bool thin, replace, light, rebuild;
	struct settings_verbosity verbosity;
	bool renew, help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct publish_settings, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, name)

static const struct option_def publish_options[] = {
	{ "to", 't', FIELD(text, to), .placeholder = "PLACE",
	  .help = "a folder, or the URL of one: https (WebDAV), sftp; or git:REMOTE#BRANCH" },
	{ "title", 0, FIELD(text, title), .placeholder = "WORDS",
	  .help = "what the site is called (as it is; at first \"Server benchmarks\")" },
	{ "url", 0, FIELD(text, url), .placeholder = "URL",
	  .help = "where readers find the site, for its feed and previews of links (as it is)" },
	{ "branch", 0, FIELD(text, branch), .placeholder = "NAME",
	  .help = "the main branch, whose runs are baselines (as it is; at first main or master)" },
	{ "light", 0, FIELD(flag, light),
	  .help = "small pages of these runs: the page with its pictures, and the run.json compressed" },
	{ "remove", 0, FIELD(texts, remove), .placeholder = "ID",
	  .help = "take this run out, the ID in runs/ID; again for each" },
	{ "replace", 0, FIELD(flag, replace),
	  .help = "take out the runs of the same branch, commit, host and options as one of these" },
	{ "keep", 0, FIELD(count, keep), .placeholder = "N", .max = 1000000,
	  .help = "keep the newest N runs only (0: all)" },
	{ "keep-days", 0, FIELD(count, keep_days), .placeholder = "N", .max = 100000,
	  .help = "keep the runs of the last N days only (0: all)" },
	{ "thin", 0, FIELD(flag, thin),
	  .help = "keep all runs of the last 30 days, and of older ones the newest of each week" },
	{ "rebuild", 0, FIELD(flag, rebuild),
	  .help = "make the whole site anew of these runs, whatever its manifest says" },
	{ "renew", 0, FIELD(flag, renew),
	  .help = "make the pages of these runs anew where they are there already, and look at each file" },
	{ "ca", 0, FIELD(text, certificates), .placeholder = "FILE",
	  .help = "the certificates to trust (those of the system)" },
	{ "timeout", 0, FIELD(duration, timeout_ns), .fallback = "10m", .min = 1000000, .max = 3600000000000000,
	  .help = "how long one file may take" },
	{ "retries", 0, FIELD(count, retries), .fallback = "4", .max = 100,
	  .help = "of a request, where the server is busy or the connection is lost" },
#include "harness/config/settings_results.def"
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

static void on_progress(void *context, const char *words)
{
	(void)context;
	say("%s", words);
}

/* What was sent; of what has succeeded only where that is not to be quiet. */
static void counts_say(const struct publish_settings *settings, const struct publish_done *done, bool failed)
{
	if (settings->verbosity.quiet && !failed)
		return;
	if (done->runs_removed)
		say("%zu %s taken out", done->runs_removed, done->runs_removed == 1 ? "run" : "runs");
	say("%zu %s added, %zu known; %zu files sent (%.1f MB), %zu were there", done->runs_added,
	    done->runs_added == 1 ? "run" : "runs", done->runs_known, done->sent, (double)done->sent_bytes / 1e6,
	    done->kept);
}

static int exit_code(int bad)
{
	return !bad ? EXIT_OK : common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN;
}

/* Publishes to a folder or a URL. Returns the exit code. */
static int publish_to(const struct publish_settings *settings, const struct publish_request *request)
{
	struct store_settings places = {
		.certificates = settings->certificates,
		.timeout_ns = settings->timeout_ns,
		.retries = settings->retries,
		.tell = on_progress,
		.stop = &common_stop,
	};
	struct publish_done done;
	struct store *store;
	struct err err;

	if (strstr(settings->to, "://") ? store_url_open(&store, settings->to, &places, &err)
					: store_directory_open(&store, settings->to, &common_stop, &err))
		return complain(&command_publish, EXIT_USAGE, "%s", err.text);
	int bad = publish(store, request, &done, &err);
	if (bad)
		complain(&command_publish, 0, "%s", err.text);
	counts_say(settings, &done, bad);
	if (bad)
		say("the same command continues from here");
	else
		printf("%s%s" SITE_INDEX "\n", store->name, store->name[strlen(store->name) - 1] == '/' ? "" : "/");
	store_close(store);
	return exit_code(bad);
}

/* Publishes to a branch as it is now, and pushes. Returns 0; 1 where another was first; or -1 with err set. */
static int branch_try(struct git_branch *branch, const struct publish_request *request, struct publish_done *done,
		      struct err *err)
{
	struct store *store;
	char message[80];

	if (git_branch_fetch(branch, err) || store_directory_open(&store, branch->folder, &common_stop, err))
		return -1;
	int result = publish(store, request, done, err);
	store_close(store);
	snprintf(message, sizeof message, "Publish %zu %s", request->runs_count,
		 request->runs_count == 1 ? "run" : "runs");
	return result ? -1 : git_branch_push(branch, message, err);
}

/* Publishes to a branch. Returns the exit code. */
static int publish_to_branch(const struct publish_settings *settings, struct publish_request *request)
{
	struct publish_done done = { 0 };
	struct publish_tries shared = { 0 };
	struct git_branch branch;
	struct err err;
	int result = git_branch_open(&branch, settings->to, request->stop, &err);

	if (result) {
		git_branch_release(&branch);
		return complain(&command_publish, common_stop ? EXIT_INTERRUPTED : EXIT_USAGE, "%s", err.text);
	}
	request->tries = &shared;
	for (int tries = 1; (result = branch_try(&branch, request, &done, &err)) > 0; tries++) {
		if (tries == GIT_BRANCH_TRIES) {
			result = err_set(&err, "%s: another was first, %d times", branch.shown, tries);
			break;
		}
		say("another was first: begun again");
	}
	staging_remove(&shared.staging);
	free(shared.url);
	if (result)
		complain(&command_publish, 0, "%s", err.text);
	counts_say(settings, &done, result);
	if (result)
		say("nothing was pushed");
	else
		printf("%s\n", branch.shown);
	git_branch_release(&branch);
	return exit_code(result);
}

static bool is_branch(const char *to)
{
	return strncmp(to, GIT_BRANCH_PREFIX, strlen(GIT_BRANCH_PREFIX)) == 0;
}

static int publish_run(int argc, char **argv)
{
	struct publish_settings settings = { 0 };
	char room[DATA_PATH], **found = NULL;
	struct err err;
	int code;

	int operands = command_parse(&command_publish, &settings, argc, argv, 0, argc > 1 ? argc : 1, &code);
	if (operands < 0)
		goto out;
	found = runs_find_all(argv, operands, settings.results, &err);
	if (!found) {
		code = complain(&command_publish, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	struct publish_request request = {
		.runs = found,
		.runs_count = (size_t)operands,
		.title = settings.title,
		.url = settings.url,
		.branch = settings.branch,
		.remove = settings.remove,
		.retention = { .keep = settings.keep, .keep_days = settings.keep_days, .thin = settings.thin },
		.replace = settings.replace,
		.rebuild = settings.rebuild,
		.light = settings.light,
		.renew = settings.renew,
		.templates = data_find(room, "templates", &err),
		.stop = &common_stop,
		.tell = settings.verbosity.quiet ? NULL : on_progress,
		.tells_files = settings.verbosity.verbose,
	};
	bool has_work = settings.remove || settings.keep || settings.keep_days || settings.thin || settings.title ||
			settings.url || settings.branch;
	if (!operands && !(has_work && !settings.rebuild && !settings.replace))
		code = complain(&command_publish, EXIT_USAGE, "%s is missing (see 'benchctl publish --help')",
				command_publish.operands);
	else if (!settings.to || !*settings.to)
		code = complain(&command_publish, EXIT_USAGE, "--to is missing: where to?");
	else if (settings.url && !site_url_is_good(settings.url))
		code = complain(&command_publish, EXIT_USAGE,
				"--url: not a plain http or https URL, without user and query");
	else if (!request.templates)
		code = complain(&command_publish, EXIT_NO_RUN, "%s", err.text);
	else if (publish_choose(&request, argv, &err))
		code = complain(&command_publish, EXIT_USAGE, "%s", err.text);
	else {
		common_catch_signals();
		code = is_branch(settings.to) ? publish_to_branch(&settings, &request)
					      : publish_to(&settings, &request);
	}
out:
	argv_free(found);
	options_release(publish_options, &settings);
	return code;
}

const struct command command_publish = {
	.name = "publish",
	.operands = "RUN..",
	.summary = "put runs into a static site, with the trend of each server and a feed",
	.options = publish_options,
	.run = publish_run,
};
