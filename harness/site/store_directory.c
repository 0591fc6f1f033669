#include "harness/site/store_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/directory.h"

struct folder {
	struct store store; /* first */
	int fd;             /* of the folder, locked */
};

static int read_one(struct store *store, const char *path, size_t max, char **data, size_t *bytes, struct err *err)
{
	const struct folder *folder = (const struct folder *)store;
	struct stat info;
	int fd = openat(folder->fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*data = NULL;
	*bytes = 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : err_set_errno(err, "%s/%s", store->name, path);
	if (fstat(fd, &info) || !S_ISREG(info.st_mode) || (uint64_t)info.st_size > max) {
		close(fd);
		return err_set(err, "%s/%s is not a file of at most %zu bytes", store->name, path, max);
	}
	*data = malloc((size_t)info.st_size + 1);
	ssize_t got = 1;
	while (*data && *bytes < (size_t)info.st_size && got > 0) {
		got = read(fd, *data + *bytes, (size_t)info.st_size - *bytes);
		if (got > 0)
			*bytes += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	close(fd);
	if (*data && got > 0) {
		(*data)[*bytes] = 0;
		return 0;
	}
	free(*data);
	*data = NULL;
	return err_set(err, "%s/%s could not be read", store->name, path);
}

static int look(struct store *store, const struct site_file *file, enum store_state *state, struct err *err)
{
	const struct folder *folder = (const struct folder *)store;
	char hash[SHA256_TEXT], path[4096];
	uint64_t bytes;
	struct stat info;

	*state = STORE_OTHER;
	if (fstatat(folder->fd, file->path, &info, AT_SYMLINK_NOFOLLOW)) {
		*state = STORE_ABSENT;
		return errno == ENOENT ? 0 : err_set_errno(err, "%s/%s", store->name, file->path);
	}
	if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size != file->bytes)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder->fd, file->path);
	if (store_hash(path, &bytes, hash, err))
		return -1;
	if (bytes == file->bytes && strcmp(hash, file->sha256) == 0)
		*state = STORE_SAME;
	return 0;
}

/* Makes the folders above a path. */
static int parents_make(const struct folder *folder, const char *path, struct err *err)
{
	char part[SITE_PATH_MAX + 1];
	struct stat info;

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		if (mkdirat(folder->fd, part, 0777) && errno != EEXIST)
			return err_set_errno(err, "making the folder %s/%s", folder->store.name, part);
		if (fstatat(folder->fd, part, &info, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(info.st_mode))
			return err_set(err, "%s/%s is no folder, and a symbolic link is not followed",
				       folder->store.name, part);
	}
	return 0;
}

/* Copies all of a file, to the disk. Returns 0, or -1 with errno set. */
static int copy(int from, int to)
{
	char chunk[65536];
	ssize_t got;

	while ((got = read(from, chunk, sizeof chunk))) {
		if (got < 0 && errno != EINTR)
			return -1;
		for (ssize_t done = 0; done < got;) {
			ssize_t wrote = write(to, chunk + done, (size_t)(got - done));
			if (wrote < 0 && errno != EINTR)
				return -1;
			done += wrote > 0 ? wrote : 0;
		}
	}
	return fsync(to);
}

static int put(struct store *store, const char *path, const char *from, struct err *err)
{
	const struct folder *folder = (const struct folder *)store;
	char part[STORE_PART_PATH];

	if (parents_make(folder, path, err))
		return -1;
	store_part(part, path);
	int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return err_set_errno(err, "%s", from);
	/* Left half done by an earlier call. If it is a link, it is not followed. */
	unlinkat(folder->fd, part, 0);
	int out = openat(folder->fd, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	int bad = out < 0 || copy(in, out);
	int error = errno;
	close(in);
	if (out >= 0)
		bad = close(out) || bad;
	if (!bad && !renameat(folder->fd, part, folder->fd, path))
		return 0;
	if (!bad)
		error = errno;
	if (out >= 0)
		unlinkat(folder->fd, part, 0);
	errno = error;
	return err_set_errno(err, "writing %s/%s", store->name, path);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info, (void)type, (void)where;
	return remove(path) && errno != ENOENT ? -1 : 0;
}

static int remove_one(struct store *store, const char *path, struct err *err)
{
	const struct folder *folder = (const struct folder *)store;
	char whole[4096];

	/* The folder that is locked, whatever has its name now; links below it are removed, not followed. */
	snprintf(whole, sizeof whole, "/proc/self/fd/%d/%s", folder->fd, path);
	errno = 0;
	if ((nftw(whole, remove_entry, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT))
		return err_set_errno(err, "removing %s/%s", store->name, path);
	return 0;
}

static void folder_close(struct store *store)
{
	struct folder *folder = (struct folder *)store;

	if (folder->fd >= 0)
		close(folder->fd);
	free(store->name);
	free(folder);
}

static const struct store_ops folder_ops = {
	.read = read_one, .look = look, .put = put, .remove = remove_one, .close = folder_close
};

int store_directory_open(struct store **store, const char *path, const volatile sig_atomic_t *stop, struct err *err)
{
	if (directory_make(path, err))
		return -1;
	struct folder *folder = calloc(1, sizeof *folder);
	if (!folder)
		return err_set(err, "out of memory");
	folder->store.ops = &folder_ops;
	folder->store.is_folder = true;
	folder->store.name = strdup(path);
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t end = folder->store.name ? strlen(path) : 0; end > 1 && path[end - 1] == '/'; end--)
		folder->store.name[end - 1] = 0;
	int locked = -1;
	if (folder->store.name && folder->fd >= 0)
		while ((locked = flock(folder->fd, LOCK_EX)) && errno == EINTR && !*stop)
			;
	if (!locked) {
		*store = &folder->store;
		return 0;
	}
	err_set_errno(err, "the folder %s", path);
	folder_close(&folder->store);
	return -1;
}
