/*
 * site: a published history of runs: what it knows of each run, and which files it consists of.
 *
 * A site is a folder of static files that any web server can offer:
 *
 *     index.html              the runs, newest first, and the servers
 *     runs/ID/                the page of a run with its pictures and its run.json
 *     servers/NAME.html       one server over all runs: its trend
 *     feed.xml                the newest runs as an Atom feed
 *     latest.json             the newest run.json that is whole: a baseline to compare with
 *     site.json               the manifest
 *
 * The manifest is the site's memory, and this struct is what it says. It holds the few figures of each run that trends are
 * made of, so that earlier runs need not be fetched again, and each file that was written, with its size and hash. What is
 * not in it was not written by benchctl, and is left alone. It comes back from where the site lies and so from outside:
 * site_check() is the gate that it has to pass.
 *
 * Only what depends on nothing but its arguments is here: no file is read or written.
 */
#ifndef HARNESS_SITE_SITE_H
#define HARNESS_SITE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "harness/lib/err.h"
#include "harness/lib/sha256.h"
#include "harness/record/document.h"

#define SITE_MANIFEST "site.json"
#define SITE_INDEX    "index.html"
#define SITE_FEED     "feed.xml"
#define SITE_LATEST   "latest.json"
#define SITE_RUNS     "runs"
#define SITE_SERVERS  "servers"
#define SITE_RUN_JSON "run.json"

/* Bounds of what is believed of a manifest. */
#define SITE_RUNS_MAX    20000
#define SITE_FILES_MAX   20000
#define SITE_CURVES_MAX  2000
#define SITE_TEXT_MAX    2000  /* bytes of any text but a finding, with the NUL */
#define SITE_FINDING_MAX 16000 /* which names all servers */
#define SITE_PATH_MAX    200
#define SITE_BYTES_MAX   (1ull << 40)

/* A file of the site. */
struct site_file {
	char *path; /* below the site's root; owned */
	uint64_t bytes;
	char sha256[SHA256_TEXT]; /* "": it is ours, but its content is not known: it was about to be written */
};

struct site_files {
	struct site_file *files; /* sorted by path, owned */
	size_t count;
};

/* The levels that trends follow. */
enum site_at {
	SITE_AT_ONE,     /* one connection */
	SITE_AT_HUNDRED, /* the level nearest to 100, if it is between 50 and 200 */
	SITE_AT_BEST,    /* where the rate is the highest; one that the client bounds counts, and is not valid */
	SITE_AT_TOP,     /* 65536 connections */
	SITE_ATS
};

extern const char *const site_at_names[SITE_ATS]; /* in the manifest: "one", "hundred", "best", "top" */
extern const char *const site_at_words[SITE_ATS]; /* for people */

/* A rate: the median over the blocks, with the least and the most. */
struct site_point {
	uint64_t level;                       /* 0: not measured, and then the rest says nothing */
	double rate_rps, least_rps, most_rps; /* NAN: measured, but no figure came of it */
	bool valid;
};

/* A server in one mode of a run. */
struct site_curve {
	char *server, *version, *mode, *client; /* owned; version NULL where unknown */
	bool revival;                           /* see document_is_revival() */
	struct site_point points[SITE_ATS];
};

struct site_run {
	char *id;                 /* of its address; owned, as all texts here */
	char *date;               /* when it was begun, ISO 8601 in UTC */
	char sha256[SHA256_TEXT]; /* of its run.json */
	char *cpu_model, *kernel, *governor, *client_cpus, *server_cpus, *benchctl;
	uint64_t cores, memory_bytes, backlog;
	uint64_t level_least, level_most, servers;
	char *offered; /* the load, as in "close mode · 1 to 65,536 connections"; NULL: it follows from curves and levels */
	char *finding; /* one sentence, or NULL */
	char *gist;    /* that in a line, without names; or NULL */
	bool interrupted;
	struct site_curve *curves; /* by server, then by mode; owned */
	size_t curves_count;
	struct site_files files; /* of its page */
};

