#include "harness/lib/file.h"

#include <stdlib.h>
#include <unistd.h>

#define CHUNK 65536

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

FILE *file_create(const char *path, struct err *err)
{
	FILE *file = fopen(path, "we");

	if (!file)
		err_set_errno(err, "%s", path);
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
	else
		file->out = file_create(file->temporary, err);
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
