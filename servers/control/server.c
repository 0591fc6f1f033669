/*
 * control: the minimum that a server can do. Where no server is faster, the rate that benchctl reaches here is the
 * ceiling for all of them.
 *
 * So it spends no more than a request needs. In close mode that is accept4, recv, send and close, and what goes to the
 * client is one segment: response and FIN together. It waits in epoll only for a request that has not come yet.
 *
 * One thread serves. When its file table is full, the next thread takes over accepting: RLIMIT_NOFILE applies to each
 * table, and each thread has its own, so that together they hold 65536 connections under a limit of 20000.
 *
 * BENCH_BUSY_NS in the environment adds that much CPU time to each request (at about 3 GHz), for tests that must know
 * a difference before they measure it. BENCH_SLEEP_NS lets each request wait for that time, as for a lock: less rate at the
 * same CPU time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "servers/common/bench.h"

#define THREADS_MAX 64
#define EVENTS      512
/* What all tables hold together: a little more than the highest default level. */
#define CONNECTIONS 66000
/* Descriptors of a table that are not connections: listener, epoll, eventfds and the like. */
#define FD_RESERVE (THREADS_MAX + 32)
/* The maximum for one table: the limit may be a billion, which no array should be. */
#define DESCRIPTORS_MAX (1u << 20)
/* Connections accepted before the open ones are looked at again. */
#define ACCEPTS   64
#define LOG_BYTES 8192

/* The part of a request that has arrived so far. Most requests arrive in one piece and need none. */
struct pending {
	uint16_t bytes;
	char head[BENCH_REQUEST_MAX];
};

struct connection {
	struct pending *pending;
	char address[INET_ADDRSTRLEN]; /* of the client, for the log */
};

/* One thread. */
struct server {
	int epoll;
	int wake; /* eventfd: the previous thread is full */
	atomic_bool accepting;
	struct connection *connections; /* by descriptor */
	size_t room, count;             /* connections that the table can hold, and that it does hold */
	char log[LOG_BYTES];            /* addresses, written once a round */
	size_t log_bytes;
	struct in_addr peer; /* of the last connection, and as text: most come from the same address */
	char peer_address[INET_ADDRSTRLEN];
};

static struct server servers[THREADS_MAX];
static int threads;
static int listener;

static int busy_steps;             /* for each request */
static struct timespec sleep_time; /* the same */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void listen_here(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)bench_port()) };
	int on = 1;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener < 0 || inet_pton(AF_INET, bench_host(), &address.sin_addr) != 1)
		die("BENCH_HOST");
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, bench_backlog()))
		die("listen");
}

static void watch(struct server *server, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
}

static void accept_on(struct server *server)
{
	if (!atomic_exchange(&server->accepting, true))
		watch(server, listener);
}

static void accept_off(struct server *server)
{
	if (atomic_exchange(&server->accepting, false))
		epoll_ctl(server->epoll, EPOLL_CTL_DEL, listener, NULL);
}

static void log_flush(struct server *server)
{
	ssize_t ignored = server->log_bytes ? write(STDERR_FILENO, server->log, server->log_bytes) : 0;

	(void)ignored;
	server->log_bytes = 0;
}

static void log_add(struct server *server, const char *address)
{
	size_t bytes = strlen(address);

	if (server->log_bytes + bytes + 1 > LOG_BYTES)
		log_flush(server);
	memcpy(server->log + server->log_bytes, address, bytes);
	server->log[server->log_bytes + bytes] = '\n';
	server->log_bytes += bytes + 1;
}

static void hang_up(struct server *server, int fd)
{
	free(server->connections[fd].pending);
	server->connections[fd].pending = NULL;
	close(fd);
	server->count--;
	if (server == servers)
		accept_on(server);
	else if (!server->count && atomic_load(&server[-1].accepting))
		accept_off(server); /* one thread serves as long as one is enough */
}

/* Keeps the start of a request for later. Returns false if it is too long. */
static bool keep(struct connection *connection, const char *input, size_t bytes)
{
	if (bytes > BENCH_REQUEST_MAX)
		return false;
	if (!connection->pending)
		connection->pending = malloc(sizeof *connection->pending);
	if (!connection->pending)
		return false;
	memmove(connection->pending->head, input, bytes);
	connection->pending->bytes = (uint16_t)bytes;
	return true;
}

/*
 * Burns CPU time. A step is one multiplication that depends on the last product: three cycles on any current x86, so
 * about a nanosecond. The work is a number of steps, not a time, so that each launch does the same work even if the CPU
 * changes its frequency, as a real server's code does. A loop on a clock would remove the very noise in which tests
 * must find a difference, and reading a thread's CPU clock costs a system call a turn.
 */
static void busy(void)
{
	uint64_t product = 1;

	for (int i = 0; i < busy_steps; i++) {
		product *= 6364136223846793005u;
		__asm__ volatile("" : "+r"(product)); /* keeps the compiler from removing the loop */
	}
}

