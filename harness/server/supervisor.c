#include "harness/server/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
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

/* Time between two probes for readiness: a server has no way to signal it but a response. */
#define READY_PAUSE_MS 5
/* How long the first process of a server may take to exit after it has left a daemon. */
#define LEFT_MS 1000
/* How long the keeper may take until it has started the server: exec(2) may have to read from a slow disk. */
#define LAUNCH_NS (30 * CLOCK_S)
/* How long the guard tries to end what a keeper has left: the kernel may not be able to, or the process be another user's. */
#define GUARD_NS (10 * CLOCK_S)
/* So many empty lists of processes show that there are none, and the pause after each. */
#define EMPTY_LISTS 3
#define EMPTY_MS    2
/* Of the OOM killer's score (proc(5)): a server is killed before the program that measures it. */
#define OOM_FIRST "1000"

/* A message over the socket, which keeps message boundaries (SOCK_SEQPACKET). */
struct message {
	enum message_kind {
		MESSAGE_STOP,
		MESSAGE_BORN,
		MESSAGE_STARTED,
		MESSAGE_FAILED,
		MESSAGE_EXITED,
		MESSAGE_GONE
	} kind;
	int status;        /* FAILED: errno; EXITED: wait status; GONE: whether SIGTERM was enough */
	uint64_t grace_ns; /* STOP */
};

struct keeper {
	int socket;
	int signals; /* signalfd of SIGCHLD */
	int stop_signal;
	pid_t server;
};

static void message_send(int socket, const struct message *message)
{
	/* If the other side is gone, nobody is left to tell; else the end of the socket tells it that all is over. */
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

/*
 * Receives a whole message before the deadline, and where `sender` is not NULL the id of the process that sent it, as
 * seen from here (SCM_CREDENTIALS, unix(7)). Returns as message_receive(); -1 with ETIMEDOUT after the deadline.
 */
static int message_await(int socket, struct message *message, pid_t *sender, uint64_t deadline)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec text = { message, sizeof *message };
	struct msghdr parts = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control };

	for (;;) {
		struct pollfd ready = { .fd = socket, .events = POLLIN };
		uint64_t now = clock_ns();
		int some = now < deadline ? poll(&ready, 1, (int)((deadline - now) / CLOCK_MS) + 1) : 0;
		if (some < 0 && errno == EINTR)
			continue;
		if (some < 0)
			return -1;
		if (!some) {
			errno = ETIMEDOUT;
			return -1;
		}
		parts.msg_controllen = sizeof control;
		ssize_t bytes = recvmsg(socket, &parts, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (bytes < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		const struct cmsghdr *header = bytes > 0 ? CMSG_FIRSTHDR(&parts) : NULL;
		struct ucred from;
		if (sender && header && header->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&from, CMSG_DATA(header), sizeof from);
			*sender = from.pid;
		}
		return bytes == (ssize_t)sizeof *message ? 0 : bytes < 0 ? -1 : 1;
	}
}

/* When memory runs out, the server is killed first. */
static void oom_prefer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, OOM_FIRST, strlen(OOM_FIRST));
		close(fd);
	}
}

/* In the child: becomes the server. Does not return; an error goes to the keeper over `report`. */
static void server_exec(const struct launch *launch, char **arguments, pid_t keeper, int socket, int report)
{
	const struct message born = { .kind = MESSAGE_BORN };
	sigset_t none;
	int number = 0;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int error = launch->stderr_fd >= 0 ? launch->stderr_fd : null;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(127);
	message_send(socket, &born); /* only the kernel knows this process's id outside its namespace */
	oom_prefer();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL); /* benchctl ignores these, and exec keeps ignored signals ignored */
	signal(SIGXFSZ, SIG_DFL);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(error, STDERR_FILENO) < 0 ||
	    (launch->folder && chdir(launch->folder)) ||
	    (launch->cpus && sched_setaffinity(0, sizeof *launch->cpus, launch->cpus)) ||
	    (launch->door_fd > 0 && write(launch->door_fd, "0", 1) != 1))
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

