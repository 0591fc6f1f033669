#include "harness/server/local.h"

#include <netinet/in.h>

#include "harness/server/observe.h"

static unsigned port_of(const struct target *target)
{
	const struct sockaddr_storage *address = &target->address;

	return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
						    : ((const struct sockaddr_in *)address)->sin_port);
}

bool local_find(struct local *local, const struct target *target)
{
	struct observe observe = { .count = 1 };
	struct observe_usage usage;

	if (!target_is_loopback(target) || !port_is_held(port_of(target), &local->holder) || !local->holder.pid)
		return false;
	observe.pids[0] = local->holder.pid;
	observe_use(&observe, &usage);
	local->cpus = usage.cpus;
	return usage.processes > 0 && CPU_COUNT(&local->cpus) > 0;
}
