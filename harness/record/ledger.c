#include "harness/record/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/record/result.h"

int ledger_create(struct ledger *ledger, const char *path, struct err *err)
{
	ledger->path = strdup(path);
	ledger->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	if (ledger->fd < 0 || !ledger->path)
		return err_set_errno(err, "%s", path);
	return 0;
}

/* Reads the whole lines into the document. *whole is where the last of them ends; torn: something follows it. */
static int lines_read(FILE *file, struct document *document, off_t *whole, struct ledger_found *found, struct err *err)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t bytes;
	int number = 0, result = 0;

	*whole = 0;
	*found = (struct ledger_found){ 0 };
	while (!result && (bytes = getline(&line, &room, file)) > 0) {
		struct cell cell;
		number++;
		bool ended = line[bytes - 1] == '\n';
		if (ended && !result_read_line(&cell, line, (size_t)bytes, err)) {
			*whole += bytes;
			if (document_cell(document, cell.server, &cell)) {
				cell_release(&cell);
				found->doubled++;
			} else if (document_add_cell(document, &cell)) {
				cell_release(&cell);
				result = err_set(err, "out of memory");
			}
		} else if (ended && errno == ENOMEM) {
			result = -1; /* err says so; the line may be a good one */
		} else if (!ended || (fgetc(file) == EOF && !ferror(file))) {
			found->torn = true; /* the last line */
			break;
		} else {
			result = err_prefix(err, "line %d is no cell", number);
		}
	}
	if (!result && !feof(file)) /* getline() also ends when out of memory */
		result = err_set_errno(err, "reading");
	free(line);
	return result;
}

int ledger_resume(struct ledger *ledger, const char *path, struct document *document, struct ledger_found *found,
		  struct err *err)
{
	off_t whole;

	ledger->path = strdup(path);
	ledger->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	FILE *file = ledger->fd < 0 ? NULL : fopen(path, "re");
	if (!file || !ledger->path)
		return err_set_errno(err, "%s", path);
	int result = lines_read(file, document, &whole, found, err);
	fclose(file);
	if (result)
		return err_prefix(err, "%s", path);
	if (found->torn && (ftruncate(ledger->fd, whole) || fsync(ledger->fd)))
		return err_set_errno(err, "cutting off the torn line of %s", path);
	return 0;
}

int ledger_append(struct ledger *ledger, const struct cell *cell, struct err *err)
{
	int result = -1;
	char *line = result_cell_line(cell);

	if (!line)
		return err_set(err, "out of memory");
	size_t bytes = strlen(line), done = 0;
	off_t whole = lseek(ledger->fd, 0, SEEK_END);
	if (whole < 0) {
		err_set_errno(err, "%s", ledger->path);
		goto out;
	}
	line[bytes++] = '\n'; /* in place of the NUL: written with its end, in one piece */
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
	if (result && done && ftruncate(ledger->fd, whole))
		err_prefix(err, "half a line may stand at the end of %s", ledger->path);
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
