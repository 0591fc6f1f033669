/* network and accept_queue, in real namespaces: each case runs in a process of its own, which moves into them. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "clients/sources.h"
#include "harness/host/port.h"
#include "harness/network/accept_queue.h"
#include "harness/network/network.h"
#include "tests/unit/unit.h"

#define PORT    8080
#define SKIPPED 77

/* What a case's process saw that was wrong goes to its standard error, which is the test's. */
#define wanted(condition)                                                               \
	do {                                                                            \
		if (!(condition)) {                                                     \
			print_error("%s:%d: not %s\n", __FILE__, __LINE__, #condition); \
			_exit(1);                                                       \
		}                                                                       \
	} while (0)

/* Runs a case in a process; one that finds that this host allows no private network is skipped. */
static void in_process(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void enter(struct network *network)
{
	struct err err;

	if (network_open(network, NETWORK_PRIVATE, PORT, 0, &err)) {
		print_message("%s\n", err.text);
		_exit(SKIPPED);
	}
	wanted(network->is_private);
	if (network->lacking[0])
		print_error("%s\n", network->lacking);
	wanted(!network->lacking[0]);
}

static struct sockaddr_in loopback(const char *address)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	wanted(inet_pton(AF_INET, address, &at.sin_addr) == 1);
	return at;
}

static int listen_at(int backlog)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	struct sockaddr_in at = loopback("127.0.0.1");

	wanted(fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
	wanted(!bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, backlog));
	return fd;
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = loopback("127.0.0.1");

	wanted(fd >= 0 && !connect(fd, (struct sockaddr *)&at, sizeof at));
	return fd;
}

static struct accept_queue_state queue_now(struct accept_queue *queue)
{
	struct accept_queue_state state;
	struct err err;

	wanted(!accept_queue_read(queue, &state, &err));
	return state;
}

static void limits_are_raised(void)
{
	struct network network;
	char range[64] = "";

	enter(&network);
	wanted(network_limit("net/core/somaxconn") == 65535);
	wanted(network_limit("net/ipv4/tcp_max_syn_backlog") == 65535);
	wanted(network_limit("net/ipv4/ip_local_reserved_ports") == PORT);
	wanted(network_limit("net/ipv4/tcp_tw_reuse") == 1);
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	wanted(file && fgets(range, sizeof range, file));
	fclose(file);
	check_text("ephemeral ports", range, "1024\t65535\n");
	wanted(network_limit("net/no_such_limit") == -1);
}

static void a_queue_is_counted(void)
{
	struct network network;
	struct accept_queue queue;
	struct err err;
	int connections[100];

	enter(&network);
	wanted(!accept_queue_open(&queue, PORT, &err));
	wanted(queue_now(&queue).listeners == 0);
	int one = listen_at(65535);
	wanted(queue_now(&queue).listeners == 1 && queue_now(&queue).backlog == 65535 && queue_now(&queue).length == 0);
	for (size_t i = 0; i < LENGTH(connections); i++)
		connections[i] = dial();
	wanted(queue_now(&queue).length == LENGTH(connections));
	wanted(accept(one, NULL, NULL) >= 0);
	wanted(queue_now(&queue).length == LENGTH(connections) - 1);
	/* A connection that the client has given up waits all the same: the server must work through it. */
	close(connections[50]);
	wanted(queue_now(&queue).length == LENGTH(connections) - 1);
	listen_at(10);
	wanted(queue_now(&queue).listeners == 2 && queue_now(&queue).backlog == 65545);
	accept_queue_close(&queue);
	accept_queue_close(&queue);
}

static void nothing_is_carried_over(void)
{
	struct network network;
	struct accept_queue queue;
	struct port_holder holder;
	struct err err;

	enter(&network);
	listen_at(10);
	close(dial());
	wanted(port_is_held(PORT, &holder));
	if (network.has_user_namespace) {
		wanted(network_leave(&network, &err));
		check_words(err.text, "no way back");
	} else {
		wanted(!network_leave(&network, &err));
		wanted(!port_is_held(PORT, &holder) || holder.pid != getpid());
	}
	wanted(!network_renew(&network, &err));
	wanted(!port_is_held(PORT, &holder));
	wanted(!accept_queue_open(&queue, PORT, &err) && queue_now(&queue).listeners == 0);
	/* The same port, while the listener before is open still. */
	listen_at(10);
	wanted(queue_now(&queue).listeners == 1 && queue_now(&queue).length == 0);
}

static void outside_is_out_of_reach(void)
{
	struct network network;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = loopback("198.18.0.1"); /* of the range for benchmarks, RFC 2544 */

	close(fd);
	enter(&network);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	wanted(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) && errno == ENETUNREACH);
}

