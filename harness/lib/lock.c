#include "harness/lib/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST_ROOM 65 /* HOST_NAME_MAX and a NUL */

/* Whether the file that is locked is still the one in the folder: a holder removes it before it unlocks it. */
static bool is_current(const struct lock *lock)
{
	struct stat ours, current;

	return !fstat(lock->fd, &ours) && !lstat(lock->path, &current) && ours.st_ino == current.st_ino &&
	       ours.st_dev == current.st_dev;
}

static int held_by_other(const struct lock *lock, const char *folder, struct err *err)
{
	char text[HOST_ROOM + 16] = "", host[HOST_ROOM];
	int pid;

	if (pread(lock->fd, text, sizeof text - 1, 0) <= 0 || sscanf(text, "%d %64s", &pid, host) != 2)
		return err_set(err, "%s is in use by another process", folder);
	return err_set(err, "%s is in use by process %d on host %s", folder, pid, host);
}

static int holder_write(const struct lock *lock, struct err *err)
{
	char host[HOST_ROOM] = "";

	if (gethostname(host, sizeof host - 1) || !host[0])
		strcpy(host, "?");
	if (ftruncate(lock->fd, 0) || dprintf(lock->fd, "%d %s\n", (int)getpid(), host) < 0)
		return err_set_errno(err, "writing %s", lock->path);
	return 0;
}

int lock_take(struct lock *lock, const char *folder, struct err *err)
{
	*lock = (struct lock){ .fd = -1 };
	if (asprintf(&lock->path, "%s/lock", folder) < 0) {
		lock->path = NULL;
		return err_set(err, "out of memory");
	}
	for (;;) {
		/* O_NONBLOCK: a FIFO there would wait for a reader. */
		lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
		if (lock->fd < 0) {
			err_set_errno(err, "%s", lock->path);
			goto failed;
		}
		if (flock(lock->fd, LOCK_EX | LOCK_NB)) {
			if (errno == EWOULDBLOCK)
				held_by_other(lock, folder, err);
			else
				err_set_errno(err, "locking %s", lock->path);
			goto failed;
		}
		if (is_current(lock))
			break;
		close(lock->fd);
	}
	if (!holder_write(lock, err))
		return 0;
	unlink(lock->path);
failed:
	if (lock->fd >= 0)
		close(lock->fd);
	free(lock->path);
	*lock = (struct lock){ .fd = -1 };
	return -1;
}

void lock_release(struct lock *lock)
{
	if (!lock->path)
		return;
	if (is_current(lock)) /* the folder may be gone, and another in its place */
		unlink(lock->path);
	close(lock->fd);
	free(lock->path);
	*lock = (struct lock){ .fd = -1 };
}
