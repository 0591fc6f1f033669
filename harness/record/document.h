/*
 * document: a whole run, as run.json holds it.
 */
#ifndef HARNESS_RECORD_DOCUMENT_H
#define HARNESS_RECORD_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/host/host.h"
#include "harness/lib/sha256.h"
#include "harness/record/cause.h"
#include "harness/record/cell.h"

/* The largest file that is read as one, or as JSON of another kind. */
#define RESULT_BYTES_MAX (64u << 20)

/*
 * What a file may hold of each, for what is made of a run to take seconds: a page compares all servers at all levels. A run has
 * three modes, and 71 servers.
 */
#define DOCUMENT_SERVERS_MAX 256
#define DOCUMENT_MODES_MAX   16
#define DOCUMENT_LEVELS_MAX  4096

/* One option of the run as it was used, by its long name. */
struct document_option {
	char *name, *value; /* owned */
};

struct document_server {
	char *name, *command, *version, *family, *model, *since, *implementation; /* owned; NULL where unknown */
	char *url;      /* what is measured, where that is not the server contract; owned */
	char *launched; /* "elsewhere": it ran already; else NULL; owned */
	char *network;  /* "host", where the server needs the host's, whatever that of the run; else NULL; owned */
	char *alias;    /* the name that it had in earlier runs; NULL: the same; owned */
};

/* Which version of what is measured (harness/run/revision.h). Owned; NULL where unknown. */
struct document_revision {
	char *branch; /* or the change: "main", "pull/12" */
	char *commit; /* with "-dirty", where files differed from it */
	char *date;   /* of the commit, ISO 8601 in UTC */
};

struct document_note {
	char *text; /* owned */
};

/* What the cells say of a server in a mode, for those that read the file without this program (harness/analysis/verdict.h). */
struct document_verdict {
	char *server, *mode, *class, *leans, *kind, *missing; /* owned; kind and missing NULL: none */
	bool settled;
	uint64_t launches, agree, from_level, before_level, waits_to; /* levels: 0 where there is none */
	struct {
		double value, low, high;
	} retention, remains;
	double failure_share, waits_ns;
	struct document_note *notes;
	uint64_t notes_count;
};

struct document {
	char *id;                        /* random: of this run alone; owned; NULL in one of an old version */
	char *benchctl;                  /* version, owned */
	char *commit, *compiler, *flags; /* of its build, owned */
	struct document_revision revision;
	struct host host;
	char *client_cpus, *server_cpus; /* owned */
	char *network; /* "private" or "host"; owned; NULL in files of versions that knew only the host's */
	char *client;  /* the client that offered the load, whatever was requested; owned; NULL where unknown */
	struct document_option *options;
	uint64_t options_count;
	struct document_server *servers;
	uint64_t servers_count;
	struct cell *cells;
	uint64_t cells_count;
	struct document_verdict *verdicts; /* as they were written; what is shown is worked out anew from the cells */
	uint64_t verdicts_count;
	bool interrupted;
	struct cause *causes; /* what limits servers, by experiment; at most one for each server and mode */
	uint64_t causes_count;
};

/*
 * The table of all these fields but the cells, and that of the cells alone: a file may have the first without the
 * second.
 */
extern const struct field document_fields[], document_cells[];

void document_release(struct document *document);

/*
 * The hash of what ties a ledger to its run and does not change when that is resumed: the id, the build, and the options. Returns out.
 */
char *document_digest(const struct document *document, char out[SHA256_TEXT]);

/* Whether a document that was read keeps within these limits. Returns 0, or -1 with err set, which names the limit. */
int document_check(const struct document *document, struct err *err);

/* Drops the verdicts that were written. */
void document_drop_verdicts(struct document *document);

/* Adds a cell; the document owns it then. Returns 0, or -1 if out of memory. */
int document_add_cell(struct document *document, struct cell *cell);

/*
 * Adds what limits a server, in the place of what was found before of the same server; the document owns it then. Returns 0, or
 * -1 if out of memory.
 */
int document_set_cause(struct document *document, struct cause *cause);

/* The value of an option, or "". */
const char *document_option(const struct document *document, const char *name);

const struct document_server *document_server(const struct document *document, const char *name);

/* The cell of that server that is like another one (cell_is_alike), or NULL. */
const struct cell *document_cell(const struct document *document, const char *server, const struct cell *like);

/*
 * Whether our own revival of a server's library ran, and not the original: wherever its figures are shown, its name
 * must say so.
 */
bool document_is_revival(const struct document *document, const char *server);

/* The network in which a server's cells were measured: "private" or "host". */
const char *document_network(const struct document *document, const char *server);

/* Judges all cells anew, each against the control server's cell that is alike. */
void document_judge(struct document *document);

#endif
