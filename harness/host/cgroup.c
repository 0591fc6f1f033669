#include "harness/host/cgroup.h"

#include <stdlib.h>
#include <string.h>

#define V1_LIFTED "-1"
#define V2_LIFTED "max"

/* Whether a comma-separated list contains the word. */
static bool list_has(const char *list, const char *word)
{
	size_t bytes = strlen(word);

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strncmp(at, word, bytes) == 0 && (at[bytes] == ',' || !at[bytes]))
			return true;
	return false;
}

/* Our group in the hierarchy of a controller (version 1), or in that of version 2 (NULL): cgroups(7), /proc/PID/cgroup. */
static bool group_find(const char *root, const char *controller, char *out, size_t room)
{
	char line[PROCFILE_PATH];
	bool found = false;
	FILE *file = procfile_open(root, "/proc/self/cgroup");

	while (file && !found && fgets(line, sizeof line, file)) {
		char *list = strchr(line, ':');
		char *path = list ? strchr(list + 1, ':') : NULL;
		if (!path)
			continue;
		*list++ = 0;
		*path++ = 0;
		path[strcspn(path, "\n")] = 0;
		found = controller ? list_has(list, controller) : strcmp(line, "0") == 0;
		if (found)
			snprintf(out, room, "%s", path);
	}
	if (file)
		fclose(file);
	return found;
}

/* Where that hierarchy is mounted (proc_pid_mountinfo(5)), and the part of it that is visible there. */
static bool mount_find(const char *root, const char *controller, char *mount, char *part)
{
	char line[PROCFILE_PATH], type[64], options[PROCFILE_PATH];
	bool found = false;
	FILE *file = procfile_open(root, "/proc/self/mountinfo");

	while (file && !found && fgets(line, sizeof line, file)) {
		const char *rest = strstr(line, " - ");
		if (!rest || sscanf(rest, " - %63s %*s %4095s", type, options) != 2 ||
		    sscanf(line, "%*s %*s %*s %4095s %4095s", part, mount) != 2)
			continue;
		found = controller ? strcmp(type, "cgroup") == 0 && list_has(options, controller)
				   : strcmp(type, "cgroup2") == 0;
	}
	if (file)
		fclose(file);
	return found;
}

bool cgroup_place_find(struct cgroup_place *place, const char *root, const char *controller)
{
	char group[PROCFILE_PATH], part[PROCFILE_PATH];

	if (!group_find(root, controller, group, sizeof group) || !mount_find(root, controller, place->mount, part))
		return false;
	/* In a container the mount may show only a part of the hierarchy. */
	size_t above = strcmp(part, "/") == 0 ? 0 : strlen(part);
	const char *below = strncmp(group, part, above) == 0 ? group + above : group;
	if (strcmp(below, "/") == 0)
		below = "";
	return snprintf(place->folder, sizeof place->folder, "%s%s", place->mount, below) < (int)sizeof place->folder;
}

bool cgroup_place_up(struct cgroup_place *place)
{
	char *slash = strrchr(place->folder, '/');

	if (!slash || strlen(place->folder) <= strlen(place->mount))
		return false;
	*slash = 0;
	return true;
}

/* The path of a file of the group; a path that is too long is cut and so not found. */
static const char *file_of(const struct cgroup_place *place, const char *name, char out[PROCFILE_PATH])
{
	if (snprintf(out, PROCFILE_PATH, "%s/%s", place->folder, name) >= PROCFILE_PATH)
		out[0] = 0;
	return out;
}

static uint64_t number_of(const char *root, const struct cgroup_place *place, const char *name, uint64_t fallback)
{
	char path[PROCFILE_PATH];

	return procfile_number(root, file_of(place, name, path), fallback);
}

/* The value of a key in a file of lines "key value"; 0 where the key is missing. */
static uint64_t value_of(const char *root, const struct cgroup_place *place, const char *name, const char *key)
{
	char path[PROCFILE_PATH], line[256];
	unsigned long long value = 0;
	FILE *file = procfile_open(root, file_of(place, name, path));

	while (file && fgets(line, sizeof line, file)) {
		size_t bytes = strlen(key);
		if (strncmp(line, key, bytes) == 0 && line[bytes] == ' ')
			value = strtoull(line + bytes, NULL, 10);
	}
	if (file)
		fclose(file);
	return value;
}

