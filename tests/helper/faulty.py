#!/usr/bin/python3
"""faulty: an HTTP server that misbehaves by script.

A behaviour is a row of BEHAVIOURS: what is done with a request (`answer`), with a connection before any request is
read (`connect`), or with the listener (`listen`). The first `good` requests get the right response, so that a
client learns it, or finds the server ready, and meets the fault afterwards.

In a test it runs in threads and its counters can be read:

    with Faulty('reset_before') as server:
        ... server.url ... server.requests

As a program it is a server for bench.conf, with the address from BENCH_HOST and BENCH_PORT:

    faulty.py BEHAVIOUR [GOOD [ARGUMENT]]

and then there are also the faults of a whole process (PROCESSES): it dies, never listens, leaves its process group.
"""
import gzip
import itertools
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time

HELLO = b'<p>Hello, World! <a href="/0">start</a>\n'
LARGE = bytes(range(256)) * 1200 + HELLO
MEGABYTE = bytes(range(256)) * 4096
GZIPPED = gzip.compress(HELLO, mtime=0)
LONG_HEAD_BYTES = 200 << 10
# The maximum that a peer waits for anything, so that no thread outlives a test.
PATIENCE_S = 60
# It follows a whole right response; how the client handles the rest is not waited for.
PIECE_PAUSE_S = 0.001
# What `benchctl load` asks before it measures: to learn the right response, and to see that the page stays as it is.
PROBES = 2
SLOW_S = 0.05
HALT_S = 0.1
LONG_HALT_S = 0.4
LONG_START_S = 1.5
# The memory of a server that runs out of it: less than the stacks and arenas of its threads would take eventually.
MEMORY_BYTES = 1 << 28


def page(path):
    """The pages of the server contract, or None."""
    if path == '/':
        return HELLO
    if path[1:].isdigit() and int(path[1:]) < 2 ** 32:
        link = (1664525 * int(path[1:]) + 1013904223) & 0xffffffff
        return b'<a href="/%d">%d</a>\n' % (link, link)
    return None


class Peer:
    """One connection, seen from the server."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.pending = b''
        self.served = 0  # requests of this connection, with the one being answered
        self.number = 0  # of the request being answered, among all: from 1
        self.path, self.version, self.keeps = '/', 'HTTP/1.0', False
        sock.settimeout(PATIENCE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read_request(self):
        """Reads a request's head. Returns False if the client has closed."""
        while b'\r\n\r\n' not in self.pending:
            data = self.sock.recv(65536)
            if not data:
                return False
            self.pending += data
        head, _, self.pending = self.pending.partition(b'\r\n\r\n')
        lines = head.decode('latin-1').split('\r\n')
        with self.server.lock:
            self.server.heads.add(tuple(lines))
        _, self.path, self.version = lines[0].split(' ')
        closes = any(line.lower().replace(' ', '') == 'connection:close' for line in lines[1:])
        self.keeps = self.version == 'HTTP/1.1' and not closes
        self.served += 1
        return True

    def send(self, data):
        self.sock.sendall(data)

    def head(self, status='200 OK', length=None, *lines):
        """A head; a length of None leaves Content-Length out."""
        rows = ['HTTP/1.1 ' + status, 'Content-Type: text/html']
        if length is not None:
            rows.append('Content-Length: %s' % length)
        if not self.keeps:
            rows.append('Connection: close')
        return '\r\n'.join(rows + list(lines)).encode() + b'\r\n\r\n'

    def body(self):
        return page(self.path) or b''

    def right(self):
        """The right response, whole."""
        body = page(self.path)
        if body is None:
            return self.head('404 Not Found', 0)
        return self.head('200 OK', len(body)) + body

    def answer(self, status, body, *lines):
        """A well-formed response. Returns whether the connection stays open."""
        self.send(self.head(status, len(body), *lines) + body)
        return self.keeps

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        return False

    def wait_gone(self):
        """Sends nothing more until the client closes."""
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass
        return False


# What is done with a request: each returns whether the connection stays open.

def good(peer):
    with peer.server.lock:
        peer.server.right += 1
    peer.send(peer.right())
    return peer.keeps


def late_bytes(peer):
    for byte in peer.right():
        peer.send(bytes([byte]))
        time.sleep(PIECE_PAUSE_S)
    return peer.keeps


def large(peer):
    """More than any client reads at once. If the connection ends, its end arrives with the last bytes."""
    return peer.answer('200 OK', LARGE)


