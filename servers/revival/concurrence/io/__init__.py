"""Sockets and buffered streams that block the calling tasklet only."""
from concurrence.io.socket import Socket
from concurrence.io.stream import BufferedStream

__all__ = ['BufferedStream', 'Socket']
