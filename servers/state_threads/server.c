/*
 * State Threads: a user-space thread a connection, HTTP by hand with st_read() and st_write().
 * Event mechanism ST_EVENTSYS_POLL: the default, select(), ends at 1024 descriptors, and ST_EVENTSYS_ALT
 * (epoll) quietly falls back to it in Debian's build, which lacks epoll.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <st.h>
#include <sys/socket.h>

#include "../common/bench.h"

/* Serves one connection until it closes. */
static void serve(st_netfd_t client, const char *address)
{
	char input[BENCH_REQUEST_MAX];
	size_t n = 0;

	for (;;) {
		struct bench_request request;
		int head_bytes = bench_request_read(&request, input, n);
		if (head_bytes < 0)
			return;
		if (head_bytes == 0) {
			ssize_t got = st_read(client, input + n, sizeof input - n, ST_UTIME_NO_TIMEOUT);
			if (got <= 0)
				return;
			n += (size_t)got;
			continue;
		}
		bench_log(address);
		char response[BENCH_RESPONSE_MAX];
		int bytes = bench_response(&request, response);
		if (st_write(client, response, (size_t)bytes, ST_UTIME_NO_TIMEOUT) != bytes || !request.keep_alive)
			return;
		n -= (size_t)head_bytes;
		memmove(input, input + head_bytes, n);
	}
}

static void *connection(void *argument)
{
	st_netfd_t client = argument;
	struct sockaddr_in peer;
	socklen_t peer_bytes = sizeof peer;
	char address[INET_ADDRSTRLEN];

	/* It fails where the client has reset the connection already. */
	if (getpeername(st_netfd_fileno(client), (struct sockaddr *)&peer, &peer_bytes) == 0) {
		inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address);
		serve(client, address);
	}
	st_netfd_close(client);
	return NULL;
}

static st_netfd_t listen_on(const char *host, int port, int backlog)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET, host, &here.sin_addr) != 1)
		errx(1, "BENCH_HOST is no IPv4 address: %s", host);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, backlog) < 0)
		err(1, "%s:%d", host, port);
	st_netfd_t listener = st_netfd_open_socket(fd);
	if (!listener)
		err(1, "st_netfd_open_socket");
	return listener;
}

int main(void)
{
	if (st_set_eventsys(ST_EVENTSYS_POLL) < 0 || st_init() < 0)
		err(1, "st_init");
	st_netfd_t listener = listen_on(bench_host(), bench_port(), bench_backlog());
	for (;;) {
		st_netfd_t client = st_accept(listener, NULL, NULL, ST_UTIME_NO_TIMEOUT);
		if (!client)
			/* Out of descriptors, it returns at once: without a pause no other thread would run and close its descriptor. */
			st_usleep(1000);
		else if (!st_thread_create(connection, client, 0, 0))
			st_netfd_close(client);
	}
}
