#include "harness/site/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void store_close(struct store *store)
{
	if (store)
		store->ops->close(store);
}

char *store_part(char out[STORE_PART_PATH], const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t before = slash ? (size_t)(slash + 1 - path) : 0;

	snprintf(out, STORE_PART_PATH, "%.*s" STORE_PART "%s", (int)before, path, path + before);
	return out;
}

int store_hash(const char *path, uint64_t *bytes, char sha256[SHA256_TEXT], struct err *err)
{
	unsigned char chunk[65536];
	struct sha256_ctx sha;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;

	if (fd < 0 || fstat(fd, &info)) {
		err_set_errno(err, "%s", path);
		goto failed;
	}
	if (!S_ISREG(info.st_mode)) {
		err_set(err, "%s is not a file", path);
		goto failed;
	}
	*bytes = 0;
	sha256_init(&sha);
	while ((got = read(fd, chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR)) {
		if (got < 0)
			continue;
		sha256_update(&sha, (size_t)got, (const uint8_t *)chunk);
		*bytes += (uint64_t)got;
	}
	if (got < 0) {
		err_set_errno(err, "%s", path);
		goto failed;
	}
	close(fd);
	sha256_show(&sha, sha256);
	return 0;
failed:
	if (fd >= 0)
		close(fd);
	return -1;
}
