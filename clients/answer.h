/*
 * answer: one answer, read and compared with the right one as it arrives.
 *
 * What every engine does with the bytes that it receives: the reader (clients/http.h) takes them apart, each piece of
 * the body is held against the target, and nothing is kept.
 */
#ifndef CLIENTS_ANSWER_H
#define CLIENTS_ANSWER_H

#include "clients/http.h"
#include "clients/target.h"
#include "clients/worker.h"

enum answer_end {
	ANSWER_MORE,	/* it is not complete */
	ANSWER_RIGHT,	/* complete and right */
	ANSWER_WRONG,	/* complete, and another answer than the right one */
	ANSWER_BROKEN,	/* no valid answer: nothing more can be read on this connection */
};

/*
 * Reads on. `wrong` remembers, from one piece of an answer to the next, that its body differs: false at its start.
 * *failure is set with ANSWER_WRONG and ANSWER_BROKEN; the worker keeps the words for the first of them.
 */
enum answer_end answer_read(struct http_reader *reader, bool *wrong, const char *data, size_t bytes,
			    const struct target *target, enum target_check check, struct worker *worker,
			    enum load_failure *failure);

/* The connection has ended in the middle of the answer; the same, where that completes it (http_read_eof()). */
enum answer_end answer_eof(const struct http_reader *reader, bool wrong, const struct target *target,
			   enum target_check check, struct worker *worker, enum load_failure *failure);

#endif
