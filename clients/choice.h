/*
 * choice: the clients, and which of them measures.
 */
#ifndef CLIENTS_CHOICE_H
#define CLIENTS_CHOICE_H

#include "clients/client.h"

/* All clients; ends with NULL. The first is the default. */
extern const struct client *const clients[];

/* The client of that name, or NULL. */
const struct client *client_find(const char *name);

/*
 * The client to measure with where `name` is requested: that client, or the default if it can't run here, and then
 * `why` says so; else `why` is empty. "auto" is uring if it can run. NULL with `why` set: there is no client of that
 * name. `sources` is sources_for() of the maximum number of connections to be measured.
 */
const struct client *client_choose(const char *name, uint32_t sources, struct err *why);

#endif
