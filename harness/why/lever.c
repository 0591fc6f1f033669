#include "harness/why/lever.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/server/proctree.h"

#define PATH_ROOM 64

/* Calls `each` with every number that is the name of an entry of a folder, until it returns not 0, which is returned. */
static int numbers_walk(const char *folder, int (*each)(void *context, long number), void *context)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	int result = 0;

	while (directory && !result && (entry = readdir(directory)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			result = each(context, strtol(entry->d_name, NULL, 10));
	if (directory)
		closedir(directory);
	return result;
}

/* The listening sockets of one process. */
struct listeners {
	const struct levers *levers;
	int process; /* pidfd */
	unsigned found;
	int error; /* errno of a descriptor that could not be fetched; 0 */
};

/* Another process's descriptor may be closed at any time: that one can't be fetched is told only where no listener is found. */
static int listener_pull(void *context, long number)
{
	struct listeners *listeners = context;
	const struct levers *levers = listeners->levers;
	int fd = (int)syscall(SYS_pidfd_getfd, listeners->process, (int)number, 0);
	int listens = 0, on = 1;
	socklen_t bytes = sizeof listens;

	if (fd < 0) {
		listeners->error = errno;
		return 0;
	}
	if (!getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &bytes) && listens) {
		listeners->found++;
		if ((levers->backlog && listen(fd, (int)levers->backlog)) ||
		    (levers->nodelay && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on)))
			listeners->error = errno;
	}
	close(fd);
	return 0;
}

static unsigned listeners_pull(const struct levers *levers, pid_t pid, int *error)
{
	char folder[PATH_ROOM];
	struct listeners listeners = { .levers = levers, .process = (int)syscall(SYS_pidfd_open, pid, 0) };

	if (listeners.process < 0)
		return 0;
	snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
	numbers_walk(folder, listener_pull, &listeners);
	close(listeners.process);
	*error = listeners.error ? listeners.error : *error;
	return listeners.found;
}

static int limit_set(pid_t pid, __rlimit_resource_t resource, uint64_t value, const char *name, struct err *err)
{
	const struct rlimit limit = { value, value };

	return prlimit(pid, resource, &limit, NULL) ? err_set_errno(err, "setting the server's %s", name) : 0;
}

/* The address space that a process has, bytes; 0 where it is gone. */
static uint64_t address_space(pid_t pid)
{
	char path[PATH_ROOM];
	unsigned long long pages = 0;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	FILE *file = fopen(path, "re");
	if (file) {
		if (fscanf(file, "%llu", &pages) != 1)
			pages = 0;
		fclose(file);
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int slack_set(void *context, long thread)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof path, "/proc/%ld/timerslack_ns", thread);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : errno;
	int number = dprintf(fd, "%llu", (unsigned long long)*(const uint64_t *)context) < 0 ? errno : 0;
	close(fd);
	return number;
}

static int process_pull(const struct levers *levers, pid_t pid, struct err *err)
{
	char folder[PATH_ROOM];
	uint64_t slack_ns = levers->slack_ns;

	if (levers->files && limit_set(pid, RLIMIT_NOFILE, levers->files, "RLIMIT_NOFILE", err))
		return -1;
	if (levers->memory_bytes &&
	    limit_set(pid, RLIMIT_AS, address_space(pid) + levers->memory_bytes, "RLIMIT_AS", err))
		return -1;
	snprintf(folder, sizeof folder, "/proc/%d/task", (int)pid);
	if (slack_ns && (errno = numbers_walk(folder, slack_set, &slack_ns)))
		return err_set_errno(err, "setting the server's timer slack");
	return 0;
}

int levers_pull(const struct levers *levers, pid_t root, struct err *err)
{
	pid_t pids[PROCTREE_MAX];
	size_t count = proctree_list(root, pids, PROCTREE_MAX);
	bool of_listener = levers->backlog || levers->nodelay;
	unsigned listeners = 0;
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		if (process_pull(levers, pids[i], err))
			return -1;
		if (of_listener)
			listeners += listeners_pull(levers, pids[i], &error);
	}
	if (!of_listener || listeners)
		return 0;
	errno = error ? error : ENOENT;
	return err_set_errno(err, "fetching the server's listening socket (pidfd_getfd)");
}