def megabyte_ends_wrong(peer):
    """A megabyte, the last byte of which is another one after the first n requests."""
    return peer.answer('200 OK', MEGABYTE if peer.number <= peer.server.argument else MEGABYTE[:-1] + b'!')


def speaks_one_version(peer):
    """Accepts HTTP/1.n alone."""
    if peer.version != 'HTTP/1.%d' % peer.server.argument:
        return peer.answer('505 HTTP Version Not Supported', b'')
    return good(peer)


def late_body(peer):
    peer.send(peer.head('200 OK', len(peer.body())))
    time.sleep(SLOW_S)
    peer.send(peer.body())
    return peer.keeps


def reset_before(peer):
    return peer.reset()


def reset_mid(peer):
    peer.send(peer.right()[:-10])
    return peer.reset()


def reset_after(peer):
    peer.send(peer.right())
    return peer.reset()


def eof_before(peer):
    return False


def eof_in_head(peer):
    peer.send(b'HTTP/1.1 200 OK\r\nContent-Le')
    return False


def eof_in_body(peer):
    peer.send(peer.right()[:-10])
    return False


def eof_in_chunk(peer):
    peer.send(peer.head('200 OK', None, 'Transfer-Encoding: chunked') + b'28\r\n' + HELLO[:20])
    return False


def wrong_length(peer):
    return peer.answer('200 OK', HELLO + b'and more')


def wrong_body(peer):
    return peer.answer('200 OK', HELLO.swapcase())


def wrong_body_every(peer):
    return wrong_body(peer) if peer.number % peer.server.argument == 0 else good(peer)


def changing_page(peer):
    return peer.answer('200 OK', b'request number %08d\n' % peer.number)


def growing_page(peer):
    return peer.answer('200 OK', b'one more' * peer.number)


def stall_before(peer):
    return peer.wait_gone()


def stall_in_head(peer):
    peer.send(b'HTTP/1.1 200 OK\r\nContent-Le')
    return peer.wait_gone()


def stall_in_body(peer):
    peer.send(peer.right()[:-10])
    return peer.wait_gone()


def header_without_end(peer):
    peer.send(b'HTTP/1.1 200 OK\r\nX-Long: ' + b'a' * 1000)
    return peer.wait_gone()


def endless_headers(peer):
    peer.send(b'HTTP/1.1 200 OK\r\n')
    while True:
        peer.send(b'X-More: yes\r\n' * 1000)


def endless_header(peer):
    peer.send(b'HTTP/1.1 200 OK\r\nX-Long: ')
    while True:
        peer.send(b'a' * 10000)


def endless_body(peer):
    peer.send(peer.head())
    while True:
        peer.send(HELLO * 1000)


def endless_chunks(peer):
    peer.send(peer.head('200 OK', None, 'Transfer-Encoding: chunked'))
    while True:
        peer.send(b'28\r\n%s\r\n' % HELLO * 1000)


def endless_continue(peer):
    while True:
        peer.send(b'HTTP/1.1 100 Continue\r\n\r\n' * 1000)


def garbage(peer):
    peer.send(bytes(range(256)) * 4)
    return False


def other_protocol(peer):
    peer.send(b'220 mail.example ESMTP\r\n')
    return False


def status_502(peer):
    return peer.answer('502 Bad Gateway', HELLO)


def status_503(peer):
    return peer.answer('503 Service Unavailable', b'')


def status_301(peer):
    return peer.answer('301 Moved Permanently', b'', 'Location: /elsewhere')


def status_404(peer):
    return peer.answer('404 Not Found', b'')


def length_negative(peer):
    peer.send(peer.head('200 OK', -len(HELLO)) + HELLO)
    return False


def length_beyond(peer):
    peer.send(peer.head('200 OK', '99999999999999999999999') + HELLO)
    return False


def length_huge(peer):
    peer.send(peer.head('200 OK', 2 ** 62) + HELLO)
    return False


def length_words(peer):
    peer.send(peer.head('200 OK', 'forty') + HELLO)
    return False


def length_twice_same(peer):
    return peer.answer('200 OK', HELLO, 'Content-Length: %d' % len(HELLO))


def length_twice_other(peer):
    peer.send(peer.head('200 OK', len(HELLO), 'Content-Length: %d' % (len(HELLO) - 1)) + HELLO)
    return False


def length_and_chunked(peer):
    peer.send(peer.head('200 OK', len(HELLO), 'Transfer-Encoding: chunked') + b'28\r\n' + HELLO + b'\r\n0\r\n\r\n')
    return False


