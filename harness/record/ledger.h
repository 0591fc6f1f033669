/*
 * ledger: the finished cells of a run, one line of JSON each, on the disk before the next cell begins.
 *
 * Append-only and fsynced after each line: power loss or a kill loses at most the cell in flight. The first line says of which run
 * the cells are:
 *
 *     {"ledger": 1, "run": "ID", "preamble": "DIGEST"}
 *
 * with the id of its run.json and document_digest(). A ledger of an old version begins with a cell.
 */
#ifndef HARNESS_RECORD_LEDGER_H
#define HARNESS_RECORD_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/err.h"
#include "harness/record/cell.h"
#include "harness/record/document.h"

struct ledger {
	int fd;
	char *path;
};

/* Makes a new ledger at path, which must not exist, of that run. Returns 0, or -1 with err set. */
int ledger_create(struct ledger *ledger, const char *path, const struct document *run, struct err *err);

/* What was found in a ledger that is continued. */
struct ledger_found {
	bool torn;      /* its last line was */
	size_t doubled; /* cells that it has more than once */
};

/*
 * Opens the ledger of the run that `document` is, as its id says, to go on with it; that of another run is an error. Its cells are
 * added to the document, each once: of cells that are alike (two benchctl of an old version wrote to it at once) the first counts,
 * and the file keeps all. A last line that is torn (the machine stopped while it was written) is cut off. Any other line that is no
 * cell is an error that names the line, and the file stays as it is. Returns 0, or -1 with err set.
 */
int ledger_resume(struct ledger *ledger, const char *path, struct document *document, struct ledger_found *found,
		  struct err *err);

/*
 * Adds the cells of the ledger of the run that `document` is, which may be written to meanwhile. Nothing is changed, and a last line
 * that is not whole is passed over. Returns 0, or -1 with err set.
 */
int ledger_read(const char *path, struct document *document, struct err *err);

/* Whether the file is still at its path: its folder may have been removed or renamed. Returns 0, or -1 with err set. */
int ledger_check(const struct ledger *ledger, struct err *err);

/*
 * Adds a cell. Returns 0 when it is on the disk, or -1 with err set: it can't be written, or the file is no longer at its path
 * (ledger_check), where nobody would find the cell.
 */
int ledger_append(struct ledger *ledger, const struct cell *cell, struct err *err);

/* Closes it; the struct may be zeroed, with fd -1. */
void ledger_release(struct ledger *ledger);

#endif
