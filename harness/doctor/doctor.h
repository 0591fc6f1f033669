/*
 * doctor: whether a sweep can be honest on this host, judged from facts.
 *
 * Each finding has a rule, a pure function. A finding says what was found, why it matters for the figures, and which
 * command lifts it. It is *ok*; or a *note*, which readers of the figures should know; or *bad*: the sweep can't be
 * honest. A limit that shows in the evidence of a cell anyway, or that is part of what is measured, such as the file
 * limit of a server, is a note.
 */
#ifndef HARNESS_DOCTOR_DOCTOR_H
#define HARNESS_DOCTOR_DOCTOR_H

#include <stddef.h>

#include "harness/doctor/facts.h"

enum doctor_severity { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_BAD };

extern const char *const doctor_severity_names[]; /* "ok", "note", "bad" */

struct doctor_finding {
	const char *check; /* the rule's name */
	const char *why;   /* it matters */
	enum doctor_severity severity;
	char text[1024];   /* what was found */
	char command[512]; /* what lifts it, for a shell; "" where it is ok, or nothing that runs here does */
};

/* At least the number of rules. */
#define DOCTOR_FINDINGS_MAX 32

/* Judges the facts by every rule. Returns the number of findings. */
size_t doctor_judge(const struct facts *facts, struct doctor_finding findings[DOCTOR_FINDINGS_MAX]);

/* Judges one server. */
void doctor_judge_server(const struct facts *facts, const struct conf_server *server, const struct availability *found,
			 struct doctor_finding *finding);

#endif
