/*
 * The supervisor, with real processes: how they end is told, and none of them is left.
 *
 * The servers are sleep(1), sh(1) and this program itself, which plays a role when it is called with its name.
 */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "harness/host/port.h"
#include "harness/server/proctree.h"
#include "harness/server/supervisor.h"

#define SELF     "/proc/self/exe "
#define GRACE_NS UNIT_PATIENCE_NS

/* Writes its process id, and that it is ready, to stderr, which the test reads. */
static void say_pid(void)
{
	dprintf(STDERR_FILENO, "%d\n", (int)getpid());
}

static void sleep_on(void)
{
	alarm(100); /* should all else fail */
	for (;;)
		pause();
}

/* Leaves its parent, its group and its session behind, as daemon(7) has it. */
static void role_daemon(void)
{
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			setpgid(0, 0);
			say_pid();
			sleep_on();
		}
		_exit(0);
	}
	wait(NULL);
	_exit(0);
}

/* The same, and its first process stays. */
static void role_pair(void)
{
	if (fork() == 0)
		role_daemon();
	wait(NULL);
	say_pid();
	sleep_on();
}

static void role_stubborn(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	say_pid();
	sleep_on();
}

/* A process with two children that have two each, all in sessions of their own; each second doesn't heed SIGTERM. */
static void role_tree(void)
{
	for (int generation = 0; generation < 2; generation++) {
		pid_t first = fork();
		pid_t second = first ? fork() : 1;
		if (first && second)
			break;
		setsid();
		if (!second)
			signal(SIGTERM, SIG_IGN);
	}
	say_pid();
	sleep_on();
}

#define TREE 7

/* Exits regularly, but only on a SIGTERM that it waited for. */
static void role_orderly(void)
{
	sigset_t term;
	int number;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	say_pid();
	alarm(100);
	sigwait(&term, &number);
	dprintf(STDERR_FILENO, "bye\n");
	_exit(0);
}

/* Reports how many files it has. */
static void role_files(void)
{
	int count = 0;

	for (int fd = 0; fd < 1000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	dprintf(STDERR_FILENO, "%d\n", count);
	sleep_on();
}

#define RIGHT "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"
#define WRONG "HTTP/1.0 503 Busy\r\nContent-Length: 2\r\n\r\nhi"

static int answered = -1; /* a descriptor that is closed once there has been an answer */

/* Answers every request on the port of $PORT, the first ones wrongly. */
static void serve(int wrong)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, server = socket(AF_INET, SOCK_STREAM, 0);

	alarm(100);
	address.sin_port = htons((uint16_t)atoi(getenv("PORT")));
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 16))
		_exit(1);
	for (;;) {
		char request[4096];
		int fd = accept(server, NULL, NULL);
		if (fd >= 0 && read(fd, request, sizeof request) > 0) {
			const char *answer = wrong > 0 ? WRONG : RIGHT;
			(void)!write(fd, answer, strlen(answer));
			wrong -= wrong > 0;
		}
		close(fd);
		if (answered >= 0)
			close(answered);
		answered = -1;
	}
}

static void role_server(void)
{
	serve(0);
}

/* Serves as a daemon, whose first process ends only when a question has been answered. */
static void role_daemon_server(void)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		_exit(1);
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			close(ends[0]);
			answered = ends[1];
			serve(0);
		}
		_exit(0);
	}
	close(ends[1]);
	wait(NULL);
	(void)!read(ends[0], &byte, 1);
	_exit(4);
}

static void role_wrong_server(void)
{
	serve(INT_MAX);
}

static void role_recovering_server(void)
{
	serve(2);
}

static const struct role {
	const char *name;
	void (*play)(void);
} roles[] = {
	{ "daemon", role_daemon },
	{ "pair", role_pair },
	{ "stubborn", role_stubborn },
	{ "tree", role_tree },
	{ "orderly", role_orderly },
	{ "files", role_files },
	{ "server", role_server },
	{ "daemon_server", role_daemon_server },
	{ "wrong_server", role_wrong_server },
	{ "recovering_server", role_recovering_server },
};

/* The server of the current test, and what it says on stderr. */
static struct supervisor supervisor;
static int said = -1, say = -1;
static unsigned files_before;

