#include "harness/plot/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lib/text.h"

extern char **environ;

#define SAID_MAX 1500

static int spawn(pid_t *pid, const char *folder, const char *const *argv, int stderr_fd)
{
	posix_spawn_file_actions_t actions;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return failed;
	if (!(failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)) &&
	    !(failed = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)) &&
	    !(failed = posix_spawn_file_actions_adddup2(&actions, stderr_fd, STDERR_FILENO)) &&
	    !(failed = posix_spawn_file_actions_addchdir_np(&actions, folder)))
		failed = posix_spawnp(pid, "gnuplot", &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Reads to the end, so that the writer never blocks; keeps what fits. */
static void read_all(int fd, char *out, size_t room)
{
	char chunk[1024];
	size_t used = 0;
	ssize_t bytes;

	while ((bytes = read(fd, chunk, sizeof chunk)) > 0 || (bytes < 0 && errno == EINTR)) {
		size_t kept = bytes < 0 ? 0 : (size_t)bytes < room - 1 - used ? (size_t)bytes : room - 1 - used;
		memcpy(out + used, chunk, kept);
		used += kept;
	}
	out[used] = 0;
}

static int run(const char *folder, const char *const *argv, struct err *err)
{
	char said[SAID_MAX], plain[SAID_MAX];
	int pipe_fds[2], status;
	pid_t pid;

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
	read_all(pipe_fds[0], said, sizeof said);
	close(pipe_fds[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set_errno(err, "gnuplot cannot be waited for");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	text_plain(plain, sizeof plain, said);
	size_t front = strspn(plain, " ");
	if (WIFSIGNALED(status))
		return err_set(err, "gnuplot was ended by signal %d (%s): %s", WTERMSIG(status),
			       strsignal(WTERMSIG(status)), plain + front);
	return err_set(err, "gnuplot failed in %s: %s", folder, plain + front);
}

int gnuplot_run(const char *folder, const char *const *scripts, struct err *err)
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
	int result = run(folder, argv, err);
	free(argv);
	return result;
}
