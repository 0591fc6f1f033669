#include "clients/sources.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static void v4_fill(struct sources *sources)
{
	for (uint32_t i = 0; i < SOURCES_MAX; i++)
		sources->all[i] = (struct source){
			.v4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + i) },
			.bytes = sizeof sources->all[i].v4,
		};
	sources->count = SOURCES_MAX;
}

/* Whether the network has the address: a socket can be bound to it. */
static bool is_here(const struct source *source)
{
	int fd = socket(source->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_bound = fd >= 0 && !bind(fd, &source->any, source->bytes);

	if (fd >= 0)
		close(fd);
	return is_bound;
}

struct in6_addr sources_v6(unsigned number)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];

	snprintf(text, sizeof text, SOURCES_V6_PREFIX "::%x", number);
	return inet_pton(AF_INET6, text, &address) == 1 ? address : in6addr_any;
}

static void v6_fill(struct sources *sources)
{
	for (uint32_t i = 0; i <= SOURCES_V6; i++) {
		struct source *source = &sources->all[i];
		*source = (struct source){
			.v6 = { .sin6_family = AF_INET6, .sin6_addr = i ? sources_v6(i) : in6addr_loopback },
			.bytes = sizeof source->v6,
		};
		if (i && !is_here(source))
			return;
		sources->count = i + 1;
	}
}

void sources_init(struct sources *sources, const struct target *target)
{
	*sources = (struct sources){ .count = 1 };
	if (!target)
		v4_fill(sources);
	else if (target_is_loopback(target))
		(target->address.ss_family == AF_INET ? v4_fill : v6_fill)(sources);
}

uint32_t sources_for(const struct target *target, uint64_t connections)
{
	struct sources sources;
	uint64_t needed = (connections + SOURCES_CONNECTIONS - 1) / SOURCES_CONNECTIONS;

	sources_init(&sources, target);
	return needed < 1 ? 1 : needed < sources.count ? (uint32_t)needed : sources.count;
}