/* The response to a request; that to GET / is formatted once. */
static const char *response_to(const struct bench_request *request, char *room, int *bytes)
{
	static char start[2][BENCH_RESPONSE_MAX];
	static atomic_int start_bytes[2];

	if (!request->get || request->path_bytes != 1) {
		*bytes = bench_response(request, room);
		return room;
	}
	*bytes = atomic_load_explicit(&start_bytes[request->keep_alive], memory_order_acquire);
	if (!*bytes) {
		*bytes = bench_response(request, start[request->keep_alive]);
		atomic_store_explicit(&start_bytes[request->keep_alive], *bytes, memory_order_release);
	}
	return start[request->keep_alive];
}

/* Reads and responds. Returns false if the connection is to be closed. */
static bool serve(struct server *server, int fd)
{
	char buffer[2 * BENCH_REQUEST_MAX];
	struct connection *connection = &server->connections[fd];
	size_t have = connection->pending ? connection->pending->bytes : 0;

	if (have)
		memcpy(buffer, connection->pending->head, have);
	ssize_t got = recv(fd, buffer + have, sizeof buffer - have, 0);
	if (got <= 0)
		return got < 0 && errno == EAGAIN;
	have += (size_t)got;
	const char *input = buffer;
	while (have) {
		struct bench_request request;
		char room[BENCH_RESPONSE_MAX];
		int bytes, head = bench_request_read(&request, input, have);
		if (head < 0)
			return false;
		if (head == 0)
			return keep(connection, input, have);
		log_add(server, connection->address);
		if (busy_steps)
			busy();
		if (sleep_time.tv_nsec)
			nanosleep(&sleep_time, NULL);
		const char *response = response_to(&request, room, &bytes);
		/* The last response waits for close(), which sends it with the FIN: one segment instead of two. */
		int flags = request.keep_alive ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_MORE;
		/* A socket buffer has room for a short response, unless the client never reads. */
		if (send(fd, response, (size_t)bytes, flags) != bytes || !request.keep_alive)
			return false;
		input += head;
		have -= (size_t)head;
	}
	if (connection->pending)
		connection->pending->bytes = 0;
	return true;
}

/* Takes a connection from the accept queue. Returns false if there is none, or no room for it. */
static bool welcome(struct server *server)
{
	struct sockaddr_in peer;
	socklen_t peer_bytes = sizeof peer;
	int fd = -1;

	if (server->count < server->room)
		fd = accept4(listener, (struct sockaddr *)&peer, &peer_bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (server->count >= server->room || errno == EMFILE || errno == ENFILE) {
			struct server *next = server + 1 < servers + threads ? server + 1 : servers;
			accept_off(server);
			eventfd_write(next->wake, 1);
		}
		return false;
	}
	server->count++;
	if (peer.sin_addr.s_addr != server->peer.s_addr || !*server->peer_address) {
		server->peer = peer.sin_addr;
		inet_ntop(AF_INET, &server->peer, server->peer_address, INET_ADDRSTRLEN);
	}
	memcpy(server->connections[fd].address, server->peer_address, INET_ADDRSTRLEN);
	/* The request has often arrived already. */
	if (serve(server, fd))
		watch(server, fd);
	else
		hang_up(server, fd);
	return true;
}

static void *run(void *argument)
{
	struct server *server = argument;
	struct epoll_event events[EVENTS];
	struct rlimit files;

	if (unshare(CLONE_FILES))
		die("unshare");
	getrlimit(RLIMIT_NOFILE, &files);
	size_t descriptors = files.rlim_cur < DESCRIPTORS_MAX ? files.rlim_cur : DESCRIPTORS_MAX;
	server->room = descriptors > 2 * FD_RESERVE ? descriptors - FD_RESERVE : 1;
	server->connections = calloc(descriptors, sizeof *server->connections);
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!server->connections || server->epoll < 0)
		die("control");
	watch(server, server->wake);
	if (server == servers)
		accept_on(server);
	for (;;) {
		int count = epoll_wait(server->epoll, events, EVENTS, -1);
		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			eventfd_t ignored;
			if (fd == listener) {
				for (int j = 0; j < ACCEPTS && welcome(server); j++)
					;
			} else if (fd == server->wake) {
				eventfd_read(fd, &ignored);
				accept_on(server);
			} else if (!serve(server, fd)) {
				hang_up(server, fd);
			}
		}
		log_flush(server);
	}
	return NULL;
}

int main(void)
{
	struct rlimit files;
	pthread_t thread;

	busy_steps = bench_number("BENCH_BUSY_NS", 0);
	sleep_time.tv_nsec = bench_number("BENCH_SLEEP_NS", 0);
	getrlimit(RLIMIT_NOFILE, &files);
	rlim_t each = files.rlim_cur > 2 * FD_RESERVE ? files.rlim_cur - FD_RESERVE : 1;
	threads = CONNECTIONS / each < THREADS_MAX ? (int)(CONNECTIONS / each) + 1 : THREADS_MAX;
	listen_here();
	for (int i = 0; i < threads; i++)
		if ((servers[i].wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
			die("eventfd");
	for (int i = 1; i < threads; i++)
		if (pthread_create(&thread, NULL, run, &servers[i]))
			die("pthread_create");
	run(&servers[0]);
}