static unsigned open_files(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int begin(void **state)
{
	int ends[2];

	(void)state;
	files_before = open_files();
	supervisor = (struct supervisor){ .socket = -1 };
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	said = ends[0];
	say = ends[1];
	return 0;
}

/* Also after a test that failed: nothing is left. */
static int end(void **state)
{
	(void)state;
	supervisor_stop(&supervisor, 0);
	close(said);
	close(say);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return open_files() == files_before ? 0 : -1;
}

static int launch(const char *command, struct err *err)
{
	const struct launch what = { .command = command, .stderr_fd = say };

	return supervisor_launch(&supervisor, &what, err);
}

static void must_launch(const char *command)
{
	struct err err = { "" };
	int bad = launch(command, &err);

	check_text(command, err.text, "");
	assert_int_equal(bad, 0);
	assert_true(supervisor.keeper > 0 && supervisor.server > 0);
}

/* Reads one line that a server says; it must come in time. */
static const char *hear(void)
{
	static char line[512];
	size_t used = 0;
	uint64_t deadline = clock_ns() + UNIT_PATIENCE_NS;

	while (clock_ns() < deadline && used < sizeof line - 1) {
		struct pollfd ready = { .fd = said, .events = POLLIN };
		if (poll(&ready, 1, 100) <= 0)
			continue;
		if (read(said, line + used, 1) != 1 || line[used] == '\n')
			break;
		used++;
	}
	line[used] = 0;
	assert_true(used > 0);
	return line;
}

/* Whether a process has that id in the innermost of its PID namespaces (proc(5)). */
static bool calls_itself(pid_t pid, pid_t inner)
{
	char path[64], line[256];
	const char *last = NULL;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "re");
	while (file && !last && fgets(line, sizeof line, file))
		if (strncmp(line, "NSpid:", 6) == 0)
			last = strrchr(line, '\t');
	if (file)
		fclose(file);
	return last && atoi(last) == inner;
}

/* The process below root that says its id, which is that of its own PID namespace. */
static pid_t hear_pid_below(pid_t root)
{
	pid_t inner = (pid_t)atoi(hear()), pids[PROCTREE_MAX];
	size_t count = proctree_list(root, pids, PROCTREE_MAX);

	for (size_t i = 0; i < count; i++)
		if (calls_itself(pids[i], inner))
			return pids[i];
	fail_msg("no process of the server is %d", (int)inner);
	return 0;
}

static pid_t hear_pid(void)
{
	return hear_pid_below(supervisor.keeper);
}

static bool has_exited(void *context)
{
	(void)context;
	return !supervisor_is_alive(&supervisor);
}

static bool is_gone(pid_t pid)
{
	return unit_gone(&pid);
}

static void test_exit_is_told(void **state)
{
	static const struct {
		const char *command, *how;
	} cases[] = {
		{ "true", "exited with status 0" },
		{ "sh -c 'exit 7'", "exited with status 7" },
		{ "sh -c 'exit 127'", "exited with status 127" },
		{ "sh -c 'kill -SEGV $$'", "was killed by signal 11 (Segmentation fault)" },
		{ "sh -c 'kill -KILL $$'", "was killed by signal 9 (Killed)" },
	};
	char how[96];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		must_launch(cases[i].command);
		check_case(cases[i].command, unit_until(has_exited, NULL));
		assert_true(supervisor.exited);
		check_text(cases[i].command, supervisor_show_exit(&supervisor, how), cases[i].how);
		/* It stays that way. */
		assert_false(supervisor_is_alive(&supervisor));
		assert_true(supervisor_stop(&supervisor, GRACE_NS));
	}
}

static void test_stop(void **state)
{
	(void)state;
	must_launch("sleep 100");
	pid_t keeper = supervisor.keeper, server = supervisor.server;
	assert_true(supervisor_is_alive(&supervisor));
	assert_false(is_gone(server));
	/* In a session of its own, and so in a group of its own. */
	assert_int_equal(getsid(server), server);
	assert_int_equal(getpgid(server), server);
	assert_true(supervisor_stop(&supervisor, GRACE_NS));
	assert_true(is_gone(server));
	assert_true(is_gone(keeper));
	assert_int_equal(supervisor.keeper, 0);
	/* Stopped, and never launched, there is nothing to stop. */
	assert_true(supervisor_stop(&supervisor, GRACE_NS));
}

static void test_orderly_end(void **state)
{
	(void)state;
	must_launch(SELF "orderly");
	hear_pid();
	assert_true(supervisor_stop(&supervisor, GRACE_NS));
	check_text("last words", hear(), "bye");
}

static void test_stop_without_grace(void **state)
{
	(void)state;
	must_launch(SELF "orderly");
	pid_t server = hear_pid();
	supervisor_stop(&supervisor, 0);
	assert_true(is_gone(server));
	/* It was killed: nothing on stderr. */
	struct pollfd ready = { .fd = said, .events = POLLIN };
	assert_int_equal(poll(&ready, 1, 0), 0);
}

