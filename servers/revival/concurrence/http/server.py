"""The WSGI server."""
import socket

from concurrence.io.socket import Socket
from reactor import http
from reactor.tasklets import stackless

# Not in the original, whose environ says nothing about the client: (host, port).
CLIENT_ADDRESS = 'concurrence.client_address'


class WSGIServer:
    """WSGIServer(application).serve(listener), once or more, then dispatch()."""

    def __init__(self, application):
        self.application = application

    def serve(self, endpoint):
        """Serves a socket that listens, or an address, in a tasklet from dispatch() on; returns the listening socket."""
        listener = endpoint
        if not isinstance(endpoint, Socket):
            listener = Socket.new()
            listener.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(endpoint)
            listener.listen()
        stackless.tasklet(self._accept)(listener)
        return listener

    def _accept(self, listener):
        common = http.base_environ(*listener.socket.getsockname()[:2])
        while True:
            connection = listener.accept()
            environ = dict(common)
            environ[CLIENT_ADDRESS] = connection.address
            stackless.tasklet(http.serve)(connection, self.application, environ)
