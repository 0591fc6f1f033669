"""Buffered streams."""
from reactor.streams import Stream


class BufferedStream(Stream):
    """A buffered socket; it is its own reader and writer."""
    __slots__ = ()

    @property
    def reader(self):
        return self

    @property
    def writer(self):
        return self

    def read_line(self):
        """The next line without its end."""
        line = self.readline()
        if not line.endswith(b'\n'):
            raise EOFError('the stream ended before the line did')
        return line[:-2] if line.endswith(b'\r\n') else line[:-1]

    def write_bytes(self, data):
        self.pending.append(data)

    def close(self):
        """Closes the socket, without what has not been flushed."""
        self.endpoint.close()
