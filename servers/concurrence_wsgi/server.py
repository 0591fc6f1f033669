"""Concurrence, WSGI: the library's own server.

Runs on Python 2.7 (the original library) and 3 (its revival).
"""
try:
    import stackless  # noqa: F401, before concurrence: recent Stackless versions do not import it by themselves
except ImportError:
    pass  # on greenlets
import concurrence
import concurrence.http.server
from concurrence.io import Socket
import socket

from servers.common import bench


def application(environ, start_response):
    # A key of the revival's own. The original's environ does not have the client's address, so a dash is logged.
    host, _ = environ.get('concurrence.client_address', ('-', None))
    bench.log(host)
    body = bench.page(environ['PATH_INFO']) if environ['REQUEST_METHOD'] == 'GET' else None
    status = '200 OK' if body is not None else '404 Not Found'
    start_response(status, [('Content-Type', bench.CONTENT_TYPE)])
    return [body or b'']


# A socket that listens already: for an address the library would listen with its own backlog of 255, whatever is asked.
listener = Socket.new()
listener.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((bench.HOST, bench.PORT))
listener.listen(bench.BACKLOG)
concurrence.http.server.WSGIServer(application).serve(listener)
concurrence.dispatch()
