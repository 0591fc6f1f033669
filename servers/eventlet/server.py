"""eventlet, TCP: a green thread per connection, HTTP by hand with readline() and write(), as in 2010."""
import eventlet

from servers.common import bench, stream


def serve(connection, address):
    """Serves one connection, then closes it."""
    with connection:
        stream.serve(connection, address)


listener = eventlet.listen((bench.HOST, bench.PORT), backlog=bench.BACKLOG)
pool = eventlet.GreenPool(1000000)
while True:
    pool.spawn_n(serve, *listener.accept())
