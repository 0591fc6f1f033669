/*
 * control: the least that a server can do. What the harness reaches here is the ceiling for every other server.
 *
 * A few threads on the same CPU, each with an epoll, a listener (SO_REUSEPORT) and a file table of its own:
 * RLIMIT_NOFILE holds per table, so together they can hold 65536 connections where a table ends at 20000.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "servers/common/bench.h"

#define THREADS_MAX 64
#define EVENTS 256
/* Held together by the threads' tables; one more would be a level beyond the harness's default. */
#define CONNECTIONS 66000
/* Of one table: where the limit is lifted to a billion, no array should be. */
#define DESCRIPTORS_MAX (1u << 20)

/* What a connection has sent of its next request, where it did not come in one piece. Most have nothing here. */
struct pending {
	uint16_t bytes;
	char head[BENCH_REQUEST_MAX];
};

struct server {
	int epoll;
	int listener;
	struct pending **pending;	/* by descriptor */
	char (*addresses)[INET_ADDRSTRLEN];	/* by descriptor, for the log */
	size_t room;			/* descriptors of the table */
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int listen_here(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)bench_port()) };
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || inet_pton(AF_INET, bench_host(), &address.sin_addr) != 1)
		die("BENCH_HOST");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, bench_backlog()))
		die("listen");
	return fd;
}

static void hang_up(struct server *server, int fd)
{
	free(server->pending[fd]);
	server->pending[fd] = NULL;
	close(fd);
}

/* Keeps the start of a request for later. Returns false where it is none. */
static bool keep(struct server *server, int fd, const char *input, size_t bytes)
{
	struct pending *pending = server->pending[fd];

	if (bytes > BENCH_REQUEST_MAX)
		return false;
	if (!pending)
		pending = server->pending[fd] = malloc(sizeof *pending);
	if (!pending)
		return false;
	memmove(pending->head, input, bytes);
	pending->bytes = (uint16_t)bytes;
	return true;
}

/* Answers what has come. Returns false where the connection is to be closed. */
static bool answer(struct server *server, int fd)
{
	char buffer[2 * BENCH_REQUEST_MAX];
	struct pending *pending = server->pending[fd];
	size_t have = pending ? pending->bytes : 0;

	if (have)
		memcpy(buffer, pending->head, have);
	ssize_t got = recv(fd, buffer + have, sizeof buffer - have, 0);
	if (got <= 0)
		return got < 0 && errno == EAGAIN;
	have += (size_t)got;
	const char *input = buffer;
	while (have) {
		struct bench_request request;
		char out[BENCH_ANSWER_MAX];
		int head = bench_request_read(&request, input, have);
		if (head < 0)
			return false;
		if (head == 0)
			return keep(server, fd, input, have);
		bench_log(server->addresses[fd]);
		int bytes = bench_answer(&request, out);
		/* A socket buffer always has room for one short answer, unless the client never reads. */
		if (send(fd, out, (size_t)bytes, MSG_NOSIGNAL) != bytes || !request.keep_alive)
			return false;
		input += head;
		have -= (size_t)head;
	}
	if (pending)
		pending->bytes = 0;
	return true;
}

static void welcome(struct server *server)
{
	struct sockaddr_in peer;
	socklen_t peer_bytes = sizeof peer;
	int fd = accept4(server->listener, (struct sockaddr *)&peer, &peer_bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;	/* also where the table is full: the connection waits in the backlog */
	if ((size_t)fd >= server->room) {
		close(fd);
		return;
	}
	inet_ntop(AF_INET, &peer.sin_addr, server->addresses[fd], INET_ADDRSTRLEN);
	/* The request is often there already; else the connection waits for it. */
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
	if (!answer(server, fd) || epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event))
		hang_up(server, fd);
}

static void *serve(void *unused)
{
	struct rlimit files;
	struct server server = { 0 };
	struct epoll_event events[EVENTS];

	if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_UNSHARE))
		die("close_range");
	getrlimit(RLIMIT_NOFILE, &files);
	server.room = files.rlim_cur < DESCRIPTORS_MAX ? files.rlim_cur : DESCRIPTORS_MAX;
	server.pending = calloc(server.room, sizeof *server.pending);
	server.addresses = calloc(server.room, sizeof *server.addresses);
	server.epoll = epoll_create1(EPOLL_CLOEXEC);
	server.listener = listen_here();
	struct epoll_event event = { .events = EPOLLIN, .data.fd = server.listener };
	if (!server.pending || !server.addresses || server.epoll < 0 ||
	    epoll_ctl(server.epoll, EPOLL_CTL_ADD, server.listener, &event))
		die("control");
	for (;;) {
		int count = epoll_wait(server.epoll, events, EVENTS, -1);
		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			if (fd == server.listener)
				welcome(&server);
			else if (!answer(&server, fd))
				hang_up(&server, fd);
		}
	}
	return unused;
}

int main(void)
{
	struct rlimit files;
	pthread_t thread;

	getrlimit(RLIMIT_NOFILE, &files);
	rlim_t threads = CONNECTIONS / (files.rlim_cur > 1064 ? files.rlim_cur - 64 : 1000) + 1;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	for (rlim_t i = 1; i < threads; i++)
		if (pthread_create(&thread, NULL, serve, NULL))
			die("pthread_create");
	serve(NULL);
}
