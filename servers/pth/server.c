/*
 * GNU Pth: a cooperative thread a connection, HTTP by hand with pth_read() and pth_write().
 * Pth waits with select(): a connection whose descriptor is 1024 or more can't be read, and is closed.
 */
#include <signal.h>

#include <arpa/inet.h>
#include <errno.h>
#include <pth.h>
#include <sys/socket.h>

#include "../common/bench.h"

/* Serves one connection until it closes. */
static void serve(int fd)
{
	struct sockaddr_in peer;
	socklen_t peer_bytes = sizeof peer;
	char address[INET_ADDRSTRLEN];
	if (getpeername(fd, (struct sockaddr *)&peer, &peer_bytes) != 0 ||
	    !inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address))
		return;

	char input[BENCH_REQUEST_MAX];
	size_t input_bytes = 0;
	for (;;) {
		struct bench_request request;
		int bytes = bench_request_read(&request, input, input_bytes);
		if (bytes < 0)
			return;
		if (bytes == 0) {
			ssize_t n = pth_read(fd, input + input_bytes, sizeof input - input_bytes);
			if (n <= 0)
				return;
			input_bytes += (size_t)n;
			continue;
		}
		bench_log(address);
		char response[BENCH_RESPONSE_MAX];
		size_t response_bytes = (size_t)bench_response(&request, response);
		if (pth_write(fd, response, response_bytes) != (ssize_t)response_bytes || !request.keep_alive)
			return;
		input_bytes -= (size_t)bytes;
		memmove(input, input + bytes, input_bytes);
	}
}

static void *connection_thread(void *argument)
{
	int fd = (int)(intptr_t)argument;
	serve(fd);
	close(fd);
	return NULL;
}

static int listen_on(const char *host, int port, int backlog)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;
	if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0) {
		perror("pth: listen");
		exit(1);
	}
	return fd;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (!pth_init()) {
		perror("pth: pth_init");
		return 1;
	}
	pth_attr_t detached = pth_attr_new();
	pth_attr_set(detached, PTH_ATTR_JOINABLE, FALSE);
	int listener = listen_on(bench_host(), bench_port(), bench_backlog());
	for (;;) {
		int fd = pth_accept(listener, NULL, NULL);
		if (fd < 0) {
			/* Out of descriptors, say: let the other threads close some. */
			pth_usleep(10000);
			continue;
		}
		if (!pth_spawn(detached, connection_thread, (void *)(intptr_t)fd))
			close(fd);
	}
}
