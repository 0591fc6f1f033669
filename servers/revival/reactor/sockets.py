"""Sockets that block the calling tasklet only.

Each operation is tried first and waited for when the kernel says EAGAIN: mostly the data is there.
MSG_DONTWAIT spares connections the system call that would make them non-blocking.
"""
import errno
import socket

from reactor.hub import READ, WRITE, hub
from reactor.tasklets import stackless

RECEIVE_BYTES = 65536
OPERATIONS_IN_A_ROW = 64
PAUSE_SECONDS = 0.1

# accept(2): errors of the connection that was to be accepted, not of the listener.
CLIENT_GONE = {errno.ECONNABORTED, errno.EPROTO, errno.ENETDOWN, errno.ENETUNREACH,
               errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENONET}
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

# Received into, then copied out at its real length: a fresh buffer a call would be most of what the
# garbage collector has to clear away. No tasklet blocks between the two.
_buffer = memoryview(bytearray(RECEIVE_BYTES))
_operations = 0


def take_turn():
    """Every 64th accept or recv lets the other tasklets run: without this, a tasklet whose data is always there would never wait."""
    global _operations
    _operations += 1
    if _operations % OPERATIONS_IN_A_ROW == 0:
        stackless.schedule()


class Socket:
    """A plain socket, and the events for which it is registered with epoll."""
    __slots__ = ('socket', 'interest')

    def __init__(self, plain):
        self.socket = plain
        self.interest = 0

    def listen(self, backlog):
        self.socket.setblocking(False)  # accept() takes no MSG_DONTWAIT
        self.socket.listen(backlog)

    def accept_plain(self):
        """The next connection as a plain socket, and its client's address."""
        take_turn()
        while True:
            try:
                return self.socket.accept()
            except BlockingIOError:
                hub.wait(self, READ)
            except OSError as error:
                if error.errno in EXHAUSTED:
                    # Only waiting helps: clients stay in the backlog, open connections are still served, and accept is
                    # tried again ten times a second until descriptors are free.
                    hub.sleep(PAUSE_SECONDS)
                elif error.errno not in CLIENT_GONE:
                    raise

    def recv(self, size=RECEIVE_BYTES):
        """At least one byte and at most size, which is at least 1; b'' at the end."""
        take_turn()
        size = min(size, RECEIVE_BYTES)
        while True:
            try:
                count = self.socket.recv_into(_buffer, size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                hub.wait(self, READ)
            else:
                return _buffer[:count].tobytes()

    def send(self, data):
        """Sends at least one byte of data and returns how many."""
        while True:
            try:
                return self.socket.send(data, socket.MSG_DONTWAIT)
            except BlockingIOError:
                hub.wait(self, WRITE)

    def sendall(self, data):
        sent = self.send(data)
        if sent < len(data):
            rest = memoryview(data)[sent:]
            while rest:
                rest = rest[self.send(rest):]

    def close(self):
        """Closes the socket; a tasklet that waits for it gets an error."""
        if self.interest:
            hub.wake(self.socket.fileno(), READ | WRITE)
            self.interest = 0
        self.socket.close()
