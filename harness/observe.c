#include "harness/observe.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/kcmp.h>

#include "harness/lib/clock.h"
#include "harness/proctree.h"

static bool tables_are_same(pid_t one, pid_t other)
{
	/* -1 where it can't be told (no permission, gone): taken as shared, as it nearly always is. */
	return syscall(SYS_kcmp, one, other, KCMP_FILES, 0, 0) <= 0;
}

static void tables_find(struct observe *observe, pid_t pid)
{
	char path[64];
	struct dirent *entry;
	size_t from = observe->tables_count;

	if (from == OBSERVE_TABLES)
		return;
	observe->tables[observe->tables_count++] = (struct observe_table){ pid, pid };
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *folder = opendir(path);
	while (folder && (entry = readdir(folder)) && observe->tables_count < OBSERVE_TABLES) {
		pid_t thread = (pid_t)atoi(entry->d_name);
		bool known = !isdigit((unsigned char)entry->d_name[0]);
		for (size_t i = from; i < observe->tables_count && !known; i++)
			known = tables_are_same(thread, observe->tables[i].thread);
		if (!known)
			observe->tables[observe->tables_count++] = (struct observe_table){ pid, thread };
	}
	if (folder)
		closedir(folder);
}

void observe_find(struct observe *observe, pid_t root)
{
	observe->root = root;
	observe->count = proctree_list(root, observe->pids, OBSERVE_PROCESSES);
	observe->tables_count = 0;
	for (size_t i = 0; i < observe->count; i++)
		tables_find(observe, observe->pids[i]);
}

uint64_t observe_cpu_ns(const struct observe *observe)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < observe->count; i++) {
		clockid_t clock;
		if (!clock_getcpuclockid(observe->pids[i], &clock))
			sum += clock_read_ns(clock);
	}
	return sum;
}

/* The entries of a folder, for kernels before 6.2, whose /proc/PID/fd has no size. */
static uint64_t entries_count(const char *path)
{
	uint64_t count = 0;
	struct dirent *entry;
	DIR *folder = opendir(path);

	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return count;
}

uint64_t observe_fds(const struct observe *observe)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < observe->tables_count; i++) {
		char path[96];
		struct stat stat_now;
		snprintf(path, sizeof path, "/proc/%d/task/%d/fd", (int)observe->tables[i].pid,
			 (int)observe->tables[i].thread);
		if (stat(path, &stat_now))
			continue;
		sum += stat_now.st_size > 0 ? (uint64_t)stat_now.st_size : entries_count(path);
	}
	return sum;
}

uint64_t observe_rss_bytes(const struct observe *observe)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < observe->count; i++) {
		char path[64];
		unsigned long resident = 0;
		snprintf(path, sizeof path, "/proc/%d/statm", (int)observe->pids[i]);
		FILE *file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%*u %lu", &resident) == 1)
			pages += resident;
		fclose(file);
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
