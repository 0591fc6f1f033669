#include "harness/server/observe.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/kcmp.h>

#include "harness/lib/clock.h"
#include "harness/server/proctree.h"

static bool tables_are_same(pid_t one, pid_t other)
{
	/* -1 where it can't be known (no permission, gone): taken as shared, which it nearly always is. */
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

static void tree_find(struct observe *observe, pid_t root, size_t known)
{
	observe->root = root;
	observe->pids[0] = root;
	observe->count = known + proctree_list(root, observe->pids + known, OBSERVE_PROCESSES - known);
	observe->tables_count = 0;
	for (size_t i = 0; i < observe->count; i++)
		tables_find(observe, observe->pids[i]);
}

void observe_find(struct observe *observe, pid_t root)
{
	tree_find(observe, root, 0);
}

void observe_find_with(struct observe *observe, pid_t process)
{
	tree_find(observe, process, 1);
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

/* The value of "Key:  123 kB" in a status file of proc(5), or 0. `text` is the whole file. */
static uint64_t status_value(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* Reads a small file of /proc whole, as a snapshot. Returns whether the file exists. */
static bool proc_read(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool proc_read(char *out, size_t room, const char *format, ...)
{
	char path[96];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, room - 1);
	if (fd >= 0)
		close(fd);
	out[got > 0 ? got : 0] = 0;
	return got > 0;
}

static void threads_use(pid_t pid, struct observe_usage *usage)
{
	char path[64], text[4096];
	struct dirent *entry;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !proc_read(text, sizeof text, "/proc/%d/task/%d/status", (int)pid, atoi(entry->d_name)))
			continue;
		cpu_set_t cpus;
		if (!sched_getaffinity(atoi(entry->d_name), sizeof cpus, &cpus))
			CPU_OR(&usage->cpus, &usage->cpus, &cpus);
		usage->threads++;
		usage->switches_voluntary += status_value(text, "\nvoluntary_ctxt_switches:");
		usage->switches_involuntary += status_value(text, "\nnonvoluntary_ctxt_switches:");
	}
	if (folder)
		closedir(folder);
}

static void process_use(pid_t pid, struct observe_usage *usage)
{
	char text[4096];
	unsigned long user, system;
	struct rlimit files;

	if (!proc_read(text, sizeof text, "/proc/%d/stat", (int)pid))
		return;
	usage->processes++;
	/* The name is in parentheses and may contain anything, parentheses too. */
	const char *after = strrchr(text, ')');
	if (after && sscanf(after, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2) {
		usage->user_ticks += user;
		usage->system_ticks += system;
	}
	if (proc_read(text, sizeof text, "/proc/%d/status", (int)pid)) {
		usage->rss_bytes += status_value(text, "\nVmRSS:") << 10;
		usage->peak_rss_bytes += status_value(text, "\nVmHWM:") << 10;
	}
	if (!prlimit(pid, RLIMIT_NOFILE, NULL, &files) && files.rlim_cur < usage->files_limit)
		usage->files_limit = files.rlim_cur;
	threads_use(pid, usage);
}

void observe_use(const struct observe *observe, struct observe_usage *usage)
{
	*usage = (struct observe_usage){ .cpu_ns = observe_cpu_ns(observe), .files_limit = UINT64_MAX };
	for (size_t i = 0; i < observe->count; i++)
		process_use(observe->pids[i], usage);
}
