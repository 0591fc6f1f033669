/*
 * limited: a server of the contract (docs/server-contract.md) with one implanted limit, the ground truth of `benchctl why`.
 *
 *     limited LIMIT [SIZE]
 *
 * The limits and what SIZE is of each are rows of the table below. Without one it is a plain epoll(7) loop.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

#include "servers/common/bench.h"

#define FILES    70000 /* beyond any limit of open files that a sweep needs */
#define EVENTS   512
#define POOL_MAX 1000
/* What one collection of the garbage collector visits for each connection. */
#define GC_REQUESTS 100

struct connection {
	bool open;
	char *head; /* the part of a request that has arrived */
	size_t bytes;
	int previous, next; /* LIMIT list: descriptors in the order of arrival, -1: none */
	double used_s;      /* LIMIT idle: when it last carried bytes */
	char *memory;       /* LIMIT memory */
};

static struct connection connections[FILES];
static int listener, highest, open_count, first = -1, last = -1;
static int size;
static long requests;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile long sink; /* what a loop computes, so that it is not removed */

static const struct limit {
	const char *name;
	int size; /* where none is given */
	void (*accepting)(void);
	void (*opened)(int fd);
	void (*closed)(int fd);
	void (*event)(void);
	void (*request)(void);
	void (*idle)(void);                 /* about each 100 ms */
	int (*wait)(int ready[], int room); /* instead of epoll_wait(2) */
	int descriptor_max;                 /* higher descriptors are closed at once */
	bool full, one, split, threads, workers;
} * limit;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_us(long us)
{
	struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

static void spin(long steps)
{
	unsigned long product = 1;

	for (long i = 0; i < steps; i++) {
		product *= 6364136223846793005u;
		__asm__ volatile("" : "+r"(product));
	}
}

/* The limits. */

static void accept_sleeps(void)
{
	sleep_us((long)open_count * size / 1000);
}

static void tick_sleeps(void)
{
	sleep_us(size);
}

static void scan_all(void)
{
	for (int i = 0; i <= highest; i++)
		sink += connections[i].open * size;
}

static void list_append(int fd)
{
	connections[fd].previous = last;
	connections[fd].next = -1;
	if (last >= 0)
		connections[last].next = fd;
	else
		first = fd;
	last = fd;
}

/* Looks for it from the start, as a singly linked list must. */
static void list_remove(int fd)
{
	int i = first;

	for (int turn = 0; turn < size; turn++)
		for (i = first; i != fd; i = connections[i].next)
			sink++;
	int previous = connections[fd].previous, next = connections[fd].next;
	if (previous >= 0)
		connections[previous].next = next;
	else
		first = next;
	if (next >= 0)
		connections[next].previous = previous;
	else
		last = previous;
}

static void gc_collects(void)
{
	if (++requests % GC_REQUESTS == 0)
		spin((long)open_count * size);
}

static void leak(void)
{
	if (++requests % size == 0 && open("/dev/null", O_RDONLY) < 0)
		return;
}

static void burn(void)
{
	spin(size);
}

static void memory_take(int fd)
{
	connections[fd].memory = malloc((size_t)size << 10);
	if (!connections[fd].memory)
		die("out of memory");
	memset(connections[fd].memory, 1, (size_t)size << 10);
}

static void memory_give(int fd)
{
	free(connections[fd].memory);
	connections[fd].memory = NULL;
}

static void hang_up(int fd);

static void idle_end(void)
{
	double since_s = now_s() - size / 1000.0;

	for (int i = 0; i <= highest; i++)
		if (connections[i].open && connections[i].used_s < since_s)
			hang_up(i);
}

static int wait_poll(int ready[], int room)
{
	static struct pollfd all[FILES];
	int count = 0, found = 0;

	all[count++] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (int i = 0; i <= highest; i++)
		if (connections[i].open)
			all[count++] = (struct pollfd){ .fd = i, .events = POLLIN };
	if (poll(all, (nfds_t)count, 100) < 0)
		return 0;
	for (int i = 0; i < count && found < room; i++)
		if (all[i].revents)
			ready[found++] = all[i].fd;
	return found;
}

static int wait_select(int ready[], int room)
{
	struct timeval timeout = { .tv_usec = 100000 };
	fd_set set;
	int found = 0, most = highest > listener ? highest : listener;

	FD_ZERO(&set);
	FD_SET(listener, &set);
	for (int i = 0; i <= highest; i++)
		if (connections[i].open)
			FD_SET(i, &set);
	if (select(most + 1, &set, NULL, NULL, &timeout) < 0)
		return 0;
	for (int i = 0; i <= most && found < room; i++)
		if (FD_ISSET(i, &set))
			ready[found++] = i;
	return found;
}

static const struct limit limits[] = {
	{ .name = "none" },
	{ .name = "busy", .size = 50000, .request = burn }, /* ns of CPU a request */
	{ .name = "select", .wait = wait_select, .descriptor_max = FD_SETSIZE - 1 },
	{ .name = "poll", .wait = wait_poll },
	{ .name = "accept", .size = 5000, .accepting = accept_sleeps, .one = true }, /* us for each 1000 open */
	{ .name = "scan", .size = 1, .event = scan_all },
	{ .name = "list", .size = 1, .opened = list_append, .closed = list_remove }, /* walks */
	{ .name = "table", .size = 500, .full = true },                              /* connections */
	{ .name = "backlog", .size = 16 },
	{ .name = "pool", .size = 8, .threads = true },                                   /* threads */
	{ .name = "lock", .size = 200, .workers = true },                                 /* us that it is held */
	{ .name = "idle", .size = 1000, .idle = idle_end },                               /* ms */
	{ .name = "memory", .size = 1024, .opened = memory_take, .closed = memory_give }, /* KiB */
	{ .name = "leak", .size = 100, .request = leak },                                 /* requests a descriptor */
	{ .name = "gc", .size = 100, .request = gc_collects },                            /* ns a connection */
	{ .name = "nagle", .split = true },
	{ .name = "tick", .size = 10000, .accepting = tick_sleeps, .one = true }, /* us */
};

/* The server. */

static void hang_up(int fd)
{
	connections[fd].open = false;
	open_count--;
	if (limit->closed)
		limit->closed(fd);
	free(connections[fd].head);
	connections[fd].head = NULL;
	connections[fd].bytes = 0;
	close(fd);
}

/* Sends a response, in one piece or with its body apart. Returns whether the connection goes on. */
static bool respond(int fd, const struct bench_request *request)
{
	char response[BENCH_RESPONSE_MAX];
	int bytes = bench_response(request, response), head = bytes;

	if (limit->request)
		limit->request();
	if (limit->workers) {
		pthread_mutex_lock(&lock);
		sleep_us(size);
		pthread_mutex_unlock(&lock);
	}
	if (limit->split)
		head = (int)((char *)memmem(response, (size_t)bytes, "\r\n\r\n", 4) - response) + 4;
	if (send(fd, response, (size_t)head, MSG_NOSIGNAL) != head)
		return false;
	if (bytes > head && send(fd, response + head, (size_t)(bytes - head), MSG_NOSIGNAL) != bytes - head)
		return false;
	return request->keep_alive;
}

/* Reads and responds. Returns whether the connection goes on. */
static bool serve(int fd)
{
	struct connection *connection = &connections[fd];
	char input[2 * BENCH_REQUEST_MAX], *at = input;
	size_t have = connection->bytes;

	if (have)
		memcpy(input, connection->head, have);
	ssize_t got = recv(fd, input + have, sizeof input - have, 0);
	if (got <= 0)
		return got < 0 && errno == EAGAIN;
	have += (size_t)got;
	connection->used_s = limit->idle ? now_s() : 0;
	while (have) {
		struct bench_request request;
		int bytes = bench_request_read(&request, at, have);
		if (bytes < 0)
			return false;
		if (bytes == 0)
			break;
		bench_log("127.0.0.1");
		if (!respond(fd, &request))
			return false;
		at += bytes;
		have -= (size_t)bytes;
	}
	free(connection->head);
	connection->head = have ? malloc(have) : NULL;
	connection->bytes = have;
	if (have)
		memcpy(connection->head, at, have);
	return true;
}

/* Takes one connection. Returns its descriptor, or -1. */
static int welcome(int flags)
{
	if (limit->accepting)
		limit->accepting();
	int fd = accept4(listener, NULL, NULL, flags | SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fd >= FILES || (limit->descriptor_max && fd > limit->descriptor_max) ||
	    (limit->full && open_count >= size)) {
		close(fd);
		return -1;
	}
	connections[fd] = (struct connection){ .open = true, .used_s = limit->idle ? now_s() : 0 };
	highest = fd > highest ? fd : highest;
	open_count++;
	if (limit->opened)
		limit->opened(fd);
	return fd;
}

static void watch(int epoll, int fd, unsigned events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
}

static int wait_epoll(int epoll, int ready[])
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(epoll, events, EVENTS, limit->idle ? 100 : -1);

	for (int i = 0; i < count; i++)
		ready[i] = events[i].data.fd;
	return count;
}

