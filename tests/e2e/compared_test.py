#!/usr/bin/python3
"""docs/compared.md: each command in its table is run against a real server, over TCP, TLS or a Unix socket. Prints TAP."""
import http.server
import os
import re
import shlex
import socketserver
import ssl
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT, Place

place = None  # of all tests


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1

    def serve(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        self.send_response(404 if self.path == '/absent' else 200)
        self.send_header('Content-Length', '5')
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(b'hello')

    do_GET = do_POST = do_HEAD = do_DELETE = serve

    def log_message(self, *unused):
        pass

    def address_string(self):
        return 'local'


class Peer:
    """The server, in threads; with `secure` over TLS, with a path on a Unix socket."""

    def __init__(self, path=None, secure=False):
        kind = socketserver.ThreadingUnixStreamServer if path else http.server.ThreadingHTTPServer
        kind.daemon_threads, kind.request_queue_size = True, 128
        self.listener = kind(path or ('127.0.0.1', 0), Handler)
        self.listener.handle_error = lambda *unused: None
        if secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(place.file('both.pem'))
            # The handshake is the handler's, in its thread.
            self.listener.socket = context.wrap_socket(self.listener.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.listener.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown()
        self.thread.join()
        self.listener.server_close()


def commands():
    """What the last column has between its backquotes."""
    with open(os.path.join(ROOT, 'docs', 'compared.md'), encoding='utf-8') as file:
        rows = [line for line in file if line.startswith('| ') and not line.startswith('| what') and not line.startswith('| ---')]
    return [re.search(r'`([^`]*)` \|$', row.strip()).group(1) for row in rows]


@tap.thorough
def test_commands():
    place.file('body.json', '{"a": 1}')
    place.file('urls.txt', '/a\n/b\nPOST /c {"n": 2}\n')
    outcome = place.command('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', place.file('key.pem'), '-out',
                            place.file('cert.pem'), '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '10')
    tap.is_(outcome.code, 0, 'a certificate')
    place.file('both.pem', place.read('cert.pem') + place.read('key.pem'))
    all_of_them = commands()
    tap.ok(len(all_of_them) > 30, 'the table is there', all_of_them)
    with Peer() as plain, Peer(secure=True) as secure, Peer(path=place.file('socket')):
        for command in all_of_them:
            words = [word.replace('HTTPS_URL', 'https://localhost:%d/' % secure.listener.server_port)
                     .replace('URL', 'http://localhost:%d/' % plain.listener.server_port) for word in shlex.split(command)]
            words += ['--resolve', '127.0.0.1'] if 'HTTPS_URL' in command else []
            outcome = place.bench('load', *words, env=place.environment(COOKIE='a=b', USERPASS='user:word'))
            tap.is_(outcome.code, 0, command)
            if outcome.code:
                tap.note(repr(outcome))


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
