"""Syncless, TCP: a tasklet per connection, HTTP by hand with readline() and write(), as in 2010.

Runs on Python 2.7 (the original library) and 3 (its revival).
"""
from syncless import coio  # first: it makes stackless importable on greenlets
from syncless import patch
import contextlib
import socket
import stackless

from servers.common import bench


def serve(connection, address):
    """Serves one connection until it closes."""
    with contextlib.closing(connection), contextlib.closing(connection.makefile('r+')) as stream:
        while True:
            request = stream.readline().decode('latin-1').split()
            if len(request) != 3:
                return  # closed, or no HTTP request line
            method, path, version = request
            connection_header = ''
            while True:
                line = stream.readline()
                if not line:
                    return  # closed in the middle of a request
                name, _, value = line.decode('latin-1').partition(':')
                if not name.strip():
                    break
                if name.lower() == 'connection':
                    connection_header = value
            bench.log(address[0])
            keep_alive = bench.keeps_alive(version, connection_header)
            stream.write(bench.response(bench.page(path) if method == 'GET' else None, keep_alive))
            stream.flush()
            if not keep_alive:
                return


def serve_quietly(connection, address):
    """A client that resets its connection does not concern the server."""
    try:
        serve(connection, address)
    except EnvironmentError:
        pass


patch.patch_stderr()  # logging lets other tasklets run now and then
listener = coio.new_realsocket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((bench.HOST, bench.PORT))
listener.listen(bench.BACKLOG)
while True:
    stackless.tasklet(serve_quietly)(*bench.accept(listener, lambda seconds: coio.sleep(seconds)))
