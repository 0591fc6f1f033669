"""Syncless, WSGI: the library's own server, its logging at Python's default level.

With the argument `debug` it logs at DEBUG, as the row of 2010 did: four records a request. Runs on Python 2.7 (the original library) and 3 (its revival).
"""
from syncless import coio  # first: it makes stackless importable on greenlets
from syncless import patch
from syncless import wsgi
import logging
import socket
import sys

from servers.common import bench


def application(environ, start_response):
    bench.log(environ['REMOTE_ADDR'])
    body = bench.page(environ['PATH_INFO']) if environ['REQUEST_METHOD'] == 'GET' else None
    status = '200 OK' if body is not None else '404 Not Found'
    start_response(status, [('Content-Type', bench.CONTENT_TYPE)])
    return [body or b'']


class Listener(object):
    """A listening socket. Where there is no descriptor for a connection the original's accept raises, which would end it."""

    def __init__(self, plain):
        self.plain = plain

    def __getattr__(self, name):
        return getattr(self.plain, name)

    def accept(self):
        return bench.accept(self.plain, lambda seconds: coio.sleep(seconds))


if sys.argv[1:] == ['debug']:
    logging.basicConfig(level=logging.DEBUG)
patch.patch_stderr()  # logging lets other tasklets run now and then
listener = coio.new_realsocket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((bench.HOST, bench.PORT))
listener.listen(bench.BACKLOG)
wsgi.WsgiListener(Listener(listener), application)
