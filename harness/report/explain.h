/*
 * explain: one cell with all its evidence, on one screen.
 */
#ifndef HARNESS_REPORT_EXPLAIN_H
#define HARNESS_REPORT_EXPLAIN_H

#include <stdio.h>

#include "harness/record/cell.h"

/*
 * Writes what is known of a cell: whether it is valid, how it came to its rate, and what was seen of client, server
 * and kernel meanwhile; `network` is what document_network() says. What was not measured is said to be unknown. The latency figures are read from the cell's
 * histogram again, where it has one.
 */
void explain_print(const struct cell *cell, const char *network, FILE *out);

/*
 * Writes the fields of a group by their names and units: those that no sentence of an explanation has, and that are known. So a
 * figure that is added to a table shows without one.
 */
void explain_fields(const struct field *fields, const char *group, const void *of, FILE *out);

/* What was offered in an open loop and what of it had to wait, in words; `load` says it too. Returns out. */
#define EXPLAIN_OFFERED 256
char *explain_offered(char out[EXPLAIN_OFFERED], const struct cell *cell);

/*
 * The crowd of a cell in words: how many were active, and what became of the silent ones. Writes to `text`, "" where
 * the cell is of another mode, and returns it.
 */
#define EXPLAIN_CROWD 256
const char *explain_crowd(char text[EXPLAIN_CROWD], const struct cell *cell);

/*
 * What a reader of a closed loop's figures has to know, though they may be valid: which behaviour of the server they show, and
 * what to do. Writes a line for each, with `before` in front of it.
 */
void explain_notes(const struct cell *cell, const char *before, FILE *out);

#endif