/* Keeps what is left in this group if that is the minimum so far. */
static void limit_add(struct cgroup_limit *limit, const struct cgroup_place *place, const char *name, uint64_t left,
		      const char *lifted)
{
	if (left >= limit->left)
		return;
	limit->left = left;
	limit->lifted = lifted;
	file_of(place, name, limit->file);
}

static uint64_t quota(uint64_t quota_us, uint64_t period_us)
{
	return quota_us == CGROUP_UNLIMITED || !period_us ? CGROUP_UNLIMITED : quota_us * 1000 / period_us;
}

static uint64_t less(uint64_t max, uint64_t used)
{
	return max == CGROUP_UNLIMITED ? max : max > used ? max - used : 0;
}

static void cpu_v2(struct cgroup_limit *limit, const char *root, const struct cgroup_place *place)
{
	char path[PROCFILE_PATH], text[128];
	unsigned long long quota_us, period_us;

	procfile_line(root, file_of(place, "cpu.max", path), text, sizeof text);
	if (sscanf(text, "%llu %llu", &quota_us, &period_us) == 2)
		limit_add(limit, place, "cpu.max", quota(quota_us, period_us), V2_LIFTED);
}

static void cpu_v1(struct cgroup_limit *limit, const char *root, const struct cgroup_place *place)
{
	/* No quota is -1, which procfile does not read as a number. */
	uint64_t quota_us = number_of(root, place, "cpu.cfs_quota_us", CGROUP_UNLIMITED);

	limit_add(limit, place, "cpu.cfs_quota_us", quota(quota_us, number_of(root, place, "cpu.cfs_period_us", 0)),
		  V1_LIFTED);
}

static void memory_v2(struct cgroup_limit *limit, const char *root, const struct cgroup_place *place)
{
	uint64_t files = value_of(root, place, "memory.stat", "inactive_file");
	uint64_t used = number_of(root, place, "memory.current", 0);

	limit_add(limit, place, "memory.max",
		  less(number_of(root, place, "memory.max", CGROUP_UNLIMITED), less(used, files)), V2_LIFTED);
}

static void memory_v1(struct cgroup_limit *limit, const char *root, const struct cgroup_place *place)
{
	uint64_t files = value_of(root, place, "memory.stat", "total_inactive_file");
	uint64_t used = number_of(root, place, "memory.usage_in_bytes", 0);
	uint64_t max = number_of(root, place, "memory.limit_in_bytes", CGROUP_UNLIMITED);

	/* No limit is the largest multiple of a page. */
	if (max < INT64_MAX / 2)
		limit_add(limit, place, "memory.limit_in_bytes", less(max, less(used, files)), V1_LIFTED);
}

static void processes(struct cgroup_limit *limit, const char *root, const struct cgroup_place *place)
{
	limit_add(limit, place, "pids.max",
		  less(number_of(root, place, "pids.max", CGROUP_UNLIMITED), number_of(root, place, "pids.current", 0)),
		  V2_LIFTED);
}

/* Reads the limits of our group and all above it. */
static void climb(struct cgroup_limit *limit, const char *root, const char *controller,
		  void (*look)(struct cgroup_limit *, const char *, const struct cgroup_place *))
{
	struct cgroup_place place;

	if (!cgroup_place_find(&place, root, controller))
		return;
	do
		look(limit, root, &place);
	while (cgroup_place_up(&place));
}

void cgroup_read(struct cgroup *cgroup, const char *root)
{
	static const struct cgroup_limit none = { .left = CGROUP_UNLIMITED };

	*cgroup = (struct cgroup){ none, none, none };
	climb(&cgroup->cpu, root, NULL, cpu_v2);
	climb(&cgroup->cpu, root, "cpu", cpu_v1);
	climb(&cgroup->memory, root, NULL, memory_v2);
	climb(&cgroup->memory, root, "memory", memory_v1);
	climb(&cgroup->processes, root, NULL, processes);
	climb(&cgroup->processes, root, "pids", processes);
}
