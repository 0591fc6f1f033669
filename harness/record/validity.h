/*
 * validity: the reasons why a cell's figures are not to be relied on (harness/record/judge.h finds them).
 */
#ifndef HARNESS_RECORD_VALIDITY_H
#define HARNESS_RECORD_VALIDITY_H

/* Why a cell's figures can't be relied on. */
enum invalid {
	INVALID_FAILED,            /* the server failed, see error; the counts until then are not figures of it */
	INVALID_NO_ANSWERS,        /* no right response */
	INVALID_SHORT_CONCURRENCY, /* fewer requests in flight than the level */
	INVALID_CLIENT_BOUND,      /* the client's CPU was the limit */
	INVALID_LITTLE,            /* rate, latency and concurrency contradict each other */
	INVALID_CONSERVATION,      /* the counts of requests do not add up */
	INVALID_LAG,               /* open loop: the client was late to start requests */
	INVALID_CLIENT_PAUSED,     /* the client stood still in the window: stopped, suspended, or not scheduled */
	INVALID_SHARED_CPU,        /* client and server may run on the same CPU */
	INVALID_BUILD,             /* measured by a build that is no benchmark, see build.h */
	INVALIDS
};

extern const char *const invalid_names[INVALIDS];        /* "failed", "no_answers", ... */
extern const char *const invalid_descriptions[INVALIDS]; /* for people: what it means */
extern const char *const invalid_advice[INVALIDS];       /* and what to do */

#endif
