/*
 * ledger: the finished cells of a run, one line of JSON each, on the disk before the next cell begins.
 *
 * Append-only and fsynced after each line: power loss or a kill loses at most the cell in flight.
 */
#ifndef HARNESS_LEDGER_H
#define HARNESS_LEDGER_H

#include "harness/cell.h"
#include "harness/lib/err.h"

struct ledger {
	int fd;
	char *path;
};

/* Makes a new ledger at path, which must not exist. Returns 0, or -1 with err set. */
int ledger_create(struct ledger *ledger, const char *path, struct err *err);

/* Adds a cell. Returns 0 when it is on the disk, or -1 with err set. */
int ledger_append(struct ledger *ledger, const struct cell *cell, struct err *err);

/* Closes it; the struct may be zeroed, with fd -1. */
void ledger_release(struct ledger *ledger);

#endif
