#include "harness/server/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "clients/probe.h"
#include "harness/host/port.h"
#include "harness/lib/argv.h"
#include "harness/lib/clock.h"
#include "harness/server/proctree.h"

/* Between two looks at whether the server is ready: it has no way to say so but an answer. */
#define READY_PAUSE_MS 5
/* How long the first process of a server that has left it behind may take to end. */
#define LEFT_MS 1000

/* What goes over the socket, in whole messages (SOCK_SEQPACKET). */
struct message {
	enum message_kind { MESSAGE_STOP, MESSAGE_STARTED, MESSAGE_FAILED, MESSAGE_EXITED, MESSAGE_GONE } kind;
	pid_t pid;         /* STARTED */
	int status;        /* FAILED: errno; EXITED: wait status; GONE: whether SIGTERM was enough */
	uint64_t grace_ns; /* STOP */
};

struct keeper {
	int socket;
	int signals; /* signalfd of SIGCHLD */
	pid_t server;
};

static void message_send(int socket, const struct message *message)
{
	/* Where the other side is gone there is nobody left to tell; else the end of the socket tells it that all is over. */
	if (send(socket, message, sizeof *message, MSG_NOSIGNAL) < 0)
		shutdown(socket, SHUT_WR);
}

/* Receives a whole message. Returns 0; 1 where the other side is gone; or -1 with errno set. */
static int message_receive(int socket, struct message *message)
{
	ssize_t bytes;

	do
		bytes = recv(socket, message, sizeof *message, 0);
	while (bytes < 0 && errno == EINTR);
	return bytes == (ssize_t)sizeof *message ? 0 : bytes < 0 ? -1 : 1;
}

/* In the child: becomes the server. Does not return; what failed goes to the keeper over `report`. */
static void server_exec(const struct launch *launch, char **arguments, pid_t keeper, int report)
{
	sigset_t none;
	int number = 0;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int error = launch->stderr_fd >= 0 ? launch->stderr_fd : null;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL); /* benchctl ignores these, and exec keeps what is ignored */
	signal(SIGXFSZ, SIG_DFL);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(error, STDERR_FILENO) < 0 ||
	    (launch->folder && chdir(launch->folder)) ||
	    (launch->cpus && sched_setaffinity(0, sizeof *launch->cpus, launch->cpus)))
		number = errno;
	for (const char *const *entry = launch->environment; entry && *entry; entry++)
		putenv((char *)*entry);
	if (!number) {
		close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
		execvp(arguments[0], arguments);
		number = errno;
	}
	(void)!write(report, &number, sizeof number);
	_exit(127);
}

/* Starts the server; returns 0, or the errno of what failed. */
static int keeper_start(struct keeper *keeper, const struct launch *launch, char **arguments)
{
	int report[2];
	int number = 0;
	pid_t self = getpid();

	if (pipe2(report, O_CLOEXEC))
		return errno;
	keeper->server = fork();
	if (keeper->server == 0)
		server_exec(launch, arguments, self, report[1]);
	number = keeper->server < 0 ? errno : 0;
	close(report[1]);
	/* The pipe ends without a word when exec succeeds, since it is O_CLOEXEC. */
	if (!number && read(report[0], &number, sizeof number) != sizeof number)
		number = 0;
	close(report[0]);
	return number;
}

/* Reaps what has exited. Returns whether children are left. */
static bool keeper_reap(struct keeper *keeper)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0)
			return pid == 0;
		if (pid == keeper->server) {
			struct message message = { .kind = MESSAGE_EXITED, .status = status };
			message_send(keeper->socket, &message);
			keeper->server = 0;
		}
	}
}

/* Waits for a child to exit, or until the deadline. Returns whether children are left. */
static bool keeper_wait(struct keeper *keeper, uint64_t deadline)
{
	struct signalfd_siginfo info;

	while (keeper_reap(keeper)) {
		uint64_t now = clock_ns();
		struct pollfd ready = { .fd = keeper->signals, .events = POLLIN };
		if (now >= deadline)
			return true;
		if (poll(&ready, 1, (int)((deadline - now) / CLOCK_MS) + 1) > 0)
			(void)!read(keeper->signals, &info, sizeof info);
	}
	return false;
}

/* To the server's group at once, whatever it forks meanwhile, and to those that left it: to each of them one time. */
static void keeper_signal(int number, pid_t group)
{
	kill(-group, number);
	proctree_signal(getpid(), number, group);
}