struct site {
	char *title;           /* owned, as all texts */
	char *url;             /* where readers find it, with a slash at the end; NULL where unknown */
	char *feed_id;         /* an IRI that never changes (RFC 4287, 4.2.6); NULL while there is no run */
	char *latest;          /* id of the run that latest.json is; NULL while there is no run */
	struct site_run *runs; /* newest first, owned */
	size_t runs_count;
	struct site_files files; /* of all that are no run's: indices, trends, feed */
};

void site_release(struct site *site);
void site_run_release(struct site_run *run);

/* A time in ISO 8601 as run.json has it, 2026-11-25T12:05:58Z, and nothing else. Returns 0 with *when set, or -1. */
int site_date(time_t *when, const char *date);

/*
 * What a site keeps of a document, whose run.json has that hash. Its id follows from date and hash. Returns 0, or -1 with
 * err set: the document has no date, no cells, or too much for the bounds. Release the run in both cases.
 */
int site_run_of(struct site_run *run, const struct document *document, const char *sha256, struct err *err);

/* Sets what was offered and found, cut to what a manifest keeps. Returns 0, or -1 where memory is out. */
int site_run_tell(struct site_run *run, const char *offered, const char *finding, const char *gist);

/*
 * Puts a run into its place, or in the place of the one with its id, and sets `latest` and `feed_id`. The site owns it
 * then. Returns 0, or -1 with err set and the run still the caller's: memory is out, or there are too many.
 */
int site_add(struct site *site, struct site_run *run, struct err *err);

/* The run of that id, or NULL. */
const struct site_run *site_run(const struct site *site, const char *id);

/* Checks all that came from outside: names, paths, dates, order. Returns 0, or -1 with err set. */
int site_check(const struct site *site, struct err *err);

/* Whether a path is one that a site may have: relative, without dot segments and anything that would need escaping. */
bool site_path_is_good(const char *path);

/* Whether a text is a URL that may stand in a page: http or https, without user, query, blanks and controls. */
bool site_url_is_good(const char *url);

/* Whether a run could be read back from the manifest of a site. Returns 0, or -1 with err set. */
int site_run_check(const struct site_run *run, struct err *err);

/* The file of that path, or NULL. */
struct site_file *site_file(const struct site_files *files, const char *path);

/* Sets a file's size and hash ("": content unknown), and adds it where it is new. Returns 0, or -1 where memory is out. */
int site_file_set(struct site_files *files, const char *path, uint64_t bytes, const char *sha256);

void site_files_release(struct site_files *files);

/*
 * The part of a path that stands for a server: its name where that is plain, else what is plain of it and a hash. Two
 * names never meet in one.
 */
#define SITE_SLUG 80
char *site_slug(char out[SITE_SLUG], const char *server);

/* An IRI made of a hash: a UUID of version 8 (RFC 9562), the same for the same hash. */
#define SITE_UUID 48
char *site_uuid(char out[SITE_UUID], const char *sha256);

/* All servers of all runs, each once, sorted, the control server first: NULL-terminated, to free(). NULL: memory is out. */
const char **site_servers(const struct site *site);

/*
 * A trend: the runs in which one server was measured in the same mode by the same client on the same kind of host, newest
 * first. Hosts are the same where the CPU's model and number are and memory differs by less than 3 %. What else differs
 * between two runs (kernel, governor, pinning, backlog, version) is part of the story that a trend tells.
 */
struct site_trend {
	const struct site_run **runs;     /* owned; all else is the site's */
	const struct site_curve **curves; /* of each, owned */
	size_t count;
	size_t number; /* from 1: by the oldest run, so that it stays as a history grows */
};

struct site_trends {
	struct site_trend *trends; /* that with the newest run first, owned */
	size_t count;
};

/* The trends of a server. Returns 0, or -1 with err set and nothing to release: memory is out. */
int site_trends_of(struct site_trends *trends, const struct site *site, const char *server, struct err *err);
void site_trends_release(struct site_trends *trends);

/*
 * What changed from the run `before` to `run` besides the server's rate: "kernel, version"; "" where nothing did.
 * Returns out.
 */
char *site_changes(char *out, size_t room, const struct site_run *run, const struct site_curve *curve,
		   const struct site_run *before, const struct site_curve *curve_before);

#endif
