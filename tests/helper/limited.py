#!/usr/bin/python3
"""limited: an HTTP server that keeps the contract but has a limit that only many open connections reveal.

    limited.py LIMIT

A server for bench.conf, in one process and one thread, with the address from BENCH_HOST and BENCH_PORT. LIMIT is a row
of LIMITS: how it waits for events, how many connections it takes, how long one may be silent.
"""
import os
import select
import signal
import socket
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper.faulty import page

FULL = 500
SILENT_S = 2.2
TICK_S = 0.05
SLOW_RPS = 1200


class Connection:
    def __init__(self, sock):
        self.sock, self.pending, self.since = sock, b'', time.monotonic()
        sock.setblocking(False)

    def fileno(self):
        return self.sock.fileno()

    def is_due(self, now):
        return bool(self.pending) and now > self.since

    def read(self):
        """Responds to the requests that have arrived. Returns whether the connection stays open."""
        try:
            data = self.sock.recv(65536)
            self.pending += data
            while b'\r\n\r\n' in self.pending:
                self.since = time.monotonic()
                head, _, self.pending = self.pending.partition(b'\r\n\r\n')
                lines = head.decode('latin-1').lower().split('\r\n')
                _, path, version = lines[0].split(' ')
                keeps = version == 'http/1.1' and 'connection: close' not in lines
                body = page(path)
                self.sock.sendall(b'HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%s\r\n%s' % (
                    b'404 Not Found' if body is None else b'200 OK', len(body or b''),
                    b'' if keeps else b'Connection: close\r\n', body or b''))
                if not keeps:
                    return False
        except BlockingIOError:
            return True
        except (OSError, ValueError):
            return False
        return bool(data)


class Server:
    def __init__(self, waits='epoll', most=sys.maxsize, silent_s=None, rate_rps=None, last=sys.maxsize):
        self.most, self.silent_s, self.rate_rps, self.last = most, silent_s, rate_rps, last
        self.wait = getattr(self, 'wait_' + waits)
        self.connections = {}  # by descriptor
        self.epoll = select.epoll()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((os.environ.get('BENCH_HOST', '127.0.0.1'), int(os.environ.get('BENCH_PORT', '8080'))))
        self.listener.listen(int(os.environ.get('BENCH_BACKLOG', '128')))
        self.listener.setblocking(False)
        self.accepting = True
        self.epoll.register(self.listener, select.EPOLLIN)

    def wait_epoll(self):
        return [fd for fd, _ in self.epoll.poll(TICK_S)]

    def wait_select(self):
        """A descriptor of 1024 or more raises ValueError, which ends the server."""
        ready = [self.listener.fileno()] if self.accepting else []
        return select.select(ready + list(self.connections), [], [], TICK_S)[0]

    def wait_scan(self):
        """For each event it looks at all connections."""
        ready = self.wait_epoll()
        for _ in ready:
            now = time.monotonic()
            for connection in self.connections.values():
                connection.is_due(now)
        return ready

    def accept(self):
        """Accepts what waits, as long as it has room; the rest stays in the kernel."""
        while len(self.connections) < self.most:
            try:
                sock, _ = self.listener.accept()
            except BlockingIOError:
                return
            self.connections[sock.fileno()] = Connection(sock)
            self.epoll.register(sock, select.EPOLLIN)
        self.epoll.unregister(self.listener)
        self.accepting = False

    def close(self, fd):
        self.connections.pop(fd).sock.close()
        if not self.accepting:
            self.epoll.register(self.listener, select.EPOLLIN)
            self.accepting = True

    def close_silent(self):
        now = time.monotonic()
        for fd in [fd for fd, one in self.connections.items() if now - one.since > self.silent_s]:
            self.close(fd)

    def serve_in_turn(self):
        """One connection after the other, each for as long as its rate says, whether the client still waits or not, until the last."""
        self.listener.setblocking(True)
        for _ in range(self.last):
            sock, _ = self.listener.accept()
            due = time.monotonic() + 1 / self.rate_rps
            connection = Connection(sock)
            sock.settimeout(TICK_S)
            try:
                connection.read()
            except OSError:
                pass
            sock.close()
            time.sleep(max(0, due - time.monotonic()))
        signal.pause()

    def serve(self):
        if self.rate_rps:
            self.serve_in_turn()
        next_look = 0
        while True:
            for fd in self.wait():
                if fd == self.listener.fileno():
                    self.accept()
                elif fd in self.connections and not self.connections[fd].read():
                    self.close(fd)
            if self.silent_s and time.monotonic() > next_look:
                self.close_silent()
                next_look = time.monotonic() + TICK_S


LIMITS = {
    'none': {},
    'select': {'waits': 'select'},
    'scan': {'waits': 'scan'},
    'silence': {'silent_s': SILENT_S},
    'full': {'most': FULL},
    'slow': {'rate_rps': SLOW_RPS},
    'stuck': {'rate_rps': SLOW_RPS, 'last': FULL},
}


if __name__ == '__main__':
    Server(**LIMITS[sys.argv[1]]).serve()
