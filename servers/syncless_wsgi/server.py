"""Syncless, WSGI: the library's own server, its logging at Python's default level.

Runs on Python 2.7 (the original library) and 3 (its revival).
"""
from syncless import coio  # first: it makes stackless importable on greenlets
from syncless import patch
from syncless import wsgi
import socket

from servers.common import bench


def application(environ, start_response):
    bench.log(environ['REMOTE_ADDR'])
    body = bench.page(environ['PATH_INFO']) if environ['REQUEST_METHOD'] == 'GET' else None
    status = '200 OK' if body is not None else '404 Not Found'
    start_response(status, [('Content-Type', bench.CONTENT_TYPE)])
    return [body or b'']


patch.patch_stderr()  # logging lets other tasklets run now and then
listener = coio.new_realsocket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((bench.HOST, bench.PORT))
listener.listen(bench.BACKLOG)
wsgi.WsgiListener(listener, application)
