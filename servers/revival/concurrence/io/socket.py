"""Sockets that block the calling tasklet only."""
import socket

from reactor import sockets

DEFAULT_BACKLOG = 255


class Socket(sockets.Socket):
    """Its .socket is the plain one, for options and addresses."""
    __slots__ = ('address',)  # the client's, of an accepted socket

    @classmethod
    def new(cls):
        return cls(socket.socket(socket.AF_INET, socket.SOCK_STREAM))

    def bind(self, address):
        self.socket.bind(address)

    def listen(self, backlog=None):
        super().listen(DEFAULT_BACKLOG if backlog is None else backlog)

    def accept(self):
        plain, address = self.accept_plain()
        connection = Socket(plain)
        connection.address = address
        return connection
