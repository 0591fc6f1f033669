/*
 * sentence: the finding about the servers in one mode, as a sentence of plain text.
 *
 * Servers with the same result are named together: "Of 30 servers from 1 to 65,536 connections, 2 keep up (a and b),
 * and 28 fail (...)." What is said depends on what the run offered (offered.h): levels, rates, both, or one request at
 * a time.
 */
#ifndef HARNESS_REPORT_SENTENCE_H
#define HARNESS_REPORT_SENTENCE_H

#include "harness/lib/err.h"
#include "harness/report/findings.h"

/* The finding. Freed by the caller; NULL with err set where memory is out. */
char *sentence_finding(const struct findings *findings, struct err *err);

/* The same in a few words, without names: "2 keep up, 14 as fast as the client, 6 sag". Freed by the caller as that. */
char *sentence_gist(const struct findings *findings, struct err *err);

/*
 * The result of the rates for a server, for a table: "keeps up to 500/s", "falls behind from 90 %", "never started".
 * Returns out; "" where it was offered none.
 */
#define SENTENCE_TEXT 128
char *sentence_rate_verdict(char out[SENTENCE_TEXT], const struct findings *findings, const struct findings_row *row);

#endif