def _coded(peer, coding, data):
    peer.send(peer.head('200 OK', None, 'Transfer-Encoding: ' + coding) + data)
    return peer.keeps


def _chunked(peer, data):
    return _coded(peer, 'chunked', data)


def chunked(peer):
    return _chunked(peer, b'10\r\n' + HELLO[:16] + b'\r\n18\r\n' + HELLO[16:] + b'\r\n0\r\n\r\n')


def chunk_extension(peer):
    return _chunked(peer, b'28;name="value"\r\n' + HELLO + b'\r\n0;last\r\nX-Trailer: yes\r\n\r\n')


def chunk_size_bad(peer):
    return _chunked(peer, b'forty\r\n' + HELLO + b'\r\n0\r\n\r\n')


def chunk_size_negative(peer):
    return _chunked(peer, b'-28\r\n' + HELLO + b'\r\n0\r\n\r\n')


def chunk_size_beyond(peer):
    return _chunked(peer, b'FFFFFFFFFFFFFFFFFF\r\n' + HELLO + b'\r\n0\r\n\r\n')


def length_list_same(peer):
    peer.send(peer.head('200 OK', '%d, %d' % (len(HELLO), len(HELLO))) + HELLO)
    return peer.keeps


def length_list_other(peer):
    peer.send(peer.head('200 OK', '%d, %d' % (len(HELLO), len(HELLO) - 1)) + HELLO)
    return False


def gzip_chunked(peer):
    """A coding beside chunked: the body is compared as it is sent, so it is the same page coded."""
    return _coded(peer, 'gzip, chunked', b'%x\r\n%s\r\n0\r\n\r\n' % (len(GZIPPED), GZIPPED))


def gzip_until_close(peer):
    peer.keeps = False
    return _coded(peer, 'gzip', GZIPPED)


def long_head(peer):
    """A head of 200 KiB, as cookies and policies can make it."""
    return peer.answer('200 OK', HELLO, 'X-Long: ' + 'a' * LONG_HEAD_BYTES)


def continue_first(peer):
    peer.send(b'HTTP/1.1 100 Continue\r\n\r\n' + peer.right())
    return peer.keeps


def no_content_with_body(peer):
    peer.send(peer.head('204 No Content', len(HELLO)) + HELLO)
    return False


def until_close(peer):
    peer.send(b'HTTP/1.0 200 OK\r\n\r\n' + HELLO)
    return False


def half_close_after(peer):
    peer.send(peer.right())
    peer.sock.shutdown(socket.SHUT_WR)
    return peer.wait_gone()


def half_close_before(peer):
    peer.sock.shutdown(socket.SHUT_WR)
    return peer.wait_gone()


def ignores_close(peer):
    """HTTP/1.0 was asked for, and the connection stays open all the same."""
    good(peer)
    return True


def closes_every(peer):
    """Keep-alive, and each n-th response of a connection announces that it is the last."""
    if peer.served % peer.server.argument == 0:
        peer.keeps = False
    return good(peer)


def drops_every(peer):
    """The same, without announcing it."""
    keeps = good(peer)
    return keeps and peer.served % peer.server.argument != 0


def halts_every(peer):
    """Each n-th request halts the whole server, with all its connections, for 100 ms."""
    server = peer.server
    with server.halt:
        if peer.number % server.argument == 0:
            time.sleep(HALT_S)
    return good(peer)


def halts_from(peer):
    """The n-th request halts the whole server for 400 ms, once."""
    server = peer.server
    with server.halt:
        if peer.number == server.argument:
            time.sleep(LONG_HALT_S)
    return good(peer)