static void *loop(void *unused)
{
	static __thread int ready[EVENTS];
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	double looked_s = now_s();

	watch(epoll, listener, EPOLLIN | EPOLLEXCLUSIVE);
	for (;;) {
		int count = limit->wait ? limit->wait(ready, EVENTS) : wait_epoll(epoll, ready);
		for (int i = 0; i < count; i++) {
			int fd = ready[i];
			if (limit->event)
				limit->event();
			if (fd != listener) {
				if (!serve(fd))
					hang_up(fd);
				continue;
			}
			for (int j = 0; j < (limit->one ? 1 : 64) && (fd = welcome(SOCK_NONBLOCK)) >= 0; j++)
				if (!limit->wait)
					watch(epoll, fd, EPOLLIN);
		}
		if (limit->idle && now_s() - looked_s > 0.1) {
			limit->idle();
			looked_s = now_s();
		}
	}
	return unused;
}

/* A thread of a pool: one connection after the other, each to its end. */
static void *serve_blocking(void *unused)
{
	for (;;) {
		int fd = welcome(0);
		if (fd < 0)
			continue;
		while (serve(fd))
			;
		hang_up(fd);
	}
	return unused;
}

static void listen_here(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)bench_port()) };
	int on = 1, backlog = strcmp(limit->name, "backlog") ? bench_backlog() : size;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (limit->threads ? 0 : SOCK_NONBLOCK), 0);
	if (listener < 0 || inet_pton(AF_INET, bench_host(), &address.sin_addr) != 1)
		die("BENCH_HOST");
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, backlog))
		die("listen");
}

int main(int argc, char **argv)
{
	pthread_t thread;

	for (size_t i = 0; i < sizeof limits / sizeof *limits && argc > 1; i++)
		if (strcmp(limits[i].name, argv[1]) == 0)
			limit = &limits[i];
	if (!limit || argc > 3) {
		fputs("usage: limited LIMIT [SIZE]\n", stderr);
		return 2;
	}
	size = argc > 2 ? atoi(argv[2]) : limit->size;
	listen_here();
	int threads = limit->threads ? size : limit->workers ? bench_number("BENCH_WORKERS", 1) : 1;
	for (int i = 1; i < threads && i < POOL_MAX; i++)
		if (pthread_create(&thread, NULL, limit->threads ? serve_blocking : loop, NULL))
			die("pthread_create");
	(limit->threads ? serve_blocking : loop)(NULL);
}
