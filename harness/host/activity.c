#include "harness/host/activity.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/procfile.h"
#include "harness/lib/text.h"

static void cpus_look(struct activity_look *look, const char *root)
{
	char line[512];
	FILE *file = procfile_open(root, "/proc/stat");

	while (file && fgets(line, sizeof line, file)) {
		unsigned long long user, nice, system, idle, iowait, irq, softirq, steal;
		if (strncmp(line, "cpu", 3) != 0)
			continue;
		if (isdigit((unsigned char)line[3])) {
			look->cpus++;
			continue;
		}
		if (sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &iowait,
			   &irq, &softirq, &steal) != 8)
			continue;
		look->busy = user + nice + system + irq + softirq;
		look->steal = steal;
		look->all = look->busy + idle + iowait + steal;
	}
	if (file)
		fclose(file);
}

/* Reads "PID (NAME) STATE ...": the name may hold anything, a parenthesis too. */
static int process_look(struct activity_process *process, const char *root, const char *pid)
{
	char path[64], line[1024];
	unsigned long user, system;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	procfile_line(root, path, line, sizeof line);
	char *name = strchr(line, '('), *end = strrchr(line, ')');
	if (!name || !end ||
	    sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		return -1;
	*end = 0;
	process->pid = (pid_t)atoi(pid);
	process->ticks = user + system;
	text_plain(process->name, sizeof process->name, name + 1);
	return 0;
}

int activity_look(struct activity_look *look, const char *root, struct err *err)
{
	char path[PROCFILE_PATH];
	struct dirent *entry;
	size_t room = 0;
	int result = 0;

	memset(look, 0, sizeof *look);
	cpus_look(look, root);
	snprintf(path, sizeof path, "%s/proc", root);
	DIR *folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (look->count == room) {
			room = room ? 2 * room : 256;
			void *more = realloc(look->processes, room * sizeof *look->processes);
			if (!more) {
				result = err_set(err, "out of memory");
				break;
			}
			look->processes = more;
		}
		if (!process_look(&look->processes[look->count], root, entry->d_name))
			look->count++;
	}
	if (folder)
		closedir(folder);
	return result;
}

static const struct activity_process *process_of(const struct activity_look *look, pid_t pid)
{
	for (size_t i = 0; i < look->count; i++)
		if (look->processes[i].pid == pid)
			return &look->processes[i];
	return NULL;
}

static double fraction(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* The kernel's counts of idle time may go back a little. */
static uint64_t gain(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

struct activity activity_between(const struct activity_look *before, const struct activity_look *after, pid_t self)
{
	struct activity activity = { 0 };
	uint64_t all = gain(before->all, after->all), own = 0;

	for (size_t i = 0; i < after->count; i++) {
		const struct activity_process *now = &after->processes[i], *then = process_of(before, now->pid);
		uint64_t ticks = gain(then ? then->ticks : 0, now->ticks);
		if (now->pid == self)
			own = ticks;
		else if (ticks > activity.busiest.ticks) {
			activity.busiest = *now;
			activity.busiest.ticks = ticks;
		}
	}
	activity.others = fraction(gain(own, gain(before->busy, after->busy)), all) * after->cpus;
	activity.steal = fraction(gain(before->steal, after->steal), all);
	activity.steal_boot = fraction(after->steal, after->steal + after->busy);
	return activity;
}

void activity_release(struct activity_look *look)
{
	free(look->processes);
	memset(look, 0, sizeof *look);
}
