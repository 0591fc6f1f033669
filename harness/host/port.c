#include "harness/host/port.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TCP_LISTEN_STATE 0x0A /* include/net/tcp_states.h */

/* The inode of a socket in table that listens on port; 0 for none. */
static unsigned long listener_inode(const char *table, unsigned port)
{
	char line[512];
	unsigned long found = 0;
	FILE *file = fopen(table, "re");

	while (file && !found && fgets(line, sizeof line, file)) {
		unsigned local, state;
		unsigned long inode;
		if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*u %*u %lu", &local, &state,
			   &inode) == 3 &&
		    local == port && state == TCP_LISTEN_STATE)
			found = inode ? inode : 1;
	}
	if (file)
		fclose(file);
	return found;
}

/* Whether a process has the socket open. */
static bool process_holds(const char *pid, unsigned long inode)
{
	char path[300], link[64], wanted[64];
	bool holds = false;
	struct dirent *entry;

	snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
	snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
	DIR *folder = opendir(path);
	while (folder && !holds && (entry = readdir(folder))) {
		ssize_t bytes = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);
		if (bytes > 0) {
			link[bytes] = 0;
			holds = strcmp(link, wanted) == 0;
		}
	}
	if (folder)
		closedir(folder);
	return holds;
}

static void holder_name(struct port_holder *holder)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/comm", (int)holder->pid);
	FILE *file = fopen(path, "re");
	if (file) {
		if (!fgets(holder->name, sizeof holder->name, file))
			holder->name[0] = 0;
		fclose(file);
	}
	holder->name[strcspn(holder->name, "\n")] = 0;
	for (char *c = holder->name; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
}

bool port_is_held(unsigned port, struct port_holder *holder)
{
	unsigned long inode = listener_inode("/proc/net/tcp", port);
	struct dirent *entry;

	memset(holder, 0, sizeof *holder);
	if (!inode)
		inode = listener_inode("/proc/net/tcp6", port);
	if (!inode)
		return false;
	DIR *folder = opendir("/proc");
	while (folder && !holder->pid && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]) && process_holds(entry->d_name, inode))
			holder->pid = (pid_t)atoi(entry->d_name);
	if (folder)
		closedir(folder);
	if (holder->pid)
		holder_name(holder);
	return true;
}

int port_find_free(struct err *err)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof address;
	int port = -1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) ||
	    getsockname(fd, (struct sockaddr *)&address, &bytes))
		err_set_errno(err, "finding a free port");
	else
		port = ntohs(address.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}
