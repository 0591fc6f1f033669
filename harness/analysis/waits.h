/*
 * waits: a server that waits while it idles: neither side uses half a core, and a response takes a millisecond or more.
 */
#ifndef HARNESS_ANALYSIS_WAITS_H
#define HARNESS_ANALYSIS_WAITS_H

#include "harness/analysis/judgement.h"
#include "harness/record/document.h"

/* Fills in waits_ns and waits_to, of the levels at which at least half of the launches wait. */
void waits_find(struct judgement *judgement);

/* The same by the sequential client, where the levels did not show it. */
void waits_sequential(struct verdict *verdict, const struct document *document);

#endif
