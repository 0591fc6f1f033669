#include "harness/server/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/host/cgroup.h"
#include "harness/lib/clock.h"

/* The kernel takes no smaller quota (min_cfs_quota_period). */
#define QUOTA_MIN_US 1000

static const char *const quota_files[] = { "cpu.cfs_quota_us", "cpu.max" }; /* of version 1 and 2 */

static const char *file_of(const struct quota *quota, const char *name, char path[PROCFILE_PATH])
{
	if (snprintf(path, PROCFILE_PATH, "%s/%s", quota->folder, name) >= PROCFILE_PATH)
		path[0] = 0;
	return path;
}

/* Writes a value in one write. Returns 0, or -1 with err set. */
static int value_write(const struct quota *quota, const char *name, const char *value, struct err *err)
{
	char path[PROCFILE_PATH];
	int fd = open(file_of(quota, name, path), O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set_errno(err, "%s", path);
	bool written = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	if (!written)
		err_set_errno(err, "writing '%s' to %s", value, path);
	close(fd);
	return written ? 0 : -1;
}

/* Tries to make a group in a place; a group without the controller's files is useless, and is removed again. */
static bool group_make(struct quota *quota, const struct cgroup_place *place)
{
	char path[PROCFILE_PATH];

	for (unsigned i = 0; i < 1000; i++) {
		if (snprintf(quota->folder, sizeof quota->folder, "%s/benchctl-%d-%u", place->folder, (int)getpid(),
			     i) >= (int)sizeof quota->folder)
			break;
		if (!mkdir(quota->folder, 0755)) {
			if (!access(file_of(quota, quota_files[quota->is_v2], path), W_OK) &&
			    !access(file_of(quota, "cgroup.procs", path), W_OK))
				return true;
			rmdir(quota->folder);
			break;
		}
		if (errno != EEXIST)
			break;
	}
	quota->folder[0] = 0;
	return false;
}

int quota_open(struct quota *quota, struct err *err)
{
	static const char *const controllers[] = { "cpu", NULL }; /* version 1; version 2 */
	struct cgroup_place place;

	for (int version = 0; version < 2; version++) {
		*quota = (struct quota){ .is_v2 = version };
		if (!cgroup_place_find(&place, "", controllers[version]))
			continue;
		do
			if (group_make(quota, &place))
				return 0;
		while (cgroup_place_up(&place));
	}
	return err_set(err, "no control group for CPU time can be made (cgroups(7)): "
			    "it takes root, or a group delegated to this user with the cpu controller");
}

int quota_set(const struct quota *quota, double cpus, uint64_t period_ns, struct err *err)
{
	char text[64], period[32];
	uint64_t period_us = period_ns / CLOCK_US;
	double quota_us = cpus * (double)period_us;

	if (quota_us < QUOTA_MIN_US) /* the same share, over a longer period */
		period_us = (uint64_t)(QUOTA_MIN_US / cpus), quota_us = QUOTA_MIN_US;
	snprintf(period, sizeof period, "%llu", (unsigned long long)period_us);
	if (quota->is_v2) {
		if (isinf(cpus))
			snprintf(text, sizeof text, "max %s", period);
		else
			snprintf(text, sizeof text, "%.0f %s", quota_us, period);
		return value_write(quota, "cpu.max", text, err);
	}
	snprintf(text, sizeof text, isinf(cpus) ? "-1" : "%.0f", quota_us);
	/* The limit is removed first: a group above may not allow a larger share, not even between the two writes. */
	if (value_write(quota, "cpu.cfs_quota_us", "-1", err) || value_write(quota, "cpu.cfs_period_us", period, err))
		return -1;
	return isinf(cpus) ? 0 : value_write(quota, "cpu.cfs_quota_us", text, err);
}

int quota_door(const struct quota *quota, struct err *err)
{
	char path[PROCFILE_PATH];
	int fd = open(file_of(quota, "cgroup.procs", path), O_WRONLY | O_CLOEXEC);

	return fd < 0 ? err_set_errno(err, "%s", path) : fd;
}

int quota_read(const struct quota *quota, struct quota_use *use, struct err *err)
{
	char path[PROCFILE_PATH], key[64];
	unsigned long long value;
	FILE *file = fopen(file_of(quota, "cpu.stat", path), "re");

	*use = (struct quota_use){ 0 };
	if (!file)
		return err_set_errno(err, "%s", path);
	while (fscanf(file, "%63s %llu", key, &value) == 2) {
		if (strcmp(key, "nr_periods") == 0)
			use->periods = value;
		else if (strcmp(key, "nr_throttled") == 0)
			use->throttled = value;
		else if (strcmp(key, "throttled_usec") == 0)
			use->throttled_ns = value * CLOCK_US;
		else if (strcmp(key, "throttled_time") == 0) /* version 1, in ns */
			use->throttled_ns = value;
	}
	fclose(file);
	return 0;
}

int quota_close(struct quota *quota, struct err *err)
{
	if (!quota->folder[0])
		return 0;
	if (rmdir(quota->folder))
		return err_set_errno(err, "removing the control group %s", quota->folder);
	quota->folder[0] = 0;
	return 0;
}
