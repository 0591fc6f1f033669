/*
 * store_directory: a store that is a folder of this machine: a branch of a version control system, what rsync will
 * send, what a web server offers.
 *
 * It is locked while it is open (flock(2) on the folder itself, so that it contains no lock file): of two processes
 * that publish to it, the second waits for the first.
 */
#ifndef HARNESS_SITE_STORE_DIRECTORY_H
#define HARNESS_SITE_STORE_DIRECTORY_H

#include <signal.h>

#include "harness/site/store.h"

/* Opens the folder, which is made where it is missing, with those above it. Returns 0; or -1 with err set, also where *stop is
 * set while another one holds it. */
int store_directory_open(struct store **store, const char *path, const volatile sig_atomic_t *stop, struct err *err);

#endif