/* Ends all descendants. Returns whether SIGTERM was enough. */
static bool keeper_end(struct keeper *keeper, uint64_t grace_ns, pid_t group)
{
	if (grace_ns) {
		keeper_signal(SIGTERM, group);
		if (!keeper_wait(keeper, clock_ns() + grace_ns))
			return true;
	}
	/* What is killed may leave orphans, which become the keeper's children: until there is none. */
	do {
		keeper_signal(SIGKILL, group);
	} while (keeper_wait(keeper, clock_ns() + 20 * CLOCK_MS));
	return false;
}

/*
 * Only its own socket may tie the keeper to others: benchctl's files, pipes and other keepers' sockets would
 * stay open for as long as it lives.
 */
static void close_all_but(int one, int other)
{
	int low = one < other ? one : other, high = one < other ? other : one;

	if (low > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)low - 1, 0);
	if (high > low + 1)
		close_range(low < STDERR_FILENO + 1 ? STDERR_FILENO + 1 : (unsigned)low + 1, (unsigned)high - 1, 0);
	close_range((unsigned)high + 1, ~0u, 0);
}

/* The keeper's whole life. */
static void keeper_main(int socket, const struct launch *launch, char **arguments)
{
	sigset_t signals;
	struct keeper keeper = { .socket = socket };
	struct message message = { .kind = MESSAGE_STARTED };

	close_all_but(socket, launch->stderr_fd);
	/* Not in the terminal's group: ^C is for benchctl, which then asks for an orderly end. */
	setsid();
	sigfillset(&signals);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_NAME, "benchctl-keeper");
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	keeper.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	int number = keeper.signals < 0 ? errno : keeper_start(&keeper, launch, arguments);
	if (number) {
		waitpid(-1, NULL, 0); /* the child that could not become the server */
		message = (struct message){ .kind = MESSAGE_FAILED, .status = number };
		message_send(socket, &message);
		_exit(1);
	}
	pid_t group = keeper.server;
	message.pid = keeper.server;
	message_send(socket, &message);
	for (;;) {
		struct signalfd_siginfo info;
		struct pollfd ready[2] = {
			{ .fd = socket, .events = POLLIN },
			{ .fd = keeper.signals, .events = POLLIN },
		};
		if (poll(ready, 2, -1) < 0)
			continue;
		if (ready[1].revents)
			(void)!read(keeper.signals, &info, sizeof info);
		keeper_reap(&keeper);
		if (!ready[0].revents)
			continue;
		bool asked = !message_receive(socket, &message);
		struct message gone = { .kind = MESSAGE_GONE };
		gone.status = keeper_end(&keeper, asked ? message.grace_ns : 0, group);
		message_send(socket, &gone);
		_exit(0);
	}
}

int supervisor_launch(struct supervisor *supervisor, const struct launch *launch, struct err *err)
{
	int ends[2], bad;
	int result = -1;
	struct message message;

	*supervisor = (struct supervisor){ .socket = -1 };
	char **arguments = argv_split(launch->command, err);
	if (!arguments)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		err_set_errno(err, "socketpair");
		goto out;
	}
	fflush(NULL);
	supervisor->keeper = fork();
	if (supervisor->keeper == 0) {
		close(ends[0]);
		keeper_main(ends[1], launch, arguments);
	}
	close(ends[1]);
	supervisor->socket = ends[0];
	if (supervisor->keeper < 0) {
		supervisor->keeper = 0;
		err_set_errno(err, "fork");
	} else if ((bad = message_receive(ends[0], &message)) < 0) {
		err_set_errno(err, "hearing from the keeper process");
	} else if (bad) {
		err_set(err, "the keeper process ended before it had started the server");
	} else if (message.kind == MESSAGE_FAILED) {
		errno = message.status;
		err_set_errno(err, "%s", arguments[0]);
	} else {
		supervisor->server = message.pid;
		result = 0;
	}
	if (result)
		supervisor_stop(supervisor, 0);
out:
	argv_free(arguments);
	return result;
}

/* Takes the keeper's messages that are there. Returns false where the keeper is gone. */
static bool supervisor_listen(struct supervisor *supervisor)
{
	struct message message;
	ssize_t bytes;

	while ((bytes = recv(supervisor->socket, &message, sizeof message, MSG_DONTWAIT)) == sizeof message) {
		if (message.kind == MESSAGE_EXITED) {
			supervisor->exited = true;
			supervisor->status = message.status;
		}
	}
	return bytes < 0 && (errno == EAGAIN || errno == EINTR);
}

bool supervisor_is_alive(struct supervisor *supervisor)
{
	return supervisor->keeper && supervisor_listen(supervisor) && !supervisor->exited;
}

const char *supervisor_show_exit(const struct supervisor *supervisor, char out[96])
{
	if (!supervisor->exited)
		snprintf(out, 96, "has lost its keeper process");
	else if (WIFSIGNALED(supervisor->status))
		snprintf(out, 96, "was killed by signal %d (%s)", WTERMSIG(supervisor->status),
			 strsignal(WTERMSIG(supervisor->status)));
	else
		snprintf(out, 96, "exited with status %d", WEXITSTATUS(supervisor->status));
	return out;
}

