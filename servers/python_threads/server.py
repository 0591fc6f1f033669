"""socketserver.ThreadingTCPServer, a thread per connection: the model to which coroutine libraries are an alternative."""
import socketserver

from servers.common import bench, stream


class Handler(socketserver.BaseRequestHandler):
    """One connection, in a thread of its own."""

    def handle(self):
        stream.serve(self.request, self.client_address)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = bench.BACKLOG


if __name__ == '__main__':
    Server((bench.HOST, bench.PORT), Handler).serve_forever()
