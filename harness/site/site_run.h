/*
 * site_run: what a site remembers of a run: what it was of, where and how it was measured, and the few figures that trends are
 * made of. The files of its page are not listed: all that lies in its folder is the run's.
 */
#ifndef HARNESS_SITE_SITE_RUN_H
#define HARNESS_SITE_SITE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "harness/lib/err.h"
#include "harness/lib/field.h"
#include "harness/lib/sha256.h"
#include "harness/record/document.h"
#include "harness/site/address.h"

#define SITE_RUNS      "runs"
#define SITE_RUN_JSON  "run.json"
#define SITE_RUN_LIGHT "run.json.gz"

/* Bounds of what is believed of a manifest. */
#define SITE_FILES_MAX   20000
#define SITE_CURVES_MAX  2000
#define SITE_TEXT_MAX    2000  /* bytes of any text but a finding, with the NUL */
#define SITE_FINDING_MAX 16000 /* which names all servers */
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

extern const char *const site_at_words[SITE_ATS]; /* for people */

/* A rate: the median over the launches, with the minimum and the maximum. */
struct site_point {
	uint64_t level;                       /* 0: not measured, and then the rest says nothing */
	double rate_rps, least_rps, most_rps; /* NAN: measured, but no figure came of it */
	bool valid;
};

/* A server in one mode of a run. */
struct site_curve {
	char *server, *version, *mode, *client; /* owned; version NULL where unknown */
	char *alias;                            /* the server's name in earlier runs; NULL: the same; owned */
	const char *current;                    /* the server's name in the newest run that has it; see site_settle() */
	bool revival;                           /* see document_is_revival() */
	struct site_point points[SITE_ATS];
};

struct site_run {
	char *id;                          /* of its address; owned, as all texts here */
	char *date;                        /* when it was begun, ISO 8601 in UTC */
	char sha256[SHA256_TEXT];          /* of its run.json */
	char *branch, *commit, *committed; /* see struct document_revision */
	char *setup;                       /* a digest of the options that figures depend on; NULL in old manifests */
	char *cpu_model, *kernel, *governor, *client_cpus, *server_cpus, *benchctl;
	uint64_t cores, memory_bytes, backlog;
	uint64_t level_least, level_most, servers;
	char *title, *note; /* that it was given, or NULL */
	char *offered; /* the load, as in "close mode · 1 to 65,536 connections"; NULL: it follows from curves and levels */
	char *finding; /* one sentence, or NULL */
	char *gist;    /* that in a line, without names; or NULL */
	bool interrupted;
	bool is_light;             /* its folder has the run.json compressed, and no files of pictures */
	struct site_curve *curves; /* by server, then by mode; owned */
	size_t curves_count;
};

/* The tables of these structs, by which a manifest is written, read and freed (harness/lib/field.h). */
extern const struct field site_file_fields[]; /* as {path: [bytes, hash]} */
extern const struct field site_run_fields[];
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

/* Whether a run could be read back from the manifest of a site. Returns 0, or -1 with err set. */
int site_run_check(const struct site_run *run, struct err *err);

/* Whether a text is of the form of a run's id. */
bool site_run_id_is_good(const char *id);

/* The file of that path, or NULL. */
struct site_file *site_file(const struct site_files *files, const char *path);

/* Sets a file's size and hash ("": content unknown), and adds it where it is new. Returns 0, or -1 where memory is out. */
int site_file_set(struct site_files *files, const char *path, uint64_t bytes, const char *sha256);

/* Removes a path from the list, if it is there. */
void site_file_drop(struct site_files *files, const char *path);

/* Checks the files of a manifest. Returns 0, or -1 with err set. */
int site_files_check(const struct site_files *files, struct err *err);

/* Whether two runs are of the same kind of host: CPU model and number are the same, and memory differs by less than 3 %. */
bool site_run_is_same_host(const struct site_run *a, const struct site_run *b);

/* Whether every server and mode of `run` is in the other one too. */
bool site_run_has_all_of(const struct site_run *other, const struct site_run *run);

/* Where its run.json is in the site, compressed where it is light. Returns out. */
char *site_run_path(char out[SITE_PATH_MAX], const struct site_run *run);

#endif
