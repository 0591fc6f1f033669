#include "harness/plot/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/lib/text.h"

#define SAID_MAX 1500

/* In the child: becomes gnuplot, which ends with this program. Does not return; an error goes over `report`. */
static void gnuplot_exec(const char *folder, const char *const *argv, pid_t parent, int stderr_fd, int report)
{
	int number, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(stderr_fd, STDERR_FILENO) >= 0 &&
	    !chdir(folder))
		execvp("gnuplot", (char *const *)argv);
	number = errno;
	(void)!write(report, &number, sizeof number);
	_exit(127);
}

/* Returns 0, or the errno of the call that failed; then there is no process. */
static int spawn(pid_t *pid, const char *folder, const char *const *argv, int stderr_fd)
{
	int report[2], number = 0;
	pid_t self = getpid();

	if (pipe2(report, O_CLOEXEC))
		return errno;
	fflush(NULL);
	*pid = fork();
	if (*pid == 0)
		gnuplot_exec(folder, argv, self, stderr_fd, report[1]);
	if (*pid < 0)
		number = errno;
	close(report[1]);
	/* When exec succeeds the pipe ends without data, since it is O_CLOEXEC. */
	if (!number && read(report[0], &number, sizeof number) != sizeof number)
		number = 0;
	else if (*pid > 0)
		waitpid(*pid, NULL, 0);
	close(report[0]);
	return number;
}

/* Reads to the end, so that the writer never blocks, or until *stop is set; keeps what fits. Returns whether it was the end. */
static bool read_all(int fd, char *out, size_t room, const volatile sig_atomic_t *stop)
{
	struct pollfd some = { .fd = fd, .events = POLLIN };
	char chunk[1024];
	size_t used = 0;
	ssize_t bytes = 1;

	while (bytes > 0 && !(stop && *stop)) {
		if (poll(&some, 1, (int)(CLOCK_LOOK_NS / CLOCK_MS)) <= 0)
			continue;
		bytes = read(fd, chunk, sizeof chunk);
		size_t kept = bytes < 0 ? 0 : (size_t)bytes < room - 1 - used ? (size_t)bytes : room - 1 - used;
		memcpy(out + used, chunk, kept);
		used += kept;
	}
	out[used] = 0;
	return bytes <= 0;
}

static int run(const char *folder, const char *const *argv, const volatile sig_atomic_t *stop, struct err *err)
{
	char said[SAID_MAX], plain[SAID_MAX];
	int pipe_fds[2], status;
	pid_t pid = -1;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return err_set_errno(err, "gnuplot cannot be started");
	int failed = spawn(&pid, folder, argv, pipe_fds[1]);
	close(pipe_fds[1]);
	if (failed) {
		close(pipe_fds[0]);
		if (failed == ENOENT && access(folder, X_OK) == 0)
			return err_set(err, "gnuplot is not installed: apt-get install gnuplot-nox");
		errno = failed;
		return err_set_errno(err, "gnuplot cannot be started in %s", folder);
	}
	bool ended = read_all(pipe_fds[0], said, sizeof said, stop);
	if (!ended)
		kill(pid, SIGKILL);
	close(pipe_fds[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set_errno(err, "gnuplot cannot be waited for");
	if (!ended)
		return err_set(err, "interrupted");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	text_plain(plain, sizeof plain, said);
	size_t front = strspn(plain, " ");
	if (WIFSIGNALED(status))
		return err_set(err, "gnuplot was ended by signal %d (%s): %s", WTERMSIG(status),
			       strsignal(WTERMSIG(status)), plain + front);
	return err_set(err, "gnuplot failed in %s: %s", folder, plain + front);
}

int gnuplot_run(const char *folder, const char *const *scripts, const volatile sig_atomic_t *stop, struct err *err)
{
	size_t count = 0;

	while (scripts[count])
		count++;
	const char **argv = calloc(count + 3, sizeof *argv);
	if (!argv)
		return err_set(err, "out of memory");
	argv[0] = "gnuplot";
	argv[1] = "--default-settings";
	memcpy(argv + 2, scripts, count * sizeof *argv);
	int result = run(folder, argv, stop, err);
	free(argv);
	return result;
}
