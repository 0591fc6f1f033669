/*
 * seq: the sequential client. One request at a time over blocking sockets, a new connection for each, as the
 * client_seq.py of 2010 did it.
 */
#ifndef CLIENTS_SEQ_H
#define CLIENTS_SEQ_H

#include "clients/client.h"

extern const struct client client_seq;

#endif
