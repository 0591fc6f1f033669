/*
 * curl: one request at a time through libcurl, a new connection for each. A second opinion on `seq`, by code
 * that this project did not write.
 */
#ifndef CLIENTS_CURL_H
#define CLIENTS_CURL_H

#include "clients/client.h"

extern const struct client client_curl;

#endif
