#include "harness/server/proctree.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process {
	pid_t pid, parent;
};

/* The parent of a process, or 0 where it is gone. */
static pid_t parent_of(const char *pid)
{
	char path[64], stat[512];
	int parent = 0;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	size_t bytes = fread(stat, 1, sizeof stat - 1, file);
	fclose(file);
	stat[bytes] = 0;
	/* The name, in parentheses, may itself contain parentheses and blanks: the last closing one ends it. */
	const char *rest = strrchr(stat, ')');
	if (!rest || sscanf(rest + 1, " %*c %d", &parent) != 1)
		return 0;
	return parent;
}

/* All processes of the host. Freed by the caller; NULL where memory is out. */
static struct process *all_processes(size_t *count)
{
	struct process *list = NULL;
	size_t room = 0;
	struct dirent *entry;
	DIR *folder = opendir("/proc");

	*count = 0;
	while (folder && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (*count == room) {
			struct process *more = realloc(list, (room = room ? 2 * room : 256) * sizeof *list);
			if (!more) { /* a part of them would be taken for all */
				free(list);
				list = NULL;
				break;
			}
			list = more;
		}
		list[(*count)++] = (struct process){ (pid_t)atoi(entry->d_name), parent_of(entry->d_name) };
	}
	if (folder)
		closedir(folder);
	return list;
}

size_t proctree_list(pid_t root, pid_t *pids, size_t room)
{
	size_t all, count = 0;
	struct process *list = all_processes(&all);

	/* Each pass over the list finds the children of one that was found before. */
	for (size_t next = 0, parent = (size_t)root; list; parent = (size_t)pids[next++]) {
		for (size_t i = 0; i < all && count < room; i++)
			if (list[i].parent == (pid_t)parent)
				pids[count++] = list[i].pid;
		if (next == count)
			break;
	}
	free(list);
	return count;
}

void proctree_signal(pid_t root, int number, pid_t but)
{
	pid_t pids[PROCTREE_MAX];
	size_t count = proctree_list(root, pids, PROCTREE_MAX);

	for (size_t i = 0; i < count; i++)
		if (getpgid(pids[i]) != but)
			kill(pids[i], number);
}
