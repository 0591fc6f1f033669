#include "clients/choice.h"

#include <string.h>

#include "clients/curl.h"
#include "clients/epoll.h"
#include "clients/seq.h"
#include "clients/uring.h"

const struct client *const clients[] = { &client_epoll, &client_uring, &client_seq, &client_curl, NULL };

const struct client *client_find(const char *name)
{
	for (const struct client *const *client = clients; *client; client++)
		if (strcmp((*client)->name, name) == 0)
			return *client;
	return NULL;
}

const struct client *client_choose(const char *name, uint32_t sources, struct err *why)
{
	bool automatic = strcmp(name, "auto") == 0;
	const struct client *client = automatic ? &client_uring : client_find(name);

	why->text[0] = 0;
	if (!client) {
		err_set(why, "there is no client '%s'", name);
		return NULL;
	}
	if (!client->find || !client->find(sources, why))
		return client;
	if (automatic)
		why->text[0] = 0;
	else
		err_prefix(why, "measuring with client %s instead of %s", clients[0]->name, name);
	return clients[0];
}
