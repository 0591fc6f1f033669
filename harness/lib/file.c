#include "harness/lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

/* A descriptor as a stream, unless it is a FIFO. Closes it on failure. */
static FILE *stream_of(int fd, const char *path, const char *mode, struct err *err)
{
	struct stat info;
	FILE *file = NULL;

	if (fd < 0) {
		err_set_errno(err, "%s", path);
		return NULL;
	}
	if (fstat(fd, &info) || S_ISFIFO(info.st_mode))
		err_set(err, "%s is a FIFO", path);
	else if (!(file = fdopen(fd, mode)))
		err_set_errno(err, "%s", path);
	if (!file)
		close(fd);
	return file;
}

FILE *file_open(const char *path, struct err *err)
{
	return stream_of(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path, "r", err);
}

char *file_read(const char *path, struct err *err)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0, bytes = 0;

	if (!file) {
		err_set_errno(err, "%s", path);
		return NULL;
	}
	do {
		char *more = realloc(text, room += CHUNK);
		if (!more) {
			err_set(err, "out of memory");
			goto failed;
		}
		text = more;
		bytes += fread(text + bytes, 1, room - 1 - bytes, file);
	} while (bytes == room - 1);
	if (ferror(file)) {
		err_set_errno(err, "%s", path);
		goto failed;
	}
	fclose(file);
	text[bytes] = 0;
	return text;
failed:
	fclose(file);
	free(text);
	return NULL;
}

/* What would be lost, or reached by a detour, if a name were written to: a link, a FIFO, a device. Returns 0, or -1 with err set. */
static int target_check(const char *path, bool devices, struct err *err)
{
	struct stat info;

	if (lstat(path, &info))
		return errno == ENOENT ? 0 : err_set_errno(err, "%s", path);
	if (S_ISLNK(info.st_mode) && !(devices && strncmp(path, "/dev/", 5) == 0))
		return err_set(err, "%s is a symbolic link, which is not followed: remove it", path);
	if (S_ISFIFO(info.st_mode))
		return err_set(err, "%s is a FIFO", path);
	return devices || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)
		       ? 0
		       : err_set(err, "%s is not a regular file", path);
}

FILE *file_create(const char *path, struct err *err)
{
	if (target_check(path, true, err))
		return NULL;
	FILE *file = fopen(path, "we");
	if (!file)
		err_set_errno(err, "%s", path);
	return file;
}

/* A new file; what a call before this one left half done is removed, and a link that lies in wait is not followed. */
static FILE *file_create_new(const char *path, struct err *err)
{
	if (unlink(path) && errno != ENOENT) {
		err_set_errno(err, "%s", path);
		return NULL;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	FILE *file = stream_of(fd, path, "w", err);
	if (!file && fd >= 0)
		unlink(path);
	return file;
}

int file_close(FILE *file, const char *path, struct err *err)
{
	int failed = ferror(file);

	return fclose(file) || failed ? err_set_errno(err, "writing %s", path) : 0;
}

static void replacement_release(struct file_replacement *file)
{
	free(file->path);
	free(file->temporary);
	*file = (struct file_replacement){ 0 };
}

int file_replace(struct file_replacement *file, const char *path, struct err *err)
{
	*file = (struct file_replacement){ 0 };
	if (asprintf(&file->path, "%s", path) < 0)
		file->path = NULL;
	if (asprintf(&file->temporary, "%s.new", path) < 0)
		file->temporary = NULL;
	if (!file->path || !file->temporary)
		err_set(err, "out of memory");
	else if (!target_check(path, false, err))
		file->out = file_create_new(file->temporary, err);
	if (file->out)
		return 0;
	replacement_release(file);
	return -1;
}

int file_replaced(struct file_replacement *file, int result, struct err *err)
{
	/* To the disk before the new name: else a crash could leave an empty file in the place of the old one. */
	if (!result && (fflush(file->out) || fsync(fileno(file->out))))
		result = err_set_errno(err, "writing %s", file->path);
	if (result)
		fclose(file->out);
	else
		result = file_close(file->out, file->path, err);
	if (!result && rename(file->temporary, file->path))
		result = err_set_errno(err, "%s", file->path);
	if (result)
		unlink(file->temporary);
	replacement_release(file);
	return result;
}

int file_write(const char *path, const char *text, struct err *err)
{
	struct file_replacement file;

	if (!text)
		return err_set(err, "out of memory");
	if (file_replace(&file, path, err))
		return -1;
	return file_replaced(&file, fputs(text, file.out) < 0 ? err_set_errno(err, "writing %s", path) : 0, err);
}
