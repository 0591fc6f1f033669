"""Concurrence, TCP: a tasklet per connection, HTTP by hand with read_line() and write_bytes(), as in 2010.

Runs on Python 2.7 (the original library) and 3 (its revival).
"""
try:
    import stackless  # noqa: F401, before concurrence: recent Stackless versions do not import it by themselves
except ImportError:
    pass  # on greenlets
from concurrence import Tasklet, dispatch
from concurrence.io import BufferedStream, Socket
import contextlib
import socket

from servers.common import bench


def serve(client):
    """Serves one connection until it closes."""
    with contextlib.closing(BufferedStream(client)) as stream:
        address = client.socket.getpeername()[0]
        while True:
            request = stream.reader.read_line().decode('latin-1').split()
            if len(request) != 3:
                return  # no HTTP request line
            method, path, version = request
            connection_header = ''
            while True:
                name, _, value = stream.reader.read_line().decode('latin-1').partition(':')
                if not name:
                    break
                if name.lower() == 'connection':
                    connection_header = value
            bench.log(address)
            keep_alive = bench.keeps_alive(version, connection_header)
            stream.writer.write_bytes(bench.response(bench.page(path) if method == 'GET' else None, keep_alive))
            stream.writer.flush()
            if not keep_alive:
                return


def serve_quietly(client):
    """A client that closes or resets its connection does not concern the server."""
    try:
        serve(client)
    except (EOFError, EnvironmentError):
        pass


def listen():
    listener = Socket.new()
    listener.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((bench.HOST, bench.PORT))
    listener.listen(bench.BACKLOG)
    while True:
        Tasklet.new(serve_quietly)(bench.accept(listener, lambda seconds: Tasklet.sleep(seconds)))


dispatch(listen)