static void test_stubborn(void **state)
{
	uint64_t start;

	(void)state;
	must_launch(SELF "stubborn");
	pid_t server = hear_pid();
	assert_int_equal(server, supervisor.server);
	start = clock_ns();
	assert_false(supervisor_stop(&supervisor, 100 * CLOCK_MS));
	uint64_t took = clock_ns() - start;
	assert_true(took >= 100 * CLOCK_MS && took < UNIT_PATIENCE_NS);
	assert_true(is_gone(server));
}

/* A daemon has left the group and its parent has exited; still it is ended. */
static void test_daemon(void **state)
{
	(void)state;
	must_launch(SELF "daemon");
	pid_t daemon = hear_pid();
	assert_true(unit_until(has_exited, NULL));
	assert_int_not_equal(daemon, supervisor.server);
	assert_int_not_equal(getsid(daemon), getsid(supervisor.keeper));
	assert_false(is_gone(daemon));
	assert_true(supervisor_stop(&supervisor, GRACE_NS));
	assert_true(is_gone(daemon));
}

static void test_tree(void **state)
{
	pid_t pids[PROCTREE_MAX];

	(void)state;
	must_launch(SELF "tree");
	for (int i = 0; i < TREE; i++)
		hear_pid(); /* it has its signals set */
	assert_int_equal(proctree_list(supervisor.keeper, pids, PROCTREE_MAX), TREE);
	assert_false(supervisor_stop(&supervisor, 50 * CLOCK_MS));
	for (int i = 0; i < TREE; i++)
		assert_true(is_gone(pids[i]));
}

/* A signal reaches a process once: those of the group that has had it are passed over. */
static void test_signal_spares_a_group(void **state)
{
	pid_t children[2];
	int status;

	(void)state;
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			sleep_on();
		assert_int_equal(setpgid(children[i], children[i]), 0);
	}
	proctree_signal(getpid(), SIGTERM, children[0]);
	assert_int_equal(waitpid(children[1], &status, 0), children[1]);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	kill(children[0], SIGKILL);
	assert_int_equal(waitpid(children[0], &status, 0), children[0]);
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void test_cannot_start(void **state)
{
	static const struct {
		const char *command, *folder, *words;
	} cases[] = {
		{ "/nonexistent/server --port 1", NULL, "/nonexistent/server: No such file or directory" },
		{ "no-such-program-anywhere", NULL, "no-such-program-anywhere: No such file or directory" },
		{ "/", NULL, "/: Permission denied" },
		{ "''", NULL, ": No such file or directory" },
		{ "sleep 100", "/nonexistent/folder", "No such file or directory" },
		{ "", NULL, "empty, where a command is expected" },
		{ "sleep '100", NULL, "the quote ' does not end" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct launch what = { .command = cases[i].command, .folder = cases[i].folder, .stderr_fd = -1 };
		struct err err = { "" };
		check_case(cases[i].command, supervisor_launch(&supervisor, &what, &err) == -1);
		check_words(err.text, cases[i].words);
		check_case(cases[i].command, supervisor.keeper == 0 && supervisor.socket == -1);
		/* No child is left, not even one to be reaped. */
		check_case(cases[i].command, waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	}
}

/* The server gets its folder and environment, and this process's files stay here. */
static void test_surroundings(void **state)
{
	static const char *const environment[] = { "UNIT_ONE=1 a", "UNIT_TWO=2", NULL };
	struct launch what = {
		.command = "sh -c 'pwd >&2; echo \"$UNIT_ONE,$UNIT_TWO,$UNIT_HERE\" >&2; exec sleep 100'",
		.folder = "/",
		.environment = environment,
		.stderr_fd = say,
	};
	struct err err;

	(void)state;
	setenv("UNIT_HERE", "3", 1);
	setenv("UNIT_TWO", "overridden", 1);
	assert_int_equal(supervisor_launch(&supervisor, &what, &err), 0);
	check_text("folder", hear(), "/");
	check_text("environment", hear(), "1 a,2,3");
	supervisor_stop(&supervisor, 0);
	check_text("untouched here", getenv("UNIT_TWO"), "overridden");
	unsetenv("UNIT_HERE");
	unsetenv("UNIT_TWO");
	int leak = dup(say); /* not O_CLOEXEC */
	assert_true(leak >= 0);
	must_launch(SELF "files");
	check_text("files", hear(), "3");
	close(leak);
}

/* Nor does the keeper hold any of them: a pipe ends for its reader when this process closes it. */
static void test_keeper_holds_no_file(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	must_launch("sleep 100");
	close(ends[1]);
	struct pollfd ready = { .fd = ends[0], .events = POLLIN };
	assert_int_equal(poll(&ready, 1, (int)(UNIT_PATIENCE_NS / CLOCK_MS)), 1);
	assert_true(ready.revents & POLLHUP);
	assert_true(supervisor_is_alive(&supervisor));
	close(ends[0]);
}

static void test_cpus(void **state)
{
	cpu_set_t all, one, got;
	struct launch what = { .command = "sleep 100", .cpus = &one, .stderr_fd = -1 };
	struct err err;
	int last = -1;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all))
			last = cpu;
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	assert_int_equal(supervisor_launch(&supervisor, &what, &err), 0);
	assert_int_equal(sched_getaffinity(supervisor.server, sizeof got, &got), 0);
	assert_true(CPU_EQUAL(&got, &one));
}

