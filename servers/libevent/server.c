/*
 * libevent: its own HTTP server, evhttp, on an evconnlistener (which takes the backlog).
 */
#include <signal.h>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "../common/bench.h"

static void on_request(struct evhttp_request *request, void *context)
{
	(void)context;
	char *address;
	ev_uint16_t port;
	evhttp_connection_get_peer(evhttp_request_get_connection(request), &address, &port);
	bench_log(address);

	char body[BENCH_RESPONSE_MAX];
	const char *path = evhttp_request_get_uri(request);
	int bytes = -1;
	if (evhttp_request_get_command(request) == EVHTTP_REQ_GET)
		bytes = bench_page(path, strlen(path), body);
	if (bytes < 0) {
		evhttp_send_error(request, HTTP_NOTFOUND, NULL);
		return;
	}
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "text/html");
	evbuffer_add(evhttp_request_get_output_buffer(request), body, (size_t)bytes);
	evhttp_send_reply(request, HTTP_OK, "OK", NULL);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	struct event_base *base = event_base_new();
	struct evhttp *http = base ? evhttp_new(base) : NULL;
	if (!http) {
		fprintf(stderr, "libevent: no event loop\n");
		return 1;
	}
	evhttp_set_gencb(http, on_request, NULL);
	/* By default a connection that is silent for 50 seconds is closed: a crowd is silent for longer. */
	evhttp_set_timeout(http, 24 * 60 * 60);

	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)bench_port()) };
	if (inet_pton(AF_INET, bench_host(), &address.sin_addr) != 1) {
		fprintf(stderr, "libevent: BENCH_HOST is no IPv4 address\n");
		return 1;
	}
	struct evconnlistener *listener = evconnlistener_new_bind(
		base, NULL, NULL, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE, bench_backlog(),
		(struct sockaddr *)&address, sizeof address);
	if (!listener || !evhttp_bind_listener(http, listener)) {
		perror("libevent: listen");
		return 1;
	}
	return event_base_dispatch(base) < 0;
}
