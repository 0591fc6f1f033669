/*
 * store_url: a store at a URL, by libcurl: https:// by PUT as WebDAV has it (RFC 4918), sftp://, and http:// to this
 * machine only.
 *
 * - Folders are made by MKCOL and a file is put under another name and then given its own by MOVE. A server without MKCOL is taken to need no folders, a server without MOVE gets the file by PUT under its final name.
 * - A request to which the server responds that it is busy (423, 429, 503), or whose connection is lost, is made again, after
 *   the time that the server names (Retry-After, a minute at most) or one that doubles. Not the first connection of all.
 * - What is there is compared by its content: it is read back and hashed, and no size, date or ETag is believed.
 * - Credentials come from ~/.netrc, or as a bearer token from the environment (BENCHCTL_TOKEN), for SFTP from the ssh agent
 *   and ~/.ssh too. A URL with a password in it is refused: command lines are public. No message shows any of these.
 * - TLS is verified, and for SFTP the host's key by ~/.ssh/known_hosts. Redirects are not followed, or a token would go where
 *   the server sends it. Other protocols are switched off; time, sizes and responses are bounded.
 */
#ifndef HARNESS_SITE_STORE_URL_H
#define HARNESS_SITE_STORE_URL_H

#include "harness/site/store.h"

/* The environment variable with the bearer token. */
#define REMOTE_TOKEN "BENCHCTL_TOKEN"

/* Opens the place that the URL names. The settings must last as long as the store. Returns 0; or -1 with err set, which holds no credentials. */
int store_url_open(struct store **store, const char *url, const struct store_settings *settings, struct err *err);

#endif
