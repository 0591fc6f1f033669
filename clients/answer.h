/*
 * answer: one answer, read and compared with the right one as it arrives.
 *
 * What every engine does with the bytes that it receives: the reader (clients/http.h) takes them apart, each piece of
 * the body is held against the target, and nothing is kept, but for one thing. Servers say the same again and again, so
 * the last answer that was read and found right is remembered, and one that is the same, byte for byte, is right without
 * being taken apart. What differs in one byte, a new second in its Date say, goes the long way.
 */
#ifndef CLIENTS_ANSWER_H
#define CLIENTS_ANSWER_H

#include "clients/http.h"
#include "clients/target.h"
#include "clients/worker.h"

/* The longest answer, head and body, that is remembered. */
#define ANSWER_KNOWN_MAX 2048

/* What the answers of one thread are held against. */
struct answers {
	const struct target *target;
	enum target_check check;
	struct worker *worker;           /* keeps the words for the first that is wrong */
	struct http_reader known_reader; /* as it stood at the end of the remembered answer */
	size_t known_bytes;              /* 0: none is remembered */
	char known[ANSWER_KNOWN_MAX];
};

enum answer_end {
	ANSWER_MORE,   /* it is not complete */
	ANSWER_RIGHT,  /* complete and right */
	ANSWER_WRONG,  /* complete, and another answer than the right one */
	ANSWER_BROKEN, /* no valid answer: nothing more can be read on this connection */
};

/*
 * Reads on. `wrong` remembers, from one piece of an answer to the next, that its body differs: false at its start.
 * *failure is set with ANSWER_WRONG and ANSWER_BROKEN.
 */
enum answer_end answer_read(struct answers *answers, struct http_reader *reader, bool *wrong, const char *data,
			    size_t bytes, enum load_failure *failure);

/* The connection has ended: in the middle of the answer, or as the end of one (http_read_eof()). */
enum answer_end answer_eof(const struct answers *answers, const struct http_reader *reader, bool wrong,
			   enum load_failure *failure);

#endif
