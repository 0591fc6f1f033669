#!/usr/bin/python3
"""What `benchctl load` sends: method, headers, body, path, several requests, a Unix socket; and that no secret is shown. The peer
is a real HTTP server that keeps what it was asked. Prints TAP."""
import collections
import http.server
import json
import os
import socketserver
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import Place

SECRET = 'hunter2-and-more'
ENGINES = 'epoll', 'uring'
PAGES = {'/': b'start', '/a': b'the first', '/b': b'another', '/items': b'made'}

place = None  # of all tests


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1

    def serve(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        with self.server.lock:
            self.server.seen[self.command, self.path, body] += 1
            self.server.headers = self.headers
            number = sum(self.server.seen.values())
        page = PAGES.get(self.path, b'')
        status = 200 if self.path in PAGES else 404
        if self.path == '/changes':
            page, status = b'always here, request %d' % number, 200
        if self.path == '/tenth' or self.path == '/tenth-status':
            wrong = number > 2 and number % 10 == 0  # after the first two probes
            page, status = b'as at first', 503 if wrong and self.path == '/tenth-status' else 200
            page = b'different!!' if wrong and self.path == '/tenth' else page
        if self.path == '/private' and self.headers.get('Authorization') == 'Bearer ' + SECRET:
            page, status = b'let in', 200
        elif self.path == '/private':
            status = 401
        elif self.path == '/moved':
            status = 302
        self.send_response(status)
        if status == 302:
            self.send_header('Location', '/')
        self.send_header('Content-Length', str(len(page)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(page)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PURGE = serve

    def log_message(self, *unused):
        pass

    def address_string(self):
        return 'local'


class Peer:
    """The server, in threads; on a port of its own or on a Unix socket."""

    def __init__(self, path=None):
        kind = socketserver.ThreadingUnixStreamServer if path else http.server.ThreadingHTTPServer
        kind.daemon_threads = True
        kind.request_queue_size = 128
        self.listener = kind(path or ('127.0.0.1', 0), Handler)
        self.listener.lock, self.listener.seen = threading.Lock(), collections.Counter()
        self.listener.handle_error = lambda *unused: None
        self.thread = threading.Thread(target=self.listener.serve_forever)
        self.url = 'http://localhost/' if path else 'http://127.0.0.1:%d/' % self.listener.server_port

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown()
        self.thread.join()
        self.listener.server_close()

    @property
    def seen(self):
        return self.listener.seen

    @property
    def headers(self):
        return self.listener.headers


def load(peer, *options, client='epoll', path='', **variables):
    outcome = place.bench('load', '--json', '-n', '20', '-c', '4', '-m', 'keepalive', '--client', client, *options,
                          peer.url.rstrip('/') + path, env=place.environment(**variables))
    tap.ok(SECRET not in outcome.out + outcome.err, 'no secret in the output', outcome)
    try:
        return outcome, json.loads(outcome.out)
    except ValueError:
        return outcome, None


def right(peer, name, *options, **more):
    outcome, cell = load(peer, *options, **more)
    return tap.ok(outcome.code == 0 and cell and cell['ok'] == 20, name + ': 20 right responses', outcome)


def test_forms():
    """Whatever the form, the server gets it as often as the client says, and the first two probes."""
    for client in ENGINES:
        with Peer() as peer:
            right(peer, client + ', POST', '--body', '{"a": 1}', '-H', 'Content-Type: application/json', '--path', '/items',
                  client=client)
            tap.is_(dict(peer.seen), {('POST', '/items', b'{"a": 1}'): 22}, client + ', POST: as often as it was said')
            tap.is_(peer.headers['Content-Type'], 'application/json', client + ', POST: the header')
        for method, status in ('HEAD', 200), ('DELETE', 200), ('PURGE', 200):
            with Peer() as peer:
                right(peer, '%s, %s' % (client, method), '-X', method, client=client)
                tap.is_(dict(peer.seen), {(method, '/', b''): 22}, '%s, %s: as often as it was said' % (client, method))
    with Peer() as peer:
        right(peer, 'another host', '--host', 'example.test', '-H', 'User-Agent: me')
        tap.is_((peer.headers['Host'], peer.headers['User-Agent']), ('example.test', 'me'), 'host and own header')
        port = str(peer.listener.server_port)
        outcome = place.bench('load', '-n', '2', '--resolve', '127.0.0.1:' + port, 'http://name.invalid/a')
        tap.is_(outcome.code, 0, 'a name that is resolved by hand')
    body = place.file('body', 'of a file')
    with Peer() as peer:
        right(peer, 'body of a file', '--body', '@' + body, '-X', 'PUT')
        tap.is_(dict(peer.seen), {('PUT', '/', b'of a file'): 22}, 'body of a file: as it is')


def test_urls():
    """Each request of a file has its own right response; all are asked evenly, in turn or shuffled."""
    file = place.file('urls', '# comment\n/a\n\nPOST /items {"n": 2}\r\n/b\n/\n')
    for client in ENGINES:
        for order in 'turn', 'shuffled':
            with Peer() as peer:
                right(peer, '%s, %s' % (client, order), '--urls', file, '--urls-order', order, '-t', '1', client=client)
                tap.is_(set(peer.seen.values()), {7}, '%s, %s: 5 of each, and two probes' % (client, order))
    with Peer() as peer:
        outcome, _ = load(peer, '--urls', place.file('bad', '/a\nno path\n'))
        tap.has(outcome.err, "bad:2: 'path' is no path", 'a line that is none')
        outcome, _ = load(peer, '--urls', place.file('missing', '/a\n/none\n'))
        tap.has(outcome.err, '/none: the server responds with status 404', 'a request that is not right')


def test_unix():
    path = place.file('socket')
    for client in ENGINES:
        with Peer(path) as peer:
            right(peer, client + ', Unix socket', '--unix', path, client=client, path='/a')
        os.unlink(path)
    outcome = place.bench('load', '-n', '1', '--unix', path, 'http://localhost/')
    tap.ok(outcome.code == 3 and 'No such file' in outcome.err, 'no socket there', outcome)


def test_checks():
    with Peer() as peer:
        outcome, _ = load(peer, '--path', '/changes')
        tap.has(outcome.err, 'changes by itself', 'a page that changes: said')
        right(peer, 'contains', '--path', '/changes', '--check', 'contains=always here')
        right(peer, 'status', '--path', '/changes', '--check', 'status')
        right(peer, 'none', '--path', '/changes', '--check', 'none')
        outcome, _ = load(peer, '--check', 'contains=not there')
        tap.has(outcome.err, 'does not contain the text of --check', 'contains what is not there')
        outcome, _ = load(peer, '--check', 'vague')
        tap.ok(outcome.code == 2 and 'exact|length|status' in outcome.err, 'an unknown check', outcome)
        outcome, _ = load(peer, '--path', '/moved')
        tap.has(outcome.err, 'It redirects, which is not followed', 'a redirect is said')


def test_told():
    """What a server does that the request does not allow is counted by its kind, and told in words; by run and check too."""
    for path, kind, words in ('/tenth', 'bad_body', 'other bytes'), ('/tenth-status', 'bad_status', '503'):
        for client in ENGINES:
            with Peer() as peer:
                outcome, cell = load(peer, '-n', '100', '-c', '1', client=client, path=path)
                counts = cell['failed'] if cell else {}
                tap.is_((sum(counts.values()), counts.get(kind)), (10, 10), '%s, %s: one of ten is counted' % (path, client))
                outcome = place.bench('load', '-n', '100', '-c', '1', '-m', 'keepalive', '--client', client, peer.url.rstrip('/') + path)
                tap.has(outcome.out + outcome.err, words, '%s, %s: and told in words' % (path, client))
    with Peer() as peer:
        for path, words in ('/moved', 'It redirects, which is not followed'), ('/private', 'It asks for credentials'), \
                ('/changes', 'changes by itself'), ('/absent', 'status 404'):
            outcome = place.bench('check', '--url', peer.url.rstrip('/') + path, '--ready', '200ms')
            tap.ok(outcome.code == 1 and words in outcome.out, 'check: ' + words, outcome)
    with Peer() as peer:
        outcome = place.bench('check', '--url', peer.url + 'tenth', '--ready', '5s')
        tap.ok(outcome.code == 1 and 'bad_body' in outcome.out, 'check: wrong bodies', outcome)


def test_secrets():
    """From the environment and from files; and nowhere to be seen."""
    file = place.file('secret', 'Authorization: Bearer %s\n' % SECRET)
    with Peer() as peer:
        outcome, _ = load(peer, path='/private')
        tap.has(outcome.err, 'It asks for credentials', '401 is said')
        right(peer, 'of the environment', '-H', 'Authorization: Bearer ${TOKEN}', path='/private', TOKEN=SECRET)
        right(peer, 'of a file', '-H', '@' + file, path='/private')
        outcome, _ = load(peer, '-H', 'Authorization: Bearer ' + SECRET, path='/private')
        tap.ok(outcome.code == 2, 'a literal one is refused', outcome)
        right(peer, 'basic, of the environment', '--basic-auth', '${PAIR}', PAIR='user:' + SECRET)
        tap.has(peer.headers['Authorization'], 'Basic dXNlcjpodW50', 'basic: the header')
        outcome, _ = load(peer, '-H', 'X: a\r\nY: b')
        tap.ok(outcome.code == 2 and not peer.headers.get('Y'), 'a header that ends its line is refused', outcome)


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
