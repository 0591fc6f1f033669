"""stream: HTTP by hand over a blocking socket, with readline() and write(), on any kind of thread, green or not."""
from servers.common import bench


def answer_requests(connection, address):
    """Serves one connection until it closes: plain blocking code, on any kind of thread."""
    with connection.makefile('rwb') as stream:
        while True:
            request = stream.readline().decode('latin-1').split()
            if len(request) != 3:
                return  # closed, or not an HTTP request line
            method, path, version = request
            connection_header = ''
            while True:
                line = stream.readline()
                if not line:
                    return  # closed in the middle of a request
                name, _, value = line.decode('latin-1').partition(':')
                if not name.strip():
                    break
                if name.lower() == 'connection':
                    connection_header = value
            bench.log(address[0])
            keep_alive = bench.keeps_alive(version, connection_header)
            stream.write(bench.response(bench.page(path) if method == 'GET' else None, keep_alive))
            stream.flush()
            if not keep_alive:
                return


def serve(connection, address):
    """A client that resets its connection does not concern the server."""
    try:
        answer_requests(connection, address)
    except OSError:
        pass