static void ipv6_has_sources(void)
{
	struct network network;
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = in6addr_loopback };
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };

	enter(&network);
	if (network_limit("net/ipv6/conf/lo/disable_ipv6") != 0)
		_exit(SKIPPED);
	int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	wanted(!bind(listener, (struct sockaddr *)&at, sizeof at) && !listen(listener, 10));
	wanted(inet_pton(AF_INET6, SOURCES_V6_PREFIX "::10", &from.sin6_addr) == 1);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	wanted(!bind(fd, (struct sockaddr *)&from, sizeof from));
	wanted(!connect(fd, (struct sockaddr *)&at, sizeof at));
	struct target target = { .address_bytes = sizeof at };
	struct sources sources;
	memcpy(&target.address, &at, sizeof at);
	sources_init(&sources, &target);
	wanted(sources.count == SOURCES_V6 + 1);
	wanted(sources_for(&target, 65536) == 8);
}

static void the_host_is_untouched(void)
{
	struct network network;
	struct err err;
	long before = network_limit("net/core/somaxconn");
	char mine[64] = "", back[64] = "";

	wanted(readlink("/proc/thread-self/ns/net", mine, sizeof mine - 1) > 0);
	wanted(!network_open(&network, NETWORK_HOST, PORT, 0, &err) && !network.is_private);
	wanted(!network_renew(&network, &err));
	wanted(network_limit("net/core/somaxconn") == before);
	enter(&network);
	network_close(&network);
	if (network.has_user_namespace)
		return;
	wanted(readlink("/proc/thread-self/ns/net", back, sizeof back - 1) > 0);
	check_text("back in the host's network", back, mine);
	wanted(network_limit("net/core/somaxconn") == before);
}

/* An unprivileged user gets one by a user namespace, and keeps its identity. */
static void a_plain_user_has_one(void)
{
	if (geteuid() == 0)
		/* As after execve(2): setuid(2) gives /proc/self to root. */
		wanted(!setgroups(0, NULL) && !setgid(65534) && !setuid(65534) && !prctl(PR_SET_DUMPABLE, 1));
	uid_t uid = getuid();
	limits_are_raised();
	wanted(getuid() == uid);
}

/* The kernel refuses unshare(2) with any of these flags, as a container's seccomp profile does. */
static void unshare_forbid(unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flags, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = LENGTH(code), .filter = code };

	wanted(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void refused_is_said(void)
{
	struct network network;
	struct err err;

	unshare_forbid(CLONE_NEWUSER | CLONE_NEWNET);
	wanted(network_open(&network, NETWORK_PRIVATE, PORT, 0, &err) == -1);
	check_words(err.text, "no private network: a user namespace (unshare): Operation not permitted");
	wanted(!network_open(&network, NETWORK_AUTO, PORT, 0, &err) && !network.is_private);
	check_words(network.reason, "Operation not permitted");
	check_words(network.reason, "unprivileged user namespaces");
	network_close(&network);
}

/* A user namespace can be had, and no network namespace: then the process must not be left in the former. */
static void half_is_nothing(void)
{
	static const enum network_choice choices[] = { NETWORK_AUTO, NETWORK_PRIVATE };
	struct network network;
	struct err err;
	char before[64] = "", after[64] = "";

	wanted(readlink("/proc/self/ns/user", before, sizeof before - 1) > 0);
	unshare_forbid(CLONE_NEWNET);
	for (size_t i = 0; i < LENGTH(choices); i++) {
		wanted(network_open(&network, choices[i], PORT, 0, &err) == (choices[i] == NETWORK_AUTO ? 0 : -1));
		check_words(err.text, "a network namespace (unshare): Operation not permitted");
		wanted(!network.is_private);
		wanted(readlink("/proc/self/ns/user", after, sizeof after - 1) > 0);
		check_text("user namespace", after, before);
	}
}

#define CASE(name)                            \
	static void test_##name(void **state) \
	{                                     \
		(void)state;                  \
		in_process(name);             \
	}

CASE(limits_are_raised)
CASE(a_queue_is_counted)
CASE(nothing_is_carried_over)
CASE(outside_is_out_of_reach)
CASE(ipv6_has_sources)
CASE(the_host_is_untouched)
CASE(a_plain_user_has_one)
CASE(refused_is_said)
CASE(half_is_nothing)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits_are_raised),       cmocka_unit_test(test_a_queue_is_counted),
		cmocka_unit_test(test_nothing_is_carried_over), cmocka_unit_test(test_outside_is_out_of_reach),
		cmocka_unit_test(test_ipv6_has_sources),        cmocka_unit_test(test_the_host_is_untouched),
		cmocka_unit_test(test_a_plain_user_has_one),    cmocka_unit_test(test_refused_is_said),
		cmocka_unit_test(test_half_is_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
