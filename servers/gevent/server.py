"""gevent.server.StreamServer, TCP: a greenlet a connection, HTTP by hand in plain blocking code."""
from gevent.server import StreamServer

from servers.common import bench, stream

StreamServer((bench.HOST, bench.PORT), stream.serve, backlog=bench.BACKLOG).serve_forever()
