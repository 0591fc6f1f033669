/*
 * ledger: the finished cells of a run, one line of JSON each, on the disk before the next cell begins.
 *
 * Append-only and fsynced after each line: power loss or a kill loses at most the cell in flight.
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

/* Makes a new ledger at path, which must not exist. Returns 0, or -1 with err set. */
int ledger_create(struct ledger *ledger, const char *path, struct err *err);

/* What was found in a ledger that is gone on with. */
struct ledger_found {
	bool torn;      /* its last line was */
	size_t doubled; /* cells that stand in it more than once */
};

/*
 * Opens the ledger of a run that was cut short, to go on with it; its cells are added to the document, each once: of cells that
 * are alike (two benchctl of an old version wrote to it at once) the first counts, and the file keeps all. A last line
 * that is torn (the machine stopped while it was written) is cut off. Any other line that is no
 * cell is an error that names the line, and the file stays as it is. Returns 0, or -1 with err set.
 */
int ledger_resume(struct ledger *ledger, const char *path, struct document *document, struct ledger_found *found,
		  struct err *err);

/* Adds a cell. Returns 0 when it is on the disk, or -1 with err set. */
int ledger_append(struct ledger *ledger, const struct cell *cell, struct err *err);

/* Closes it; the struct may be zeroed, with fd -1. */
void ledger_release(struct ledger *ledger);

#endif