/* Starts the server; returns 0, or the errno of the call that failed. */
static int keeper_start(struct keeper *keeper, const struct launch *launch, char **arguments)
{
	int report[2];
	int number = 0;
	pid_t self = getpid();

	if (pipe2(report, O_CLOEXEC))
		return errno;
	keeper->server = fork();
	if (keeper->server == 0)
		server_exec(launch, arguments, self, keeper->socket, report[1]);
	number = keeper->server < 0 ? errno : 0;
	close(report[1]);
	/* When exec succeeds the pipe ends without data, since it is O_CLOEXEC. */
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

/*
 * To the whole process group in one call, even while it forks, and then once to each process that has left the group.
 */
static void keeper_signal(int number, pid_t group)
{
	kill(-group, number);
	proctree_signal(getpid(), number, group);
}

/* Ends all descendants. Returns whether SIGTERM was enough. */
static bool keeper_end(struct keeper *keeper, uint64_t grace_ns, pid_t group)
{
	if (grace_ns) {
		keeper_signal(keeper->stop_signal, group);
		if (!keeper_wait(keeper, clock_ns() + grace_ns))
			return true;
	}
	/* Orphans of killed processes become the keeper's children: repeat until none is left. */
	do {
		keeper_signal(SIGKILL, group);
	} while (keeper_wait(keeper, clock_ns() + 20 * CLOCK_MS));
	return false;
}

/*
 * The keeper must share no other descriptor: benchctl's files, pipes and other keepers' sockets would stay open as long
 * as the keeper lives.
 */
static void close_all_but(const int *kept, size_t count)
{
	int from = STDERR_FILENO + 1;

	/* The next descriptor to keep; all before it are closed. At most `count` times. */
	for (size_t i = 0; i < count; i++) {
		int next = INT_MAX;
		for (size_t j = 0; j < count; j++)
			if (kept[j] >= from && kept[j] < next)
				next = kept[j];
		if (next == INT_MAX)
			break;
		if (next > from)
			close_range((unsigned)from, (unsigned)next - 1, 0);
		from = next + 1;
	}
	close_range((unsigned)from, ~0u, 0);
}

/* In a PID namespace: /proc must be that of the namespace, and benchctl's death must end everything. */
static int keeper_contain(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return -1;
	return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The main function of the keeper. */
static void keeper_main(int socket, const struct launch *launch, char **arguments, bool contained)
{
	sigset_t signals;
	struct keeper keeper = { .socket = socket, .stop_signal = launch->stop_signal ? launch->stop_signal : SIGTERM };
	struct message message = { .kind = MESSAGE_STARTED };

	close_all_but((const int[]){ socket, launch->stderr_fd, launch->door_fd }, 3);
	if (contained && keeper_contain())
		_exit(1); /* without a message: the namespace can't be made */
	/* Not in the terminal's process group: ^C is for benchctl, which then asks for an orderly end. */
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

/* Waits for the end of a child until the deadline, and reaps it. Returns whether it has ended. */
static bool child_wait(pid_t pid, uint64_t deadline)
{
	for (;;) {
		pid_t ended = waitpid(pid, NULL, WNOHANG);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return true;
		if (clock_ns() >= deadline)
			return false;
		int process = (int)syscall(SYS_pidfd_open, pid, 0);
		struct pollfd end = { .fd = process, .events = POLLIN };
		poll(&end, 1, process < 0 ? 1 : 20);
		if (process >= 0)
			close(process);
	}
}

/* Reaps what has exited. Returns whether there are children. */
static bool has_children(void)
{
	pid_t ended;

	do
		ended = waitpid(-1, NULL, WNOHANG);
	while (ended > 0 || (ended < 0 && errno == EINTR));
	return !ended;
}

/*
 * Ends all descendants, which reparent to this process (PR_SET_CHILD_SUBREAPER), until the deadline. Each gets SIGKILL at least
 * once: where a busy machine has let the deadline pass, there is nobody else to end them. /proc is read one process
 * after the other, while they end; so a process that has no other children (is_guard) asks waitpid(2), and any other believes
 * only several empty lists.
 */
static void orphans_end(uint64_t deadline, bool is_guard)
{
	pid_t pids[PROCTREE_MAX];
	size_t count;
	int empty = 0;

	do {
		count = proctree_list(getpid(), pids, PROCTREE_MAX);
		empty = count ? 0 : empty + 1;
		if (!count)
			poll(NULL, 0, EMPTY_MS);
		for (size_t i = 0; i < count; i++)
			kill(pids[i], SIGKILL);
		/* Parents first: what becomes an orphan by that is a child of ours by the time that it has to be reaped. */
		for (size_t i = 0; i < count; i++)
			child_wait(pids[i], deadline);
	} while ((is_guard ? has_children() : empty < EMPTY_LISTS) && clock_ns() < deadline);
}

/*
 * Without a PID namespace, the guard's whole life: it is between benchctl and the keeper, and inherits what the keeper leaves
 * where both are killed. Where the guard itself is, benchctl inherits the keeper.
 */
static void guard_main(int socket, const struct launch *launch, char **arguments)
{
	sigset_t signals;

	sigfillset(&signals);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	setsid();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_NAME, "benchctl-guard");
	pid_t keeper = fork();
	if (keeper == 0)
		keeper_main(socket, launch, arguments, false);
	close_all_but(NULL, 0); /* the socket has to end with the keeper */
	if (keeper > 0)
		while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
			;
	orphans_end(clock_ns() + GUARD_NS, true);
	_exit(0);
}

/*
 * Forks the keeper, in a PID namespace or not, with its end of the socket. Like fork(2), which can't make a namespace;
 * unshare(2) would make one for all later children.
 */
static pid_t keeper_fork(bool contained)
{
	if (!contained)
		return fork();
	return (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
}

static bool is_stopped(const struct supervisor *supervisor)
{
	return supervisor->stop && *supervisor->stop;
}

/*
 * The same from the keeper; once stop is set, no longer than a server in haste may take.
 */
static int supervisor_hear(struct supervisor *supervisor, struct message *message, pid_t *sender, uint64_t deadline)
{
	for (;;) {
		uint64_t now = clock_ns(), look = now + CLOCK_LOOK_NS;
		if (is_stopped(supervisor) && !supervisor->hurry_ns)
			supervisor->hurry_ns = now + SUPERVISOR_HASTE_NS + SUPERVISOR_KEEPER_NS;
		if (supervisor->hurry_ns && supervisor->hurry_ns < deadline)
			deadline = supervisor->hurry_ns;
		int bad = message_await(supervisor->socket, message, sender, look < deadline ? look : deadline);
		if (bad >= 0 || errno != ETIMEDOUT || clock_ns() >= deadline)
			return bad;
	}
}

/*
 * Waits for the keeper to report that the server is started. Returns 0; 1: the keeper ended without a message; or -1
 * with err set.
 */
static int keeper_hear(struct supervisor *supervisor, const char *program, struct err *err)
{
	uint64_t deadline = clock_ns() + LAUNCH_NS;
	struct message message;

	for (;;) {
		pid_t sender = 0;
		int bad = supervisor_hear(supervisor, &message, &sender, deadline);
		if (bad < 0)
			return err_set_errno(err, "hearing from the keeper process");
		if (bad) {
			err_set(err, "the keeper process ended before it had started the server");
			return 1;
		}
		if (message.kind == MESSAGE_FAILED) {
			errno = message.status;
			return err_set_errno(err, "%s", program);
		}
		if (message.kind == MESSAGE_BORN)
			supervisor->server = sender;
		if (message.kind != MESSAGE_STARTED)
			continue;
		if (supervisor->guard)
			supervisor->keeper = sender;
		return 0;
	}
}

/*
 * Starts keeper and server. Returns 0; or, with nothing left running, 1: the namespace can't be made; -1 with err set.
 */
static int keeper_launch(struct supervisor *supervisor, const struct launch *launch, char **arguments, bool contained,
			 struct err *err)
{
	int ends[2], on = 1;

	*supervisor = (struct supervisor){ .socket = -1, .stop = launch->stop };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return err_set_errno(err, "socketpair");
	fflush(NULL);
	if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) ||
	    (!contained && prctl(PR_SET_CHILD_SUBREAPER, 1))) {
		err_set_errno(err, "preparing for a keeper process");
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	pid_t keeper = keeper_fork(contained);
	if (keeper == 0) {
		close(ends[0]);
		if (!contained)
			guard_main(ends[1], launch, arguments);
		keeper_main(ends[1], launch, arguments, true);
	}
	int bad = keeper < 0 ? err_set_errno(err, "fork") : 0;
	close(ends[1]);
	if (bad) {
		close(ends[0]);
		return contained ? 1 : -1;
	}
	supervisor->socket = ends[0];
	supervisor->keeper = keeper;
	supervisor->guard = contained ? 0 : keeper; /* the keeper is heard of by its first message */
	bad = keeper_hear(supervisor, arguments[0], err);
	if (bad)
		supervisor_stop(supervisor, 0);
	return bad > 0 && !contained ? -1 : bad;
}

int supervisor_launch(struct supervisor *supervisor, const struct launch *launch, struct err *err)
{
	*supervisor = (struct supervisor){ .socket = -1 };
	char **arguments = argv_split(launch->command, err);
	if (!arguments)
		return -1;
	int result = keeper_launch(supervisor, launch, arguments, true, err);
	if (result > 0)
		result = keeper_launch(supervisor, launch, arguments, false, err);
	argv_free(arguments);
	return result;
}

/* Reads the keeper's pending messages. Returns false where the keeper is gone. */
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

/* Whether the listening process no longer descends from the server's first process: usually it has become a daemon. */
static bool has_left(const struct supervisor *supervisor, const struct target *target)
{
	unsigned port = target_port(target);
	pid_t pids[PROCTREE_MAX];
	struct port_holder holder;

	if (!port || !port_is_held(port, &holder) || !holder.pid || holder.pid == supervisor->server)
		return false;
	size_t count = proctree_list(supervisor->server, pids, PROCTREE_MAX);
	for (size_t i = 0; i < count; i++)
		if (pids[i] == holder.pid)
			return false;
	return count < PROCTREE_MAX;
}

/*
 * Whether the first process has ended by now, or ends within wait_ms. The kernel itself is asked: the keeper may not
 * have reported it yet. Then its message is waited for.
 */
static bool has_ended(struct supervisor *supervisor, int wait_ms)
{
	int process = (int)syscall(SYS_pidfd_open, supervisor->server, 0); /* readable once it has ended */
	struct pollfd end = { .fd = process, .events = POLLIN }, word = { .fd = supervisor->socket, .events = POLLIN };
	bool ended = process < 0 ? errno == ESRCH : poll(&end, 1, wait_ms) > 0;

	if (process >= 0)
		close(process);
	if (ended && supervisor_is_alive(supervisor) && poll(&word, 1, LEFT_MS) > 0)
		supervisor_is_alive(supervisor); /* notes how */
	return ended;
}

/*
 * Sends requests until a response is right; `first`: since its start. A wrong response is waited for like a refused
 * connection.
 */
static int wait_right(struct supervisor *supervisor, const struct target *target, uint64_t timeout_ns, bool first,
		      const volatile sig_atomic_t *stop, struct err *err)
{
	uint64_t deadline = clock_ns() + timeout_ns;
	struct err last = { "it did not listen" }, probe;
	bool wrong = false; /* `last` describes the last wrong response */
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
		int outcome = probe_compare(target, false, left, stop, &probe);
		/*
		 * The response may come from a daemon whose first process is about to exit. That is checked only at the
		 * start: a server whose first process stays does not have to wait after each cell.
		 */
		if (outcome == 0 && !has_ended(supervisor, first && has_left(supervisor, target) ? LEFT_MS : 0))
			return 0;
		if (outcome == 0)
			continue;
		/* The last probe may have had too little time: a description of a wrong response says more. */
		if (outcome > 0 || !wrong)
			last = probe;
		wrong = wrong || outcome > 0;
		/* Until something happens to the server, or it is time for the next probe. */
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
	if (is_stopped(supervisor) && grace_ns > SUPERVISOR_HASTE_NS)
		grace_ns = SUPERVISOR_HASTE_NS;
	struct message message = { .kind = MESSAGE_STOP, .grace_ns = grace_ns };
	uint64_t deadline = clock_ns() + grace_ns + SUPERVISOR_KEEPER_NS;
	bool gentle = false, gone = false;

	if (!supervisor->keeper)
		return true;
	message_send(supervisor->socket, &message);
	/* The keeper ends only when all processes are gone; a ^C in the meantime must not make us leave early. */
	int bad;
	while (!(bad = supervisor_hear(supervisor, &message, NULL, deadline)))
		if (message.kind == MESSAGE_GONE) {
			gone = true;
			gentle = message.status;
		}
	close(supervisor->socket);
	/*
	 * The keeper is stopped, or has very many to end. The guard, if there is one, ends what it leaves, also where this
	 * process is killed meanwhile; so the guard itself is killed last.
	 */
	if (bad < 0)
		kill(supervisor->keeper, SIGKILL);
	pid_t child = supervisor->guard ? supervisor->guard : supervisor->keeper;
	bool ended = child_wait(child, clock_ns() + SUPERVISOR_KEEPER_NS);
	if (!ended) {
		kill(child, SIGKILL);
		child_wait(child, clock_ns() + SUPERVISOR_KEEPER_NS);
	}
	if (supervisor->guard && (!ended || !gone))
		orphans_end(clock_ns() + SUPERVISOR_KEEPER_NS, false);
	*supervisor = (struct supervisor){ .socket = -1 };
	return gentle;
}
