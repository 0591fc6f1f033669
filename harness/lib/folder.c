#include "harness/lib/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/directory.h"

#define STAGED "benchctl-new"

/* Calls a function for each entry of a folder, until it returns an error. Returns 0, or -1 with errno set. */
static int each(int fd, int (*visit)(void *context, const char *name), void *context)
{
	struct dirent **entries;
	int count = scandirat(fd, ".", &entries, NULL, NULL), result = 0;

	if (count < 0)
		return -1;
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (!result && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			result = visit(context, name);
		free(entries[i]);
	}
	free(entries);
	return result;
}

static bool has(int fd, const char *name, struct stat *info)
{
	return !fstatat(fd, name, info, AT_SYMLINK_NOFOLLOW);
}

/* The old folder, or a staged one that is given up, is emptied. */
struct clearing {
	int from, to;
	bool keeps; /* files that are not in `to` are moved there, and not removed */
};

static int clear_one(void *context, const char *name)
{
	const struct clearing *clearing = context;
	struct stat info, there;

	if (!has(clearing->from, name, &info))
		return 0;
	/* No folder is staged: one that is here was in the target when the two were exchanged. */
	if ((clearing->keeps || S_ISDIR(info.st_mode)) && !has(clearing->to, name, &there))
		renameat(clearing->from, name, clearing->to, name);
	else if (!S_ISDIR(info.st_mode))
		unlinkat(clearing->from, name, 0);
	return 0;
}

/* Removes what a process that was killed has left at that path. */
static void stale_remove(const struct folder_replacement *folder, const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!fstat(fd, &info) && info.st_uid == geteuid()) {
		each(fd, clear_one, &(struct clearing){ .from = fd, .to = folder->target_fd });
		rmdir(path);
	}
	close(fd);
}

/* Whether the target may be exchanged: it is no mount point, and this process is not in it. */
static bool can_exchange(const struct folder_replacement *folder, const char *parent)
{
	struct stat ours, above;
	char *current = realpath(".", NULL);
	size_t bytes = strlen(folder->real);
	bool inside = !current || (strncmp(current, folder->real, bytes) == 0 &&
				   (current[bytes] == '/' || !current[bytes] || folder->real[bytes - 1] == '/'));

	free(current);
	return !inside && !fstat(folder->target_fd, &ours) && !stat(parent, &above) && ours.st_dev == above.st_dev;
}

/* Makes the staged folder: beside the target, or where that can't be, in it. Returns 0, or -1 with err set. */
static int staged_make(struct folder_replacement *folder, struct err *err)
{
	const char *name = strrchr(folder->real, '/') + 1;
	char *beside = NULL, *inside = NULL;
	int above = (int)(name - folder->real), result = -1;

	if (asprintf(&beside, "%.*s.%s." STAGED, above, folder->real, name) < 0)
		beside = NULL;
	if (asprintf(&inside, "%s/." STAGED, folder->real) < 0)
		inside = NULL;
	char *parent = strndup(folder->real, (size_t)above);
	if (!beside || !inside || !parent) {
		err_set(err, "out of memory");
		goto out;
	}
	stale_remove(folder, beside);
	stale_remove(folder, inside);
	folder->is_beside = can_exchange(folder, parent) && !mkdir(beside, 0700);
	if (!folder->is_beside && mkdir(inside, 0700)) {
		err_set_errno(err, "%s", inside);
		goto out;
	}
	folder->staged = folder->is_beside ? beside : inside;
	folder->staged_fd = open(folder->staged, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder->staged_fd >= 0) {
		result = 0;
	} else {
		err_set_errno(err, "%s", folder->staged);
		rmdir(folder->staged);
	}
out:
	if (folder->staged != beside)
		free(beside);
	if (folder->staged != inside)
		free(inside);
	free(parent);
	return result;
}

static void replacement_release(struct folder_replacement *folder)
{
	bool is_vain = folder->is_new && folder->real;

	lock_release(&folder->lock);
	if (is_vain)
		rmdir(folder->real); /* where there is nothing in it */
	if (folder->staged_fd >= 0)
		close(folder->staged_fd);
	if (folder->target_fd >= 0)
		close(folder->target_fd);
	free(folder->staged);
	free(folder->target);
	free(folder->real);
	*folder = (struct folder_replacement){ .staged_fd = -1, .target_fd = -1 };
}

