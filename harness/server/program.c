#include "harness/server/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lib/argv.h"
#include "harness/lib/clock.h"

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

/* In the child: becomes the program, which ends with this one. Does not return; the errno of what failed goes to `report`. */
static void child(char **arguments, const char *folder, int out, int errors, int report)
{
	int number, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGXFSZ, SIG_DFL); /* benchctl ignores it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!setpgid(0, 0) && dup2(null, STDIN_FILENO) >= 0 && dup2(out >= 0 ? out : null, STDOUT_FILENO) >= 0 &&
	    dup2(errors >= 0 ? errors : null, STDERR_FILENO) >= 0 && (!folder || !chdir(folder)))
		execvp(arguments[0], arguments);
	number = errno;
	(void)!write(report, &number, sizeof number);
	_exit(1);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What is read of one of the program's outputs. */
struct drain {
	int fd; /* -1: at its end */
	char *text;
	size_t room, used;
};

static void drain_read(struct drain *drain)
{
	char rest[4096];
	size_t room = drain->room - 1 - drain->used;
	/* Output that does not fit is read too, so that the program is not blocked. */
	ssize_t bytes = room ? read(drain->fd, drain->text + drain->used, room) : read(drain->fd, rest, sizeof rest);

	if (bytes <= 0) {
		if (bytes < 0 && (errno == EINTR || errno == EAGAIN))
			return;
		fd_close(&drain->fd);
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

/*
 * Reads the outputs until the process has ended, and then what is left in the pipes, but not to their end: a child that
 * it left may keep them open forever. Returns 0; 1 where it takes too long; or
 * -1 with err set, also where *stop is set.
 */
static int child_follow(pid_t pid, struct drain *drains, uint64_t deadline, const volatile sig_atomic_t *stop,
			struct err *err)
{
	int result = 1;
	bool ended = false, more = true;
	int process = (int)syscall(SYS_pidfd_open, pid, 0); /* readable once it has ended: pidfd_open(2) */

	if (process < 0)
		return err_set_errno(err, "pidfd_open");
	while (more) {
		struct pollfd ready[] = {
			{ .fd = drains[0].fd, .events = POLLIN },
			{ .fd = drains[1].fd, .events = POLLIN },
			{ .fd = ended ? -1 : process, .events = POLLIN },
		};
		uint64_t now = clock_ns();
		if (now >= deadline)
			break;
		if (stop && *stop) {
			result = err_set(err, "interrupted");
			break;
		}
		uint64_t left = deadline - now < CLOCK_LOOK_NS ? deadline - now : CLOCK_LOOK_NS;
		int count = poll(ready, 3, ended ? 0 : (int)(left / CLOCK_MS) + 1);
		if (count < 0 && errno != EINTR) {
			result = err_set_errno(err, "poll");
			break;
		}
		for (int i = 0; i < 2 && count > 0; i++)
			if (ready[i].revents)
				drain_read(&drains[i]);
		more = !ended || count;
		if (count > 0 && ready[2].revents) {
			ended = true;
			kill(-pid, SIGKILL);
		}
	}
	close(process);
	return ended ? 0 : result;
}

/* Ends what is left of the process and its group, and returns how it ended (waitpid(2)). */
static int child_end(pid_t pid)
{
	int status = 0;

	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int program_run(const char *command, const char *folder, uint64_t timeout_ns, char *out, size_t room, char *errors,
		size_t errors_room, const volatile sig_atomic_t *stop, struct err *err)
{
	struct drain drains[2];
	int ends[2] = { -1, -1 }, report[2] = { -1, -1 };
	int result = -1, number = 0;
	uint64_t deadline = clock_ns() + timeout_ns;
	char **arguments = argv_split(command, err);

	if (!arguments)
		return -1;
	if (drain_open(&drains[0], out, room, &ends[0]) | drain_open(&drains[1], errors, errors_room, &ends[1]) ||
	    pipe2(report, O_CLOEXEC)) {
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
		child(arguments, folder, ends[0], ends[1], report[1]);
	setpgid(pid, pid); /* in the parent too, so that it holds whichever process runs first */
	fd_close(&ends[0]);
	fd_close(&ends[1]);
	fd_close(&report[1]);
	/* When exec succeeds the pipe ends without data, since it is O_CLOEXEC. */
	bool started = read(report[0], &number, sizeof number) != sizeof number;
	int late = started ? child_follow(pid, drains, deadline, stop, err) : 0;
	int status = child_end(pid);
	if (!started) {
		errno = number;
		err_set_errno(err, "%s", arguments[0]);
	} else if (late > 0) {
		err_set(err, "%s: did not end within %.0f s", arguments[0], (double)timeout_ns / 1e9);
	} else if (!late && WIFSIGNALED(status)) {
		err_set(err, "%s: killed by signal %d", arguments[0], WTERMSIG(status));
	} else if (!late) {
		result = WEXITSTATUS(status);
	}
	for (int i = 0; i < 2; i++) {
		if (!drains[i].text)
			continue;
		drains[i].text[drains[i].used] = 0;
		program_clean(drains[i].text);
	}
out:
	for (int i = 0; i < 2; i++) {
		fd_close(&drains[i].fd);
		fd_close(&ends[i]);
		fd_close(&report[i]);
	}
	argv_free(arguments);
	return result;
}
