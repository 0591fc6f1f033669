"""Sockets that block the calling tasklet only. Importing this makes `import stackless` work on greenlets too."""
import socket
import sys

from reactor.sockets import Socket
from reactor.streams import Stream
from reactor.tasklets import stackless

sys.modules.setdefault('stackless', stackless)


class realsocket(Socket):
    """A socket whose accept, recv, send and sendall block the tasklet; the rest is the plain socket's."""
    __slots__ = ()

    def accept(self):
        plain, address = self.accept_plain()
        return realsocket(plain), address

    def makefile(self, mode='r+', bufsize=-1):
        """A buffered file of bytes. It has its own buffers, whatever the mode and size."""
        return Stream(self)

    def __getattr__(self, name):
        return getattr(self.socket, name)


def new_realsocket(family=socket.AF_INET, kind=socket.SOCK_STREAM, protocol=0):
    return realsocket(socket.socket(family, kind, protocol))
