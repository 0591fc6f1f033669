"""Buffered lines and bytes over a socket."""


class Stream:
    """What file objects offer, and as they do: readline() and read() in bytes, write() and flush()."""
    __slots__ = ('endpoint', 'received', 'position', 'pending')

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.received = b''  # of which the first `position` bytes have been read
        self.position = 0
        self.pending = []  # written and not yet flushed

    def readline(self, limit=-1):
        """The next line with its end, or what there is of it before the end or the limit."""
        end = self.received.find(b'\n', self.position) + 1
        while not end and not 0 < limit <= len(self.received) - self.position and self._fill():
            end = self.received.find(b'\n', self.position) + 1
        end = end or len(self.received)
        if limit > 0:
            end = min(end, self.position + limit)
        return self._take(end)

    def read(self, size):
        """size bytes, or fewer at the end."""
        while len(self.received) - self.position < size and self._fill():
            pass
        return self._take(self.position + size)

    def write(self, data):
        self.pending.append(data)

    def flush(self):
        if self.pending:
            data = b''.join(self.pending)
            self.pending = []
            self.endpoint.sendall(data)

    def close(self):
        """Flushes; the socket has its own close()."""
        self.flush()

    def _take(self, end):
        data = self.received[self.position:end]
        self.position += len(data)
        return data

    def _fill(self):
        """Receives more; whether there was any."""
        data = self.endpoint.recv()
        self.received = self.received[self.position:] + data
        self.position = 0
        return bool(data)