/* What blocks or ignores signals here doesn't there. */
static void test_signals_are_not_blocked(void **state)
{
	sigset_t all, before;
	char how[96];

	(void)state;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	struct err err;
	int bad = launch("sh -c 'kill -TERM $$; exit 3'", &err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(bad, 0);
	assert_true(unit_until(has_exited, NULL));
	check_text("TERM", supervisor_show_exit(&supervisor, how), "was killed by signal 15 (Terminated)");
}

/* A process that launches, as benchctl does, and is killed: keeper, server and daemon go with it. */
static void test_parent_is_killed(void **state)
{
	struct err err;

	(void)state;
	fflush(NULL);
	pid_t parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		if (launch(SELF "pair", &err))
			_exit(1);
		sleep_on();
	}
	/* The daemon and the first process, in whichever order, and the keeper. */
	pid_t pids[3];
	for (int i = 0; i < 2; i++)
		pids[i] = hear_pid_below(parent);
	assert_true(proctree_list(parent, &pids[2], 1) == 1);
	for (int i = 0; i < 3; i++)
		assert_false(is_gone(pids[i]));
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	for (int i = 0; i < 3; i++)
		assert_true(unit_until(unit_gone, &pids[i]));
}

/* One server's keeper doesn't hold another's socket: each ends with its own. */
static void test_two_at_once(void **state)
{
	struct supervisor other;
	const struct launch what = { .command = "sleep 100", .stderr_fd = -1 };
	struct err err;

	(void)state;
	must_launch("sleep 100");
	assert_int_equal(supervisor_launch(&other, &what, &err), 0);
	pid_t first = supervisor.server, second = other.server;
	assert_true(supervisor_stop(&supervisor, GRACE_NS));
	assert_true(is_gone(first));
	assert_false(is_gone(second));
	/* As if this process had ended. */
	close(other.socket);
	assert_true(unit_until(unit_gone, &other.keeper));
	assert_true(is_gone(second));
}

static void test_keeper_is_killed(void **state)
{
	char how[96];

	(void)state;
	must_launch("sleep 100");
	pid_t server = supervisor.server;
	assert_int_equal(kill(supervisor.keeper, SIGKILL), 0);
	assert_true(unit_until(has_exited, NULL));
	check_text("how", supervisor_show_exit(&supervisor, how), "has lost its keeper process");
	assert_true(unit_until(unit_gone, &server));
	supervisor_stop(&supervisor, GRACE_NS);
}

