/*
 * explain: one cell with all its evidence, on one screen.
 */
#ifndef HARNESS_REPORT_EXPLAIN_H
#define HARNESS_REPORT_EXPLAIN_H

#include <stdio.h>

#include "harness/record/cell.h"

/*
 * Writes what is known of a cell: whether it is valid, how it came to its rate, and the evidence from client, server
 * and kernel; `network` is what document_network() returns. What was not measured is said to be unknown. The latency
 * figures are computed from the cell's histogram, if it has one.
 */
void explain_print(const struct cell *cell, const char *network, FILE *out);

/*
 * Writes the known fields of a group, by their names and units, that no line of the explanation has. So a field that is
 * added to a table shows without one.
 */
void explain_fields(const struct field *fields, const char *group, const void *of, FILE *out);

/* The offered load of an open loop, and how much of it had to wait, as text; `load` prints it too. Returns out. */
#define EXPLAIN_OFFERED 256
char *explain_offered(char out[EXPLAIN_OFFERED], const struct cell *cell);

/*
 * The crowd of a cell as text: how many connections were active, and what happened to the silent ones. Writes to
 * `text`, "" where the cell is of another mode, and returns it.
 */
#define EXPLAIN_CROWD 256
const char *explain_crowd(char text[EXPLAIN_CROWD], const struct cell *cell);

/*
 * What a reader of a closed loop's figures must know, even if they are valid: which behaviour of the server they show,
 * and what to do. Writes a line for each note, preceded by `before`.
 */
void explain_notes(const struct cell *cell, const char *before, FILE *out);

#endif