int folder_replace(struct folder_replacement *folder, const char *target, struct err *err)
{
	struct stat info;

	*folder = (struct folder_replacement){ .staged_fd = -1, .target_fd = -1, .is_new = stat(target, &info) != 0 };
	if (directory_make(target, err))
		return -1;
	folder->target = strdup(target);
	folder->real = realpath(target, NULL);
	if (!folder->target || !folder->real)
		err_set_errno(err, "%s", target);
	else if ((folder->target_fd = open(folder->real, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		err_set_errno(err, "%s", target);
	else if (!lock_take(&folder->lock, target, err) && !staged_make(folder, err))
		return 0;
	replacement_release(folder);
	return -1;
}

/* A name that may not be replaced. */
struct refusal {
	const struct folder_replacement *folder;
	struct err *err;
};

static int check_one(void *context, const char *name)
{
	const struct refusal *refusal = context;
	const char *target = refusal->folder->target;
	struct stat info;

	if (!has(refusal->folder->target_fd, name, &info) || S_ISREG(info.st_mode))
		return 0;
	return S_ISLNK(info.st_mode)
		       ? err_set(refusal->err, "%s/%s is a symbolic link, which is not followed: remove it", target,
				 name)
		       : err_set(refusal->err, "%s/%s is not a regular file", target, name);
}

/* A file of the target that is not replaced is to be in the new folder too. */
static int keep_one(void *context, const char *name)
{
	const struct folder_replacement *folder = context;
	struct stat info;

	if (!has(folder->target_fd, name, &info) || S_ISDIR(info.st_mode) || has(folder->staged_fd, name, &info))
		return 0;
	return linkat(folder->target_fd, name, folder->staged_fd, name, 0);
}

/* Exchanges the folders. Returns whether that was possible. */
static bool exchange(const struct folder_replacement *folder)
{
	struct stat old, new;

	return folder->is_beside && !fstat(folder->target_fd, &old) && !fstat(folder->staged_fd, &new) &&
	       ((old.st_uid == new.st_uid &&old.st_gid == new.st_gid) ||
		!fchown(folder->staged_fd, old.st_uid, old.st_gid)) &&
	       !fchmod(folder->staged_fd, old.st_mode & 07777) && !each(folder->target_fd, keep_one, (void *)folder) &&
	       !renameat2(AT_FDCWD, folder->staged, AT_FDCWD, folder->real, RENAME_EXCHANGE);
}

struct moving {
	const struct folder_replacement *folder;
	const char *last;
};

static int move_one(void *context, const char *name)
{
	const struct moving *moving = context;
	const struct folder_replacement *folder = moving->folder;

	if (moving->last && strcmp(name, moving->last) == 0)
		return 0;
	return renameat(folder->staged_fd, name, folder->target_fd, name);
}

/* Renames the staged files into the target. Returns 0, or -1 with err set. */
static int move_all(const struct folder_replacement *folder, const char *last, struct err *err)
{
	struct moving moving = { folder, last };
	struct stat info;

	if (each(folder->staged_fd, move_one, &moving) ||
	    (last && has(folder->staged_fd, last, &info) && renameat(folder->staged_fd, last, folder->target_fd, last)))
		return err_set_errno(err, "renaming files into %s", folder->target);
	return 0;
}

int folder_replaced(struct folder_replacement *folder, const char *last, int result, struct err *err)
{
	struct refusal refusal = { folder, err };
	struct clearing clearing = { .from = folder->staged_fd, .to = folder->target_fd };

	if (!result) {
		err_set(err, "%s can't be read", folder->staged); /* unless check_one() says more */
		result = each(folder->staged_fd, check_one, &refusal);
	}
	if (!result && exchange(folder))
		clearing = (struct clearing){ .from = folder->target_fd, .to = folder->staged_fd, .keeps = true };
	else if (!result)
		result = move_all(folder, last, err);
	each(clearing.from, clear_one, &clearing);
	rmdir(folder->staged);
	folder->is_new &= result != 0;
	replacement_release(folder);
	return result;
}
