"""The WSGI server."""
import logging

from reactor import http
from reactor.tasklets import stackless


def WsgiListener(server_socket, application):
    """Serves the connections of a listening socket of coio's for ever, each in a tasklet."""
    common = http.base_environ(*server_socket.getsockname()[:2])
    while True:
        connection, address = server_socket.accept()
        environ = dict(common, REMOTE_ADDR=address[0], REMOTE_PORT=str(address[1]))
        log = logging.debug if logging.root.isEnabledFor(logging.DEBUG) else None
        stackless.tasklet(http.serve)(connection, application, environ, log)