def speaks_unasked(peer):
    """The right response, and a moment later a 408, as some servers send before they close an idle connection."""
    good(peer)
    time.sleep(PIECE_PAUSE_S)
    peer.send(b'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    return False


def two_answers(peer):
    peer.send(peer.right() + peer.right())
    return peer.keeps


def slow(peer):
    time.sleep(SLOW_S)
    return good(peer)


def starts_busy(peer):
    """503 to the first n requests, as a proxy whose servers are not there yet."""
    return status_503(peer) if peer.number <= peer.server.argument else good(peer)


def starts_wrong(peer):
    """Another page to the first n requests."""
    return wrong_body(peer) if peer.number <= peer.server.argument else good(peer)


def starts_slowly(peer):
    """The first request takes longer than any other."""
    if peer.number == 1:
        time.sleep(LONG_START_S)
    return good(peer)


def leaks_listeners(peer):
    """Opens another listening socket for each request."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen()
    peer.server.leaked.append(listener)
    return good(peer)


def leaks_connections(peer):
    """The end of a connection is shutdown(2) without close(2): the file stays open."""
    keeps = good(peer)
    if not keeps:
        peer.sock.shutdown(socket.SHUT_WR)
        peer.server.leaked.append(socket.socket(fileno=peer.sock.detach()))
    return keeps


# Behaviours that end the process, or start others: only for the program.

def say(words):
    sys.stderr.write('faulty server: %s\n' % words)
    sys.stderr.flush()


def dies(peer):
    say('out of memory, or so it says')
    os._exit(7)


def out_of_memory(peer):
    """Allocates memory until there is none, and aborts, as many runtimes do."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    hoard = []
    try:
        while True:
            hoard.append(bytearray(1 << 24))
    except MemoryError:
        hoard.clear()
        say('MemoryError')
        os.abort()


def spins(peer):
    """Burns CPU in one call that never releases the interpreter's lock, so that no thread runs again."""
    any(itertools.repeat(False))


def leaves_children(peer):
    """A child for each request, which outlives it."""
    if os.fork() == 0:
        os.closerange(3, 1 << 16)  # otherwise it would hold the connection open
        linger()
    return good(peer)


# What is done with a connection before anything is read.

def reset_at_once(peer):
    peer.reset()


def closes_at_once(peer):
    pass


def never_reads(peer):
    """Accepts and does nothing more: what the client sends stays in the kernel."""
    poll = select.poll()
    poll.register(peer.sock, select.POLLRDHUP)
    poll.poll(PATIENCE_S * 1000)


def answers_first(peer):
    peer.send(peer.head('200 OK', len(HELLO)) + HELLO)
    if peer.read_request():
        peer.server.count(peer)


def serves_few(peer):
    """Serves that many keep-alive connections at a time, each until it closes, as a server of few workers does; others wait."""
    with peer.server.workers:
        while peer.read_request():
            peer.server.count(peer)
            if not good(peer):
                break


# What is done with the listener, once `good` connections have been accepted.

def refuses(server):
    server.listener.close()


def never_accepts(server):
    server.listener.listen(0)


class Behaviour:
    def __init__(self, answer=good, connect=None, listen=None):
        self.answer, self.connect, self.listen = answer, connect, listen


ANSWERS = [
    good, large, megabyte_ends_wrong, speaks_one_version, late_bytes, late_body, reset_before, reset_mid, reset_after, eof_before, eof_in_head, eof_in_body,
    eof_in_chunk, wrong_length, wrong_body, wrong_body_every, changing_page, growing_page, stall_before, stall_in_head,
    stall_in_body, header_without_end, endless_headers, endless_header, endless_body, endless_chunks,
    endless_continue, garbage, other_protocol, status_301, status_502, status_503, status_404, length_negative, length_beyond, length_huge,
    length_words, length_twice_same, length_twice_other, length_list_same, length_list_other,
    gzip_chunked, gzip_until_close, long_head, length_and_chunked, chunked, chunk_extension,
    chunk_size_bad, chunk_size_negative, chunk_size_beyond, continue_first, no_content_with_body, until_close,
    half_close_after, half_close_before, ignores_close, closes_every, drops_every, halts_every, halts_from, speaks_unasked,
    two_answers, slow, starts_busy, starts_wrong, starts_slowly,
    leaks_listeners, leaks_connections, dies, out_of_memory, spins, leaves_children,
]
BEHAVIOURS = {function.__name__: Behaviour(function) for function in ANSWERS}
BEHAVIOURS.update({function.__name__: Behaviour(connect=function)
                   for function in [reset_at_once, closes_at_once, never_reads, answers_first, serves_few]})
BEHAVIOURS.update({function.__name__: Behaviour(listen=function) for function in [refuses, never_accepts]})


class Faulty:
    """The server. Its counters are: connections accepted, requests read, right answers by good(), and for each
    connection that has ended the requests that it carried. `heads` has each different head of a request, as its lines."""

    def __init__(self, behaviour, good_first=PROBES, argument=0, address=('127.0.0.1', 0), backlog=1024):
        self.behaviour = BEHAVIOURS[behaviour]
        self.good_first, self.argument = good_first, argument
        self.lock, self.halt = threading.Lock(), threading.Lock()
        self.workers = threading.Semaphore(argument)
        self.connections = self.requests = self.right = 0
        self.peers, self.threads, self.leaked, self.served = set(), [], [], []
        self.starved = say  # called when accept() fails; after that it accepts no more
        self.heads = set()
        self.ending = False
        self.listener = socket.socket(socket.AF_INET6 if ':' in address[0] else socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(address)
        self.listener.listen(backlog)
        self.port = self.listener.getsockname()[1]
        self.url = 'http://%s:%d/' % ('[%s]' % address[0] if ':' in address[0] else '127.0.0.1', self.port)

    def __enter__(self):
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.ending = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        except OSError:
            pass
        self.thread.join()
        self.listener.close()
        with self.lock:
            peers = list(self.peers)
        for peer in peers:
            try:
                peer.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads:
            thread.join()
        for sock in self.leaked:
            sock.close()

    def count(self, peer):
        with self.lock:
            self.requests += 1
            peer.number = self.requests

    def accept(self):
        while not self.ending:
            try:
                sock, _ = self.listener.accept()
            except OSError as error:
                if not self.ending:
                    self.starved('accept: %s' % error)
                return
            self.connections += 1
            last = self.behaviour.listen and self.connections == self.good_first
            if last:
                self.behaviour.listen(self)  # before the response that the client waits for: it can't come too early
            faulty = self.connections > self.good_first
            thread = threading.Thread(target=self.serve, args=(Peer(self, sock), faulty), daemon=True)
            self.threads.append(thread)
            thread.start()
            if last:
                return

    def serve(self, peer, faulty):
        with self.lock:
            self.peers.add(peer)
        try:
            if self.behaviour.connect and faulty:
                self.behaviour.connect(peer)
                return
            while peer.read_request():
                self.count(peer)
                answer = good if peer.number <= self.good_first else self.behaviour.answer
                if not answer(peer):
                    break
        except (OSError, ValueError):
            pass  # the client has closed
        finally:
            with self.lock:
                self.peers.discard(peer)
                self.served.append(peer.served)
            peer.sock.close()


# The faults of a whole process.

def serve_for_ever(behaviour, good_first, argument, prepare=None):
    address = os.environ.get('BENCH_HOST', '127.0.0.1'), int(os.environ.get('BENCH_PORT', '8080'))
    server = Faulty(behaviour, good_first, argument, address, int(os.environ.get('BENCH_BACKLOG', '128')))
    if prepare:
        prepare(server)
    with server:
        while True:
            signal.pause()


def linger():
    """A child that escapes: in a session of its own, ignoring SIGTERM."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    never_listens()


def dies_at_start(*unused):
    sys.stderr.write('faulty server: reading its settings\nfaulty server: no such module: nothing\n')
    sys.exit(3)


def never_listens(*unused):
    while True:
        signal.pause()


def ignores_term(good_first, argument):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve_for_ever('good', good_first, argument)


def daemonises(good_first, argument):
    """Like daemon(3) with a double fork: the started process has ended, and the server is no longer its child."""
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    ignores_term(good_first, argument)


def leaves_child(good_first, argument):
    """Serves well, and has a child that lingers and holds a listener open."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen()
    if os.fork() == 0:
        linger()
    serve_for_ever('good', good_first, argument)


def leaves_listener(good_first, argument):
    """Dies, and a child that lingers holds its port."""
    def prepare(server):
        if os.fork() == 0:
            linger()
    serve_for_ever('dies', good_first, argument, prepare)


def few_files(server, more):
    """Lowers the file limit to that many more connections."""
    most = max(map(int, os.listdir('/proc/self/fd')))  # its own is the last one
    resource.setrlimit(resource.RLIMIT_NOFILE, (most + more, most + more))


def runs_out_of_files(good_first, argument):
    """Leaks its connections. When it runs out of descriptors, it continues without accepting."""
    serve_for_ever('leaks_connections', 0, argument, lambda server: few_files(server, good_first))


def dies_out_of_files(good_first, argument):
    """The same, and it dies of it."""
    def prepare(server):
        def die(words):
            say(words)
            os._exit(1)
        few_files(server, good_first)
        server.starved = die
    serve_for_ever('leaks_connections', 0, argument, prepare)


PROCESSES = {function.__name__: function
             for function in [dies_at_start, never_listens, ignores_term, daemonises, leaves_child, leaves_listener,
                              runs_out_of_files, dies_out_of_files]}


def main(behaviour, good_first='0', argument='0'):
    if behaviour in PROCESSES:
        PROCESSES[behaviour](int(good_first), int(argument))
    else:
        serve_for_ever(behaviour, int(good_first), int(argument))


if __name__ == '__main__':
    main(*sys.argv[1:])
