/*
 * store: the place of a site: a folder (store_directory.h), or a place that libcurl can write to (store_url.h).
 *
 * A store takes whole files by their path below the site's root, and reads and compares files that are there. A file
 * that is put appears whole or not at all, as far as the place allows: it is written under another name and renamed.
 * Folders are made as they are needed. Nothing is removed but such a half-written file of our own, and what remove() names.
 */
#ifndef HARNESS_SITE_STORE_H
#define HARNESS_SITE_STORE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"
#include "harness/site/site.h"

struct store;

struct store_settings {
	const char *certificates;          /* file of those to trust, in place of the system's; NULL: the system's */
	uint64_t timeout_ns;               /* of the transfer of one file, and of connecting; a folder has none */
	uint64_t retries;                  /* of a request, where the server is busy or the connection is lost */
	const volatile sig_atomic_t *stop; /* set: transfers end with an error; may be NULL */
	void (*tell)(void *context, const char *text); /* that a request is made again; or NULL */
	void *context;
};

/* What is at a path. */
enum store_state {
	STORE_ABSENT,
	STORE_SAME,  /* a file of that size and hash */
	STORE_OTHER, /* something else */
};

struct store_ops {
	/*
	 * Reads a file of at most `most` bytes. Returns 0: *data is to be freed, and NULL where there is no such file;
	 * or -1 with err set.
	 */
	int (*read)(struct store *store, const char *path, size_t max, char **data, size_t *bytes, struct err *err);
	/* Compares the file there, by its content. */
	int (*look)(struct store *store, const struct site_file *file, enum store_state *state, struct err *err);
	/* Puts the local file `from` there. */
	int (*put)(struct store *store, const char *path, const char *from, struct err *err);
	/*
	 * Removes a file, or where the path ends with a slash a folder with all that is in it. What is not there is no error.
	 * Returns 0, or -1 with err set.
	 */
	int (*remove)(struct store *store, const char *path, struct err *err);
	void (*close)(struct store *store);
};

/* Each kind of store begins with this. */
struct store {
	const struct store_ops *ops;
	char *name;     /* to be shown: without credentials; owned */
	bool is_folder; /* of this machine, from where a branch of pages may be pushed */
};

/* Closes it and frees it; NULL is allowed. */
void store_close(struct store *store);

/* The part of a path before its last name, with its slash, and that name after PREFIX: the name of a half-written file. */
#define STORE_PART      "benchctl-part-"
#define STORE_PART_PATH (SITE_PATH_MAX + sizeof STORE_PART)
char *store_part(char out[STORE_PART_PATH], const char *path);

/* Size and hash of a local file. Returns 0, or -1 with err set. */
int store_hash(const char *path, uint64_t *bytes, char sha256[SHA256_TEXT], struct err *err);

#endif
