#include "harness/site/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/lib/file.h"

#define PREFIX  "benchctl-publish-"
#define STALE_S 60

char *staging_path(char out[STAGING_PATH], const struct staging *staging, const char *path)
{
	snprintf(out, STAGING_PATH, "%s/%s", staging->folder, path);
	return out;
}

int staging_folder_make(const struct staging *staging, const char *path, struct err *err)
{
	char local[STAGING_PATH];

	return mkdir(staging_path(local, staging, path), 0700) && errno != EEXIST ? err_set_errno(err, "%s", local) : 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info, (void)type, (void)where;
	return remove(path);
}

/* Removes a folder that has no holder. One that is as young as this may not have been locked yet. */
static void stale_remove(const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!fstat(fd, &info) && info.st_uid == geteuid() && info.st_mtime + STALE_S < time(NULL) &&
	    !flock(fd, LOCK_EX | LOCK_NB))
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	close(fd);
}

static void stale_remove_all(const char *base)
{
	char path[STAGING_PATH];
	struct dirent *entry;
	DIR *folder = opendir(base);

	while (folder && (entry = readdir(folder)))
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
		    snprintf(path, sizeof path, "%s/%s", base, entry->d_name) < (int)sizeof path)
			stale_remove(path);
	if (folder)
		closedir(folder);
}

int staging_make(struct staging *staging, struct err *err)
{
	const char *base = getenv("TMPDIR");
	char *real = realpath(base && *base ? base : "/tmp", NULL);

	*staging = (struct staging){ .fd = -1 };
	if (real)
		stale_remove_all(real);
	if (!real || asprintf(&staging->folder, "%s/" PREFIX "XXXXXX", real) < 0)
		staging->folder = NULL;
	free(real);
	if (!staging->folder || !mkdtemp(staging->folder)) {
		err_set_errno(err, "a temporary folder");
		free(staging->folder);
		staging->folder = NULL;
		return -1;
	}
	staging->fd = open(staging->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (staging->fd < 0 || flock(staging->fd, LOCK_EX | LOCK_NB))
		return err_set_errno(err, "%s", staging->folder);
	return staging_folder_make(staging, SITE_RUNS, err) || staging_folder_make(staging, SITE_SERVERS, err) ||
			       staging_folder_make(staging, SITE_HISTORY, err) ||
			       staging_folder_make(staging, STAGING_SCRATCH, err)
		       ? -1
		       : 0;
}

void staging_folder_remove(const struct staging *staging, const char *path)
{
	char local[STAGING_PATH];

	nftw(staging_path(local, staging, path), remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void staging_remove(struct staging *staging)
{
	if (staging->folder)
		staging_folder_remove(staging, ".");
	if (staging->folder)
		rmdir(staging->folder);
	if (staging->folder && staging->fd >= 0)
		close(staging->fd);
	free(staging->folder);
	free(staging->paths);
	while (staging->kept.count)
		site_file_drop(&staging->kept, staging->kept.files[0].path);
	free(staging->kept.files);
	*staging = (struct staging){ 0 };
}

FILE *staging_create(const struct staging *staging, const char *path, struct err *err)
{
	char local[STAGING_PATH];

	return file_create(staging_path(local, staging, path), err);
}

int staging_keep(struct staging *staging, const char *path, struct err *err)
{
	return site_file_set(&staging->kept, path, 0, "") ? err_set(err, "out of memory") : 0;
}

bool staging_has(const struct staging *staging, const char *path)
{
	if (site_file(&staging->kept, path))
		return true;
	for (size_t i = 0; i < staging->count; i++)
		if (strcmp(staging->paths[i], path) == 0)
			return true;
	return false;
}

int staging_list(struct staging *staging, struct err *err, const char *format, ...)
{
	va_list args;

	if (staging->count == staging->room) {
		size_t room = staging->room ? 2 * staging->room : 64;
		void *more = realloc(staging->paths, room * sizeof *staging->paths);
		if (!more)
			return err_set(err, "out of memory");
		staging->paths = more;
		staging->room = room;
	}
	va_start(args, format);
	vsnprintf(staging->paths[staging->count++], sizeof *staging->paths, format, args);
	va_end(args);
	return 0;
}
