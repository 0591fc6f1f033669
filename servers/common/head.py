"""head: reads the head of a request, for servers that receive bytes instead of lines."""
from servers.common import bench

# The longest head that a server keeps in memory while it waits for the rest.
MAX_BYTES = 65536


def read(data):
    """Returns (the body of the response or None, whether to keep the connection, the rest of data).

    Returns None where the head is not complete, raises ValueError where it is no HTTP request.
    """
    head, end, rest = data.partition(b'\r\n\r\n')
    if not end:
        if len(data) > MAX_BYTES:
            raise ValueError('request head too long')
        return None
    lines = head.decode('latin-1').split('\r\n')
    method, path, version = lines[0].split()
    connection = ''
    for line in lines[1:]:
        name, _, value = line.partition(':')
        if name.lower() == 'connection':
            connection = value
    return bench.page(path) if method == 'GET' else None, bench.keeps_alive(version, connection), rest
