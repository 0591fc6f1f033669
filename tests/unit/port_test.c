/* Which process listens on a port: real sockets, on ports that the kernel chooses. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/host/port.h"

/* A socket bound to any port of the loopback address; -1 where the family is not there. Its port is stored. */
static int bound(int family, unsigned *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	bool four = family == AF_INET;
	struct sockaddr *address = four ? (struct sockaddr *)&in : (struct sockaddr *)&in6;
	socklen_t bytes = four ? sizeof in : sizeof in6;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && (bind(fd, address, bytes) || getsockname(fd, address, &bytes))) {
		close(fd);
		fd = -1;
	}
	*port = ntohs(four ? in.sin_port : in6.sin6_port);
	return fd;
}

static void check_own_name(const char *name)
{
	char right[64] = "";
	FILE *file = fopen("/proc/self/comm", "re");

	assert_non_null(file);
	assert_non_null(fgets(right, sizeof right, file));
	fclose(file);
	right[strcspn(right, "\n")] = 0;
	check_text("name", name, right);
}

static void test_held_and_free_again(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };

	(void)state;
	for (size_t i = 0; i < LENGTH(families); i++) {
		struct port_holder holder;
		unsigned port;
		int fd = bound(families[i], &port);
		if (fd < 0 && families[i] == AF_INET6)
			continue; /* a host without IPv6 */
		assert_true(fd >= 0);
		/* Bound alone is not listening. */
		assert_false(port_is_held(port, &holder));
		assert_int_equal(holder.pid, 0);
		check_text("no name", holder.name, "");
		assert_int_equal(listen(fd, 1), 0);
		assert_true(port_is_held(port, &holder));
		assert_int_equal(holder.pid, getpid());
		check_own_name(holder.name);
		close(fd);
		assert_false(port_is_held(port, &holder));
		assert_int_equal(holder.pid, 0);
	}
}

/* The client's end of a connection holds no port in this sense. */
static void test_connection(void **state)
{
	struct port_holder holder;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof address;
	unsigned port;
	int server = bound(AF_INET, &port);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_true(server >= 0 && client >= 0);
	assert_int_equal(listen(server, 1), 0);
	address.sin_port = htons((uint16_t)port);
	assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(client, (struct sockaddr *)&address, &bytes), 0);
	assert_false(port_is_held(ntohs(address.sin_port), &holder));
	assert_true(port_is_held(port, &holder));
	close(client);
	close(server);
}

/* The holder is another process, and is named. */
static void test_other_holder(void **state)
{
	struct port_holder holder;
	int hold[2], named[2];
	unsigned port;
	int fd = bound(AF_INET, &port);
	char c;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(pipe2(hold, O_CLOEXEC), 0);
	assert_int_equal(pipe2(named, O_CLOEXEC), 0);
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(hold[1]);
		prctl(PR_SET_NAME, "a b\x1b(c)");
		close(named[1]);
		(void)!read(hold[0], &c, 1);
		_exit(0);
	}
	close(hold[0]);
	close(named[1]);
	close(fd);
	assert_int_equal(read(named[0], &c, 1), 0); /* its end says that the name is set */
	assert_true(port_is_held(port, &holder));
	assert_int_equal(holder.pid, child);
	check_text("only what can be printed", holder.name, "a b?(c)");
	close(hold[1]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(port_is_held(port, &holder));
	close(named[0]);
}

static void test_find_free(void **state)
{
	struct port_holder holder;
	struct err err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int port = port_find_free(&err);
		assert_in_range(port, 1, 65535);
		assert_false(port_is_held((unsigned)port, &holder));
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		address.sin_port = htons((uint16_t)port);
		assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
		close(fd);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held_and_free_again),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_other_holder),
		cmocka_unit_test(test_find_free),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
