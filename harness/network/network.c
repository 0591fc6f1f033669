#include "harness/network/network.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/sources.h"
#include "harness/network/netlink.h"

const char *const network_choice_names[] = { "auto", "private", "host", NULL };

/* Writes a line to a small file of /proc in one write, as such files need it. Returns 0, or -1 with errno set. */
static int line_write(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ssize_t bytes = write(fd, line, strlen(line));
	int number = errno;
	close(fd);
	errno = number;
	return bytes < 0 ? -1 : 0;
}

/* A user namespace in which the caller has every capability and keeps its user and group. */
static int user_namespace_make(struct err *err)
{
	char uids[64], gids[64];

	snprintf(uids, sizeof uids, "%u %u 1", (unsigned)geteuid(), (unsigned)geteuid());
	snprintf(gids, sizeof gids, "%u %u 1", (unsigned)getegid(), (unsigned)getegid());
	if (unshare(CLONE_NEWUSER))
		return err_set_errno(err, "a user namespace (unshare)");
	/* Without "deny" the kernel lets only a privileged process map a group (user_namespaces(7)). */
	if (line_write("/proc/self/setgroups", "deny") || line_write("/proc/self/uid_map", uids) ||
	    line_write("/proc/self/gid_map", gids))
		return err_set_errno(err, "mapping the user into a user namespace");
	return 0;
}

static void lacking_add(struct network *network, const char *text)
{
	size_t used = strlen(network->lacking);

	snprintf(network->lacking + used, sizeof network->lacking - used, "%s", text);
}

/* Raises the limits of the namespace that the calling thread is in; one that cannot be raised is noted. */
static void limits_raise(struct network *network)
{
	char backlog[16], port[16], ports[16];
	const struct {
		const char *name, *value;
	} limits[] = {
		{ "net/core/somaxconn", backlog },
		{ "net/ipv4/tcp_max_syn_backlog", backlog },
		{ "net/ipv4/ip_local_port_range", ports },
		{ "net/ipv4/ip_local_reserved_ports", port },
		{ "net/ipv4/tcp_max_tw_buckets", "1048576" },
		{ "net/ipv4/tcp_tw_reuse", "1" },
	};

	int number = 0;

	network->lacking[0] = 0;
	snprintf(backlog, sizeof backlog, "%u", network->backlog);
	snprintf(port, sizeof port, "%u", network->port);
	snprintf(ports, sizeof ports, "%d %d", NETWORK_PORT_LOW, NETWORK_PORT_HIGH);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		char path[96];
		snprintf(path, sizeof path, "/proc/sys/%s", limits[i].name);
		if (!line_write(path, limits[i].value))
			continue;
		number = errno;
		lacking_add(network, network->lacking[0] ? ", " : "");
		lacking_add(network, strrchr(limits[i].name, '/') + 1);
	}
	if (number) {
		lacking_add(network, " cannot be set: ");
		lacking_add(network, strerror(number));
	}
}

/* Addresses beside ::1 that connections can come from. */
static int sources_add(struct err *err)
{
	for (unsigned i = 1; i <= SOURCES_V6; i++) {
		struct in6_addr address = sources_v6(i);
		if (netlink_loopback_add(&address, err))
			return -1;
	}
	return 0;
}

/* Whether IPv6 is usable on the loopback interface: a host may have it switched off, and IPv4 works all the same. */
static bool has_ipv6(void)
{
	return network_limit("net/ipv6/conf/lo/disable_ipv6") == 0;
}

/* Makes the namespace that the calling thread has moved into usable. Returns 0, or -1 with err set. */
static int network_prepare(struct network *network, struct err *err)
{
	if (netlink_loopback_up(err) || (has_ipv6() && sources_add(err)))
		return -1;
	limits_raise(network);
	return 0;
}

