#include "harness/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/result.h"

int ledger_create(struct ledger *ledger, const char *path, struct err *err)
{
	ledger->path = strdup(path);
	ledger->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	if (ledger->fd < 0 || !ledger->path)
		return err_set_errno(err, "%s", path);
	return 0;
}

int ledger_append(struct ledger *ledger, const struct cell *cell, struct err *err)
{
	int result = -1;
	char *line = result_cell_line(cell);

	if (!line)
		return err_set(err, "out of memory");
	off_t whole = lseek(ledger->fd, 0, SEEK_END);
	size_t bytes = strlen(line), done = 0;
	line[bytes++] = '\n';	/* in place of the NUL: written with its end, in one piece */
	while (done < bytes) {
		ssize_t wrote = write(ledger->fd, line + done, bytes - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			err_set_errno(err, "writing %s", ledger->path);
			goto out;
		}
		done += (size_t)wrote;
	}
	result = fsync(ledger->fd) ? err_set_errno(err, "writing %s", ledger->path) : 0;
out:
	/* Half a line would be taken for a torn one: the whole lines before it stay. */
	if (result && whole >= 0 && ftruncate(ledger->fd, whole))
		err_prefix(err, "half a line stands at the end of %s", ledger->path);
	free(line);
	return result;
}

void ledger_release(struct ledger *ledger)
{
	if (ledger->fd >= 0)
		close(ledger->fd);
	free(ledger->path);
	*ledger = (struct ledger){ .fd = -1 };
}
