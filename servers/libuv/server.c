/*
 * libuv: callbacks, one uv_tcp_t a connection, HTTP by hand on uv_read_start() and uv_write().
 */
#include <signal.h>
#include <uv.h>

#include "../common/bench.h"

/* Unread response bytes after which a client that sends requests without reading is cut off. */
#define UNSENT_MAX 65536

struct connection {
	uv_tcp_t tcp;
	char address[INET6_ADDRSTRLEN];
	size_t input_bytes;
	char input[BENCH_REQUEST_MAX];
};

/* A response that is being written. Each has its own, so that pipelined requests need not wait for each other. */
struct response {
	uv_write_t write;
	int keep_alive;
	char text[BENCH_RESPONSE_MAX];
};

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void hang_up(struct connection *connection)
{
	uv_handle_t *handle = (uv_handle_t *)&connection->tcp;
	if (!uv_is_closing(handle))
		uv_close(handle, on_closed);
}

static void on_written(uv_write_t *write, int status)
{
	struct response *response = write->data;
	if (status < 0 || !response->keep_alive)
		hang_up(write->handle->data);
	free(response);
}

static void send_response(struct connection *connection, const struct bench_request *request)
{
	struct response *response = malloc(sizeof *response);
	if (!response) {
		hang_up(connection);
		return;
	}
	response->write.data = response;
	response->keep_alive = request->keep_alive;
	uv_buf_t buf = uv_buf_init(response->text, (unsigned)bench_response(request, response->text));
	if (uv_write(&response->write, (uv_stream_t *)&connection->tcp, &buf, 1, on_written) < 0) {
		free(response);
		hang_up(connection);
	}
}

static void give_buffer(uv_handle_t *handle, size_t suggested_bytes, uv_buf_t *buf)
{
	(void)suggested_bytes;
	struct connection *connection = handle->data;
	*buf = uv_buf_init(connection->input + connection->input_bytes,
			   (unsigned)(BENCH_REQUEST_MAX - connection->input_bytes));
}

static void on_read(uv_stream_t *stream, ssize_t nread, const uv_buf_t *buf)
{
	(void)buf;
	struct connection *connection = stream->data;
	if (nread < 0 || uv_stream_get_write_queue_size(stream) > UNSENT_MAX) {
		hang_up(connection);
		return;
	}
	connection->input_bytes += (size_t)nread;
	size_t done_bytes = 0;
	while (uv_is_active((uv_handle_t *)stream)) {
		struct bench_request request;
		int bytes = bench_request_read(&request, connection->input + done_bytes,
					       connection->input_bytes - done_bytes);
		if (bytes == 0)
			break;
		if (bytes < 0) {
			hang_up(connection);
			return;
		}
		done_bytes += (size_t)bytes;
		bench_log(connection->address);
		if (!request.keep_alive)
			uv_read_stop(stream);
		send_response(connection, &request);
	}
	connection->input_bytes -= done_bytes;
	memmove(connection->input, connection->input + done_bytes, connection->input_bytes);
}

static void on_connection(uv_stream_t *listener, int status)
{
	if (status < 0)
		return;
	struct connection *connection = calloc(1, sizeof *connection);
	if (!connection)
		return;
	connection->tcp.data = connection;
	uv_tcp_init(listener->loop, &connection->tcp);
	struct sockaddr_storage peer;
	int peer_bytes = sizeof peer;
	if (uv_accept(listener, (uv_stream_t *)&connection->tcp) < 0 ||
	    uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&peer, &peer_bytes) < 0 ||
	    uv_ip_name((struct sockaddr *)&peer, connection->address, sizeof connection->address) < 0 ||
	    uv_read_start((uv_stream_t *)&connection->tcp, give_buffer, on_read) < 0)
		hang_up(connection);
}

static void must(int status, const char *what)
{
	if (status < 0) {
		fprintf(stderr, "libuv: %s: %s\n", what, uv_strerror(status));
		exit(1);
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	uv_loop_t *loop = uv_default_loop();
	struct sockaddr_in address;
	uv_tcp_t listener;
	must(uv_ip4_addr(bench_host(), bench_port(), &address), "BENCH_HOST");
	must(uv_tcp_init(loop, &listener), "socket");
	must(uv_tcp_bind(&listener, (struct sockaddr *)&address, 0), "bind"); /* sets SO_REUSEADDR */
	must(uv_listen((uv_stream_t *)&listener, bench_backlog(), on_connection), "listen");
	return uv_run(loop, UV_RUN_DEFAULT);
}