int network_renew(struct network *network, struct err *err)
{
	if (!network->is_private)
		return 0;
	if (unshare(CLONE_NEWNET))
		return err_set_errno(err, "a network namespace (unshare)");
	return network_prepare(network, err);
}

/* Makes the first private network. On failure the calling thread may be left in a user namespace. */
static int network_enter(struct network *network, struct err *err)
{
	network->host = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	network->is_private = !unshare(CLONE_NEWNET);
	if (!network->is_private && errno == EPERM) {
		if (user_namespace_make(err))
			goto out;
		network->has_user_namespace = true;
		network->is_private = !unshare(CLONE_NEWNET);
	}
	if (!network->is_private)
		err_set_errno(err, "a network namespace (unshare)");
	else if (!network_prepare(network, err))
		return 0;
out:
	network_close(network);
	return -1;
}

/* What the trial process reports. */
struct trial {
	int result;
	char lacking[NETWORK_TEXT];
	struct err err;
};

/* In the child: does not return. */
static void trial_run(int report)
{
	struct trial trial = { 0 };
	struct network network = (struct network){ .host = -1, .backlog = NETWORK_BACKLOG };
	trial.result = network_enter(&network, &trial.err);
	if (trial.result)
		err_prefix(&trial.err, "no private network");
	memcpy(trial.lacking, network.lacking, sizeof trial.lacking);
	_exit(write(report, &trial, sizeof trial) != sizeof trial);
}

int network_try(char lacking[NETWORK_TEXT], struct err *err)
{
	struct trial trial;
	int report[2];

	if (pipe2(report, O_CLOEXEC))
		return err_set_errno(err, "pipe2");
	pid_t child = fork();
	if (child == 0)
		trial_run(report[1]);
	int result = child < 0 ? err_set_errno(err, "fork") : 0;
	close(report[1]);
	if (child > 0) {
		ssize_t bytes = read(report[0], &trial, sizeof trial);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		if (bytes != sizeof trial)
			result = err_set(err, "no private network: the process that tried it has ended");
		else if (trial.result)
			*err = trial.err, result = -1;
		else
			memcpy(lacking, trial.lacking, sizeof trial.lacking);
	}
	close(report[0]);
	return result;
}

int network_open(struct network *network, enum network_choice choice, unsigned port, unsigned backlog, struct err *err)
{
	char lacking[NETWORK_TEXT];

	*network = (struct network){ .host = -1, .port = port, .backlog = backlog ? backlog : NETWORK_BACKLOG };
	if (choice == NETWORK_HOST)
		return 0;
	/* There is no way out of a user namespace that proves useless: a trial process tries first. */
	if (!network_try(lacking, err))
		return network_enter(network, err) ? err_prefix(err, "no private network") : 0;
	if (choice == NETWORK_PRIVATE)
		return -1;
	snprintf(network->reason, sizeof network->reason,
		 "%.200s; root, or a kernel and a container that allow unprivileged user namespaces, can have one",
		 err->text);
	return 0;
}

long network_limit(const char *name)
{
	char path[128], line[64] = "";
	long value = -1;

	snprintf(path, sizeof path, "/proc/sys/%s", name);
	FILE *file = fopen(path, "re");
	if (file) {
		if (fgets(line, sizeof line, file))
			value = strtol(line, NULL, 10);
		fclose(file);
	}
	return value;
}

int network_leave(struct network *network, struct err *err)
{
	if (!network->is_private)
		return 0;
	if (network->has_user_namespace)
		return err_set(err, "there is no way back from a user namespace into the host's network: "
				    "--network host runs all servers there");
	return setns(network->host, CLONE_NEWNET) ? err_set_errno(err, "returning to the host's network (setns)") : 0;
}

void network_close(struct network *network)
{
	if (network->is_private && network->host >= 0 && !network->has_user_namespace)
		(void)!setns(network->host, CLONE_NEWNET);
	if (network->host >= 0)
		close(network->host);
	network->host = -1;
	network->is_private = false;
}
