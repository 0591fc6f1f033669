/*
 * floor: the minimum that a load generator can do, to tell how much of its time is the kernel's.
 *
 *     floor calls|epoll|uring close|keepalive PORT CONNECTIONS REQUESTS
 *
 * It sends the same requests to the same server as `benchctl load`: by plain blocking system calls, one connection after
 * another; by the same with epoll; or by io_uring chains. No clock, no checks, no histogram, no timeouts, and exit(1) on any
 * error. Whatever a client needs beyond this is its own cost.
 */
#include <arpa/inet.h>
#include <liburing.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define RESPONSE_MAX    65536
#define CONNECTIONS_MAX 10000

static const char request_close[] =
	"GET / HTTP/1.0\r\nHost: 127.0.0.1:18080\r\nUser-Agent: benchctl\r\nAccept: */*\r\n\r\n";
static const char request_keepalive[] =
	"GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\nUser-Agent: benchctl\r\nAccept: */*\r\n\r\n";

static struct sockaddr_in server = { .sin_family = AF_INET };
static char response[RESPONSE_MAX];

static void must(bool good)
{
	if (!good) {
		perror("floor");
		exit(1);
	}
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd >= 0 && !connect(fd, (struct sockaddr *)&server, sizeof server));
	return fd;
}

static void ask(int fd, const char *request, size_t bytes)
{
	must(send(fd, request, bytes, MSG_NOSIGNAL) == (ssize_t)bytes);
}

/* All connections send, then each response is read in turn and its connection sends again, so that all are always busy. */
static void calls(bool keepalive, unsigned connections, unsigned long requests)
{
	static int fds[CONNECTIONS_MAX];
	const char *request = keepalive ? request_keepalive : request_close;
	size_t bytes = keepalive ? sizeof request_keepalive - 1 : sizeof request_close - 1;

	for (unsigned i = 0; i < connections; i++) {
		fds[i] = dial();
		ask(fds[i], request, bytes);
	}
	for (unsigned long done = 0; done < requests; done++) {
		int *fd = &fds[done % connections];
		/* With MSG_WAITALL until the server's end of the connection. */
		must(recv(*fd, response, sizeof response, keepalive ? 0 : MSG_WAITALL) > 0);
		if (!keepalive) {
			close(*fd);
			*fd = dial();
		}
		ask(*fd, request, bytes);
	}
}

static int epoll;

static void await(int *fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = fd };

	must(!epoll_ctl(epoll, EPOLL_CTL_ADD, *fd, &event));
}

/*
 * The same, with each response read when epoll reports it. In close mode the server ends the connection first, as it does
 * for our own client: the response counts once the end has been seen too, with it or in a separate event.
 */
static void events(bool keepalive, unsigned connections, unsigned long requests)
{
	static int fds[CONNECTIONS_MAX];
	static bool answered[CONNECTIONS_MAX]; /* and not ended yet */
	struct epoll_event happened[512];
	const char *request = keepalive ? request_keepalive : request_close;
	size_t bytes = keepalive ? sizeof request_keepalive - 1 : sizeof request_close - 1;

	epoll = epoll_create1(0);
	must(epoll >= 0);
	for (unsigned i = 0; i < connections; i++) {
		fds[i] = dial();
		ask(fds[i], request, bytes);
		await(&fds[i]);
	}
	for (unsigned long done = 0; done < requests;) {
		int count = epoll_wait(epoll, happened, sizeof happened / sizeof *happened, -1);
		must(count > 0);
		for (int i = 0; i < count; i++) {
			int *fd = happened[i].data.ptr;
			bool *had = &answered[fd - fds];
			bool over = keepalive || happened[i].events & EPOLLRDHUP;
			must((*had && over) || recv(*fd, response, sizeof response, 0) > 0);
			*had = !over;
			if (!over)
				continue;
			if (!keepalive) {
				close(*fd);
				*fd = dial();
			}
			ask(*fd, request, bytes);
			if (!keepalive)
				await(fd);
			done++;
		}
	}
}

static struct io_uring ring;

static struct io_uring_sqe *entry(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	must(sqe != NULL);
	return sqe;
}

/* From the socket to its end in one chain, of which only the receive reports completion. */
static void chain_close(unsigned slot)
{
	struct io_uring_sqe *sqe = entry();

	io_uring_prep_socket_direct(sqe, AF_INET, SOCK_STREAM, 0, slot, 0);
	sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	sqe = entry();
	io_uring_prep_connect(sqe, (int)slot, (struct sockaddr *)&server, sizeof server);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	sqe = entry();
	io_uring_prep_send(sqe, (int)slot, request_close, sizeof request_close - 1, MSG_NOSIGNAL);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	sqe = entry();
	io_uring_prep_recv(sqe, (int)slot, response, sizeof response, MSG_WAITALL);
	sqe->flags |= IOSQE_FIXED_FILE;
	sqe->user_data = slot;
}

static void chain_keepalive(unsigned slot)
{
	struct io_uring_sqe *sqe = entry();

	io_uring_prep_send(sqe, (int)slot, request_keepalive, sizeof request_keepalive - 1, MSG_NOSIGNAL);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	sqe = entry();
	io_uring_prep_recv(sqe, (int)slot, response, sizeof response, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	sqe->user_data = slot;
}

static void uring(bool keepalive, unsigned connections, unsigned long requests)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
		.cq_entries = 32768,
	};
	struct io_uring_cqe *cqes[512];

	must(io_uring_queue_init_params(8192, &ring, &params) == 0);
	must(io_uring_register_files_sparse(&ring, connections) == 0);
	io_uring_register_ring_fd(&ring);
	for (unsigned slot = 0; slot < connections; slot++) {
		if (keepalive) {
			int fd = dial();
			must(io_uring_register_files_update(&ring, slot, &fd, 1) == 1);
			close(fd);
			chain_keepalive(slot);
		} else {
			chain_close(slot);
		}
		if (io_uring_sq_space_left(&ring) < 8)
			io_uring_submit(&ring);
	}
	for (unsigned long done = 0; done < requests;) {
		must(io_uring_submit_and_wait(&ring, 1) >= 0);
		unsigned count = io_uring_peek_batch_cqe(&ring, cqes, sizeof cqes / sizeof *cqes);
		for (unsigned i = 0; i < count; i++) {
			must(cqes[i]->res > 0);
			if (keepalive)
				chain_keepalive((unsigned)cqes[i]->user_data);
			else
				chain_close((unsigned)cqes[i]->user_data);
		}
		io_uring_cq_advance(&ring, count);
		done += count;
	}
}

int main(int argc, char **argv)
{
	unsigned connections = argc == 6 ? (unsigned)atoi(argv[4]) : 0;

	if (!connections || connections > CONNECTIONS_MAX) {
		fputs("usage: floor calls|epoll|uring close|keepalive PORT CONNECTIONS REQUESTS\n", stderr);
		return 2;
	}
	server.sin_port = htons((unsigned short)atoi(argv[3]));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bool keepalive = strcmp(argv[2], "keepalive") == 0;
	void (*way)(bool, unsigned, unsigned long) = strcmp(argv[1], "uring") == 0   ? uring
						     : strcmp(argv[1], "epoll") == 0 ? events
										     : calls;
	way(keepalive, connections, strtoul(argv[5], NULL, 10));
	return 0;
}
