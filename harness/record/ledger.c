#include "harness/record/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/file.h"
#include "harness/record/result.h"

/* The first line: the id of the run, and document_digest(). */
#define HEAD      "{\"ledger\":1,\"run\":\"%.64s\",\"preamble\":\"%s\"}\n"
#define HEAD_ROOM (sizeof HEAD + 64 + SHA256_TEXT)

/* Writes a line with its end, in one piece; half of it is taken back. Returns 0 when it is on the disk, or -1 with err set. */
static int line_write(struct ledger *ledger, const char *line, size_t bytes, struct err *err)
{
	size_t done = 0;
	off_t whole = lseek(ledger->fd, 0, SEEK_END);

	if (whole < 0)
		return err_set_errno(err, "%s", ledger->path);
	while (done < bytes) {
		ssize_t wrote = write(ledger->fd, line + done, bytes - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			break;
		done += (size_t)wrote;
	}
	if (done == bytes && !fsync(ledger->fd))
		return 0;
	err_set_errno(err, "writing %s", ledger->path);
	/* Half a line would be taken for a torn one: the whole lines before it stay. */
	if (done && ftruncate(ledger->fd, whole))
		err_prefix(err, "half a line may be at the end of %s", ledger->path);
	return -1;
}

static int head_write(struct ledger *ledger, const struct document *run, struct err *err)
{
	char digest[SHA256_TEXT], line[HEAD_ROOM];
	int bytes = snprintf(line, sizeof line, HEAD, run->id ? run->id : "", document_digest(run, digest));

	return line_write(ledger, line, (size_t)bytes, err);
}

int ledger_create(struct ledger *ledger, const char *path, const struct document *run, struct err *err)
{
	ledger->path = strdup(path);
	ledger->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	if (ledger->fd < 0 || !ledger->path)
		return err_set_errno(err, "%s", path);
	return head_write(ledger, run, err);
}

/* Whether the first line is not what it must be: that of this run, or, in a run of an old version, a cell. */
static bool is_of_other(const char *line, const struct document *run)
{
	static const char start[] = "{\"ledger\":";
	char digest[SHA256_TEXT], wanted[HEAD_ROOM];

	snprintf(wanted, sizeof wanted, HEAD, run->id ? run->id : "", document_digest(run, digest));
	return run->id ? strcmp(line, wanted) != 0 : strncmp(line, start, strlen(start)) == 0;
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
		if (ended && number == 1 && is_of_other(line, document)) {
			result = err_set(err, "it is not the ledger of the run whose run.json is beside it");
		} else if (ended && number == 1 && document->id) {
			*whole += bytes;
		} else if (ended && !result_read_line(&cell, line, (size_t)bytes, err)) {
			*whole += bytes;
			if (document_cell(document, cell.server, &cell)) {
				cell_release(&cell);
				found->doubled++;
			} else if (document_add_cell(document, &cell)) {
				cell_release(&cell);
				result = err_set(err, "out of memory");
			}
		} else if (ended && errno == ENOMEM) {
			result = -1; /* err says so; the line itself may be good */
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
	return !whole && document->id ? head_write(ledger, document, err) : 0;
}

int ledger_read(const char *path, struct document *document, struct err *err)
{
	struct ledger_found found;
	off_t whole;
	FILE *file = file_open(path, err);

	if (!file)
		return -1;
	int result = lines_read(file, document, &whole, &found, err);
	fclose(file);
	return result ? err_prefix(err, "%s", path) : 0;
}

int ledger_check(const struct ledger *ledger, struct err *err)
{
	struct stat ours, there;

	if (!fstat(ledger->fd, &ours) && !stat(ledger->path, &there) && ours.st_ino == there.st_ino &&
	    ours.st_dev == there.st_dev)
		return 0;
	return err_set(err, "%s was removed or replaced while the run was on", ledger->path);
}

int ledger_append(struct ledger *ledger, const struct cell *cell, struct err *err)
{
	char *line = result_cell_line(cell);

	if (!line)
		return err_set(err, "out of memory");
	size_t bytes = strlen(line);
	line[bytes++] = '\n'; /* in place of the NUL */
	int result = ledger_check(ledger, err) || line_write(ledger, line, bytes, err) ? -1 : 0;
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