/* Whether who listens descends from the server's first process no more: it has made itself a daemon, as a rule. */
static bool has_left(const struct supervisor *supervisor, const struct target *target)
{
	const struct sockaddr *address = (const struct sockaddr *)&target->address;
	unsigned port = ntohs(address->sa_family == AF_INET ? ((const struct sockaddr_in *)address)->sin_port
							    : ((const struct sockaddr_in6 *)address)->sin6_port);
	pid_t pids[PROCTREE_MAX];
	struct port_holder holder;

	if (!port_is_held(port, &holder) || !holder.pid || holder.pid == supervisor->server)
		return false;
	size_t count = proctree_list(supervisor->server, pids, PROCTREE_MAX);
	for (size_t i = 0; i < count; i++)
		if (pids[i] == holder.pid)
			return false;
	return count < PROCTREE_MAX;
}

/*
 * Whether the first process has ended by now, or ends within wait_ms. The kernel itself is asked: the keeper may not
 * have had the time yet to say so. Its word is waited for then.
 */
static bool has_ended(struct supervisor *supervisor, int wait_ms)
{
	int process = (int)syscall(SYS_pidfd_open, supervisor->server, 0); /* readable once it has ended */
	struct pollfd end = { .fd = process, .events = POLLIN }, word = { .fd = supervisor->socket, .events = POLLIN };
	bool ended = process < 0 ? errno == ESRCH : poll(&end, 1, wait_ms) > 0;

	if (process >= 0)
		close(process);
	while (ended && supervisor_is_alive(supervisor))
		poll(&word, 1, -1);
	return ended;
}

/* Asks until a response is right; `first`: since its start. One that is not right yet is waited for like a refused connection. */
static int wait_right(struct supervisor *supervisor, const struct target *target, uint64_t timeout_ns, bool first,
		      const volatile sig_atomic_t *stop, struct err *err)
{
	uint64_t deadline = clock_ns() + timeout_ns;
	struct err last = { "it did not listen" }, probe;
	bool wrong = false; /* `last` is what a wrong answer was */
	char how[96];

	for (;;) {
		uint64_t now = clock_ns();
		if (stop && *stop)
			return err_set(err, "interrupted");
		if (!supervisor_is_alive(supervisor))
			return err_set(err, "%s before it was ready", supervisor_show_exit(supervisor, how));
		if (now >= deadline)
			return err_set(err, "not ready after %.3g s: %.1000s", (double)timeout_ns / 1e9, last.text);
		uint64_t left = deadline - now;
		int answer = probe_compare(target, false, left, stop, &probe);
		/*
		 * The answer may be that of a daemon, whose first process is about to end. It is looked for once, at the start:
		 * a server whose first process stays all the same is not made to wait after each cell.
		 */
		if (answer == 0 && !has_ended(supervisor, first && has_left(supervisor, target) ? LEFT_MS : 0))
			return 0;
		if (answer == 0)
			continue;
		/* The last one may have had too little time: what a wrong answer was says more. */
		if (answer > 0 || !wrong)
			last = probe;
		wrong = wrong || answer > 0;
		/* Until something happens to the server, or it is time to ask again. */
		struct pollfd ready = { .fd = supervisor->socket, .events = POLLIN };
		poll(&ready, 1, READY_PAUSE_MS);
	}
}

int supervisor_wait_ready(struct supervisor *supervisor, const struct target *target, uint64_t timeout_ns,
			  const volatile sig_atomic_t *stop, struct err *err)
{
	return wait_right(supervisor, target, timeout_ns, true, stop, err);
}

int supervisor_wait_recovered(struct supervisor *supervisor, const struct target *target, uint64_t timeout_ns,
			      const volatile sig_atomic_t *stop, struct err *err)
{
	return wait_right(supervisor, target, timeout_ns, false, stop, err);
}

bool supervisor_stop(struct supervisor *supervisor, uint64_t grace_ns)
{
	struct message message = { .kind = MESSAGE_STOP, .grace_ns = grace_ns };
	bool gentle = false;

	if (!supervisor->keeper)
		return true;
	message_send(supervisor->socket, &message);
	/* The keeper ends only when all is gone; a ^C meanwhile must not make us leave early. */
	while (!message_receive(supervisor->socket, &message))
		if (message.kind == MESSAGE_GONE)
			gentle = message.status;
	close(supervisor->socket);
	while (waitpid(supervisor->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	*supervisor = (struct supervisor){ .socket = -1 };
	return gentle;
}