/* A target on a port that is free. */
static unsigned target_make(struct target *target, char environment[32])
{
	char url[64];
	struct err err;
	int port = port_find_free(&err);

	assert_true(port > 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
	snprintf(environment, 32, "PORT=%d", port);
	assert_int_equal(target_init(target, url, &(struct request_settings){ 0 }, &err), 0);
	assert_int_equal(target_expect(target, 200, "hi", 2, &err), 0);
	return (unsigned)port;
}

static void test_ready(void **state)
{
	static const struct {
		const char *command;
		uint64_t timeout_ns;
		const char *words; /* NULL: it gets ready */
		bool alive;
	} cases[] = {
		{ SELF "server", UNIT_PATIENCE_NS, NULL, true },
		{ SELF "wrong_server", 500 * CLOCK_MS, "not ready after 0.5 s: status 503 instead of 200", true },
		{ SELF "recovering_server", UNIT_PATIENCE_NS, NULL, true },
		{ SELF "daemon_server", UNIT_PATIENCE_NS, "exited with status 4 before it was ready", false },
		{ "sh -c 'exit 3'", UNIT_PATIENCE_NS, "exited with status 3 before it was ready", false },
		{ "sh -c 'kill -ABRT $$'", UNIT_PATIENCE_NS, "was killed by signal 6 (Aborted) before it was ready",
		  false },
		{ "sleep 100", 100 * CLOCK_MS, "not ready after 0.1 s: connecting: Connection refused", true },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char port_text[32];
		const char *const environment[] = { port_text, NULL };
		const struct launch what = { .command = cases[i].command, .environment = environment, .stderr_fd = -1 };
		struct port_holder holder;
		struct target target;
		struct err err = { "" };
		unsigned port = target_make(&target, port_text);
		assert_int_equal(supervisor_launch(&supervisor, &what, &err), 0);
		int bad = supervisor_wait_ready(&supervisor, &target, cases[i].timeout_ns, NULL, &err);
		check_text(cases[i].command, err.text, cases[i].words ? cases[i].words : "");
		check_case(cases[i].command, bad == (cases[i].words ? -1 : 0));
		check_case(cases[i].command, supervisor_is_alive(&supervisor) == cases[i].alive);
		if (!cases[i].words) {
			check_case(cases[i].command, port_is_held(port, &holder));
			check_case(cases[i].command, holder.pid == supervisor.server);
		}
		supervisor_stop(&supervisor, GRACE_NS);
		check_case(cases[i].command, !port_is_held(port, &holder));
		target_release(&target);
	}
}

/* Whether the server holds a port, or has ended; context is the port. For unit_until(). */
static bool listens_or_ended(void *context)
{
	struct port_holder holder;

	return port_is_held(*(const unsigned *)context, &holder) || !supervisor_is_alive(&supervisor);
}

static void test_recovered(void **state)
{
	static const struct {
		const char *command;
		uint64_t timeout_ns;
		const char *words; /* of the error; NULL: recovered */
	} cases[] = {
		{ SELF "server", UNIT_PATIENCE_NS, NULL },
		{ SELF "recovering_server", UNIT_PATIENCE_NS, NULL },
		{ SELF "wrong_server", 500 * CLOCK_MS, "not ready after 0.5 s: status 503 instead of 200" },
		{ "sh -c 'exit 3'", UNIT_PATIENCE_NS, "exited with status 3 before it was ready" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char port_text[32];
		const char *const environment[] = { port_text, NULL };
		const struct launch what = { .command = cases[i].command, .environment = environment, .stderr_fd = -1 };
		struct target target;
		struct err err = { "" };
		unsigned port = target_make(&target, port_text);
		assert_int_equal(supervisor_launch(&supervisor, &what, &err), 0);
		/* The time is not that of its start. */
		unit_until(listens_or_ended, &port);
		int bad = supervisor_wait_recovered(&supervisor, &target, cases[i].timeout_ns, NULL, &err);
		check_text(cases[i].command, err.text, cases[i].words ? cases[i].words : "");
		check_case(cases[i].command, bad == (cases[i].words ? -1 : 0));
		supervisor_stop(&supervisor, GRACE_NS);
		target_release(&target);
	}
}

static void test_interrupted(void **state)
{
	volatile sig_atomic_t stop = 1;
	char port_text[32];
	struct target target;
	struct err err;

	(void)state;
	target_make(&target, port_text);
	must_launch("sleep 100");
	assert_int_equal(supervisor_wait_ready(&supervisor, &target, UNIT_PATIENCE_NS, &stop, &err), -1);
	check_text("error", err.text, "interrupted");
	target_release(&target);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_exit_is_told),
		TEST(test_stop),
		TEST(test_orderly_end),
		TEST(test_stop_without_grace),
		TEST(test_stubborn),
		TEST(test_daemon),
		TEST(test_tree),
		TEST(test_signal_spares_a_group),
		TEST(test_cannot_start),
		TEST(test_surroundings),
		TEST(test_keeper_holds_no_file),
		TEST(test_cpus),
		TEST(test_signals_are_not_blocked),
		TEST(test_parent_is_killed),
		TEST(test_two_at_once),
		TEST(test_keeper_is_killed),
		TEST(test_ready),
		TEST(test_recovered),
		TEST(test_interrupted),
	};

	for (size_t i = 0; argc == 2 && i < LENGTH(roles); i++)
		if (strcmp(argv[1], roles[i].name) == 0)
			roles[i].play();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("supervisor", tests, unit_adopt, NULL);
}
