#include "harness/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/lib/words.h"

/* Where the program can't be executed, as a shell has it (POSIX, 2.8.2). */
#define STATUS_NOT_FOUND 127

void program_clean(char *text)
{
	size_t bytes = strlen(text);

	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 && *c != '\n')
			*c = ' ';
		else if ((unsigned char)*c >= 0x7f)
			*c = '?';
	while (bytes && (text[bytes - 1] == '\n' || text[bytes - 1] == ' '))
		text[--bytes] = 0;
}

static void child(char **words, const char *folder, int out, int errors)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (setpgid(0, 0) || dup2(null, STDIN_FILENO) < 0 || dup2(out >= 0 ? out : null, STDOUT_FILENO) < 0 ||
	    dup2(errors >= 0 ? errors : null, STDERR_FILENO) < 0 || (folder && chdir(folder)))
		_exit(STATUS_NOT_FOUND);
	execvp(words[0], words);
	_exit(STATUS_NOT_FOUND);
}

/* What is read of one of the program's outputs. */
struct drain {
	int fd;			/* -1: at its end */
	char *text;
	size_t room, used;
};

static void drain_read(struct drain *drain)
{
	char rest[4096];
	size_t room = drain->room - 1 - drain->used;
	/* What has no room is read all the same, so that the program is not held up. */
	ssize_t bytes = room ? read(drain->fd, drain->text + drain->used, room) : read(drain->fd, rest, sizeof rest);

	if (bytes <= 0) {
		if (bytes < 0 && (errno == EINTR || errno == EAGAIN))
			return;
		close(drain->fd);
		drain->fd = -1;
	} else if (room) {
		drain->used += (size_t)bytes;
	}
}

static int drain_open(struct drain *drain, char *text, size_t room, int *end)
{
	int pipes[2];

	*drain = (struct drain){ .fd = -1, .text = text, .room = room };
	*end = -1;
	if (!text)
		return 0;
	text[0] = 0;
	if (pipe2(pipes, O_CLOEXEC))
		return -1;
	drain->fd = pipes[0];
	*end = pipes[1];
	return 0;
}

/* Reads the outputs until both have ended. Returns false where that takes too long. */
static bool drains_run(struct drain *drains, uint64_t deadline)
{
	for (;;) {
		struct pollfd ready[2] = {
			{ .fd = drains[0].fd, .events = POLLIN }, { .fd = drains[1].fd, .events = POLLIN },
		};
		uint64_t now = clock_ns();
		if (drains[0].fd < 0 && drains[1].fd < 0)
			return true;
		if (now >= deadline)
			return false;
		if (poll(ready, 2, (int)((deadline - now) / CLOCK_MS) + 1) <= 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (ready[i].revents)
				drain_read(&drains[i]);
	}
}

/* Waits for the process until the deadline, then kills its group. Returns false where it had to. */
static bool child_wait(pid_t pid, uint64_t deadline, int *status)
{
	bool in_time = true;

	while (waitpid(pid, status, WNOHANG) == 0) {
		if (clock_ns() >= deadline) {
			kill(-pid, SIGKILL);
			in_time = false;
			while (waitpid(pid, status, 0) < 0 && errno == EINTR)
				;
			break;
		}
		struct timespec pause = clock_timespec(CLOCK_MS);
		nanosleep(&pause, NULL);
	}
	return in_time;
}

int program_run(const char *command, const char *folder, uint64_t timeout_ns,
		char *out, size_t room, char *errors, size_t errors_room, struct err *err)
{
	struct drain drains[2];
	int ends[2] = { -1, -1 };
	int result = -1, status = 0;
	uint64_t deadline = clock_ns() + timeout_ns;
	char **words = words_split(command, err);

	if (!words)
		return -1;
	if (drain_open(&drains[0], out, room, &ends[0]) | drain_open(&drains[1], errors, errors_room, &ends[1])) {
		err_set_errno(err, "pipe");
		goto out;
	}
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0) {
		err_set_errno(err, "fork");
		goto out;
	}
	if (pid == 0)
		child(words, folder, ends[0], ends[1]);
	setpgid(pid, pid);	/* here too, so that it holds whoever comes first */
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
		ends[i] = -1;
	}
	drains_run(drains, deadline);
	if (!child_wait(pid, deadline, &status))
		err_set(err, "%s: did not end within %.0f s", words[0], (double)timeout_ns / 1e9);
	else if (WIFSIGNALED(status))
		err_set(err, "%s: killed by signal %d", words[0], WTERMSIG(status));
	else
		result = WEXITSTATUS(status);
	for (int i = 0; i < 2; i++) {
		if (!drains[i].text)
			continue;
		drains[i].text[drains[i].used] = 0;
		program_clean(drains[i].text);
	}
out:
	for (int i = 0; i < 2; i++) {
		if (drains[i].fd >= 0)
			close(drains[i].fd);
		if (ends[i] >= 0)
			close(ends[i]);
	}
	words_free(words);
	return result;
}
