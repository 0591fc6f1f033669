/*
 * err: the description of one failed operation.
 *
 * A function that can fail takes a `struct err *` last and returns 0, or -1 with the message set. The layer that fails
 * says what happened; each layer above puts in front only what its caller could not know, so that the whole reads as
 * one sentence:
 *
 *     server eventlet: exited with status 1 before it was ready: ModuleNotFoundError: No module named 'eventlet'
 *
 * This is for operations only. A bug is an assert; a failure that is *measured* (a reset, a wrong response) is a
 * counter of the sample, see clients/client.h.
 */
#ifndef HARNESS_LIB_ERR_H
#define HARNESS_LIB_ERR_H

struct err {
	char text[2048]; /* one or more lines without a line end; cut where it is longer */
};

/* Sets the message. Always returns -1, so that a caller can `return err_set(...)`. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the message and adds ": " and the meaning of errno. Always returns -1. */
int err_set_errno(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a text and ": " in front of the message. Always returns -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
